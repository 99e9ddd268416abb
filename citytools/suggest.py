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


def closest(word: str, choices: Iterable[str], cutoff: float = 0.7) -> str:
    """The choice most like the word, case and punctuation aside; empty where none is alike enough."""
    plain = {_plain(choice): choice for choice in choices}
    if _plain(word) in plain:
        return plain[_plain(word)]
    found = difflib.get_close_matches(_plain(word), plain, n=1, cutoff=cutoff)
    return plain[found[0]] if found else ""


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


def date(text: str) -> str:
    """The date in the form year-month-day, read day first as officers here write it; empty for none: ``31/03/2027`` → ``2027-03-31``."""
    text = text.strip()
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ].*)?", text, re.ASCII):
        return _iso(found[1], found[2], found[3])
    if found := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text, re.ASCII):
        return _iso(found[1], found[2], found[3])
    # With hyphens, a year of two digits might as well stand first.
    if found := re.fullmatch(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})|(\d{1,2})([/.])(\d{1,2})\6(\d{2})", text, re.ASCII):
        return _iso(found[4] or f"20{found[8]}", found[3] or found[7], found[1] or found[5])
    if found := re.fullmatch(r"(\d{1,2})[-/.](\d{4})", text, re.ASCII):
        return _iso(found[2], found[1], None)
    if found := re.fullmatch(r"(?:(\d{1,2})(?:st|nd|rd|th)?[ -])?([A-Za-z]{3,9})[ -](\d{4})", text, re.ASCII):
        return _iso(found[3], _month(found[2]), found[1])
    if found := re.fullmatch(r"(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{2})", text, re.ASCII):
        return _iso(f"20{found[3]}", _month(found[2]), found[1])
    return ""


def amount(text: str) -> str:
    """The plain number in a text such as ``£1,250`` or ``1.2m``; empty where there is none."""
    found = re.fullmatch(r"£?\s*(\d{1,3}(?:,\d{3}){1,5}|\d{1,18})(\.\d{1,9})?\s*(k|thousand|m|million)?", text.strip(), re.ASCII | re.I)
    if not found:
        return ""
    number = Decimal(found[1].replace(",", "") + (found[2] or "")) * _UNITS[(found[3] or "").lower()]
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def boolean(text: str) -> str:
    """true or false for the words people write instead; empty for others."""
    return _WORDS.get(text.strip().lower(), "")


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _month(word: str) -> str:
    """The number of the month whose name begins with the word; 0 for no month."""
    return next((str(number) for number, name in enumerate(_MONTHS, start=1) if name.startswith(word.lower())), "0")


def _iso(year: str, month: str, day: str | None) -> str:
    try:
        found = datetime.date(int(year), int(month), int(day or 1))
    except ValueError:
        return ""
    return found.isoformat()[: 10 if day else 7]
