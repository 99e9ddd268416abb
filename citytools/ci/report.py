"""What the untrusted half of a check hands to the trusted half: plain facts, no markup."""

from __future__ import annotations

from dataclasses import dataclass

VERSION = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding: where it stands (0 for no line; ``cell`` in a workbook), what is wrong, what to write instead."""

    path: str
    line: int
    column: int
    cell: str
    severity: str
    rule: str
    where: str
    message: str
    advice: str
    suggestion: str
    replaces: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that the change touches, and whether it is added, removed, renamed or changed."""

    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of plain text under a heading: what the change means, or the plan of a workbook."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check of a proposed change from commit ``base`` to commit ``head``.

    ``faults`` are the first of ``errors`` + ``warnings`` many, errors and changed files first. ``refusals`` are sentences on what
    may not be changed so (another borough's folder, a link, a file that has no place). ``impact`` says what the change means;
    ``submissions`` what workbooks handed in would do. ``data_only`` is whether nothing but data of boroughs is touched.
    """

    base: str
    head: str
    passed: bool
    data_only: bool
    files: tuple[File, ...]
    faults: tuple[Fault, ...]
    errors: int
    warnings: int
    refusals: tuple[str, ...]
    summary: str
    impact: tuple[Section, ...]
    submissions: tuple[Section, ...]
