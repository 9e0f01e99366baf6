"""The entry of the program: `tuicnn` and `python -m tuicnn`."""

import os
import sys

# Pydantic would look for plugins in every installed package: that takes longer than
# reading a network, and nobody's plugin has a place in one.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


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
