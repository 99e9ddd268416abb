"""Records with everything in them that a file may hold, and much that spreadsheets are known to spoil."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from citytools import schema

HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://evil.example","x")',
    "+44 20 7946",
    "-5",
    "@SUM(1)",
    "'quoted",
    "00123",
    "1234567890123456789",
    "2026-01-05",
    "31/03/2027",
    "TRUE",
    "no",
    "#N/A",
    "1e3",
    "_x0041_ and _x000D_",
    "none",
    '"none"',
    "a; b",
    'say "a; b"',
    "a, b",
    "two\nlines",
    "“curly” – ‘quotes’",
    "é ü 🏛",
    "|cmd",
    "１２",
    "long " * 60 + "end",
    "General ledger and ERP",
    "tbc in May",
    "{}",
    "[]",
    "null",
]
DATES = ["1901", "2024", "2024-05", "2024-05-17", "1900-01-15", "2024-02-29", "2099-12"]


class Maker:
    """Values that a schema allows, the same for the same seed."""

    def __init__(self, seed: int, known: Callable[[str], list[str]]) -> None:
        self.dice, self.known = random.Random(seed), known

    def record(self, definition: schema.Schema, id: str) -> dict[str, Any]:
        """A record with some of its fields."""
        return {**self.group(definition), "id": id}

    def group(self, definition: schema.Schema) -> dict[str, Any]:
        """A group of fields, never an empty one."""
        fields = {k: v for k, v in definition["properties"].items() if "x-record" not in v and "const" not in v and k != "id"}
        needed = set(definition.get("required", ())) - {"id", "schema"}
        chosen = [name for name in fields if name in needed or self.dice.random() < 0.4] or [next(iter(fields))]
        return {name: self.value(fields[name]) for name in chosen}

    def value(self, definition: schema.Schema) -> Any:
        """A value of a field."""
        if "enum" in definition:
            return self.dice.choice(definition["enum"])
        match definition["type"]:
            case "object":
                return self.group(definition)
            case "array" if definition["items"]["type"] == "object":
                return [self.group(definition["items"]) for _ in range(self.dice.choice([0, 1, 1, 2, 3]))]
            case "array":
                return list(dict.fromkeys(self.value(definition["items"]) for _ in range(self.dice.choice([0, 1, 1, 2, 3]))))
            case "boolean":
                return self.dice.random() < 0.5
            case "integer":
                return self.dice.randint(definition.get("minimum", 0), min(definition.get("maximum", 10**9), 10**9))
            case "number":
                return self.dice.choice([0, 7, 1250000, Decimal("19.99"), Decimal("0.1"), Decimal("999999999999.99")])
        return self.text(definition)

    def text(self, definition: schema.Schema) -> str:
        """A text that the field allows."""
        if definition.get("format") == "partial-date":
            return self.dice.choice(DATES)
        if refers := definition.get("x-refers-to", ""):
            return self.dice.choice([*self.known(refers), "no-such-thing"] + (HOSTILE if "-or-" in refers else []))
        pattern = definition.get("pattern", "")
        if pattern.startswith("^https?"):
            return self.dice.choice(["https://example.org/a?b=1&c=2#d", "http://example.org/_x0041_;x"])
        if pattern:
            return str(definition.get("examples", ["48000000"])[0])
        return self.dice.choice(HOSTILE)
