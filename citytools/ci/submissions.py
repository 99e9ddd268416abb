"""Workbooks that a change hands in: what is wrong in them, and what they would do to the register."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from citytools import merge, workbook
from citytools.ci.report import Section
from citytools.errors import CitytoolsError
from citytools.merge import Plan
from citytools.model import Finding, Location
from citytools.planned import Register
from citytools.rules.privacy import private
from citytools.submission import of_workbook
from citytools.wording import brief, headline, said
from citytools.workbook import Book

_SENTENCE = 5_000  # characters; what is longer is the program's own
_SHOWN = 200  # lines of a plan


@dataclass(frozen=True, slots=True)
class Submitted:
    """A section for each workbook, with its plan, and what is wrong in them, at their cells."""

    sections: tuple[Section, ...] = ()
    findings: tuple[Finding, ...] = ()


def submissions(workbooks: Mapping[str, bytes], register: Register, as_of: datetime.date) -> Submitted:
    """What workbooks in submissions/<borough>/ (path → content) would change in the register, as of a day; each is of its borough alone."""
    done = [_submitted(path, content, register, as_of) for path, content in sorted(workbooks.items())]
    return Submitted(tuple(section for section, _ in done), tuple(finding for _, findings in done for finding in findings))


def _submitted(path: str, content: bytes, register: Register, as_of: datetime.date) -> tuple[Section, tuple[Finding, ...]]:
    place = PurePosixPath(path)
    try:
        personal = tuple(_personal(path, workbook.read(place.name, content)))
        sent, _ = of_workbook(place.name, content, register, holder=place.parent.name)
        plan = merge.plan(register.files, register.unread, sent, merge.Asked(texts=False), as_of, now=register.dataset)
    except CitytoolsError as error:
        return Section(path, (str(error),)), (Finding(Location(path), "unreadable", str(error)),)
    lines = list(_lines(plan))
    more = [f"… and {len(lines) - _SHOWN} lines more."] if len(lines) > _SHOWN else []
    found = (*plan.faults, *plan.remarks, *personal)
    return Section(path, (*lines[:_SHOWN], *more)), tuple(
        replace(each, location=replace(each.location, path=path) if each.location.cell else each.location) for each in found
    )


def _personal(path: str, book: Book) -> Iterator[Finding]:
    """What points at a person, wherever it stands in a workbook that everybody can read: on a sheet that is hidden or not read, too."""
    for sheet in book.sheets:
        for cell in (cell for row in sheet.rows for cell in row if isinstance(cell.content, str) and len(cell.content) < _SENTENCE):
            if private(str(cell.content)):
                message = "what stands here points at a person, and a workbook that is handed in can be read by everybody"
                advice = "Take it out, and the copy that is here out of the history: see SECURITY.md"
                place = Location(path, cell=f"{sheet.name}!{cell.place}")
                yield Finding(place, "personal-data", message, advice=advice, quotable=False)


def _lines(plan: Plan) -> Iterator[str]:
    yield from merge.counted(plan)
    for change in plan.changes:
        words = [brief(change)] if not change.old else [line.told for each in change.fields for line in said(each)]
        yield f"{change.sort}: {headline(change)}: {'; '.join(words)}"
    for _, conflict in plan.conflicts:
        yield f"In conflict: {conflict.kind} {conflict.ref} {conflict.field}: {conflict.reason}"
    yield from (f"Read as: {each}" for each in plan.sent.read_as)
    yield from (f"Kept: {each}" for each in plan.sent.kept)
    yield from plan.sent.notes
