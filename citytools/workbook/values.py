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
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?Z?", re.ASCII)
_DAY = 86_400
_LAST_DAY = 2_958_465  # 31 December 9999, as Excel counts
_DAY_NONE = datetime.date(1899, 12, 30).toordinal()
_NO_DAY = 60  # 29 February 1900, which never was
_DAYS_TO_1904 = 1_462
_EXACT = 15

# Formats by number that no workbook spells out: dates and times (27 to 36 and 50 to 58 in East Asian versions); a length of time.
_DATES = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))
_LENGTH = 46

# A formula's quoted texts, names of sheets in quotes, and what is between them.
_PIECES = re.compile(r""" "(?:[^"]|"")*+" | '(?:[^']|'')*+'!? | [^"']++ """, re.X)
_FUNCTIONS = r"webservice|image|stockhistory|rtd|dde|importdata|importxml|call|register\.id|sql\.request|cube\w+"
_ELSEWHERE = re.compile(rf"(?<![\w\]\[])\[[^\[\]]+\][\w.]*!|\b(?:{_FUNCTIONS})\s*\(|\b(?:file|https?):|\w\s*\|", re.I)


class Styles:
    """The number formats of a workbook's styles; ``cells`` is None where it has no table of them."""

    def __init__(self, cells: Sequence[int] | None, formats: Mapping[int, str] | None = None) -> None:
        self._cells, self._formats = cells, dict(formats or {})
        self._shown: dict[str, str] = {}

    def knows(self, style: str) -> bool:
        """Whether there is a style of this number."""
        return style in self._shown or (self._cells is not None and _counted(style) < len(self._cells))

    def format(self, style: str) -> str:
        """How a style shows numbers, in Excel's own words; for dates and lengths of time that have a number alone, in ours."""
        if style not in self._shown:
            number = self._cells[_counted(style)] if self._cells and self.knows(style) else 0
            default = "yyyy-mm-dd" if number in _DATES else "[h]:mm:ss" if number == _LENGTH else "General"
            self._shown[style] = self._formats.get(number, default)
        return self._shown[style]


def _counted(style: str) -> int:
    return int(style) if style.isdecimal() and len(style) < 7 else 10**6


@cache
def _plain(format: str) -> str:
    """A format without what it shows as it stands: quoted text, single letters, colours, languages and conditions; of numbers above 0."""
    return re.sub(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', "", format, flags=re.I | re.S).partition(";")[0].casefold()


@cache
def _shows(format: str) -> str:
    """What a format makes of a number: a date, a length of time, zeros (at least so many digits), or number."""
    plain = _plain(format)
    if re.search(r"\[(h+|m+|s+)\]", plain):
        return "length"
    if plain not in ("general", "standard") and re.search("[dmyhs]", plain):
        return "date"
    return "zeros" if re.match(r"[^0#?]*00", plain) else "number"


def unescaped(text: str) -> str:
    """A text in which the file format wrote characters as _x000D_."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: found[0] if 0xD800 <= int(found[1], 16) <= 0xDFFF else chr(int(found[1], 16)), text)


def asks_elsewhere(formula: str) -> bool:
    """Whether a formula takes its value from another file, a web site or another program."""
    for piece in _PIECES.findall(formula):
        if piece.startswith("'"):  # of another file's sheet: '[1]My sheet'!A1
            if ("[" in piece and piece.endswith("!")) or "://" in piece:
                return True
        elif not piece.startswith('"') and _ELSEWHERE.search(piece):
            return True
    return False


def content_of(kind: str, value: str, style: str, styles: Styles, from_1904: bool) -> tuple[Content, str]:
    """A cell's content and what is the trouble with it, if there is any; an empty text for a cell that holds nothing."""
    if kind in ("s", "str", "inlineStr"):
        return value, ""
    if kind == "b":
        return (value == "1", "") if value in ("0", "1") else (value[:60], f'"{value[:20]}" is neither TRUE nor FALSE')
    if kind == "e":
        return value[:60], f"it shows the error {value[:20]}"
    if kind == "d":
        return _iso(value)
    text = value.strip()
    return _number(text, styles.format(style), from_1904) if text else ("", "")


@cache
def _parts_shown(format: str) -> tuple[bool, bool]:
    """Whether a date's format shows the day, and the month; months are written m, as minutes are, which no date without hours has."""
    plain = _plain(format)
    return "d" in plain or "h" in plain or "y" not in plain, "m" in plain


def _iso(text: str) -> tuple[Content, str]:
    try:
        moment = datetime.datetime.fromisoformat(text.removesuffix("Z")) if _MOMENT.fullmatch(text) else None
    except ValueError:
        moment = None
    if moment is None:
        return text[:60], f'"{text[:30]}" is not a date'
    return (moment if moment.time() != datetime.time() else moment.date()), ""


def _number(text: str, format: str, from_1904: bool) -> tuple[Content, str]:
    if len(text) > 400 or not _NUMBER.fullmatch(text):
        return text[:60], f'"{text[:30]}" is not a number'
    number = float(text)
    if not math.isfinite(number):
        return text[:60], f"{text[:30]} is not a number that can be used"
    shows = _shows(format)
    if shows == "date":
        return _as_shown(*_date(number, text, from_1904), format)
    if shows == "length":
        return text[:60], "a length of time, not a date; type it as text or as a number"
    if number != int(number):
        return number, ""
    if abs(number) >= 10**_EXACT:
        return text[:60], f"Excel keeps {_EXACT} digits of a number, so that some may be lost; type it as text"
    if shows == "zeros":
        zeros = len(re.findall("0", _plain(format).partition(".")[0]))
        shown = str(abs(int(number))).zfill(zeros)
        if shown.startswith("0"):
            return text[:60], f"the number {int(number)} is only shown as {shown}; type it as text if the zeros belong to it"
    return int(number), ""


def _as_shown(content: Content, trouble: str, format: str) -> tuple[Content, str]:
    """A day of which only the month or year is shown is what it shows: Excel makes a day of 2027-03."""
    day, month = _parts_shown(format)
    if day or trouble or not isinstance(content, datetime.date):
        return content, trouble
    return (f"{content:%Y-%m}" if month else f"{content:%Y}"), ""


def _date(number: float, text: str, from_1904: bool) -> tuple[Content, str]:
    """Days since a workbook's first, and how much of the next has gone, to the second."""
    if 0 < number < 1 and not from_1904:
        return text[:60], "a time without a date"
    day, seconds = divmod(round(max(-1, min(number, 10**7)) * _DAY), _DAY)
    day += _DAYS_TO_1904 if from_1904 else 0
    if number < 0 or not 1 <= day <= _LAST_DAY or day == _NO_DAY:
        return text[:60], f"its date number {text[:20]} is none of a day"
    whole = datetime.date.fromordinal(_DAY_NONE + day + (day < _NO_DAY))
    if not seconds:
        return whole, ""
    return datetime.datetime.combine(whole, datetime.time(seconds // 3_600, seconds // 60 % 60, seconds % 60)), ""
