"""Which row each comment of a file belongs to, so that it can go where the row goes.

A comment behind something belongs to that row; for those on lines of their own the rules are those of ``rows``. One that is
parted by an empty line from the row below it is a heading of that row and of those that follow. What can have no other
place belongs to the file: what stands above its first field, and what comes last.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from citytools.model import FieldPath
from citytools.yamlfile.layout import Entry, Node, line_end, line_start

_COMMENT = re.compile(r"#[^\n]*")


@dataclass(slots=True)
class Remarks:
    """The comments of a row: above it, an empty text standing for the empty line below a heading; behind it; below and further in."""

    above: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Row:
    path: FieldPath
    entry: Entry
    parent: Node


def comments(text: str, root: Node) -> list[tuple[int, str]]:
    """Every comment in a text, its sign included, and where it stands; the lines of the text end in line feeds."""
    found: list[tuple[int, str]] = []
    at = 0
    for start, end in [*_words(text, root), (len(text), len(text))]:
        found += [(each.start(), each[0].rstrip()) for each in _COMMENT.finditer(text, at, max(at, start))]
        at = max(at, end)
    return found


def remarks(text: str, root: Node) -> dict[FieldPath, Remarks]:
    """The comments of each row that has any, by its path; those of the file under the empty path."""
    keeper = _Keeper(text, root)
    for at, said in comments(text, root):
        keeper.keep(at, said)
    return keeper.kept


class _Keeper:
    """Puts each comment in turn where it belongs."""

    def __init__(self, text: str, root: Node) -> None:
        self.text = text
        self.root = root
        self.rows = list(_rows(root, ()))
        self.starts = [row.entry.start for row in self.rows]
        self.kept: dict[FieldPath, Remarks] = {}
        self.below = -1  # where the line of the last comment ends that stands below its row

    def keep(self, at: int, said: str) -> None:
        """Put the comment at an offset where it belongs."""
        begin = line_start(self.text, at)
        before = self._before(at)
        number = bisect_left(self.starts, at)
        following = self.rows[number] if number < len(self.rows) else None
        inside = self._open(before, at)
        if self.text[begin:at].strip():
            own = self._of(before)
            (own.behind if before else own.above if following else own.below).append(said)
        elif before and before[-1].entry.value.start > at and not before[-1].entry.value.block:
            self._of(before).above.append(said)  # between a name and its value
        elif number == 0 and following:
            self._of([]).above.append(said)
        elif inside and (not following or following.entry.start > inside.end):
            self._of(before if inside is not self.root else []).below.append(said)
        elif inside and following:
            self._of([following]).above.append(said)
        else:
            self._put(before, following, at, said)

    def _put(self, before: list[_Row], following: _Row | None, at: int, said: str) -> None:
        """Put a comment on a line of its own outside all brackets."""
        begin = line_start(self.text, at)
        owner = self._owner(before, following, at - begin) if self._touches(begin) else []
        if owner:
            self._of(owner).below.append(said)
            self.below = line_end(self.text, at)
        elif following:
            parted = re.search(r"\n[ \t]*\n", self._gap(at, following))
            self._of([following]).above += [said, ""] if parted else [said]
        else:
            self._of([]).below.append(said)

    def _gap(self, at: int, following: _Row) -> str:
        """What stands between the comment and the next one, or the row that follows."""
        gap = self.text[line_end(self.text, at) - 1 : following.entry.start]
        return gap.partition("#")[0]

    def _touches(self, begin: int) -> bool:
        """Whether what is directly above a line is a row, or a comment that belongs to a row above it."""
        above = self.text[line_start(self.text, begin - 1) : begin - 1] if begin else ""
        return bool(above.strip()) and (not above.lstrip().startswith("#") or self.below == begin)

    def _owner(self, before: list[_Row], following: _Row | None, column: int) -> list[_Row]:
        """The rows down to the innermost one above that begins further out than the comment, unless the row that follows is in it."""
        for depth in range(len(before), 0, -1):
            path = before[depth - 1].path
            holds = following is not None and following.path[: len(path)] == path
            if not holds and before[depth - 1].entry.column < column:
                return before[:depth]
        return []

    def _of(self, rows: list[_Row]) -> Remarks:
        return self.kept.setdefault(rows[-1].path if rows else (), Remarks())

    def _before(self, at: int) -> list[_Row]:
        """The rows that begin above an offset, from the outermost in, without those in brackets that are closed by then."""
        node = self.root
        path: FieldPath = ()
        found: list[_Row] = []
        while node.sort != "text" and not (node.style and at >= node.end):
            number = bisect_left(node.entries, at, key=lambda entry: entry.start)
            if not number:
                break
            entry = node.entries[number - 1]
            path = (*path, entry.name)
            found.append(_Row(path, entry, node))
            node = entry.value
        return found

    def _open(self, before: list[_Row], at: int) -> Node | None:
        """The innermost brackets around an offset."""
        nodes = [self.root, *(row.entry.value for row in before)]
        return next((node for node in reversed(nodes) if node.sort != "text" and node.style and node.start < at < node.end), None)


def _rows(node: Node, path: FieldPath) -> Iterator[_Row]:
    for entry in node.entries:
        here = (*path, entry.name)
        yield _Row(here, entry, node)
        yield from _rows(entry.value, here)


def _words(text: str, node: Node) -> Iterator[tuple[int, int]]:
    """Where names and values stand, in which a ``#`` is no comment."""
    if node.sort == "text":
        start = line_end(text, node.start) if node.style in ("|", ">") else node.start
        if start < node.end:
            yield start, node.end
    for entry in node.entries:
        if isinstance(entry.name, str):
            yield entry.start, entry.key_end
        yield from _words(text, entry.value)
