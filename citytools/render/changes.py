"""What changed between two states, in every format; long texts show which words."""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from citytools import SCHEMA_VERSION
from citytools.model import Change, Column, FieldChange, Sort, Table
from citytools.render import escape
from citytools.render.page import filled
from citytools.render.screen import Screen, Sheet, hanging, styled
from citytools.render.tables import as_csv

NOT_STATED, NONE = "not stated", "none"
_SIGNS = {Sort.ADDED: "+", Sort.REMOVED: "-", Sort.CHANGED: "~", Sort.MOVED: ">", Sort.RENAMED: ">"}
_COLOURS = {"+": "green", "-": "red", "~": "yellow", ">": "cyan"}
_WORDY = 4  # texts of so many words on both sides are shown word by word

Pieces = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Compared:
    """What to show: the names of the two states, the changes, the files that could not be compared, whether only to count."""

    old: str
    new: str
    changes: Sequence[Change]
    unread: Sequence[str] = ()
    only_count: bool = False
    screen: Screen = field(default_factory=Screen)


def text(compared: Compared) -> str:
    """For people: file by file, record by record, field by field; or the numbers alone."""
    sheet = Sheet(compared.screen)
    sheet.add(styled(summary(compared), "bold"))
    for line in _unread(compared):
        sheet.add(styled(line, "red"))
    if compared.only_count:
        for line in _counts(compared.changes):
            sheet.add(styled(line))
        return sheet.text()
    for path, changes in _by_file(compared.changes):
        sheet.add()
        sheet.add(styled(path, "bold"))
        for change in changes:
            sign = _SIGNS[change.sort]
            sheet.add(hanging(styled(f" {sign}", f"bold {_COLOURS[sign]}"), styled(_headline(change)), 3))
            for each in change.fields:
                sheet.add(hanging(styled(""), _coloured(each), 5))
    return sheet.text()


def markdown(compared: Compared) -> str:
    """The same as lists, with what is gone struck out and what is new in bold."""
    lines = [f"**{escape.markdown(summary(compared))}**", "", *(f"{escape.markdown(line)}\n" for line in _unread(compared))]
    if compared.only_count:
        return "\n".join([*lines, *(f"- {escape.markdown(line)}" for line in _counts(compared.changes)), ""])
    for path, changes in _by_file(compared.changes):
        lines += [f"### {escape.markdown(path)}", ""]
        for change in changes:
            lines.append(f"- {_SIGNS[change.sort] if change.sort is not Sort.CHANGED else '±'} {escape.markdown(_headline(change))}")
            lines += [f"  - {_marked(field, _MARKDOWN)}" for field in change.fields]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def html(compared: Compared) -> str:
    """One self-contained page, with insertions and deletions marked as such."""
    files = [
        (
            escape.visible(path),
            [
                (_SIGNS[change.sort], str(change.sort), escape.visible(_headline(change)), [_parts(f) for f in change.fields])
                for change in found
            ],
        )
        for path, found in _by_file(compared.changes)
        if not compared.only_count
    ]
    counts = [escape.visible(line) for line in _counts(compared.changes)] if compared.only_count else []
    return filled("changes.html.jinja", title=escape.visible(summary(compared)), unread=_unread(compared), counts=counts, files=files)


def _entry(change: Change) -> tuple[str, str, str, list[tuple[str, str, Pieces]]]:
    return _SIGNS[change.sort], str(change.sort), escape.visible(_headline(change)), [_parts(each) for each in change.fields]


def as_json(compared: Compared) -> str:
    """Every change with typed values; amounts with pence are text, so that none is a float."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "old": compared.old,
        "new": compared.new,
        "unread": list(compared.unread),
        "counts": {str(sort): number for sort, number in _sorts(compared.changes).items()},
        "changes": [_plain(change) for change in compared.changes],
    }
    return json.dumps(content, indent=2, ensure_ascii=True, default=str) + "\n"


def csv(compared: Compared) -> str:
    """A line for each field that changed, and for each record that came or went."""
    rows = [row for change in compared.changes for row in _rows(change)]
    return as_csv([Table("", _COLUMNS, tuple(rows))], compared.screen)


def summary(compared: Compared) -> str:
    """How many records were added, changed and so on, from what to what."""
    sorts = _sorts(compared.changes)
    said = ", ".join(f"{number:,} {sort}" for sort, number in sorts.items() if number)
    records = "record" if len(compared.changes) == 1 else "records"
    return f"{compared.old} → {compared.new}: " + (f"{len(compared.changes):,} {records}: {said}." if said else "no record differs.")


_COLUMNS = (
    *(Column(name, title) for name, title in (("change", "Change"), ("kind", "Kind"), ("record", "Record"), ("before", "Record before"))),
    *(Column(name, title) for name, title in (("name", "Name"), ("holder", "Holder"), ("field", "Field"), ("old", "Old"), ("new", "New"))),
    Column("file", "File"),
    Column("line", "Line", "count"),
)


def _sorts(changes: Sequence[Change]) -> dict[Sort, int]:
    found = Counter(change.sort for change in changes)
    return {sort: found[sort] for sort in Sort}


def _counts(changes: Sequence[Change]) -> Iterator[str]:
    """A line for each holder: how many of each kind came, went or changed."""
    for holder, found in groupby(sorted(changes, key=lambda change: change.holder), key=lambda change: change.holder):
        numbers = Counter((change.kind, _SIGNS[change.sort]) for change in found)
        said = ", ".join(f"{sign}{number} {kind}" for (kind, sign), number in sorted(numbers.items()))
        yield f"{holder or 'catalogue and dataset'}: {said}"


def _unread(compared: Compared) -> list[str]:
    """What is not said of files that one of the states cannot be read from."""
    return [escape.visible(f"{path} cannot be read in one of them, so nothing is said of its records.") for path in compared.unread]


def _by_file(changes: Sequence[Change]) -> Iterator[tuple[str, list[Change]]]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.location.path, []).append(change)
    yield from found.items()


def _headline(change: Change) -> str:
    name = f" · {change.name}" if change.name and change.name not in change.ref else ""
    was = f" (was {change.old})" if change.sort in (Sort.MOVED, Sort.RENAMED) else ""
    line = f" [line {change.location.line}]" if change.location.line and change.sort is not Sort.REMOVED else ""
    return f"{change.kind} {change.ref}{name}{was}{line}"


def worded(value: Any) -> str:
    """A value in words: nothing at all is "not stated", an empty list is "none"."""
    if value is None:
        return NOT_STATED
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(worded(item) for item in value) or NONE
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {worded(each)}" for key, each in value.items())
    return f"{value:,}" if isinstance(value, Decimal) or (isinstance(value, int) and abs(value) >= 10_000) else str(value)


def pieces(old: str, new: str) -> Pieces:
    """A text before and after as runs of words: same, gone, new."""
    before, after = (re.findall(r"\s+|[^\s]+", each) for each in (old, new))
    if min(len(old.split()), len(new.split())) < _WORDY:
        return [("gone", old), ("new", new)]
    found: Pieces = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        found += [("same", gone)] if tag == "equal" else [piece for piece in (("gone", gone), ("new", come)) if piece[1]]
    return found


def _parts(field: FieldChange) -> tuple[str, str, Pieces]:
    """A field's name, the sign of an item that came or went, and its words."""
    name = escape.visible(field.field.replace("_", " "))
    if field.item:
        return name, "+" if field.old is None else "-", [("new" if field.old is None else "gone", escape.visible(_either(field)))]
    if field.old is None:
        return name, "", [("new", escape.visible(worded(field.new)))]
    if field.new is None:
        return name, "", [("gone", escape.visible(worded(field.old))), ("same", NOT_STATED)]
    return name, "", pieces(escape.visible(worded(field.old)), escape.visible(worded(field.new)))


def _either(field: FieldChange) -> str:
    return worded(field.new if field.old is None else field.old)


def _coloured(field: FieldChange) -> Any:
    """For a terminal: colours where it has them, else an arrow or marks round what is gone and what is new."""
    from rich.text import Text

    name, sign, words = _parts(field)
    styles = {"same": "", "gone": "red strike", "new": "green"}
    if not any(op == "same" for op, _ in words) and len(words) == 2:
        return Text.assemble((f"{name}: ", "dim"), (words[0][1], "red"), " → ", (words[1][1], "green"))
    if sign or len(words) == 1:
        return Text.assemble((f"{name}: ", "dim"), (f"{sign} " if sign else "", "bold"), *((text, styles[op]) for op, text in words))
    if words[-1] == ("same", NOT_STATED):
        return Text.assemble((f"{name}: ", "dim"), (words[0][1], "red"), f" → {NOT_STATED}")
    marks = {"same": ("", ""), "gone": ("[-", "-]"), "new": ("{+", "+}")}
    return Text.assemble((f"{name}: ", "dim"), *((f"{marks[op][0]}{text}{marks[op][1]}", styles[op]) for op, text in words))


_MARKDOWN: Mapping[str, Callable[[str], str]] = {
    "same": escape.markdown,
    "gone": lambda text: f"~~{escape.markdown(text).strip()}~~ " if text.strip() else "",
    "new": lambda text: f"**{escape.markdown(text).strip()}** " if text.strip() else "",
}


def _marked(field: FieldChange, marks: Mapping[str, Callable[[str], str]]) -> str:
    name, sign, words = _parts(field)
    return f"{escape.markdown(name)}: {f'{sign} ' if sign else ''}{''.join(marks[op](text) for op, text in words).strip()}"


def _plain(change: Change) -> dict[str, Any]:
    return {
        "change": str(change.sort),
        "kind": change.kind,
        "record": change.new,
        "before": change.old,
        "name": change.name,
        "holder": change.holder,
        "file": change.location.path,
        "line": change.location.line,
        "fields": [{"field": f.field, "old": f.old, "new": f.new, "item": f.item} for f in change.fields],
    }


def _rows(change: Change) -> Iterable[tuple[Any, ...]]:
    record = (str(change.sort), change.kind, change.new, change.old, change.name, change.holder)
    place = (change.location.path, change.location.line)
    for each in change.fields or (FieldChange("", None, None),):
        yield (*record, each.field, "" if each.old is None else worded(each.old), "" if each.new is None else worded(each.new), *place)


CHANGE_FORMATS: Mapping[str, Callable[[Compared], str]] = {"text": text, "markdown": markdown, "json": as_json, "csv": csv, "html": html}
