"""A block's fields or items as rows of lines, each with the comments that belong to it, to be added, removed and moved whole.

A comment belongs to the row directly below it: to an item always, to a field if it is indented like the field. A comment
directly below a row and further in than the row begins is that row's own. All others, and empty lines, stay where they are,
but for the empty lines that part a row from the next. What comes first in a file belongs to the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from citytools.yamlfile.layout import Entry, entry_of, line_end, line_start

# Text that keeps the empty lines below it: those that part two rows would become part of it.
_KEEPS = re.compile(r"[|>][1-9]?\+[1-9]?[ \t]*(?:#.*)?\r?$", re.M)


@dataclass(slots=True)
class Row:
    """A field or item with its lines: what stands above it and belongs to neither, its own, and its rows once it was opened.

    Until it is settled, its own lines go on to where the next row begins.
    """

    name: str | int
    own: str
    gap: str = ""
    settled: bool = False
    rows: Rows | None = None

    def text(self) -> str:
        """Its own lines as they are now."""
        return self.rows.text() if self.rows else self.own

    def become(self, own: str) -> None:
        """Take other lines of its own."""
        self.own, self.rows = own, None


@dataclass(slots=True)
class Rows:
    """A block: the lines that open it, its rows, and what is left below them.

    ``anchor`` is where ``[]`` or ``{}`` would stand in the opening, -1 for a whole file; ``glued`` says that the first row
    begins on the last line of the opening, behind its dash.
    """

    sort: str
    column: int
    opening: str
    anchor: int
    glued: bool
    rows: list[Row]
    closing: str = ""

    def text(self) -> str:
        """The block as it is now."""
        if not self.rows:
            return self._emptied()
        body = "".join(row.gap + row.text() for row in self.rows)
        if self.glued and re.match(rf" {{{self.column}}}[^\s#]", body):
            return self.opening + body[self.column :] + self.closing
        opening = self.opening.rstrip(" ") + line_break(body) if self.glued else self.opening
        return opening + body + self.closing

    def find(self, name: str | int) -> int:
        """The number of the row of a field; an item's is its number already."""
        return name if isinstance(name, int) else next(n for n, row in enumerate(self.rows) if row.name == name)

    def settle(self, number: int) -> None:
        """Part a row from what stands below it: comments of the next row, and what is nobody's."""
        row = self.rows[number] if 0 <= number < len(self.rows) else None
        if not row or row.settled:
            return
        text = row.text()
        end = line_end(text, entry_of(text).value.end)
        below = text[end:].splitlines(keepends=True)
        mine = next((n for n, line in enumerate(below) if not _comment(line) or _indent(line) <= self.column), len(below))
        row.become(text[:end] + "".join(below[:mine]))
        row.settled = True
        self._leave("".join(below[mine:]), number + 1)

    def _leave(self, lines: str, number: int) -> None:
        if number == len(self.rows):
            self.closing = lines + self.closing
            return
        following = self.rows[number]
        gap, above = parted(lines, self.sort, self.column)
        following.gap = gap
        if above:
            following.become(above + following.text())

    def insert(self, number: int, row: Row, gap: str | None = None) -> None:
        """Put a settled row before the one of this number, or last; ``gap`` is what then stands above the next one."""
        self.settle(number - 1)
        if gap is not None and number < len(self.rows):
            self.rows[number].gap = gap
        self.rows.insert(number, row)
        self._spare(number)
        self._spare(number + 1)

    def insert_field(self, number: int, own: str, name: str, gap: str = "") -> None:
        """Put a field directly below the one before it; the first below what opens a file."""
        self.settle(number - 1)
        if number == 0 and self.rows:
            self.insert(0, Row(name, own, self.rows[0].gap, settled=True), "")
        else:
            self.insert(number, Row(name, own, gap, settled=True))

    def insert_item(self, number: int, own: str, apart: str) -> None:
        """Put an item directly above the one of this number, or last, parted as its neighbours are; ``apart`` if it has none."""
        last = len(self.rows) - 1
        for each in (number - 1, number, 0, last - 1, last):
            self.settle(each)
        if number > last:
            between = self.rows[last].gap if last > 0 else apart if last == 0 else ""
            self.insert(number, Row(number, own, _blank_end(between), settled=True))
        else:
            between = self.rows[number or 1].gap if last > 0 else apart
            self.insert(number, Row(number, own, self.rows[number].gap, settled=True), _blank_end(between))

    def move(self, number: int, before: int) -> None:
        """Move an item before the one that now has another number."""
        self.settle(0)
        apart = _blank_end(self.rows[1].gap)
        row = self.remove(number)
        self.insert_item(before - (before > number), row.text(), apart)

    def remove(self, number: int) -> Row:
        """Take a row out, and one of the empty stretches that parted it from its neighbours."""
        self.settle(number - 1)
        self.settle(number)
        row = self.rows.pop(number)
        if number == len(self.rows):
            self.closing = row.gap.removesuffix(_blank_end(row.gap)) + self.closing
            self._stay_below()
        else:
            following = self.rows[number]
            twice = number == 0 or _blank_end(row.gap)
            following.gap = row.gap + (_without_blank_start(following.gap) if twice else following.gap)
        self._spare(number)
        return row

    def _stay_below(self) -> None:
        """Of a whole file without fields, keep the comments and ``---`` at its start above whatever comes."""
        if self.anchor < 0 and not self.rows:
            end = re.search(r"(?:\A|(?<=[\r\n]))\.\.\.", self.closing)
            at = end.start() if end else len(self.closing)
            self.opening, self.closing = self.opening + self.closing[:at], self.closing[at:]

    def _spare(self, number: int) -> None:
        """Keep empty lines away from text above that would take them for its own."""
        if 0 < number < len(self.rows) and _KEEPS.search(self.rows[number - 1].text()):
            self.rows[number].gap = _without_blank_start(self.rows[number].gap)

    def _emptied(self) -> str:
        nothing = "[]" if self.sort == "list" else "{}"
        if self.anchor < 0:
            return self.opening + nothing + line_break(self.opening + self.closing) + self.closing
        if self.glued:
            return f"{self.opening.rstrip(' ')} {nothing}{line_break(self.opening + self.closing)}{self.closing}"
        return f"{self.opening[: self.anchor]} {nothing}{self.opening[self.anchor :]}{self.closing}"


def open_block(text: str, entry: Entry) -> Rows:
    """The rows of the block that is the value of a field or item, in the text of that field or item."""
    node = entry.value
    return cut(text, node.sort, node.column, entry.anchor, [(each.name, each.start) for each in node.entries])


def cut(text: str, sort: str, column: int, anchor: int, starts: Sequence[tuple[str | int, int]]) -> Rows:
    """A block of these columns as rows, by where its fields or items begin."""
    head = line_end(text, anchor) if anchor >= 0 else 0
    glued = starts[0][1] < head
    begins = [start if glued and not number else line_start(text, start) for number, (_, start) in enumerate(starts)]
    opening = text[: begins[0] if glued else head]
    gap, above = ("", " " * column) if glued else parted(text[head : begins[0]], sort if anchor >= 0 else "", column)
    rows = [Row(name, own) for name, own in _pieces(text, begins, [name for name, _ in starts])]
    rows[0].gap, rows[0].own = gap, above + rows[0].own
    return Rows(sort, column, opening, anchor, glued, rows)


def _pieces(text: str, begins: list[int], names: list[str | int]) -> Iterator[tuple[str | int, str]]:
    for name, begin, end in zip(names, begins, [*begins[1:], len(text)], strict=True):
        yield name, text[begin:end]


def parted(lines: str, sort: str, column: int) -> tuple[str, str]:
    """Lines above a row: those that are nobody's, and the comments directly above it that belong to it."""
    split = lines.splitlines(keepends=True)
    mine = len(split)
    while sort and mine and _comment(split[mine - 1]) and (sort == "list" or _indent(split[mine - 1]) == column):
        mine -= 1
    return "".join(split[:mine]), "".join(split[mine:])


def line_break(text: str) -> str:
    """The line end that a text uses first."""
    found = re.search(r"\r\n|\n|\r", text)
    return found[0] if found else "\n"


def _comment(line: str) -> bool:
    return line.lstrip(" \t").startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _blank_end(gap: str) -> str:
    """The empty lines at the end of a gap."""
    lines = gap.splitlines(keepends=True)
    first = next((n + 1 for n in range(len(lines) - 1, -1, -1) if lines[n].strip()), 0)
    return "".join(lines[first:])


def _without_blank_start(gap: str) -> str:
    lines = gap.splitlines(keepends=True)
    return "".join(lines[next((n for n, line in enumerate(lines) if line.strip()), len(lines)) :])
