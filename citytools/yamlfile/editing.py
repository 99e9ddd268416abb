"""Edits of a file's data that change only the lines concerned, in the file's own hand, and are read back before they count."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Any

import yaml

from citytools.errors import CitytoolsError
from citytools.model import FieldPath, Marks
from citytools.yamlfile import flow
from citytools.yamlfile.edits import AddItem, DataEdit, MoveItem, RemoveField, ReplaceItem, SetField, applied, changes, named, same
from citytools.yamlfile.hand import hand_of
from citytools.yamlfile.layout import Entry, Node, dash_before, entry_of, header, layout, line_end, line_start
from citytools.yamlfile.reader import Reading, read_fields
from citytools.yamlfile.refusal import RefusalError
from citytools.yamlfile.rows import Row, Rows, cut, open_block
from citytools.yamlfile.text import decode

# How many records to look through, to either side, for a like place whose way of writing is to be followed.
FAR = 40

Order = Callable[[FieldPath], Sequence[str]]

_ABSENT = object()
_BOM = "\ufeff"
_BY_HAND = "Change it by hand. Nothing was changed"


def edit(data: bytes, edits: Sequence[DataEdit], *, text_fields: frozenset[str] = frozenset(), order: Order | None = None) -> bytes:
    """The file after the edits, one after the other, each path being that of the data when its turn comes.

    Every line that is not concerned stays as it is; only a BOM goes. ``order`` gives the names of the fields that a group
    at a path may have, in the order in which they stand; ``text_fields`` as in ``read``. Raises CitytoolsError where an edit
    cannot be made, or where the file would then say anything but what was meant.
    """
    doing = ""
    try:
        before = read_fields("", decode("", data)[0], text_fields)
        doing = "the file could then not be read, "
        meant = applied(before.fields, edits)
        for new in _ways(data, before, edits, text_fields, order or (lambda _: ())):
            if (before.fields if new == data else read_fields("", decode("", new)[0], text_fields).fields) == meant:
                return new
    except RefusalError as refusal:
        raise CitytoolsError(f"{doing}line {refusal.finding.location.line}: {refusal.finding.message}. Nothing was changed") from refusal
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise CitytoolsError(f"the file cannot be changed as it is written. {_BY_HAND}") from error
    raise CitytoolsError(f"the file would then say something else than was meant. {_BY_HAND}")


def _ways(data: bytes, before: Reading, edits: Sequence[DataEdit], text_fields: frozenset[str], order: Order) -> Iterator[bytes]:
    """What the file may become, the best first; what it says has yet to be seen."""
    # Text in lines of its own may take spaces below it for more of itself: then the same again, with all text in quotes.
    for in_lines in (True, False):
        file = _File(data.decode().removeprefix(_BOM), before, text_fields, order, in_lines=in_lines)
        for each in edits:
            file.make(each)
        yield from (text.encode() for text in file.finished()) if file.text() != file.opened else [data]


class _File:
    """A file being edited: its text as rows, opened as far as edits need it, and what it says by now."""

    def __init__(self, text: str, reading: Reading, text_fields: frozenset[str], order: Order, *, in_lines: bool) -> None:
        self.fields = reading.fields
        self.order = order
        self.newline = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n" if "\n" in text or "\r" not in text else "\r"
        self.end, self.opened_end = _end(text, self.newline)
        self.opened = text.removesuffix(self.end) + self.opened_end
        self.whole = Row("", self.opened)
        if not reading.as_json:
            self.whole.rows = _opened(self.opened, reading)
        as_json = reading.as_json and text[text.index("{") + 1 :].lstrip()[:1] == '"'
        self.hand = hand_of(text, text_fields, self.examples, as_json=as_json, in_lines=in_lines)

    def text(self) -> str:
        """The file as it is by now; it always has a line end at its end."""
        return self.whole.text()

    def finished(self) -> Iterator[str]:
        """The file as it is by now, first with an end like that of the original, should that be without a line end."""
        text = self.text()
        if self.opened_end and text.endswith(self.opened_end):
            yield text.removesuffix(self.opened_end) + self.end
        if self.opened_end:
            yield text.removesuffix(self.newline)
        yield text

    def make(self, edit: DataEdit) -> None:
        """Make one edit. Raises CitytoolsError where there is no place for it."""
        after = applied(self.fields, [edit])
        match edit:
            case SetField(path, value) | ReplaceItem(path, value):
                self._put(path, value)
            case RemoveField(path):
                self._remove(path)
            case AddItem(path, value, before):
                self._add(path, value, before)
            case MoveItem(path, number, before):
                self._move(path, number, before)
        self.fields = after

    def examples(self, path: FieldPath) -> Iterator[tuple[str, Entry]]:
        """What stands at like places, the nearest first, each with the text in which it stands."""
        top = self.whole.rows
        if top is None:
            yield from _alike(self.whole.own, layout(self.whole.own).entries, path)
            return
        row = next((row for row in top.rows if row.name == path[0]), None)
        if row and row.rows and len(path) > 1 and isinstance(path[1], int):
            names = [step for step in path[2:] if isinstance(step, str)]
            for item in _nearest(row.rows.rows, path[1]):
                text = item.text()
                if all(name in text for name in names):
                    yield from _alike(text, [entry_of(text)], (0, *path[2:]))
        elif row:
            yield from _alike(row.text(), [entry_of(row.text())], path)

    def _value(self, path: FieldPath) -> Any:
        node: Any = self.fields
        for step in path:
            try:
                node = node[step]
            except (KeyError, IndexError):
                return _ABSENT
        return node

    def _reach(self, path: FieldPath) -> tuple[Row, Rows | None, FieldPath]:
        """The innermost row on the way to a value, the value's own rows if it is a block, and the rest of the path within the row."""
        row = self.whole
        for depth, step in enumerate(path):
            rows = self._rows(row)
            if rows is None:
                return row, None, path[depth:]
            row = rows.rows[rows.find(step)]
        return row, self._rows(row), ()

    def _rows(self, row: Row) -> Rows | None:
        if row.rows is None and row is not self.whole:
            entry = entry_of(row.own)
            row.rows = open_block(row.own, entry) if entry.value.block else None
        return row.rows

    def _node(self, row: Row, rest: FieldPath) -> Node:
        node = layout(row.own) if row is self.whole else entry_of(row.own).value
        for step in rest:
            node = node.entries[_number(node, step)].value
        return node

    def _put(self, path: FieldPath, value: Any) -> None:
        old = self._value(path)
        if old is not _ABSENT and same(old, value):
            return
        if old and value and isinstance(value, dict | list) and type(old) is type(value):
            for each in changes(old, value, path):
                self.make(each)
            return
        row, rows, rest = self._reach(path[:-1])
        if rows is None:
            self._put_inside(row, rest, path, value, new=old is _ABSENT)
        elif old is _ABSENT:
            self._new_field(rows, path, value)
        else:
            self._rewrite(rows.rows[rows.find(path[-1])], path, value)

    def _put_inside(self, row: Row, rest: FieldPath, path: FieldPath, value: Any, *, new: bool) -> None:
        """Put a value into brackets."""
        node = self._node(row, rest)
        if not new:
            entry = node.entries[_number(node, path[-1])]
            row.become(flow.replaced(row.own, entry, self.hand.flow(value, path)))
        elif self._bare(row, rest, node):
            self._rewrite(row, path[:-1], {path[-1]: value})
        else:
            name = str(path[-1])
            number = _place([str(entry.name) for entry in node.entries], name, self.order(path[:-1]))
            field = f"{self.hand.key(name, _quote(row.own, node.entries))}: {self.hand.flow(value, path)}"
            row.become(flow.inserted(row.own, node, number, field))

    def _bare(self, row: Row, rest: FieldPath, node: Node) -> bool:
        """Whether these are empty brackets that may become a block."""
        return not rest and row is not self.whole and not node.entries and "#" not in row.own[node.start : node.end]

    def _rewrite(self, row: Row, path: FieldPath, value: Any) -> None:
        """Put a value of another sort in place of a row's."""
        text = row.text()
        entry = entry_of(text)
        below = not entry.value.block and entry.value.start >= line_end(text, entry.anchor)
        if below and isinstance(value, str):
            written = f" {self.hand.scalar(value, path, inside=False)}\n"
        else:
            written = self.hand.written(value, path, entry.column)
        row.become(_rewritten(text, entry, written, self.newline, lead=not isinstance(value, dict | list) or written.count("\n") == 1))

    def _new_field(self, rows: Rows, path: FieldPath, value: Any) -> None:
        name = str(path[-1])
        number = _place([str(row.name) for row in rows.rows], name, self.order(path[:-1]))
        written = self.hand.written(value, path, rows.column)
        top = rows is self.whole.rows
        near = [] if top else [(text, entry_of(text)) for text in (row.text() for row in rows.rows)]
        quotes = {_quote(text, [entry]) for text, entry in near}
        key = " " * rows.column + self.hand.key(name, quotes.pop() if len(quotes) == 1 else "") + ":"
        if written[0] == " ":
            written = written.rjust(len(written) + _aligned(near) - len(key) - 1)
        last = top and number == len(rows.rows) and written[0] == "\n"
        apart = last and (number == 1 or self.newline * 2 in self.opened)
        rows.insert_field(number, (key + written).replace("\n", self.newline), name, self.newline if apart else "")

    def _remove(self, path: FieldPath) -> None:
        row, rows, rest = self._reach(path[:-1])
        if rows is not None:
            rows.remove(rows.find(path[-1]))
        else:
            node = self._node(row, rest)
            row.become(flow.removed(row.own, node, _number(node, path[-1])))

    def _add(self, path: FieldPath, value: Any, before: int | None) -> None:
        items = self._value(path)
        if items is _ABSENT or items is None:
            self._put(path, [value])
            return
        row, rows, rest = self._reach(path)
        number = len(items) if before is None else before
        if rows is not None:
            own = f"{' ' * rows.column}-{self.hand.written(value, (*path, number), rows.column)}"
            apart = self.newline if len(path) == 1 and own.count("\n") > 1 else ""
            rows.insert_item(number, own.replace("\n", self.newline), apart)
            return
        node = self._node(row, rest)
        if self._bare(row, rest, node):
            self._rewrite(row, path, [value])
        else:
            row.become(flow.inserted(row.own, node, number, self.hand.flow(value, (*path, number))))

    def _move(self, path: FieldPath, number: int, before: int | None) -> None:
        before = len(self._value(path)) if before is None else before
        if before in (number, number + 1):
            return
        row, rows, rest = self._reach(path)
        if rows is not None:
            rows.move(number, before)
            return
        old, node = row.own, self._node(row, rest)
        row.become(flow.removed(old, node, number))
        row.become(flow.inserted(row.own, self._node(row, rest), before - (before > number), *flow.taken(old, node, number)))
        if row.own.count("#") != old.count("#"):
            raise CitytoolsError(f"{named(path)} cannot be put in order without losing a comment. {_BY_HAND}")


def _opened(text: str, reading: Reading) -> Rows:
    """A file as the rows of its fields, each list of records as the rows of its records."""
    place = _Places(text, reading.marks)
    inside = reading.marks.inside(reading.fields, 0)
    keys: list[tuple[str | int, int]] = [(name, place.offset(position - 1)) for name, position in inside.items()]
    rows = cut(text, "map", keys[0][1] - line_start(text, keys[0][1]), -1, keys)
    for row, (name, key) in zip(rows.rows, keys, strict=True):
        items = reading.fields[str(name)]
        if isinstance(items, list) and items and text[place.offset(inside[name])] == "-":
            begin = line_start(text, key)
            dashes = [place.dash(position) - begin for position in reading.marks.inside(items, inside[name] + 1)]
            first = line_start(row.own, dashes[0])
            row.rows = cut(row.own, "list", dashes[0] - first, entry_of(row.own[:first]).anchor, list(enumerate(dashes)))
    return rows


class _Places:
    """Offsets in a text, whatever its line ends, of what its marks count in lines."""

    def __init__(self, text: str, marks: Marks) -> None:
        self.text = text
        self.marks = marks
        self.lines = text.splitlines(keepends=True)
        self.starts = [0, *accumulate(map(len, self.lines))]

    def offset(self, position: int) -> int:
        """Where a key or value begins."""
        line, column = self.marks.place(position)
        return self.starts[line - 1] + column - 1

    def dash(self, position: int) -> int:
        """Where the dash stands of the item whose value has this mark."""
        line, column = self.marks.place(position)
        before = self.lines[line - 1][: column - 1].rstrip()
        return self.starts[line - 1] + len(before) - 1 if before else dash_before(self.text, self.offset(position))


def _end(text: str, newline: str) -> tuple[str, str]:
    """The end of a text that has no line end there, and what it becomes while lines are put below it; both empty otherwise."""
    if text.endswith(("\n", "\r")):
        return "", ""
    node = layout(text)
    while node.entries:
        node = node.entries[-1].value
    sign = header(text, node.start) if node.style in ("|", ">") else ""
    if not sign or "-" in sign or node.value.endswith("\n"):
        return "", newline
    return text[node.start :], sign.rstrip("+") + "-" + text[node.start + len(sign) :] + newline


def _rewritten(text: str, entry: Entry, written: str, newline: str, *, lead: bool) -> str:
    """A row with another value: what was written follows its colon or dash, ``lead`` as far from it as the old value did."""
    first, _, rest = written.partition("\n")
    rest = rest.replace("\n", newline)
    node, before, below = entry.value, text[: entry.anchor], line_end(text, entry.anchor)
    after = text[line_end(text, node.end) :]
    if node.block:
        return before + first + (newline if node.start < below else text[entry.anchor : below]) + rest + after
    end = node.start + len(header(text, node.start)) if node.style in ("|", ">") else node.end
    remark = text[end : line_end(text, end)]
    if rest and node.start >= below:
        above = text[entry.anchor : line_start(text, node.start)]
        return before + first + above + (" " * node.column + remark.lstrip(" \t") if remark.strip() else "") + rest + after
    space = text[entry.anchor : node.start]
    return before + (space + first.lstrip() if lead and space else first) + remark + rest + after


def _place(names: Sequence[str], name: str, order: Sequence[str]) -> int:
    """Where a field goes among others: behind the last that precedes it in the order, else before the first that follows it."""
    rank = {each: number for number, each in enumerate(order)}
    if name not in rank:
        return len(names)
    before = [number for number, each in enumerate(names) if rank.get(each, len(rank)) < rank[name]]
    after = [number for number, each in enumerate(names) if each in rank]
    return before[-1] + 1 if before else min(after, default=len(names))


def _number(node: Node, step: str | int) -> int:
    return step if isinstance(step, int) else next(n for n, entry in enumerate(node.entries) if entry.name == step)


def _quote(text: str, entries: Sequence[Entry]) -> str:
    """The quote in which all these names are written; empty for none."""
    quotes = {text[entry.start] for entry in entries}
    return quotes.pop() if len(quotes) == 1 and quotes <= {"'", '"'} else ""


def _aligned(near: Sequence[tuple[str, Entry]]) -> int:
    """The column in which fields of one group all have their values, if that is by intent; 0 otherwise."""
    beside = [(text, entry) for text, entry in near if entry.anchor < entry.value.start < line_end(text, entry.anchor)]
    columns = {entry.value.column for _, entry in beside}
    wide = any(entry.value.start - entry.anchor > 1 for _, entry in beside)
    return columns.pop() if len(columns) == 1 and len(beside) > 1 and wide else 0


def _alike(text: str, entries: Sequence[Entry], path: FieldPath) -> Iterator[tuple[str, Entry]]:
    step, *rest = path
    if isinstance(step, int):
        entries = sorted((entry for entry in entries if isinstance(entry.name, int)), key=lambda entry: abs(int(entry.name) - step))
    else:
        entries = [entry for entry in entries if entry.name == step]
    for entry in entries:
        if rest:
            yield from _alike(text, entry.value.entries, tuple(rest))
        else:
            yield text, entry


def _nearest(rows: Sequence[Row], number: int) -> Iterator[Row]:
    """Rows from one outwards, that above before that below."""
    for distance in range(FAR):
        for at in dict.fromkeys((number - distance, number + distance)):
            if 0 <= at < len(rows):
                yield rows[at]
