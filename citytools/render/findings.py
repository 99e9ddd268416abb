"""Findings as text, JSON, GitHub annotations, CSV, Markdown or SARIF."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from citytools import SCHEMA_VERSION
from citytools.model import Column, Finding, Replaces, Severity, Table
from citytools.render import escape
from citytools.render.screen import Hanging, Line, Screen, Sheet, styled
from citytools.render.tables import as_csv
from citytools.render.tables import markdown as markdown_tables

# Up to so many like findings in a file are told one by one; more are one fault, made many times.
FEW = 5
# GitHub shows no more annotations of a kind for one step of a workflow.
GITHUB_SHOWS = 10

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTICE: "cyan"}
_FACTS = ("code", "severity", "file", "line", "column", "path", "where", "message", "advice", "suggestion", "replaces")
_EXPLAIN = "'citytools explain RULE' says why, and how to mend it, for the rule in [brackets]."


def _unseen(_: str) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Checked:
    """All that was found, and what a format may need beside it.

    ``counts`` are the kinds of record read; ``lines`` gives a file's lines; ``changed`` are the paths of changed files;
    ``only`` are the files and folders that were asked about, as they were typed; ``apart`` is what is said of findings that were left
    out: in sentences, and for machines.
    """

    findings: Sequence[Finding]
    counts: Mapping[str, int]
    lines: Callable[[str], Sequence[str]] = _unseen
    changed: frozenset[str] = frozenset()
    each: bool = False
    only: Sequence[str] = ()
    apart: Sequence[str] = ()
    apart_facts: Mapping[str, Any] = field(default_factory=dict)
    screen: Screen = field(default_factory=Screen)


FindingFormat = Callable[[Checked], str]


def sentence(finding: Finding) -> str:
    """What is wrong, and what to write instead: the suggestion alone where it is certain, else as a question."""
    match finding.replaces:
        case Replaces.NOTHING:
            parts = [finding.message, finding.advice, f"Did you mean {finding.suggestion}?" if finding.suggestion else ""]
        case Replaces.FIELD:
            parts = [finding.message, f"In its place write {finding.suggestion}"]
        case _:
            parts = [finding.message, f"Write {finding.suggestion}"]
    parts = [part[:1].upper() + part[1:] if number else part for number, part in enumerate(parts) if part]
    text = " ".join(part if part.endswith(("?", ".")) else f"{part}." for part in parts)
    if finding.replaces is not Replaces.NOTHING:
        text = text.removesuffix(".")  # so that it is not copied with what to write
    return f"{finding.where}: {text}" if finding.where else text


def text(checked: Checked) -> str:
    """For people: by file; on a terminal with the line itself and a mark under the place."""
    return _on_terminal(checked) if checked.screen.terminal else "".join(f"{line}\n" for line in _lines(checked))


def _lines(checked: Checked) -> Iterator[str]:
    for path, found in _by_file(checked.findings):
        yield _one_line(path)
        for finding, said in _told(found, each=checked.each):
            place = f"{finding.location.line}:{finding.location.column}" if finding.location.line else "file"
            yield f"  {place:<7} {finding.severity:<7} {_one_line(said)} [{finding.rule}]"
    yield from _closing(checked)


def _on_terminal(checked: Checked) -> str:
    sheet = Sheet(checked.screen)
    for path, found in _by_file(checked.findings):
        sheet.add(styled(_one_line(path), "bold"))
        for finding, said in _told(found, each=checked.each):
            _show(sheet, checked, finding, said)
    for line in _closing(checked):
        sheet.add(styled(line))
    return sheet.text()


def _by_file(findings: Sequence[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    for path, found in groupby(findings, key=lambda finding: finding.location.path):
        yield path, list(found)


def _closing(checked: Checked) -> Iterator[str]:
    yield _one_line(summary(checked))
    yield from map(_one_line, checked.apart)
    if checked.findings:
        yield _EXPLAIN
    if number := sum(finding.replaces is not Replaces.NOTHING for finding in checked.findings):
        yield f"'citytools fix' can put {number} of {len(checked.findings)} right by itself."


def _told(findings: Sequence[Finding], *, each: bool) -> Iterator[tuple[Finding, str]]:
    """Each finding with its sentence; of many like ones in different records the first alone, with their number and lines."""
    alike = Counter(_likeness(finding) for finding in findings)
    done = set()
    for finding in findings:
        like = _likeness(finding)
        if each or alike[like] <= FEW:
            yield finding, sentence(finding)
        elif like not in done:
            done.add(like)
            first = [str(other.location.line) for other in findings if _likeness(other) == like][:3]
            said = f"in {alike[like]} places (first: lines {', '.join(first)}): {sentence(finding)} --all lists each."
            yield finding, said


def _likeness(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.message, finding.advice, finding.suggestion


def _show(sheet: Sheet, checked: Checked, finding: Finding, said: str) -> None:
    place = f"line {finding.location.line}" if finding.location.line else "file"
    words = Line(((f"{finding.severity}: ", _STYLES[finding.severity]), *styled(_one_line(said)).runs, (f" [{finding.rule}]", "dim")))
    sheet.add(Hanging(styled(f"  {place}"), words, 13))
    lines = checked.lines(finding.location.path) if finding.quotable else ()
    if 0 < finding.location.line <= len(lines):
        for line in _excerpt(lines[finding.location.line - 1], finding.location.column, checked.screen.width - 15):
            sheet.add(styled(f"             │ {line}", "dim"))
    sheet.add()


def _excerpt(line: str, column: int, width: int) -> tuple[str, str]:
    """The part of a line that fits, and below it a mark under the column."""
    from rich.cells import cell_len

    start = max(0, column - 1 - width // 2) if len(line) > width else 0
    before = ("…" if start else "") + escape.visible(line[start : column - 1]).replace("\t", "⇥")
    after = escape.visible(line[column - 1 :]).replace("\t", "⇥")
    shown = before + after
    while cell_len(shown) > width:
        shown = f"{shown[:-2]}…"
    return shown, " " * cell_len(before) + "^"


def _one_line(text: str) -> str:
    return escape.visible(text).replace("\n", "↵")


def as_json(checked: Checked) -> str:
    """One JSON object: schema version, counts and findings; ``path`` is a JSON Pointer to the value in its file."""
    content: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "records": dict(checked.counts),
        "findings": [_facts(each) for each in checked.findings],
    }
    content |= checked.apart_facts
    return json.dumps(content, indent=2, ensure_ascii=True) + "\n"


def _facts(finding: Finding) -> dict[str, str | int]:
    location = finding.location
    path = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in finding.path)
    said = (finding.where, finding.message, finding.advice, finding.suggestion)
    facts = (finding.rule, str(finding.severity), location.path, location.line, location.column, path, *said, str(finding.replaces))
    return dict(zip(_FACTS, facts, strict=True))


def csv(checked: Checked) -> str:
    """One line a finding, with the same columns as the JSON has fields."""
    return as_csv([_table([[*_facts(finding).values()] for finding in checked.findings], _FACTS)], checked.screen)


def markdown(checked: Checked) -> str:
    """A table: severity, place, what is wrong and what to write; then the summary."""
    rows = [[str(f.severity), str(f.location), f"{sentence(f)} [{f.rule}]"] for f in checked.findings]
    table = markdown_tables([_table(rows, ["Severity", "Place", "What, and what to write instead"])], checked.screen) if rows else ""
    said = "\n\n".join(escape.markdown(line) for line in (summary(checked), *checked.apart))
    return f"{table}\n{said}\n".lstrip()


def _table(rows: Iterable[Iterable[str | int]], names: Iterable[str]) -> Table:
    return Table("", tuple(Column(name, name) for name in names), tuple(tuple(row) for row in rows))


def github(checked: Checked) -> str:
    """GitHub workflow commands, changed files first and errors before the rest, as only ten of a severity are shown."""
    said = (*map(_one_line, (summary(checked), *checked.apart)), *hidden(checked.findings))
    return "".join(f"{line}\n" for line in (*commands(checked.findings, checked.changed), *map(escape.log, said)))


def commands(findings: Iterable[Finding], changed: Collection[str] = ()) -> Iterator[str]:
    """A workflow command for each finding: those in changed files first, and of these errors before the rest."""
    ranks = list(Severity)
    for f in sorted(findings, key=lambda f: (f.location.path not in changed, ranks.index(f.severity))):
        place = f"file={escape.annotation(f.location.path, value=True)}"
        place += f",line={f.location.line},col={f.location.column}" if f.location.line else ""
        yield f"::{f.severity} {place},title={escape.annotation(f.rule, value=True)}::{escape.annotation(sentence(f))}"


def hidden(findings: Iterable[Finding]) -> Iterator[str]:
    """How many findings of each severity are not shown beside the files."""
    from citytools.validate import counted

    levels = Counter(finding.severity for finding in findings)
    more = [counted(levels[level] - GITHUB_SHOWS, f"{level}s") for level in Severity if levels[level] > GITHUB_SHOWS]
    if more:
        yield f"GitHub shows the first {GITHUB_SHOWS} of each severity beside the files. Listed here alone: {', '.join(more)}."


def summary(checked: Checked) -> str:
    """One line: what was read and what was found."""
    from citytools.validate import counted  # brings all rules with it, which other answers do not need

    read = ", ".join(counted(number, name) for name, number in checked.counts.items())
    levels = Counter(finding.severity for finding in checked.findings)
    found = ", ".join(counted(levels[level], f"{level}s") for level in Severity if levels[level])
    files = counted(len({finding.location.path for finding in checked.findings}), "files")
    asked = f" in {', '.join(checked.only)}" if checked.only else ""
    new = "new " if checked.apart else ""
    return f"{read}: {found} in {files}." if found else f"{read}: nothing {new}wrong{asked}."


def sarif(checked: Checked) -> str:
    """SARIF 2.1.0, which tools for code and the code scanning of hosting sites read: one run, with the pages of the rules it names."""
    from citytools.render.sarif import log

    return json.dumps(log(checked.findings, sentence), indent=2, ensure_ascii=True) + "\n"


FINDING_FORMATS: dict[str, FindingFormat] = {
    "text": text,
    "json": as_json,
    "github": github,
    "csv": csv,
    "markdown": markdown,
    "sarif": sarif,
}
