"""What a change means, in plain lines: the records that differ, and what follows for overlaps, joint purchases, dates and coverage."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from citytools.ci.report import Section
from citytools.errors import CitytoolsError
from citytools.impact import changed, impact
from citytools.index import build
from citytools.model import Change, Column, Dataset, Sort, Table
from citytools.render.tables import shown, value
from citytools.rules.privacy import private
from citytools.validate import both_for_reports
from citytools.wording import brief, headline, said


def records(changes: Sequence[Change]) -> Iterator[Section]:
    """A section for each holder, with a line for each of its records that differs."""
    for holder, found in groupby(sorted(changes, key=lambda change: change.holder), key=lambda change: change.holder):
        yield Section(f"What changes in {holder or 'the catalogue and the dataset'}", tuple(map(_record, found)))


def _record(change: Change) -> str:
    head = f"{change.sort}: {headline(change)}"
    told = [brief(change)] if change.sort in (Sort.ADDED, Sort.REMOVED) else [line.told for field in change.fields for line in said(field)]
    line = f"{head}: {'; '.join(filter(None, told))}" if any(told) else head
    if private(line):
        return f"{f'{change.sort}: {change.kind}' if private(head) else head}: not repeated here, as it may point at a person"
    return line


def consequences(before: Dataset, after: Dataset, as_of: datetime.date) -> tuple[Section, ...]:
    """A section for each part of the register's answers in which something changes."""
    try:
        sides, banner = both_for_reports((("the base", before), ("the change", after)), as_of)
    except CitytoolsError as error:
        return (Section("What the change means", (str(error),)),)
    old, new = (build(side, as_of) for side in sides)
    tables = changed(impact(old, new))
    first, *others = (Section(table.title, tuple(_lines(table))) for table in tables)
    return (Section(first.title, tuple(filter(None, (banner, *first.lines)))), *others)


def _lines(table: Table) -> Iterator[str]:
    yield from table.coverage
    columns = shown(table)
    yield from (_line(columns, row) for row in table.rows)
    yield from table.notes


def _line(columns: Sequence[tuple[int, Column]], row: Sequence[Any]) -> str:
    """A row as a sentence: what it is about, then what is said of it, then the rest by name."""
    found = [(column, text) for number, column in columns if (text := value(column, row[number]))]
    heads = [text for column, text in found if column.place in ("lead", "heading")]
    if not heads:  # a grid: its first column says what a row is about
        (_, head), *rest = found
        return f"{head}: {', '.join(f'{column.title} {text}' for column, text in rest)}"
    bodies = [text if column.place == "body" else f"{column.title}: {text}" for column, text in found if column.place in ("body", "detail")]
    return f"{' · '.join(heads)}: {'; '.join(bodies)}" if bodies else " · ".join(heads)
