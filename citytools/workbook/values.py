"""What a cell holds: text, number, date, yes or no; or, in words, why it cannot be used."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache

from citytools.workbook.cells import Content

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", re.ASCII)
_LAST_DAY = 2_958_465  # 31 December 9999, as Excel counts
_DAY_NONE = datetime.date(1899, 12, 30).toordinal()
_NO_DAY = 60  # 29 February 1900, which never was
_DAYS_TO_1904 = 1_462
_EXACT = 15
_ELSEWHERE = re.compile(r"\[\d+\]|\b(webservice|rtd|dde|importdata|filterxml|call|register\.id)\s*\(|https?://|\w\|'?", re.I)


class Styles:
    """The number formats of a workbook's styles; ``cells`` is None where it has no table of them."""

    def __init__(self, cells: Sequence[int] | None, formats: Mapping[int, str] | None = None) -> None:
        self._cells, self._formats = cells, dict(formats or {})

    def knows(self, style: str) -> bool:
        """Whether there is a style of this number."""
        return self._cells is not None and style.isdecimal() and len(style) < 7 and int(style) < len(self._cells)

    def format(self, style: str) -> str:
        """How a style shows numbers, in Excel's own words."""
        number = self._cells[int(style)] if style and self._cells is not None and self.knows(style) else 0
        return self._formats.get(number) or _builtin(number)


@cache
def _builtin(number: int) -> str:
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    # 27 to 36 and 50 to 58 are dates in East Asian versions of Excel, which no program writes out.
    return "yyyy-mm-dd" if 27 <= number <= 36 or 50 <= number <= 58 else str(BUILTIN_FORMATS.get(number, "General"))


@cache
def _shows_dates(format: str) -> bool:
    from openpyxl.styles.numbers import is_date_format

    return bool(is_date_format(format))


def unescaped(text: str) -> str:
    """A text in which the file format wrote characters as _x000D_."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: found[0] if 0xD800 <= int(found[1], 16) <= 0xDFFF else chr(int(found[1], 16)), text)


def content_of(kind: str, value: str, style: str, styles: Styles, from_1904: bool, formula: Sequence[str] | None) -> tuple[Content, str]:
    """A cell's content and what is the trouble with it, if there is any; an empty text for a cell that holds nothing."""
    if formula is not None:
        words = "".join(formula)
        if _ELSEWHERE.search(words):
            return value or f"={words}"[:60], "a formula that asks another file or site for its value; nothing was fetched"
        if value == "" and kind != "str":
            return f"={words}"[:60], "a formula without a result; open it in Excel and save it"
    if kind in ("s", "str", "inlineStr"):
        return value, ""
    if kind == "b":
        return (value == "1", "") if value in ("0", "1") else (value, f'"{value[:20]}" is neither TRUE nor FALSE')
    if kind == "e":
        return value, f"it shows the error {value[:20]}"
    if kind == "d":
        return _iso(value)
    return _number(value.strip(), styles.format(style), from_1904) if value.strip() else ("", "")


@cache
def _parts_shown(format: str) -> tuple[bool, bool]:
    """Whether a date's format shows the day, and the month; months are written m, as minutes are, which no date without hours has."""
    plain = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", format).casefold().partition(";")[0]
    return "d" in plain or "h" in plain or "y" not in plain, "m" in plain


def _iso(text: str) -> tuple[Content, str]:
    try:
        moment = datetime.datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return text, f'"{text[:30]}" is not a date'
    return (moment, "") if moment.time() != datetime.time() else (moment.date(), "")


def _number(text: str, format: str, from_1904: bool) -> tuple[Content, str]:
    if not _NUMBER.fullmatch(text) or len(text) > 400:
        return text[:60], f'"{text[:30]}" is not a number'
    number = float(text)
    if not math.isfinite(number):
        return text[:60], f"{text[:30]} is not a number that can be used"
    if _shows_dates(format):
        return _as_shown(*_date(number, text, from_1904), format)
    digits = re.sub(r"[^\d]", "", text.partition("e")[0].partition("E")[0]).strip("0")
    if number == int(number) and (abs(number) >= 10**_EXACT or len(digits) > _EXACT):
        return text, "Excel keeps 15 digits of a number, so that some may be lost; type it as text"
    if re.fullmatch(r"0{2,}", format) and number == int(number) and len(str(int(abs(number)))) < len(format):
        shown = str(int(number)).zfill(len(format))
        return text, f"the number {int(number)} is only shown as {shown}; type it as text if the zeros belong to it"
    return (int(number) if number == int(number) else number), ""


def _as_shown(content: Content, trouble: str, format: str) -> tuple[Content, str]:
    """A day of which only the month or year is shown is what it shows: Excel makes a day of 2027-03."""
    day, month = _parts_shown(format)
    if day or trouble or not isinstance(content, datetime.date):
        return content, trouble
    return (f"{content:%Y-%m}" if month else f"{content:%Y}"), ""


def _date(number: float, text: str, from_1904: bool) -> tuple[Content, str]:
    serial = number + (_DAYS_TO_1904 if from_1904 else 0)
    day = math.floor(serial)
    if not 1 <= day <= _LAST_DAY or (day == _NO_DAY and not from_1904):
        return text, f"its date number {text[:20]} is none of a day"
    seconds = round((serial - day) * 86_400)
    whole = datetime.date.fromordinal(_DAY_NONE + day + (day < _NO_DAY) + seconds // 86_400)
    if not seconds % 86_400:
        return whole, ""
    return datetime.datetime.combine(whole, datetime.time(seconds // 3_600, seconds // 60 % 60, seconds % 60)), ""
