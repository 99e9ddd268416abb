"""Did you mean …? What a person probably meant to type; used in messages only, never to change data."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable
from decimal import Decimal

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_UNITS = {"": 1, "k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000}
_WORDS = {"yes": "true", "y": "true", "on": "true", "true": "true", "no": "false", "n": "false", "off": "false", "false": "false"}


# How dates are written here, and which groups may be year, month and day (0: none), the likeliest reading first.
_DATE_FORMS: tuple[tuple[str, tuple[tuple[int, int, int], ...]], ...] = (
    (r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ].*)?", ((1, 2, 3),)),
    (r"(\d{4})(\d{2})(\d{2})", ((1, 2, 3),)),
    (r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", ((4, 3, 1), (4, 1, 3))),
    # With hyphens, a year of two digits stands first as often as last: no reading is likelier.
    (r"(\d{1,2})([/.])(\d{1,2})\2(\d{2})", ((4, 3, 1), (4, 1, 3), (1, 3, 4))),
    (r"(\d{1,2})[-/.](\d{4})", ((2, 1, 0),)),
    (r"(?:(\d{1,2})(?:st|nd|rd|th)?[ -])?([A-Za-z]{3,9})[ -](\d{4})", ((3, 2, 1),)),
    (r"(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{2})", ((3, 2, 1), (1, 2, 3))),
)


def closest(word: str, choices: Iterable[str], cutoff: float = 0.7) -> str:
    """The choice most like the word, case and punctuation aside; empty where none is alike enough."""
    plain = {_plain(choice): choice for choice in choices}
    if _plain(word) in plain:
        return plain[_plain(word)]
    found = difflib.get_close_matches(_plain(word), plain, n=1, cutoff=cutoff)
    return plain[found[0]] if found else ""


def same(word: str, choice: str) -> bool:
    """Whether two words differ in nothing but case, spaces and punctuation."""
    return _plain(word) == _plain(choice)


def containing(text: str, names: Iterable[str], *, whole: bool = False) -> str:
    """The shortest name with the text in it, as a word if possible: ``erp`` → ``financial/erp``; ``whole``: only as a word."""
    plain = _plain(text)
    ranked: list[tuple[int, int, str]] = []
    for name in names:
        words = re.split(r"[\W_]+", name.casefold())
        rank = 0 if plain in words else 1 if any(word.startswith(plain) for word in words) else 2
        if len(plain) >= 3 and (rank == 0 or (not whole and (rank == 1 or (len(plain) > 3 and plain in _plain(name))))):
            ranked.append((rank, len(name), name))
    return min(ranked, default=(0, 0, ""))[2]


def dates(text: str) -> tuple[str, ...]:
    """What a date may mean in the form year-month-day, likeliest (day first, as officers here write it) first.

    ``31/03/2027`` → ``2027-03-31`` only; ``05/01/2026`` → ``2026-01-05`` and ``2026-05-01``.
    """
    text = text.strip()
    for pattern, readings in _DATE_FORMS:
        if found := re.fullmatch(pattern, text, re.ASCII):
            meant = (_iso(found[year], found[month], found[day] if day else None) for year, month, day in readings)
            return tuple(dict.fromkeys(each for each in meant if each))
    return ()


def amount(text: str) -> str:
    """The plain number in a text such as ``£1,250`` or ``1.2m``; empty where there is none."""
    found = re.fullmatch(
        r"(?:£|GBP)?\s*(\d{1,3}(?:[, ]\d{3}){1,5}|\d{1,18})(\.\d{1,9})?\s*(k|thousand|m|million)?", text.strip(), re.ASCII | re.I
    )
    if not found:
        return ""
    number = Decimal(re.sub("[, ]", "", found[1]) + (found[2] or "")) * _UNITS[(found[3] or "").lower()]
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def months(text: str) -> str:
    """The number of months in a text such as ``36 months`` or ``3 years``; empty where there is none."""
    found = re.fullmatch(r"([0-9]{1,3})\s*(months?|mths?|years?|yrs?)", text.strip(), re.I)
    return str(int(found[1]) * (12 if found[2].lower().startswith("y") else 1)) if found else ""


def boolean(text: str) -> str:
    """true or false for the words people write instead; empty for others."""
    return _WORDS.get(text.strip().lower(), "")


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _month(text: str) -> int:
    """The number of a month written in digits or letters (the beginning of its name); 0 for no month."""
    if text.isdigit():
        return int(text)
    return next((number for number, name in enumerate(_MONTHS, start=1) if name.startswith(text.lower())), 0)


def _iso(year: str, month: str, day: str | None) -> str:
    """The date, a year of two digits being of this century; empty where there is no such day."""
    try:
        found = datetime.date(int(year) + (2000 if len(year) <= 2 else 0), _month(month), int(day or 1))
    except ValueError:
        return ""
    return found.isoformat()[: 10 if day else 7]
