"""Did you mean …? What a person probably meant to type; used in messages only, never to change data."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}


def closest(word: str, choices: Iterable[str], cutoff: float = 0.7) -> str:
    """The choice most like the word, case and punctuation aside; empty where none is alike enough."""
    plain = {_plain(choice): choice for choice in choices}
    if _plain(word) in plain:
        return plain[_plain(word)]
    found = difflib.get_close_matches(_plain(word), plain, n=1, cutoff=cutoff)
    return plain[found[0]] if found else ""


def date(text: str) -> str:
    """The date in the form year-month-day; empty where it is ambiguous or none: ``31/03/2027`` → ``2027-03-31``."""
    text = text.strip()
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ].*)?", text, re.ASCII):
        return _iso(found[1], found[2], found[3])
    if found := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text, re.ASCII):
        return _iso(found[1], found[2], found[3])
    if found := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", text, re.ASCII):
        return _iso(found[3], found[2], found[1])
    if found := re.fullmatch(r"(\d{1,2})[-/.](\d{4})", text, re.ASCII):
        return _iso(found[2], found[1], None)
    if found := re.fullmatch(r"(?:(\d{1,2})(?:st|nd|rd|th)?[ -])?([A-Za-z]{3,9})[ -](\d{4})", text, re.ASCII):
        month = _MONTHS.get(found[2][:3].lower())
        return _iso(found[3], str(month), found[1]) if month else ""
    return ""


def amount(text: str) -> str:
    """The plain number in a text such as ``£1,250`` or ``1.2m``; empty where there is none."""
    found = re.fullmatch(r"£?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*(k|m)?", text.strip(), re.ASCII | re.I)
    if not found:
        return ""
    number = float(found[1].replace(",", "") + (found[2] or "")) * {"k": 1e3, "m": 1e6}.get((found[3] or "").lower(), 1)
    return f"{number:.2f}".rstrip("0").rstrip(".")


def boolean(text: str) -> str:
    """true or false for the words people write instead; empty for others."""
    return {"yes": "true", "y": "true", "on": "true", "no": "false", "n": "false", "off": "false"}.get(text.strip().lower(), "")


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _iso(year: str, month: str, day: str | None) -> str:
    if not 1 <= int(month) <= 12 or (day and not 1 <= int(day) <= 31):
        return ""
    return f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else "")
