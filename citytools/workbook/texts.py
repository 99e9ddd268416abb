"""Text in a cell that stays the text that it is."""

from __future__ import annotations

import re
from typing import Any

LONGEST = 32_767  # characters in a cell; what is over is lost without a word by whoever opens it
# What programs would take for a formula, a number, a date, an error or a word of their own, were it not marked as text.
_MARKED = re.compile(r"[\s=+\-@|'#0-9]|(true|false)$", re.I)
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def put(cell: Any, text: str) -> Any:
    """Write text into a cell: a leading = makes no formula of it, and ``_x0041_`` does not become a letter."""
    cell.value = _ESCAPE.sub("_x005F_", text)
    cell.data_type = "s"
    cell.quotePrefix = bool(_MARKED.match(text))
    return cell
