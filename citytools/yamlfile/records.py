"""What YAML reads as field names, and a person meant as a number or as the start of another record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from citytools.yamlfile.trouble import cut

_BEFORE = re.compile(r"[£$€]?[0-9]+(?:, ?[0-9]+)*, ?$")
_NUMBER = re.compile(r"[£$€]?([0-9]{1,3}(?:, ?[0-9]{3})+(?:\.[0-9]+)?)(?=\s|[,}\]]|$)")


@dataclass(frozen=True, slots=True)
class SplitNumber:
    """``1,250,000`` in braces: the column of its first character, and how to write it."""

    column: int
    advice: str


def split_number(text: str, event: Any) -> SplitNumber | None:
    """The number whose second part libyaml takes for a field name, if this name is one."""
    mark = event.start_mark
    if not event.value[:1].isdigit() or text.startswith(":", event.end_mark.index):
        return None
    before = _BEFORE.search(text, mark.index - min(mark.column, 100), mark.index)
    if not before:
        return None
    line = text[before.start() :].partition("\n")[0]
    whole = _NUMBER.match(line)
    number = re.sub("[, ]", "", whole[1]) if whole else ""
    advice = f"Write the number without commas: {number}" if number else "Write the number without commas, as in 1250000 or 19.99"
    return SplitNumber(mark.column + 1 - (mark.index - before.start()), advice)


def given_twice(text: str, event: Any, start: Any, key: str, first: str) -> str:
    """Advice for a field that its record has already; ``start`` is the event that began the record, ``first`` its first field."""
    mark = start.start_mark
    if start.flow_style or not re.fullmatch(r"[ ]*(?:- +)+", text[mark.index - mark.column : mark.index]):
        return "Keep one of them"
    if key != first:
        return f'If another record begins here, the line "- {first}: …" above it is missing; otherwise keep one of them'
    line = cut(text[event.start_mark.index :].partition("\n")[0])
    return f'If another record begins here, its first line needs "- ", as in "- {line}"; otherwise keep one of them'
