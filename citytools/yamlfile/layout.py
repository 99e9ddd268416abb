"""Where each key and value of a piece of YAML stands, as offsets in its text, whatever its line ends."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml
from yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent

_LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)
_COLON = re.compile(r"[ \t]*:")
_DASHES = re.compile(r"[ ]*(?:- +)*-(?=[ \t\r\n]|\Z)")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_HEADER = re.compile(r"[|>][-+1-9]*")


@dataclass(slots=True)
class Node:
    """A value: ``sort`` is text, map or list; ``style`` is its first quote, bracket or ``|``, and empty for what is plain or a block.

    A block ends where the last thing in it ends; text in lines of its own ends before its last line end.
    """

    sort: str
    style: str
    start: int
    end: int
    column: int
    value: str = ""
    entries: list[Entry] = field(default_factory=list)

    @property
    def block(self) -> bool:
        """Whether it is a map or list without brackets."""
        return self.sort != "text" and not self.style


@dataclass(slots=True)
class Entry:
    """A field or an item: where its key, dash or value begins, where the key ends, and ``anchor``, behind its colon or dash."""

    name: str | int
    start: int
    key_end: int
    anchor: int
    column: int
    value: Node


def layout(text: str) -> Node:
    """The value that a text is, with everything in it. Raises yaml.YAMLError."""
    loader = _LOADER(text)
    try:
        for _ in range(2):
            loader.get_event()
        return _node(loader, text, loader.get_event())
    finally:
        loader.dispose()


@lru_cache(maxsize=2_000)
def entry_of(text: str) -> Entry:
    """The one field or item that a text is. Raises yaml.YAMLError."""
    return layout(text).entries[0]


def line_start(text: str, at: int) -> int:
    """Where the line begins in which an offset lies."""
    line = text.rfind("\n", 0, at) + 1
    return max(line, text.rfind("\r", line, at) + 1)


def line_end(text: str, at: int) -> int:
    """Where the line ends in which an offset lies, its line end included."""
    found = _LINE.match(text, at)
    return found.end() if found else len(text)


def header(text: str, at: int) -> str:
    """The ``|`` or ``>`` with its signs that stands at an offset."""
    found = _HEADER.match(text, at)
    return found[0] if found else ""


def dash_before(text: str, value: int) -> int:
    """Where the dash stands of the item in a block list whose value begins at an offset."""
    begin = line_start(text, value)
    before = text[begin:value].rstrip()
    if before:
        return begin + len(before) - 1
    while begin > 0:
        begin = line_start(text, begin - (2 if text.startswith("\r\n", begin - 2) else 1))
        if found := _DASHES.match(text, begin):
            return found.end() - 1
    raise ValueError("an item without its dash")


def _node(loader: Any, text: str, event: Any) -> Node:
    start, column = event.start_mark.index, event.start_mark.column
    end = event.end_mark.index
    if isinstance(event, ScalarEvent):
        style = event.style or ""
        return Node("text", style, start, _end_of_lines(text, start, end) if style in ("|", ">") else end, column, event.value)
    if isinstance(event, MappingStartEvent):
        return _map(loader, text, Node("map", "{" if event.flow_style else "", start, start, column))
    return _list(loader, text, Node("list", "[" if event.flow_style else "", start, start, column))


def _map(loader: Any, text: str, node: Node) -> Node:
    key: Any
    while not isinstance(key := loader.get_event(), MappingEndEvent):
        key_end = key.end_mark.index
        colon = _COLON.match(text, key_end)
        anchor = colon.end() if colon else key_end
        value = _anchored(_node(loader, text, loader.get_event()), anchor)
        node.entries.append(Entry(key.value, key.start_mark.index, key_end, anchor, key.start_mark.column, value))
    return _ended(node, key, text)


def _list(loader: Any, text: str, node: Node) -> Node:
    event: Any
    while not isinstance(event := loader.get_event(), SequenceEndEvent):
        value = _node(loader, text, event)
        if node.style:
            node.entries.append(Entry(len(node.entries), value.start, value.start, value.start, value.column, value))
        else:
            dash = dash_before(text, value.start)
            value = _anchored(value, dash + 1)
            node.entries.append(Entry(len(node.entries), dash, dash, dash + 1, dash - line_start(text, dash), value))
    return _ended(node, event, text)


def _anchored(node: Node, anchor: int) -> Node:
    """The same node; of a value that is not there, libyaml says that it begins at whatever comes next."""
    if node.sort == "text" and not node.style and not node.value:
        node.start = node.end = anchor
    return node


def _ended(node: Node, event: Any, text: str) -> Node:
    """The node with its end; a block, and the pair in ``[a: 1]``, end with the last thing in them."""
    bracketed = node.style and text[node.start] == node.style
    node.end = event.end_mark.index if bracketed else node.entries[-1].value.end
    return node


def _end_of_lines(text: str, start: int, end: int) -> int:
    """Where ``|`` or ``>`` text ends, without the empty lines below it unless they are part of it."""
    head = line_end(text, start)
    lines = text[head:end].splitlines(keepends=True)
    signs = header(text, start)
    first = next((line for line in lines if line.strip()), "")
    indent = 0 if re.search("[1-9]", signs) else len(first) - len(first.lstrip(" "))
    while lines and "+" not in signs and not lines[-1].strip() and len(lines[-1].rstrip("\r\n")) <= indent:
        lines.pop()
    last = head + sum(map(len, lines))
    return last - len(text[:last]) + len(text[:last].removesuffix("\n").removesuffix("\r"))
