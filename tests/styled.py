"""Files in every style that people write YAML in, all at once, and edits of what they say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from citytools.errors import CitytoolsError
from citytools.yamlfile import AddItem, DataEdit, MoveItem, RemoveField, ReplaceItem, SetField, applied

TEXT_FIELDS = frozenset({"id", "title", "start", "end", "on", "notes"})
NAMES = ("title", "end", "on", "notes", "value", "amount", "sources", "functions", "a b", "Größe")
TEXTS = (
    *(
        "x",
        "two words",
        "é ü €",
        "it's",
        "a: b",
        "x #y",
        "2024",
        "2024-05-01",
        "007",
        "true",
        "null",
        "~",
        "",
        "- a",
        '"q"',
        "'s'",
        "日本 😀",
    ),
    *(
        "https://a.b/c?d=e",
        "[x]",
        "{y}",
        "a, b",
        "C:\\temp",
        "one\ntwo",
        "one\n\n  two\nthree\n",
        "trailing ",
        " leading",
        "\ttab",
        "a\tb",
        "#x",
    ),
    *(
        "&a",
        "*b",
        "!t",
        "%p",
        "@q",
        "`r",
        "“curly”",
        "x:",
        "no",
        "3.10",
        "1e3",
        "0x1F",
        "12:30",
        "<<<<<<< x",
        "? q",
        "-",
        "--- x",
        "...",
        "C:\nx",
    ),
    *("a" * 90, "a\u00a0b", "\n", "x\n\n\n", "  two\n lines", "back\\slash \"and\" 'both'"),
)
_PLAIN = re.compile(r"(?!(?:true|null|no|x:)\Z)[a-zé日][^:#,\n\t\[\]{}]*[^\s:#,\[\]{}]|x")


@dataclass(frozen=True)
class Styled:
    """A file: what stands above its records, the lines of each, and the whole."""

    head: bytes
    parts: tuple[bytes, ...]
    data: bytes


def value(random: Random, name: str, depth: int = 0) -> Any:
    """A value that a field of this name may have."""
    sort = random.randint(0, 9) if depth < 2 else 9
    if sort == 0:
        return {each: value(random, each, depth + 1) for each in random.sample(NAMES, random.randint(0, 3))}
    if sort == 1:
        return [value(random, name, depth + 1) for _ in range(random.randint(0, 3))]
    if random.randint(0, 2) or name in TEXT_FIELDS:
        return random.choice(TEXTS)
    return random.choice([True, False, None, 0, -7, 250_000, Decimal("19.99")])


def record(random: Random, number: int) -> dict[str, Any]:
    """The fields of a record."""
    return {"id": f"r{number}", **{name: value(random, name) for name in random.sample(NAMES, random.randint(0, 5))}}


def styled(random: Random) -> Styled:
    """A file with a list of records under ``items``."""
    pen = _Pen(random)
    column = random.choice([0, 2, 2, 4, 1])
    parts = [pen.above(column) + " " * column + "-" + pen.behind(record(random, n), "items", column) for n in range(random.randint(1, 4))]
    head = random.choice(["", "# yaml-language-server: $schema=x\n", "---\n"]) + random.choice(["", "schema: 1   # s\n\n", "# about\n"])
    head += "items:" + pen.remark() + "\n" + random.choice(["", "\n"])
    between = random.choice(["", "\n", "\n\n  # by itself\n\n"])
    tail = random.choice(["", "", "\n\n", "# end\nother: [1, 2]\n", "\n# about other\nother:\n  a: 1\n"])
    whole = head + between.join(parts) + tail
    ends = random.choice(["\n", "\n", "\r\n", "\r"])
    ended = random.randint(0, 4) or any(mark in parts[-1] for mark in "|>")
    if not ended:
        whole = whole.removesuffix("\n")
        parts[-1] = parts[-1] if tail else parts[-1].removesuffix("\n")
    return Styled(
        head.replace("\n", ends).encode(), tuple(part.replace("\n", ends).encode() for part in parts), whole.replace("\n", ends).encode()
    )


def an_edit(random: Random, fields: Any, within: tuple[Any, ...] = ()) -> DataEdit:
    """Some edit of what a file says, within a record or not."""
    places = [(path, node) for path, node in _places(fields, ()) if path[: len(within)] == within and len(path) >= len(within)]
    while True:
        edit = _edit_at(random, *random.choice(places), top=len(within))
        try:
            applied(fields, [edit])
            return edit
        except CitytoolsError:
            continue


def _edit_at(random: Random, path: tuple[Any, ...], node: Any, top: int) -> DataEdit:
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    sort = random.randint(0, 4)
    if isinstance(node, dict) and (sort < 3 or len(path) <= top):
        field = random.choice(NAMES)
        return SetField((*path, field), value(random, field))
    if isinstance(node, list) and sort < 3:
        before = random.choice([None, *range(len(node) + 1)])
        new = record(random, 9) if path == ("items",) else value(random, name, 1)
        return AddItem(path, new, before) if sort else MoveItem(path, random.randint(0, len(node)), before)
    if sort == 3 or not path:
        return RemoveField(path)
    return (ReplaceItem if isinstance(path[-1], int) else SetField)(path, value(random, name))


def _places(node: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    yield path, node
    for step, child in node.items() if isinstance(node, dict) else enumerate(node if isinstance(node, list) else ()):
        yield from _places(child, (*path, step))


class _Pen:
    """Writes each thing in one of the ways in which it can be written; each remark is one of its kind."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.remarks = 0

    def remark(self, space: str = "  ", *, always: bool = False) -> str:
        if not always and self.random.randint(0, 3):
            return ""
        self.remarks += 1
        return f"{space}# m{self.remarks} it's: {{a]"

    def after_value(self) -> str:
        return self.random.choice(["", " "]) + self.remark(self.random.choice([" ", "   ", "  \t"]))

    def above(self, column: int) -> str:
        return " " * self.random.choice([0, column]) + self.remark(always=True).lstrip() + "\n" if self.random.randint(0, 3) == 0 else ""

    def between(self, column: int) -> str:
        """Empty lines and remarks that may stand between two fields or items."""
        if self.random.randint(0, 4):
            return ""
        return self.random.choice(["", "  ", " " * column + self.remark(always=True).lstrip(), self.remark(always=True).lstrip()]) + "\n"

    def key(self, name: str) -> str:
        return self.random.choice([name, name, name, f'"{name}"', f"'{name}'"])

    def scalar(self, node: Any) -> str:
        if not isinstance(node, str):
            return self.random.choice(["~", "null"]) if node is None else str(node).lower()
        double = json.dumps(node, ensure_ascii=False).replace("C:\\n", "C:\\u000a")
        single = "'" + node.replace("'", "''") + "'"
        ways = [double] if re.search(r"[\n\t]", node) else [double, single]
        return self.random.choice([*ways, node] if _PLAIN.fullmatch(node) else ways)

    def bracketed(self, node: Any, column: int, *, wide: bool) -> str:
        if not isinstance(node, dict | list):
            return self.scalar(node)
        start, end = "{}" if isinstance(node, dict) else "[]"
        pairs = node.items() if isinstance(node, dict) else enumerate(node)
        parts = [(f"{self.key(k)}: " if isinstance(k, str) else "") + self.bracketed(v, column + 2, wide=wide) for k, v in pairs]
        if not wide or not parts:
            space = self.random.choice(["", "", " "])
            return start + space + self.random.choice([", ", " ,  "]).join(parts) + space + end
        commas = [","] * (len(parts) - 1) + [self.random.choice(["", ","])]
        lines = [f"{' ' * column}{part}{comma}{self.remark()}\n" for part, comma in zip(parts, commas, strict=True)]
        return f"{start}{self.remark()}\n{''.join(lines)}{' ' * column}{end}"

    def in_lines(self, node: str, column: int) -> str:
        body = node.removesuffix("\n")
        sign = self.random.choice("|>" if "\n" not in body else "|") + ("" if node.endswith("\n") else "-")
        indent = " " * (column + self.random.randint(1, 4))
        return f" {sign}{self.remark()}\n" + "".join(f"{indent if line else ''}{line}\n" for line in body.split("\n"))

    def behind(self, node: Any, name: str, column: int) -> str:
        """What follows a colon, or the dash of an item of ``items``, down to the end of its last line."""
        way = self.random.randint(0, 9)
        if not isinstance(node, dict | list):
            if isinstance(node, str) and way < 5 and re.fullmatch(r"[^\s<](?:.*[^\s])?(?:\n+ *[^\s].*)*\n?", node):
                return self.in_lines(node, column)
            if node is None and way < 3:
                return self.remark() + "\n"
            below = f"{self.remark()}\n{' ' * (column + self.random.randint(1, 3))}" if way == 9 else self.random.choice([" ", "    "])
            return below + self.scalar(node) + self.after_value() + "\n"
        if not node or way < 4:
            return f" {self.bracketed(node, column + self.random.randint(1, 3), wide=way < 2)}{self.after_value()}\n"
        item = name == "items"
        if item and way < 9:
            indent = self.random.choice([2, 2, 4])
            return " " * (indent - 1) + self.block(node, name, column + indent).lstrip(" ")
        least = 0 if isinstance(node, list) and not item else 1
        return f"{self.remark()}\n{self.between(column + 2)}{self.block(node, name, column + self.random.choice([least, 2, 2, 4]))}"

    def block(self, node: Any, name: str, column: int) -> str:
        if isinstance(node, dict):
            rows = [" " * column + self.key(each) + ":" + self.behind(value, each, column) for each, value in node.items()]
        else:
            rows = [" " * column + "-" + self.behind(value, "items", column) for value in node]
        return "".join(self.between(column) * (number > 0) + row for number, row in enumerate(rows))
