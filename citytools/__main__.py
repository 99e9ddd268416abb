"""``python -m citytools``."""

from citytools.cli import run

run()
