"""Two states of a file without what both have to the letter: what is left says as much of how they differ, and is read much sooner."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

_KEY = re.compile(rb"([a-z_]+):[ \t]*(?:#.*)?\r?$")
_ITEM = re.compile(rb"( *)- ")
_NOTHING = re.compile(rb"[ \t]*(?:#.*)?\r?$")

Lines = list[bytes]
Span = tuple[int, int]


def reduced(old: bytes, new: bytes, lists: Collection[str]) -> tuple[bytes, bytes]:
    """Both states with empty lines for the items of these lists, by their names at the top, that both have to the letter.

    The lines keep their numbers. The first item of a list stays, so that the list stays one. Only lines are looked at: where a text
    goes on over what looks like an item, what is left cannot be read, and the whole has to be.
    """
    sides = [data.split(b"\n") for data in (old, new)]
    spans = [list(_items(lines, lists)) for lines in sides]
    counts = [Counter(_text(lines, span) for span, _ in found) for lines, found in zip(sides, spans, strict=True)]
    firsts = {_text(lines, span) for lines, found in zip(sides, spans, strict=True) for span, first in found if first}
    common = {text for text, number in counts[0].items() if counts[1][text] == number} - firsts
    before, after = (_without(lines, [span for span, _ in found], common) for lines, found in zip(sides, spans, strict=True))
    return before, after


def _items(lines: Lines, lists: Collection[str]) -> Iterator[tuple[Span, bool]]:
    """The lines of each item of these lists in block style, and whether it is its list's first."""
    inside, indent, begun, first = False, b"", -1, True
    for number, line in enumerate([*lines, b"end:"]):
        item = _ITEM.match(line) if inside else None
        if item and begun < 0:
            indent = item[1]
        ends = not line.startswith((b" ", b"-", b"\t")) and not _NOTHING.match(line)
        if begun >= 0 and (ends or (item and item[1] == indent)):
            yield (begun, number), first
            first, begun = False, -1
        if ends:
            key = _KEY.match(line)
            inside, first = bool(key and key[1].decode() in lists), True
        elif item and item[1] == indent:
            begun = number


def _text(lines: Lines, span: Span) -> bytes:
    return b"\n".join(lines[slice(*span)]).rstrip()


def _without(lines: Lines, spans: Sequence[Span], common: Collection[bytes]) -> bytes:
    kept = list(lines)
    for start, end in spans:
        if _text(lines, (start, end)) in common:
            kept[start:end] = [b""] * (end - start)
    return b"\n".join(kept)
