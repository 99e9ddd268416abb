"""The program, as ``citytools`` and as ``python -m citytools``."""

import gc

gc.disable()  # nothing made here is thrown away before the end; looking for garbage doubled the time of reading, and slows each start

from citytools.cli import run  # noqa: E402

if __name__ == "__main__":
    run()
