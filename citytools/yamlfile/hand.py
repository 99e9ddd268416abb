"""How new values are written: as the file writes what is like them, and so that they are read back as what they are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any

from citytools.errors import CitytoolsError
from citytools.model import FieldPath
from citytools.yamlfile.layout import Entry, header, line_end
from citytools.yamlfile.reader import read_fields
from citytools.yamlfile.refusal import RefusalError
from citytools.yamlfile.text import decode

WIDE = 100
WIDE_ITEM = 300

_KEY = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_DATE = re.compile(r"(?:19|20|21)[0-9]{2}(?:-[0-9]{2}){0,2}", re.ASCII)
# What other readers of YAML take for something else than text, now or formerly.
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~", "=", "<<", ".nan"}
_NUMBER = re.compile(
    r"[-+]?(?:\.?[0-9][0-9_,]*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?|0x[0-9a-f_]+|0o[0-7_]+|0[0-9]\w*|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9]*)?|\.inf)",
    re.I | re.A,
)
_NEVER_PLAIN = re.compile(r"""<{7}|[-?:,\[\]{}#&*!|>'"%@`“‘\s]|.*(?:[\n\t\r\u00a0]|: | #|[\s:]\Z)""", re.S)
_NEVER_IN_BRACKETS = re.compile(r"[,\[\]{}:]")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"})
_NULL = re.compile(r"[:,\[-] +(~|null)[ \t]*(?=[,}\]\r\n#]|\Z)")
_BELOW_A_KEY = re.compile(r"^( *)[\w-]+:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r)\1( *)- ", re.M)

Examples = Callable[[FieldPath], Iterator[tuple[str, Entry]]]


@dataclass(frozen=True, slots=True)
class Hand:
    """A file's own way of writing; ``examples`` gives what stands at like places in it, the nearest first, with its text."""

    text_fields: frozenset[str]
    examples: Examples
    quote: str
    nothing: str
    as_json: bool
    in_lines: bool
    spaced: str
    dash: int

    def scalar(self, value: Any, path: FieldPath, *, inside: bool) -> str:
        """A value that is not a list or group of fields, on one line; ``inside`` brackets or not. Raises CitytoolsError."""
        name = next(step for step in reversed(path) if isinstance(step, str))
        habit = "json" if self.as_json else self._habit(path) if isinstance(value, str) else ""
        quote = habit if habit in ("'", '"') else self.quote
        for text in _candidates(value, name in self.text_fields, habit, quote, self.nothing, inside=inside):
            if _reads_back(f"x: [{text}]" if inside else f"x: {text}", value, name in self.text_fields):
                return text
        raise CitytoolsError(f'the value of "{name}" cannot be written in YAML ({str(value)[:40]!r}). Nothing was changed')

    def flow(self, value: Any, path: FieldPath) -> str:
        """A value in brackets, on one line."""
        if isinstance(value, dict):
            parts = [f"{self.key(key)}: {self.flow(each, (*path, key))}" for key, each in value.items()]
            return self._bracketed("{", parts, "}")
        if isinstance(value, list):
            return self._bracketed("[", [self.flow(each, (*path, number)) for number, each in enumerate(value)], "]")
        return self.scalar(value, path, inside=True)

    def _bracketed(self, opening: str, parts: Sequence[str], closing: str) -> str:
        space = " " if opening in self.spaced and parts else ""
        return f"{opening}{space}{', '.join(parts)}{space}{closing}"

    def key(self, name: str, quote: str = "") -> str:
        """A field's name, in quotes where it needs them or its neighbours have them."""
        quote = quote or ('"' if self.as_json else "")
        if not quote and _KEY.fullmatch(name) and name not in ("true", "false", "null"):
            return name
        return "'" + name.replace("'", "''") + "'" if quote == "'" else f'"{name.translate(_ESCAPES)}"'

    def written(self, value: Any, path: FieldPath, column: int) -> str:
        """A value as it follows the colon of a key, or a dash, that stands at a column: the rest of the line, and lines below it."""
        if isinstance(value, str):
            return self._lines(value, path, column) or f" {self.scalar(value, path, inside=False)}\n"
        if not isinstance(value, dict | list):
            return f" {self.scalar(value, path, inside=False)}\n"
        if not value or self._in_brackets(value, path):
            return f" {self.flow(value, path)}\n"
        own, alone = self._column(value, path, column)
        lines = self.block(value, path, own)
        glued = isinstance(path[-1], int) and not alone
        return " " * (own - column - 1) + lines[own:] if glued else f"\n{lines}"

    def block(self, value: Any, path: FieldPath, column: int) -> str:
        """A list or group of fields as lines that begin at a column."""
        if isinstance(value, dict):
            return "".join(f"{' ' * column}{self.key(key)}:{self.written(each, (*path, key), column)}" for key, each in value.items())
        return "".join(f"{' ' * column}-{self.written(each, (*path, number), column)}" for number, each in enumerate(value))

    def _like(self, value: Any, path: FieldPath) -> Iterator[tuple[str, Entry]]:
        """What is of the same sort at like places, and not empty."""
        sort = "map" if isinstance(value, dict) else "list"
        return (found for found in self.examples(path) if found[1].value.sort == sort and found[1].value.entries)

    def _in_brackets(self, value: Any, path: FieldPath) -> bool:
        votes = [not entry.value.block for _, entry in islice(self._like(value, path), 5 if isinstance(path[-1], int) else 1)]
        if votes:
            return sum(votes) * 2 > len(votes)
        if any("\n" in text for text in _texts(value)) or (isinstance(path[-1], int) and len(path) == 2):
            return False
        if isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
            return False
        return len(self.flow(value, path)) <= (WIDE_ITEM if isinstance(path[-1], int) else WIDE)

    def _column(self, value: Any, path: FieldPath, column: int) -> tuple[int, bool]:
        """Where the lines of a block begin whose key or dash stands at a column, and whether its dash stands alone."""
        least = 0 if isinstance(value, list) and isinstance(path[-1], str) else 1
        for text, entry in self._like(value, path):
            if entry.value.block:
                alone = entry.value.start >= line_end(text, entry.anchor)
                return column + max(entry.value.column - entry.column, least), alone
        return column + (self.dash if isinstance(value, list) and isinstance(path[-1], str) else 2), False

    def _habit(self, path: FieldPath) -> str:
        """How texts at like places are written: ``plain``, in a quote that they would not need, or empty if none tells."""
        for text, entry in islice(self.examples(path), 3):
            node = entry.value
            if node.sort == "text" and node.value:
                needless = node.style in ("'", '"') and not _NEVER_PLAIN.match(node.value) and "\\" not in text[node.start : node.end]
                return node.style if needless else "" if node.style else "plain"
        return ""

    def _lines(self, value: str, path: FieldPath, column: int) -> str:
        """Text of several lines as lines of its own, if it can be read back from them."""
        body = value.removesuffix("\n")
        if not self.in_lines or "\n" not in value or not body or body[0] in " \n\t" or body.endswith("\n"):
            return ""
        sign, indent = _like_lines(islice(self.examples(path), 5), column)
        sign = ("|" if "\n" in body else sign) + ("" if value.endswith("\n") else "-")
        lines = "".join(f"{' ' * indent if line else ''}{line}\n" for line in body.split("\n"))
        plain = f"x: {sign}\n" + "".join(f"  {line}\n" if line else "\n" for line in body.split("\n"))
        return f" {sign}\n{lines}" if _reads_back(plain, value, texts=True) else ""


def hand_of(text: str, text_fields: frozenset[str], examples: Examples, *, as_json: bool, in_lines: bool) -> Hand:
    """The hand in which a file is written."""
    single, double = (sum(text.count(before + quote) for before in (": ", "- ", ", ", "[")) for quote in ("'", '"'))
    nothing = _NULL.search(text) if "~" in text or "null" in text else None
    below = _BELOW_A_KEY.search(text)
    return Hand(
        text_fields,
        examples,
        "'" if single > double else '"',
        nothing[1] if nothing and not as_json else "null",
        as_json,
        in_lines and not as_json,
        "".join(bracket for bracket in "{[" if text.count(f"{bracket} ") * 2 > text.count(bracket)),
        len(below[2]) if below else 2,
    )


def _candidates(value: Any, texts: bool, habit: str, quote: str, nothing: str, *, inside: bool) -> Iterator[str]:
    """Ways to write a value, the best first; not each is read back as the value."""
    if value is None:
        yield nothing
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, int | Decimal):
        yield format(value, "f") if isinstance(value, Decimal) else str(value)
    elif isinstance(value, str):
        yield from _texts_for(value, texts, habit, quote, inside=inside)


def _texts_for(value: str, texts: bool, habit: str, quote: str, *, inside: bool) -> Iterator[str]:
    double = json.dumps(value, ensure_ascii=False) if habit == "json" else f'"{value.translate(_ESCAPES)}"'
    coded = double.replace("\\n", "\\u000a")  # "C:\\n…" would be taken for the path of a file
    if habit == "json":
        yield from (double, coded)
        return
    single = "'" + value.replace("'", "''") + "'"
    if habit not in ("'", '"') and _plain(value, texts, habit, inside=inside):
        yield value
    by_quote = {'"': double, "'": single}
    clean = [text for text in (by_quote[quote], *by_quote.values()) if text[1:-1] == value]
    one_line = [] if re.search(r"[\n\t]", value) else [single]
    yield from (*clean, *(one_line if "\\" in value else ()), double, *one_line, coded)


def _plain(value: str, texts: bool, habit: str, *, inside: bool) -> bool:
    """Whether text may stand without quotes, here and for other readers of YAML."""
    if not value or _NEVER_PLAIN.match(value) or value.casefold() in _WORDS or (inside and _NEVER_IN_BRACKETS.search(value)):
        return False
    return not _NUMBER.fullmatch(value) or (texts and (habit == "plain" or bool(_DATE.fullmatch(value))))


@lru_cache(maxsize=20_000)
def _read_alone(text: str, texts: bool) -> Any:
    try:
        return read_fields("", decode("", text.encode())[0], frozenset("x") if texts else frozenset()).fields["x"]
    except (RefusalError, UnicodeEncodeError):
        return Ellipsis


def _reads_back(text: str, value: Any, texts: bool) -> bool:
    read = _read_alone(text, texts)
    read = read[0] if text.startswith("x: [") and isinstance(read, list) and len(read) == 1 else read
    return type(read) in (type(value), int, Decimal) and isinstance(read, bool) == isinstance(value, bool) and bool(read == value)


def _like_lines(examples: Iterator[tuple[str, Entry]], column: int) -> tuple[str, int]:
    """The sign and the column of text in lines of its own, as in the first example that has such text."""
    text, entry = next((found for found in examples if found[1].value.style in ("|", ">")), ("", None))
    if not entry:
        return "|", column + 2
    begin = line_end(text, entry.value.start)
    first = re.match(r"(?:[ \t]*(?:\r\n|\n|\r))*( *)", text[begin : entry.value.end])
    return header(text, entry.value.start)[0], column + max(1, len(first[1]) - entry.column if first else 2)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(each)
