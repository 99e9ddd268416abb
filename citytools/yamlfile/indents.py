"""Lines that do not line up: where each should start, and which line of the file shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from citytools.yamlfile.refusal import RefusalError
from citytools.yamlfile.trouble import FIELD, NEITHER, Trouble, cut, indent, spaces

_START = re.compile(r"[ ]*((?:- +)*)(?=[^\s#])")
_WORD = re.compile(r"[\w-]+:(?=\s|$)|[{\[\"']")
_FIRST = re.compile(r"([ ]*)((?:- +)*)([\w-]+:)(?=\s|$)")
_UNDER_A_VALUE = re.compile(r"[ ]*- +\{")
_MANY = 5


@dataclass(frozen=True, slots=True)
class _Level:
    """An indent at which the line of the problem could stand, the nearest line above that has it, and what it holds."""

    indent: int
    number: int
    dash: bool
    word: str

    @property
    def field(self) -> bool:
        return not self.dash and self.word.endswith(":")


def out_of_line(trouble: Trouble) -> RefusalError:
    """The refusal of a line that starts where none may start."""
    here = trouble.here.lstrip()
    levels = _levels(trouble)
    at = (trouble.place[0], indent(trouble.here) + 1)
    if refusal := _above_lost_its_indent(trouble):
        return refusal
    if not levels:
        return trouble.refuse(*NEITHER, at=at)
    if here.startswith("-"):
        return _item(trouble, levels, at)
    if FIELD.match(here):
        return _first_of_list(trouble) or _field(trouble, levels, at)
    if here.startswith("{") and (like := _alike(levels, "{", at[1] - 1)):
        return trouble.refuse("a list item without its dash", f'{_start(like)}, and begin it with "- "', at)
    if re.search(r"[ \t]#", trouble.line(trouble.above())):
        return trouble.refuse(NEITHER[0], "A # after a space ends the text above: put quotes round the whole of it", at)
    deepest = max(level.indent for level in levels)
    return trouble.refuse(NEITHER[0], f'Write a field as "name: value"; text above goes on {spaces(deepest)} in', at)


def item_under_a_value(trouble: Trouble) -> RefusalError | None:
    """``- {url: …}`` below ``name: value``, which YAML takes for more of the text."""
    if not _UNDER_A_VALUE.match(trouble.here) or not FIELD.match(trouble.line(trouble.above())):
        return None
    return _item(trouble, _levels(trouble), (trouble.place[0], indent(trouble.here) + 1))


def _item(trouble: Trouble, levels: list[_Level], at: tuple[int, int]) -> RefusalError:
    text = trouble.here.lstrip(" -")
    if like := _alike(levels, _word(text), at[1] - 1):
        message = f"this list item starts {spaces(at[1] - 1)} in and does not line up with the items above it"
        return trouble.refuse(message, _start(like), at)
    if refusal := _between_name_and_list(trouble):
        return refusal
    advice = f"Write the name of its field on a line of its own above it, as in {_heading(trouble, text)}"
    return trouble.refuse("this list item stands under no field name", advice, at)


def _above_lost_its_indent(trouble: Trouble) -> RefusalError | None:
    """What is wrong with a field above at the very start of its line, if the lines before it and the one below are further in."""
    above, own = trouble.above(), indent(trouble.here)
    line = trouble.line(above)
    before = next((text for text in reversed(trouble.lines[: max(above - 1, 0)]) if text.strip() and not text.lstrip().startswith("#")), "")
    inside = re.match(r"[ ]*(?:- +)?", before)
    if not own or indent(line) or not FIELD.match(line) or line.startswith("-") or not inside or inside.end() != own:
        return None
    message = "this line starts 0 spaces in and does not line up with the lines round it"
    return trouble.refuse(message, f"Start it {spaces(own)} in, like line {trouble.place[0]}", (above, 1))


def _between_name_and_list(trouble: Trouble) -> RefusalError | None:
    """What is wrong with a line that came between a field's name and the list that belongs to it."""
    above = trouble.above()
    number = next((n for n in range(above - 1, 0, -1) if trouble.line(n).strip()), 0)
    name = re.fullmatch(r"([ ]*)(?:- +)*([\w-]+:)\s*", trouble.line(number))
    if not name or indent(trouble.line(above)) != name.start(2) or not FIELD.match(trouble.line(above)):
        return None
    message = f'this line stands between "{name[2]}" and its list'
    return trouble.refuse(message, f"Move it above line {number}, or below the list", (above, name.start(2) + 1))


def _field(trouble: Trouble, levels: list[_Level], at: tuple[int, int]) -> RefusalError:
    here, start = trouble.here.strip(), at[1] - 1
    under_dash = any(level.dash and level.indent == start for level in levels)
    message = f"this line starts {spaces(start)} in and does not line up with the lines above it"
    if under_dash:
        message = "a field stands where a list item should be"
    if item := next((level for level in levels if level.dash and level.word == _word(here)), None):
        where = "" if item.indent == start else f", {spaces(item.indent)} in, like line {item.number}"
        return trouble.refuse(message, f"Write - {cut(here)}{where}", at)
    fields = [level for level in levels if level.field] or levels
    used = _used(trouble, _word(here))
    if under_dash and not any(level.indent in used for level in fields):
        own = min((level for level in fields if level.indent > start), key=lambda level: level.indent, default=fields[0])
        advice = f'Start it {spaces(own.indent)} in, {_like(trouble, own)}, if it belongs to the item above; a new item starts with "- "'
        return trouble.refuse(message, advice, at)
    fields = [level for level in fields if level.indent in used] or fields
    distance = min(abs(level.indent - start) for level in fields)
    nearest = sorted((level for level in fields if abs(level.indent - start) == distance), key=lambda level: level.indent)
    indents = " or ".join([*(str(level.indent) for level in nearest[:-1]), spaces(nearest[-1].indent)])
    return trouble.refuse(message, f"Start it {indents} in, {' or '.join(_like(trouble, level) for level in nearest)}", at)


def _first_of_list(trouble: Trouble) -> RefusalError | None:
    """What is wrong with the line above, the first of its list, if the line of the problem stands as it does in other records."""
    above = trouble.above()
    found = _FIRST.match(trouble.line(above))
    if not found:
        return None
    start, own = len(found[1]), indent(trouble.here)
    text = trouble.line(above)[found.start(3) :]
    at = (above, start + 1)
    if len(found[2]) > 2 and found[2].count("-") == 1 and own == start + 2:
        return trouble.refuse("more than one space after the dash", f"Write - {cut(text)}", at)
    numbers = range(trouble.place[0] + 1, len(trouble.lines) + 1)
    other = next((n for n in numbers if (m := _FIRST.match(trouble.line(n))) and m[2] == "- " and m[3] == found[3]), 0)
    item = indent(trouble.line(other))
    if not other or own != item + 2:
        return None
    if not found[2]:
        where = "" if item == start else f", {spaces(item)} in, like line {other}"
        return trouble.refuse("a field stands where a list item should be", f"Write - {cut(text)}{where}", at)
    if item == start:
        return None
    message = f"this list item starts {spaces(start)} in and does not line up with the items below it"
    return trouble.refuse(message, f"Start it {spaces(item)} in, like line {other}", at)


def _levels(trouble: Trouble) -> list[_Level]:
    levels: dict[int, _Level] = {}
    lowest = 1_000_000
    for number in range(trouble.place[0] - 1, 0, -1):
        line = trouble.line(number)
        found = _START.match(line)
        if not found:
            continue
        word = _word(line[found.end() :])
        for start, dash in {found.end(): False, found.start(1): bool(found[1])}.items():
            if start < lowest:
                levels[start] = _Level(start, number, dash, word)
        lowest = min(lowest, found.start(1))
        if lowest == 0:
            break
    return list(levels.values())


def _alike(levels: list[_Level], word: str, start: int) -> _Level | None:
    """The nearest open list whose items begin as this one does."""
    items = [level for level in levels if level.dash]
    alike = [level for level in items if level.word == word] or [
        level for level in items if level.word.endswith(":") == word.endswith(":") and abs(level.indent - start) == 1
    ]
    return min(alike, key=lambda level: abs(level.indent - start), default=None)


def _start(level: _Level) -> str:
    return f"Start it {spaces(level.indent)} in, like line {level.number}"


def _like(trouble: Trouble, level: _Level) -> str:
    """A line that starts where the line of the problem should: of its record if there is one, or of another."""
    begin = indent(trouble.line(level.number))
    if begin == level.indent:
        return f"like line {level.number}"
    for number in range(trouble.place[0] + 1, len(trouble.lines) + 1):
        line = trouble.line(number)
        if line.strip() and indent(line) <= begin:
            break
        if _is_field_at(line, level.indent):
            return f"like line {number}"
    number = next((n for n in range(level.number - 1, 0, -1) if _is_field_at(trouble.line(n), level.indent)), 0)
    return f"like line {number}" if number else f'below the "{level.word[:-1]}" of line {level.number}'


def _is_field_at(line: str, start: int) -> bool:
    return indent(line) == start and bool(FIELD.match(line)) and not line.lstrip().startswith("-")


def _used(trouble: Trouble, word: str) -> set[int]:
    """The indents at which other lines of the file have a field of this name."""
    found = (_FIRST.match(line) for number, line in enumerate(trouble.lines, start=1) if word in line and number != trouble.place[0])
    return {match.start(3) for match in found if match and match[3] == word}


def _heading(trouble: Trouble, text: str) -> str:
    """The field under which other list items that begin as this one does stand."""
    found = re.match(r"\{ *[\w-]+:|[\w-]+:", text)
    begins = re.compile(r"[ ]*- +" + re.escape(found[0] if found else text))
    items = (number for number, line in enumerate(trouble.lines, start=1) if number != trouble.place[0] and begins.match(line))
    for _, number in zip(range(_MANY), items, strict=False):
        own = indent(trouble.line(number))
        for line in reversed(trouble.lines[: number - 1]):
            if not line.strip() or indent(line) > own or (indent(line) == own and line.lstrip().startswith("-")):
                continue
            if heading := re.fullmatch(r"[ ]*(?:- +)*([\w-]+:)\s*", line):
                return heading[1]
            break
    return "sources:" if text.startswith("{") else "systems:"


def _word(text: str) -> str:
    found = _WORD.match(text)
    return found[0] if found else ""
