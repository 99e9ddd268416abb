"""The lines of one item of a list, to be found again in another version of the file without reading that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from citytools.yamlfile.reader import read_fields

_DASH = re.compile(r"( *)- +(?=\S)")
_HEADING = re.compile(r"^[^\s#-][^\n]*", re.MULTILINE)
_SILENT = re.compile(r"\s*(#.*)?")


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it stands in a file: the line of the list that it is in, its own lines, how far its dash is indented."""

    heading: str
    lines: str
    indent: int


def item_at(text: str, line: int, fields: dict[str, Any], text_fields: frozenset[str]) -> Item | None:
    """The item that begins on a line, counted from 1, and says ``fields``; None where it is not by its lines alone that it does."""
    lines = text.split("\n")
    found = _DASH.match(lines[line - 1]) if 0 < line <= len(lines) else None
    if not found:
        return None
    indent = len(found[1])
    own = [lines[line - 1]]
    for following in lines[line:]:
        if not _SILENT.fullmatch(following) and _indent(following) <= indent:
            break
        own.append(following)
    while len(own) > 1 and _SILENT.fullmatch(own[-1]):
        own.pop()
    item = Item(_heading("\n".join(lines[: line - 1])), "\n".join(own), indent)
    return item if _says(item, fields, text_fields) else None


def holds(text: str, item: Item) -> bool:
    """Whether a file has the item once, in a list of the same name, line by line as it was."""
    wanted = f"\n{item.lines}\n"
    at = text.find(wanted)
    if at < 0 or text.find(wanted, at + 1) >= 0 or _heading(text[: at + 1]) != item.heading:
        return False
    rest = (line for line in text[at + len(wanted) :].split("\n", 200) if not _SILENT.fullmatch(line))
    following = next(rest, "")
    return not following or _indent(following) <= item.indent


def _heading(before: str) -> str:
    found = _HEADING.findall(before)
    return found[-1] if found else ""


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _says(item: Item, fields: dict[str, Any], text_fields: frozenset[str]) -> bool:
    try:
        read = read_fields("", f"list:\n{item.lines}\n", text_fields).fields["list"]
    except Exception:  # whatever is wrong with it, by itself it does not say the same
        return False
    return isinstance(read, list) and len(read) == 1 and repr(read[0]) == repr(fields)
