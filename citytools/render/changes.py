"""What changed between two states, in every format; long texts show which words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from citytools import SCHEMA_VERSION
from citytools.model import Change, Column, FieldChange, Sort, Table
from citytools.render import escape
from citytools.render.screen import Hanging, Line, Screen, Sheet, styled
from citytools.render.tables import as_csv
from citytools.wording import GONE, NEW, SAME, Said, brief, headline, said, worded

_SIGNS = {Sort.ADDED: "+", Sort.REMOVED: "-", Sort.CHANGED: "~", Sort.MOVED: ">", Sort.RENAMED: ">"}
_COLOURS = {"+": "green", "-": "red", "~": "yellow", ">": "cyan"}


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
            sheet.add(Hanging(styled(f" {sign}", f"bold {_COLOURS[sign]}"), styled(_headline(change)), 3))
            if summed := _brief(change):
                sheet.add(Hanging(styled(""), styled(summed, "dim"), 5))
            for each in _lines(change) if not summed else ():
                sheet.add(Hanging(styled(""), _coloured(each), 5))
    return sheet.text()


def markdown(compared: Compared) -> str:
    """The same as lists, with what is gone struck out and what is new in bold."""
    lines = [f"**{escape.markdown(summary(compared))}**", "", *(f"{escape.markdown(line)}\n" for line in _unread(compared))]
    if compared.only_count:
        return "\n".join([*lines, *(f"- {escape.markdown(line)}" for line in _counts(compared.changes)), ""])
    for path, changes in _by_file(compared.changes):
        lines += [f"### {escape.markdown(path)}", ""]
        for change in changes:
            summed = _brief(change)
            lines.append(f"- {change.sort}: {escape.markdown(_headline(change))}")
            lines += [f"  - {escape.markdown(summed)}"] if summed else [f"  - {_marked(each)}" for each in _lines(change)]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def html(compared: Compared) -> str:
    """One self-contained page, with insertions and deletions marked as such."""
    from citytools.render.page import filled

    found = [] if compared.only_count else _by_file(compared.changes)
    files = [(escape.visible(path), [_entry(change) for change in changes]) for path, changes in found]
    counts = [escape.visible(line) for line in _counts(compared.changes)] if compared.only_count else []
    return filled("changes.html.jinja", title=escape.visible(summary(compared)), unread=_unread(compared), counts=counts, files=files)


def _entry(change: Change) -> dict[str, Any]:
    summed = _brief(change)
    return {
        "sign": _SIGNS[change.sort],
        "sort": str(change.sort),
        "headline": escape.visible(_headline(change)),
        "brief": escape.visible(summed),
        "lines": [_row(each) for each in (_lines(change) if not summed else ())],
    }


def _row(line: Said) -> dict[str, Any]:
    pieces = [(op, escape.visible(text)) for op, text in line.pieces]
    return {"name": escape.visible(line.name), "sign": line.sign, "replaced": line.replaced, "pieces": pieces}


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
    """A line for each holder: of each kind of record how many came, went or changed."""
    for holder, found in groupby(sorted(changes, key=lambda change: change.holder), key=lambda change: change.holder):
        numbers = Counter((change.kind, change.sort) for change in found)
        kinds = sorted({kind for kind, _ in numbers})
        said = ((kind, ", ".join(f"{numbers[kind, sort]:,} {sort}" for sort in Sort if numbers[kind, sort])) for kind in kinds)
        yield f"{holder or 'catalogue and dataset'}: {'; '.join(f'{kind} {sorts}' for kind, sorts in said)}"


def _unread(compared: Compared) -> list[str]:
    """What is not said of files that one of the states cannot be read from."""
    return [escape.visible(f"{path} cannot be read in one of them, so nothing is said of its records.") for path in compared.unread]


def _by_file(changes: Sequence[Change]) -> Iterator[tuple[str, list[Change]]]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.location.path, []).append(change)
    yield from found.items()


def _headline(change: Change) -> str:
    line = f" [line {change.location.line}]" if change.location.line and change.sort is not Sort.REMOVED else ""
    return f"{headline(change)}{line}"


def _lines(change: Change) -> list[Said]:
    return [line for field in change.fields for line in said(field)]


def _brief(change: Change) -> str:
    return brief(change) if change.sort in (Sort.ADDED, Sort.REMOVED) else ""


def _coloured(line: Said) -> Line:
    """For a terminal: colours where it has them, else a sign, an arrow, or marks round what is gone and what is new."""
    name = escape.visible(line.name)
    words = [(op, escape.visible(text)) for op, text in line.pieces]
    if line.replaced:
        return Line(((f"{name}: ", "dim"), (words[0][1], "red"), (" → ", ""), (words[1][1], "green")))
    if line.sign:
        style = _COLOURS[line.sign]
        return Line(((f"{line.sign} ", f"bold {style}"), (f"{name} ", "dim"), *((text, style) for _, text in words)))
    styles = {SAME: "", GONE: "red strike", NEW: "green"}
    marks = {SAME: ("", ""), GONE: ("[-", "-]"), NEW: ("{+", "+}")} if len(words) > 1 else dict.fromkeys(styles, ("", ""))
    return Line(((f"{name}: ", "dim"), *((f"{marks[op][0]}{text}{marks[op][1]}", styles[op]) for op, text in words)))


_MARKDOWN: Mapping[str, Callable[[str], str]] = {
    SAME: escape.markdown,
    GONE: lambda text: _around("~~", text),
    NEW: lambda text: _around("**", text),
}


def _around(mark: str, text: str) -> str:
    """Marks right at the words, as Markdown needs them, the spaces outside."""
    inner = text.strip()
    if not inner:
        return text and " "
    before, _, after = text.partition(inner)
    return f"{before and ' '}{mark}{escape.markdown(inner)}{mark}{after and ' '}"


def _marked(line: Said) -> str:
    name = escape.markdown(line.name)
    words = [_MARKDOWN[op](text) for op, text in line.pieces]
    if line.sign:  # a sign in front would begin another list
        return f"{name} {'added' if line.sign == '+' else 'removed'}: {words[0]}"
    return f"{name}: {(' → ' if line.replaced else '').join(words)}"


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
        yield (*record, each.field, _csv_value(each.old), _csv_value(each.new), *place)


def _csv_value(value: Any) -> str:
    """In words, but numbers as they are."""
    return "" if value is None else str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else worded(value)


CHANGE_FORMATS: Mapping[str, Callable[[Compared], str]] = {"text": text, "markdown": markdown, "json": as_json, "csv": csv, "html": html}
