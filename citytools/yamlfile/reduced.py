"""Two states of a file without what both have to the letter: what is left says as much of how they differ, and is read much sooner."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

# Of all lines, searched for at once, those that matter: a list's item, and one that begins something else at the top.
_LINE = re.compile(rb"\n(?:( *)- |(?=[^ \t\n#-])(?!\r(?:\n|\Z)))")
_KEY = re.compile(rb"\n([a-z_]+):[ \t]*(?:#[^\n]*)?\r?(?=\n|\Z)")

Span = tuple[int, int]


def reduced(old: bytes, new: bytes, lists: Collection[str]) -> tuple[bytes, bytes]:
    """Both states with empty lines for the items of these lists, by their names at the top, that both have to the letter.

    The lines keep their numbers. The first item of a list stays, so that the list stays one. Only lines are looked at: where a text
    goes on over what looks like an item, what is left cannot be read, and the whole has to be.
    """
    sides = [b"\n" + data for data in (old, new)]
    spans = [list(_items(data, lists)) for data in sides]
    texts = [[data[slice(*span)].rstrip() for span, _ in found] for data, found in zip(sides, spans, strict=True)]
    counts = [Counter(found) for found in texts]
    firsts = {text for side, found in zip(texts, spans, strict=True) for text, (_, first) in zip(side, found, strict=True) if first}
    common = {text for text, number in counts[0].items() if counts[1][text] == number} - firsts
    before, after = (
        _without(data, [span for text, (span, _) in zip(side, found, strict=True) if text in common])
        for data, side, found in zip(sides, texts, spans, strict=True)
    )
    return before, after


def _items(data: bytes, lists: Collection[str]) -> Iterator[tuple[Span, bool]]:
    """Each item of these lists in block style, from the end of the line before it to that of its last, and whether it is the first."""
    inside, indent, begun, first = False, b"", -1, True
    for line in _LINE.finditer(data):
        item, at = line[1], line.start()
        ends = item is None
        if inside and item is not None and begun < 0:
            indent = item
        if begun >= 0 and (ends or item == indent):
            yield (begun, at), first
            first, begun = False, -1
        if ends:
            key = _KEY.match(data, at)
            inside, first = bool(key and key[1].decode() in lists), True
        elif inside and item == indent:
            begun = at
    if begun >= 0:
        yield (begun, len(data)), first


def _without(data: bytes, spans: Sequence[Span]) -> bytes:
    """What is left of data that was put after a line's end, with empty lines for these spans."""
    kept, done = [], 0
    for start, end in spans:
        kept += [data[done:start], b"\n" * data.count(b"\n", start, end)]
        done = end
    return b"".join([*kept, data[done:]])[1:]
