"""``python -m citytools`` and the ``citytools`` command."""

import sys

from citytools.cli import main


def run() -> None:
    """Exit with the command line's code."""
    sys.exit(main())


if __name__ == "__main__":
    run()
