"""The entry of the program: `tuicnn` and `python -m tuicnn`."""

import sys


def main() -> None:
    """Run the command line and exit with its status."""
    try:
        from tuicnn.cli.boundary import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:  # while modules load
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
