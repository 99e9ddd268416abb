"""A synthetic register of full size, for trying out and for measuring; the same bytes for the same seed, anywhere and always."""

from citytools.demo.dice import REFERENCE
from citytools.demo.register import Size, write

__all__ = ["REFERENCE", "Size", "write"]
