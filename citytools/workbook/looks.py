"""How sheets look: colours, widths that fit, and pages of paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

FONT = "Calibri"
HEAD = "FF1D4E89"
MARGIN = 3  # characters of a column that no text stands in
LINE = 15  # points
FORMATS = {"pounds": "£#,##0.00", "count": "#,##0", "date": "dd/mm/yyyy"}
WITH_TENTHS = "#,##0.0"

_WIDEST, _NARROWEST = 50, 9
_PAGE = 180  # characters that can still be read across a sheet of paper
_TALLEST = 400  # points; a row may not be taller than 409


def width(title: str, contents: Iterable[Any], narrowest: int = _NARROWEST, widest: int = _WIDEST) -> int:
    """Wide enough for the longest line and for each word of the title, within bounds."""
    longest = max((len(line) for content in contents if content is not None for line in str(content).split("\n")), default=0)
    return max(narrowest, min(widest, max([longest, *map(len, title.split())]) + MARGIN + 1))


def height(contents: Iterable[Any], widths: Iterable[int]) -> int:
    """Tall enough for the longest cell of a row, in points; programs do not work that out when they open a file."""
    deepest = max(_lines(str(content), wide - MARGIN) for content, wide in zip(contents, widths, strict=True))
    return min(_TALLEST, LINE * deepest)


def on_paper(page: Any, widths: Sequence[int], orientation: str = "landscape") -> None:
    """Prints on A4, as many sheets across as it takes to read the columns."""
    page.page_setup.orientation, page.page_setup.paperSize = orientation, 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = -(-sum(widths) // _PAGE), 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _lines(text: str, wide: int) -> int:
    if len(text) <= wide and "\n" not in text:
        return 1
    return sum(max(1, -(-len(line) // wide)) for line in text.split("\n"))
