"""A file written anew in the one hand of the register, with every comment it had.

The file and its records are blocks, with an empty line between records; lists of groups have an item a line. What else is a
list or group stands in brackets on its line, unless it is long, has text of several lines, or has comments inside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import yaml

from citytools.errors import CitytoolsError
from citytools.model import Document, FieldPath
from citytools.yamlfile.edits import same
from citytools.yamlfile.hand import WIDE_ITEM, Hand
from citytools.yamlfile.layout import layout
from citytools.yamlfile.reader import Reading, read_fields
from citytools.yamlfile.refusal import RefusalError
from citytools.yamlfile.remarks import Remarks, comments, remarks
from citytools.yamlfile.text import decode

WIDE_LIST = 120

Order = Callable[[FieldPath], Sequence[str]]

_NOTHING = Remarks()
_LEFT = "The file is left as it is; change that place by hand"


def canonical(data: bytes, *, records: Collection[str], order: Order, text_fields: frozenset[str] = frozenset()) -> bytes:
    """The file in canonical form, its lists called as in ``records`` sorted by id; ``order`` and ``text_fields`` as in ``edit``.

    Line ends become line feeds, and a BOM and ``---`` go. Raises CitytoolsError where the file cannot be read, or would say
    anything else afterwards or lose a comment.
    """
    try:
        text = decode("", data)[0]
        before = read_fields("", text, text_fields)
        root = layout(text)
        writer = _Writer(before.fields, remarks(text, root), records, order, text_fields)
        new = writer.file()
    except RefusalError as refusal:
        found = refusal.finding
        raise CitytoolsError(f"line {found.location.line}: {found.message}. {_LEFT}") from refusal
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise CitytoolsError(f"the file cannot be understood well enough to be written anew. {_LEFT}") from error
    _check(before, writer, [said for _, said in comments(text, root)], new)
    return new.encode()


class _Writer:
    """Writes what a file says, each comment with its row."""

    def __init__(
        self, fields: dict[str, Any], said: dict[FieldPath, Remarks], records: Collection[str], order: Order, text_fields: frozenset[str]
    ) -> None:
        self.fields = fields
        self.said = said
        self.order = order
        self.text_fields = text_fields
        self.hand = Hand(text_fields, lambda _: iter(()), '"', "null", as_json=False, in_lines=True, spaced="", dash=2)
        self._raise((), fields)
        self.sections = {name: self._sections(name) for name in records if _groups(fields.get(name))}
        # What has comments inside it, and so cannot stand on one line.
        self.opened = {path[:length] for path, own in said.items() if own != _NOTHING for length in range(len(path))}

    def numbers(self, name: str) -> list[int]:
        """The items of a list of records, by their numbers in the file as it was, in their new order."""
        return [number for section in self.sections[name] for number in section]

    def file(self) -> str:
        """The whole file."""
        own = self.said.get((), _NOTHING)
        rows: list[str] = []
        apart = False
        for name in self._names((), self.fields):
            listed = name in self.sections
            rows.append("\n" * bool(rows and (apart or listed)) + self._row((name,), self.fields[name], 0))
            apart = listed
        return _lines(own.above, 0) + "".join(rows) + "\n" * bool(apart and own.below) + _lines(own.below, 0)

    def _sections(self, name: str) -> list[list[int]]:
        """The numbers of a list's records, sorted by id, if all have one, within each part of the list that has a heading."""
        items = self.fields[name]
        known = all(isinstance(each.get("id"), str) for each in items)
        sections: list[list[int]] = [[]]
        for number in range(len(items)):
            if self._heading((name, number)):
                sections.append([])
            sections[-1].append(number)
        return [sorted(section, key=lambda number: items[number]["id"] if known else "") for section in sections if section]

    def _raise(self, path: FieldPath, value: Any) -> None:
        """What stands above the first row of an item is said of the item."""
        rows: Sequence[Any] = self._names(path, value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        for step in rows:
            self._raise((*path, step), value[step])
        first = self.said.get((*path, rows[0])) if rows and path and isinstance(path[-1], int) else None
        if first:
            self.said.setdefault(path, Remarks()).above += [said for said in first.above if said]
            first.above = []

    def _heading(self, path: FieldPath) -> list[str]:
        above = self.said.get(path, _NOTHING).above
        return above[: len(above) - above[::-1].index("")] if "" in above else []

    def _names(self, path: FieldPath, group: dict[str, Any]) -> list[str]:
        known = {name: number for number, name in enumerate(self.order(path))}
        return sorted(group, key=lambda name: known.get(name, len(known)))

    def _row(self, path: FieldPath, value: Any, column: int) -> str:
        """A field or item with its comments; of a record, without the heading that stands above its part of the list."""
        own = self.said.get(path, _NOTHING)
        mark = f"{' ' * column}{'-' if isinstance(path[-1], int) else self.hand.key(path[-1]) + ':'}"
        above = own.above[len(self._heading(path)) :] if _record(path) and path[0] in self.sections else own.above
        first, _, rest = self._value(path, value, column).partition("\n")
        if isinstance(path[-1], int) and not first:
            # What stands above the first row of an item stands above the item.
            lines = rest.splitlines(keepends=True)
            number = next(number for number, line in enumerate(lines) if not line.lstrip().startswith("#"))
            above = [*above, *own.behind, *(line.strip() for line in lines[:number])]
            body = f"{mark} {''.join(lines[number:])[column + 2 :]}"
        else:
            above = [*above, *own.behind[1:]]
            body = f"{mark}{first}{''.join(f'  {said}' for said in own.behind[:1])}\n{rest}"
        if isinstance(value, str) and rest:  # what stood below would become part of the text
            return _lines([*above, *own.below], column) + body
        return _lines(above, column) + body + _lines(own.below, column + 2)

    def _value(self, path: FieldPath, value: Any, column: int) -> str:
        """What follows a colon or dash: the rest of its line, and lines below it."""
        if value is None and isinstance(path[-1], str):
            return "\n"
        if not isinstance(value, dict | list) or not value:
            return self.hand.written(value, path, column)
        if line := self._line(path, value):
            return f" {line}\n"
        if isinstance(value, dict):
            return "\n" + "".join(self._row((*path, name), value[name], column + 2) for name in self._names(path, value))
        if len(path) == 1 and path[0] in self.sections:
            return "\n" + self._records(str(path[0]), value)
        return "\n" + "".join(self._row((*path, number), each, column + 2) for number, each in enumerate(value))

    def _records(self, name: str, items: list[Any]) -> str:
        """Records with an empty line between them, and headings above the parts of the list that they stood above."""
        parts: list[str] = []
        for section in self.sections[name]:
            headings = [heading for number in section if (heading := self._heading((name, number)))]
            parts += [_lines(heading, 2) for heading in headings]
            parts += [self._row((name, number), items[number], 2) for number in section]
        return "\n".join(parts)

    def _sorted(self, path: FieldPath, value: Any) -> Any:
        """The same value with its fields in the usual order."""
        if isinstance(value, dict):
            return {name: self._sorted((*path, name), value[name]) for name in self._names(path, value)}
        return [self._sorted((*path, number), each) for number, each in enumerate(value)] if isinstance(value, list) else value

    def _line(self, path: FieldPath, value: Any) -> str:
        """A list or group in brackets on one line; empty where it has to be a block."""
        if (_record(path) and path[0] in self.sections) or path in self.opened or any("\n" in text for text in _texts(value)):
            return ""
        if isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
            return ""
        line = self.hand.flow(self._sorted(path, value), path)
        return line if len(line) <= (WIDE_LIST if isinstance(value, list) else WIDE_ITEM) else ""


def _check(before: Reading, writer: _Writer, said: Sequence[str], new: str) -> None:
    """Refuse what does not say what the file said, or has not all its comments."""
    meant = {name: [value[n] for n in writer.numbers(name)] if name in writer.sections else value for name, value in before.fields.items()}
    try:
        after = read_fields("", decode("", new.encode())[0], writer.text_fields).fields
        kept = [each for _, each in comments(new, layout(new))]
    except RefusalError as refusal:
        raise CitytoolsError(f"the file cannot be written in the usual form: {refusal.finding.message}. {_LEFT}") from refusal
    if not same(after, meant):
        path = _difference(after, meant, ())
        if len(path) > 1 and path[0] in writer.sections:
            path = (path[0], writer.numbers(str(path[0]))[int(path[1])], *path[2:])
        line = Document("", "", before.fields, "", before.marks).locate(path).line
        raise CitytoolsError(f"line {line}: this would say something else in the usual form. {_LEFT}")
    if Counter(said) != Counter(kept):
        lost = next(iter((Counter(said) - Counter(kept)) or ["?"]))
        raise CitytoolsError(f'the comment "{lost[:60]}" would be lost in the usual form. {_LEFT}')


def _difference(one: Any, other: Any, path: FieldPath) -> FieldPath:
    """The path of the first place where two values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        steps: Iterator[str | int] = (name for name in other if name not in one or not same(one[name], other[name]))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        steps = (number for number in range(len(other)) if not same(one[number], other[number]))
    else:
        return path
    step = next(steps, None)
    if step is None or (isinstance(one, dict) and step not in one):
        return path
    return _difference(one[step], other[step], (*path, step))


def _groups(items: Any) -> bool:
    """Whether something is a list of groups of fields, as records are."""
    return isinstance(items, list) and bool(items) and all(isinstance(each, dict) and each for each in items)


def _record(path: FieldPath) -> bool:
    return len(path) == 2 and isinstance(path[1], int)


def _lines(said: Sequence[str], column: int) -> str:
    return "".join(f"{' ' * column}{each}\n" for each in said if each)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(each)
