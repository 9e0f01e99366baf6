"""The entry of the program: `tuicnn` and `python -m tuicnn`."""

import gc
import sys

# Loading makes many objects and no garbage: a tenth of a start would go into looking.
gc.set_threshold(200_000, 20, 20)


def main() -> None:
    """Run the command line and exit with its status."""
    try:
        from tuicnn.cli.boundary import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:  # while modules load
        status = 130
    gc.freeze()  # The last look at every object would only delay the end.
    sys.exit(status)


if __name__ == "__main__":
    main()
