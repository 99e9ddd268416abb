"""A workbook that somebody sent, as sheets of cells. Nothing in it is trusted, calculated or fetched.

The XML is read in one bounded pass of our own and not by a library: those drop cells beyond a wrong dimension, take rows out of order
for others, give no value for a formula without a result, and need gigabytes for a few kilobytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from citytools.workbook.cells import Book, ReadSheet
from citytools.workbook.container import Container, opened
from citytools.workbook.markup import Markup
from citytools.workbook.outline import EXTERNAL, Outline, outline, related, shown, styles, texts
from citytools.workbook.sheet import Shared, SheetReading, few

_OUR_OWN = "_"  # sheets whose name begins so are made by the program, hidden on purpose
_OUR_NAME = "citytools"  # who wrote the notes on cells of a workbook to be filled in
_LINK = re.compile(r"(https?|mailto):", re.I)


def read(name: str, data: bytes) -> Book:
    """The sheets of a workbook; ``name`` is its file's, for messages. Raises CitytoolsError for what cannot or must not be read."""
    container = opened(name, data)
    markup = Markup(container)
    for part in container.parts:
        markup.check(part)
    found = outline(markup)
    shared = Shared(texts(markup, found.parts.get("sharedStrings", "")), styles(markup, found.parts.get("styles", "")), found.from_1904)
    notes = list(_of_workbook(markup, found))
    sheets = []
    for title, part, hidden in found.sheets:
        reading = SheetReading(markup, shared, title)
        reading.read(part)
        sheets.append(ReadSheet(title, hidden, tuple(reading.rows)))
        if hidden and not title.startswith(_OUR_OWN):
            notes.append(f'The hidden sheet "{shown(title)}" was read as well.')
        notes += reading.notes()
        notes += _links(markup, title, part)
    return Book(tuple(sheets), tuple(notes))


def _of_workbook(markup: Markup, found: Outline) -> Iterator[str]:
    container = markup.container
    if found.from_1904:
        yield "The workbook counts days from 1904, and its dates were read accordingly."
    if _has(container, "xl/externalLinks/"):
        yield "The workbook refers to other files; none of them was opened."
    if _has(container, "xl/connections.xml", "xl/queryTables/"):
        yield "The workbook fetches data from elsewhere; nothing was fetched."
    if found.others:
        yield f"Not read, as these are charts and not sheets of cells: {few([shown(title) for title in found.others])}."
    if _has(container, "xl/media/", "xl/charts/"):
        yield "Pictures and charts were not read."
    if any(_by_others(markup, part) for part in container.parts if re.match(r"xl/(.*/)?(threaded)?comments", part, re.I)):
        yield "Notes on cells, and who wrote them, were not read."


def _has(container: Container, *beginnings: str) -> bool:
    return any(part.startswith(beginnings) for part in container.parts)


def _by_others(markup: Markup, part: str) -> bool:
    """Whether somebody else than this program wrote notes; none of theirs is read."""
    if not part.casefold().endswith(".xml"):
        return False
    ours, foreign, names = False, "threaded" in part.casefold(), [""]

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal ours
        ours = name == "author"
        if ours:
            names.append("")

    def end(_: str) -> None:
        nonlocal ours
        ours = False

    def text(words: str) -> None:
        if ours:
            names[-1] = (names[-1] + words)[:60]

    markup.read(part, start, end, text)
    # LibreOffice forgets who wrote them.
    return foreign or any(name and not name.startswith(_OUR_NAME) for name in names[1:])


def _links(markup: Markup, name: str, part: str) -> Iterator[str]:
    dropped = [
        shown(target) for kind, target in related(markup, part).values() if kind == f"{EXTERNAL}hyperlink" and not _LINK.match(target)
    ]
    if dropped:
        yield f'On "{shown(name)}", links were not kept: {few(dropped)}.'
