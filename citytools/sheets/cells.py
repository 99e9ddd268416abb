"""A value ⇄ what stands in a cell: forgiving where only one thing can be meant, and a question where it is not."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from citytools import suggest
from citytools.catalogue import KINDS as CATALOGUED
from citytools.catalogue import Catalogue
from citytools.schema import real_date, shown
from citytools.sheets.layout import NONE, Field
from citytools.workbook import Content, Filled
from citytools.yamlfile.text import MAX_LINE

# Excel believes that 1900 was a leap year: days before this one are others in other programs.
_FIRST_DAY = datetime.date(1900, 3, 1)
_DAY_NONE = datetime.date(1899, 12, 30).toordinal()
_EXACT_DIGITS = 15
_YEARS = range(1_950, 2_101)  # a year that was typed where a day was shown became a day of May 1905 to October 1905
_SERIALS = range(20_000, 80_000)  # as Excel counts days: 1954 to 2119
_DASHES = str.maketrans({"‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-"})
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})
_UNSEEN = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f-\x9f]")
_AMOUNT = re.compile(r"£?\s?(\d{1,3}(?:,\d{3})+|\d+)(\.\d{1,2})?", re.ASCII)
_IDLIKE = re.compile(r"[a-z0-9]+([-/][a-z0-9]+)*", re.ASCII)
_LIKE_NONE = re.compile(f'"*{NONE}"*', re.I)
_UNKNOWN = {"tbc", "tba", "tbd", "unknown", "not known", "n/a", "na", "-", "?", "ongoing", "various", "to be confirmed", "none"}
_WORDS = {"none", "ongoing"}  # which may be said of something
_YES = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


class CellError(Exception):
    """What stands in a cell cannot be meant in one way only: what is wrong, and what to type instead."""

    def __init__(self, message: str, advice: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.message, self.advice, self.suggestion = message, advice, suggestion


@dataclass(frozen=True, slots=True)
class Taken:
    """The value that a cell was taken for, and in what way it was not simply what stands there; empty if it was."""

    value: Any
    said: str = ""


class Names:
    """The catalogue's names for ids, and the ids that names stand for."""

    def __init__(self, catalogue: Catalogue, former: Mapping[str, str] | None = None) -> None:
        """``former`` are names that stood for ids when a workbook was made, by kind and id: ``supplier idox``."""
        self._catalogue = catalogue
        keys = [(tuple(key.split(" ", 1)), name) for key, name in (former or {}).items()]
        self._shown: dict[tuple[str, str], str] = {(key[0], key[1]): name for key, name in keys if len(key) == 2}
        self._former = {(kind, name): own for (kind, own), name in self._shown.items()}

    def shown(self, refers: str, id: str) -> str:
        """The name of what an id stands for, where the name leads back to it; else the id."""
        if (refers, id) not in self._shown:
            self._shown[refers, id] = next(filter(None, (self._name(kind, id) for kind in _kinds(refers))), id)
        return self._shown[refers, id]

    def all(self, refers: str) -> list[str]:
        """What can be chosen, in the order of the alphabet; empty where records of the workbook itself are meant."""
        return sorted((self.shown(refers, each) for kind in _kinds(refers) for each in self._catalogue.ids(kind)), key=str.casefold)

    def id(self, refers: str, text: str) -> Taken:
        """The id that a name or id stands for; the text itself where it is certain of none."""
        if (refers, text) in self._former:
            return Taken(self._former[refers, text])
        for kind in _kinds(refers):
            match = self._catalogue.resolve(kind, text)
            if match:
                return Taken(match.id, f'read as "{self._catalogue.name(kind, match.id)}"' if match.how == "normalised" else "")
        return Taken(text)

    def lists(self, refers: str) -> bool:
        """Whether there is a list of what may be meant."""
        return bool(_kinds(refers))

    def kept(self) -> dict[str, str]:
        """The names that stand for ids so far, by kind and id."""
        return {f"{refers} {own}": name for (refers, own), name in self._shown.items() if name != own}

    def known(self, refers: str, text: str) -> bool:
        """Whether a text is certain to name an entry of the catalogue."""
        return any(self._catalogue.resolve(kind, text) for kind in _kinds(refers))

    def _name(self, kind: str, id: str) -> str:
        name = self._catalogue.name(kind, id) if self._catalogue.entry(kind, id) else ""
        match = self._catalogue.resolve(kind, name) if name else None
        return name if match and match.id == id and ";" not in name else ""


def _kinds(refers: str) -> tuple[str, ...]:
    return ("borough", "body") if refers == "holder" else (refers,) if refers in CATALOGUED else ()


def filled(field: Field, value: Any, names: Names) -> Filled:
    """What is to stand in the cell of a value; nothing for none."""
    if value is None:
        return None
    if field.listed:
        return joined([str(_single(field, item, names)) for item in value])
    return _single(field, value, names)


def _single(field: Field, value: Any, names: Names) -> Filled:
    if isinstance(value, bool | int):
        return value if abs(value) < 10**_EXACT_DIGITS else str(value)
    if isinstance(value, Decimal):
        near = float(value)
        return near if Decimal(repr(near)) == value else str(value)
    if field.sort == "date" and len(value) == 10 and real_date(value):
        day = datetime.date.fromisoformat(value)
        return day if day >= _FIRST_DAY else str(value)
    return names.shown(field.refers, value) if field.refers else str(value)


def alike(one: Filled, content: Content | None) -> bool:
    """Whether a cell still holds what it was filled with, but for what programs change: blanks at the ends, kinds of line end."""
    if one is None or content is None:
        return content in (None, "") and one in (None, "")
    if isinstance(one, bool) or isinstance(content, bool):
        return _yes(one) is not None and _yes(one) == _yes(content)
    if isinstance(one, int | float) and isinstance(content, int | float):
        return one == content
    if isinstance(one, str) and isinstance(content, str):
        return one == content or _blanks(one) == _blanks(content)
    return type(one) is type(content) and one == content


def taken(field: Field, content: Content, names: Names) -> Taken | None:
    """The value that a cell stands for; None where it holds nothing but blanks. Raises CellError."""
    if isinstance(content, str):
        content, removed = clean(content)
        if not content:
            return None
    else:
        removed = ""
    found = _several(field, content, names) if field.listed else _taken(field, content, names)
    return Taken(found.value, ", ".join(filter(None, (removed, found.said))))


def clean(text: str) -> tuple[str, str]:
    """A text without blanks at its ends, odd blanks and signs that nobody sees; and whether any of the last were taken out."""
    if text.isascii() and text.isprintable():
        return text.strip(), ""
    plain = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lost = "read without the invisible characters in it" if plain != _blank_lines(text) else ""
    return _blanks(plain), lost


def _blank_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _blanks(text: str) -> str:
    lines = re.sub("[\u00a0\u2007\u202f\u3000\t]", " ", _blank_lines(text)).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def joined(items: Sequence[str]) -> str:
    """Several texts in one cell: ``none`` for an empty list, "; " between them, quotes around one that could be taken for several."""
    if not items:
        return NONE
    return "; ".join(map(quoted if len(items) > 1 or items[0].casefold() != NONE else in_quotes, items))


def quoted(text: str) -> str:
    """A text as it stands among several in a cell."""
    return in_quotes(text) if not text or text != text.strip() or re.search(r'[;\n\r]|^["“”]', text) else text


def in_quotes(text: str) -> str:
    """A text that is kept together, and is only text."""
    return '"' + text.replace('"', '""') + '"'


def kept_apart(text: str) -> str:
    """A text as it stands where ``none`` would mean that there are none: one that could be taken for that is in quotes."""
    return in_quotes(text) if _LIKE_NONE.fullmatch(text) else text


def meant(text: str) -> str:
    """The text that ``kept_apart`` wrote."""
    return text[1:-1].replace('""', '"') if _LIKE_NONE.fullmatch(text) and text.startswith('"') else text


def parts(text: str) -> list[str]:
    """The texts in a cell, which semicolons or lines part; quotes keep one together. Raises CellError for a quote that is not closed."""
    found, position = [], 0
    while position <= len(text):
        quote = re.compile(r'\s*"((?:[^"]|"")*)"[^\S\n]*(?=[;\n]|$)').match(text, position)
        plain = re.compile(r"[^;\n]*").match(text, position)
        if quote:
            found.append(quote[1].replace('""', '"'))
            position = quote.end() + 1
        elif plain:
            if re.match(r'\s*"[^"]*$', plain[0]):
                raise CellError(f"the quote before {shown(plain[0].strip()[1:])} is never closed", 'End it with another "')
            found.append(plain[0].strip())
            position = plain.end() + 1
    return [each for each in found if each]


def _several(field: Field, content: Content, names: Names) -> Taken:
    if isinstance(content, str) and content.casefold() == NONE:
        return Taken([])
    texts: list[Content] = [*parts(content)] if isinstance(content, str) else [content]
    if len(texts) == 1 and isinstance(texts[0], str) and "," in texts[0]:
        texts = _by_comma(field, texts[0], names) or texts
    found = [_taken(field, text, names) for text in texts]
    twice = next((value for value, number in Counter(each.value for each in found).items() if number > 1), None)
    said = [each.said for each in found if each.said]
    if len(found) == 1 and isinstance(found[0].value, str) and "," in found[0].value:
        said.append(f"{shown(found[0].value)} read as one; semicolons part several")
    if twice is not None:
        said.append(f"{shown(twice)} stands twice in it and was read once")
    return Taken(list(dict.fromkeys(each.value for each in found)), ", ".join(said))


def _by_comma(field: Field, text: str, names: Names) -> list[Content]:
    """The words that commas part, if each of them is one that may stand here; none if not."""
    words = [word.strip() for word in text.split(",")]
    if field.sort == "choice":
        apart = True  # no word to choose has a comma in it
    elif names.lists(field.refers):
        apart = not names.known(field.refers, text) and any(names.known(field.refers, word) for word in words)
    else:
        apart = bool(field.refers) and all(_IDLIKE.fullmatch(word) for word in words)
    return [*words] if apart else []


def _taken(field: Field, content: Content, names: Names) -> Taken:
    match field.sort:
        case "date":
            return _date(content)
        case "integer" | "number":
            return Taken(*_number(field, content))
        case "boolean":
            return _boolean(content)
        case "choice":
            return _choice(field.single["enum"], content)
    text = _text(content)
    return names.id(field.refers, text.value) if field.refers and isinstance(content, str) else text


def _text(content: Content) -> Taken:
    if isinstance(content, datetime.date):
        raise CellError(f"a date stands here ({content.isoformat()}), and text is due", "Format the cell as text, and type it again")
    if isinstance(content, bool):
        return Taken(str(content).upper(), f'read as the text "{str(content).upper()}"')
    if isinstance(content, float):
        raise CellError(f"the number {content} stands here, and text is due", "Format the cell as text, and type it again")
    if len(str(content)) > MAX_LINE:
        raise CellError(f"the text has {len(str(content)):,} characters, and a file holds {MAX_LINE:,}", "Make it shorter")
    if str(content).casefold() in _UNKNOWN - _WORDS:
        raise _empty(str(content), "what is asked for")
    return Taken(str(content))


def _date(content: Content) -> Taken:
    if isinstance(content, datetime.datetime):
        raise CellError(f"a time of day stands here ({content:%Y-%m-%d %H:%M})", "Type the day alone, such as 31/03/2027")
    if isinstance(content, datetime.date):
        year = content.toordinal() - _DAY_NONE
        if year in _YEARS:
            raise CellError(
                f"the day {content:%d/%m/%Y} stands here", f"If the year {year} is meant, format the cell as text and type it again"
            )
        return Taken(content.isoformat())
    text = _plain(str(content))
    if real_date(text):
        return Taken(text)
    if isinstance(content, int | float) and not isinstance(content, bool) and content in _SERIALS:
        day = datetime.date.fromordinal(_DAY_NONE + int(content))
        raise CellError(f"{content} is a number, not a date", f"If it means {day:%d/%m/%Y}, format the cell as a date")
    meant = suggest.dates(text)
    if len(meant) == 1:
        return Taken(meant[0], f'"{shown(text)}" read as {meant[0]}')
    if text.casefold() in _UNKNOWN:
        raise _empty(text, "a date")
    if meant:
        raise CellError(f'"{shown(text)}" may be {" or ".join(meant)}', "Which of them is it? Type that one as it stands here")
    raise CellError(f'"{shown(text)}" is not a date', "Type the day as 31/03/2027, or 2027-03 or 2027 if no more is known")


def _number(field: Field, content: Content) -> tuple[int | Decimal, str]:
    if isinstance(content, bool | datetime.date):
        raise CellError(f"{_worded(content)} stands here, and a number is due", f"Type a plain number{_such_as(field)}")
    if isinstance(content, str):
        return _typed(field, _plain(content))
    whole = isinstance(content, int) or content == int(content)
    if field.sort == "integer" and not whole:
        raise CellError(f"{content} is not a whole number", f"Type a whole number{_such_as(field)}")
    if whole:
        return int(content), ""
    places = 2 if field.single.get("x-unit") == "pounds" else 6
    rounded = round(Decimal(repr(content)), places).normalize()
    if not rounded:
        raise CellError(f"{content} is less than a penny", f"Type a plain number{_such_as(field)}")
    return rounded, f"{content} read as {rounded}" if abs(float(rounded) - content) > 1e-6 else ""


def _typed(field: Field, text: str) -> tuple[int | Decimal, str]:
    if re.fullmatch(r"\d{1,15}", text, re.ASCII):
        return int(text), ""
    if field.sort == "number" and re.fullmatch(r"\d{1,15}\.\d{1,6}", text, re.ASCII):
        return Decimal(text), ""
    amount = _AMOUNT.fullmatch(text)
    if amount and ("£" not in text or field.single.get("x-unit") == "pounds") and (field.sort == "number" or not amount[2]):
        read = Decimal(amount[0].replace("£", "").replace(",", "").strip())
        return (int(read) if read == int(read) else read), f'"{shown(text)}" read as {read}'
    if field.single.get("x-unit") == "months" and (months := re.fullmatch(r"(\d{1,4}) months?", text, re.I | re.ASCII)):
        return int(months[1]), f'"{shown(text)}" read as {months[1]}'
    if text.casefold() in _UNKNOWN:
        raise _empty(text, "a number")
    meant = suggest.months(text) if field.single.get("x-unit") == "months" else suggest.amount(text)
    advice = f"Type a {'whole' if field.sort == 'integer' else 'plain'} number{_such_as(field)}"
    if field.single.get("x-unit") == "months":
        advice = f"Type a number of months{_such_as(field)}"
    raise CellError(f'"{shown(text)}" is not a plain number', advice, meant)


def _boolean(content: Content) -> Taken:
    found = _yes(content)
    if found is None:
        raise CellError(f"{_worded(content)} is neither Yes nor No", "Type Yes or No, or leave the cell empty if it is not known")
    return Taken(found)


def _yes(content: object) -> bool | None:
    return content if isinstance(content, bool) else _YES.get(_plain(content).casefold()) if isinstance(content, str) else None


def _choice(choices: Sequence[str], content: Content) -> Taken:
    text = _plain(str(content))
    if text in choices:
        return Taken(text)
    same = [choice for choice in choices if suggest.same(text, choice)]
    if len(same) == 1:
        return Taken(same[0])
    if text.casefold() in _UNKNOWN:
        raise _empty(text, "one of the words to choose from")
    raise CellError(
        f'"{shown(text)}" is not one of the words to choose from', f"Choose one of: {', '.join(choices)}", suggest.closest(text, choices)
    )


def _empty(text: str, due: str) -> CellError:
    advice = "Leave the cell empty where nothing is known; why it is not known, or not published, goes on the sheet Unknown or Withheld"
    return CellError(f'"{shown(text)}" is not {due}', advice)


def _plain(text: str) -> str:
    """A word, date or number as it is typed on a keyboard."""
    return " ".join(text.translate(_DASHES).translate(_QUOTES).split())


def _worded(content: Content) -> str:
    return f"a date ({content.isoformat()})" if isinstance(content, datetime.date) else f'"{shown(content)}"'


def _such_as(field: Field) -> str:
    examples = field.single.get("examples", ())
    return f", such as {examples[0]}" if examples else ""
