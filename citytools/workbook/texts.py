"""Text that stays text in a cell, and how much of it a cell holds."""

from __future__ import annotations

import datetime
import re
from typing import Any

LONGEST = 32_767  # what a cell holds; what is over is lost without a word by whoever opens it

_UNCARRIED = r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]"  # what XML cannot carry, or not unchanged
_TO_ESCAPE = re.compile(rf"_x[0-9A-Fa-f]{{4}}(?=_|{_UNCARRIED})|{_UNCARRIED}")
_READ_AS_MORE = re.compile(r"[\s=+\-@|'0-9]")


def length(text: str) -> int:
    """Characters as spreadsheets count them: one beyond U+FFFF counts twice."""
    return len(text) if text.isascii() else len(text) + sum(char > "\uffff" for char in text)


def escaped(text: str) -> str:
    """Text as the file format stores it: there ``_x000D_`` is a carriage return, so what only looks like that is escaped."""
    return _TO_ESCAPE.sub(_escape, text)


def read_as_more(text: str) -> bool:
    """Whether programs would take a text for a formula, a number or a date when somebody edits its cell."""
    return bool(_READ_AS_MORE.match(text))


def put(cell: Any, text: str, *, marked: bool | None = None) -> Any:
    """Text that stays text: a leading = would make it a formula, and a number or date typed as text stays as it is."""
    stored = escaped(text)
    cell.value = stored
    if len(stored) > LONGEST:  # the limit is for what is meant, but openpyxl cuts what is stored
        cell._value = stored
    cell.data_type = "s"
    cell.quotePrefix = read_as_more(text) if marked is None else marked
    return cell


def cut(text: str, most: int, sign: str = "") -> str:
    """As many whole words as there is room for, or what fits of a longer one; ``sign`` follows what was cut."""
    if length(text) <= most:
        return text
    room = most - len(sign)
    short = text[: room + 1]
    while length(short) > room + 1:
        short = short[:-1]
    return (short.rpartition(" ")[0] or short[:-1]).rstrip() + sign


def whole_date(text: str) -> datetime.date | str:
    """The date that a text is if it has year, month and day."""
    try:
        return datetime.date.fromisoformat(text) if len(text) == len("2026-11-24") else text
    except ValueError:
        return text


def _escape(found: re.Match[str]) -> str:
    what = found[0]
    return f"_x005F_{what[1:]}" if what[0] == "_" else f"_x{ord(what):04X}_"
