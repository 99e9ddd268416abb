"""The outcome of a check as the summary of a job, and as lines for its log, in which nothing that comes from the change does anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from citytools.ci.report import Fault, Report, Section, shortened
from citytools.model import Finding, Location, Replaces, Severity
from citytools.render import escape
from citytools.render.findings import commands, hidden, sentence
from citytools.validate import counted

_ROOM = 900_000  # bytes for all but headings; GitHub takes 1,048,576
_TEXT = 600


def markdown(report: Report) -> str:
    """The summary in Markdown, of no more bytes than the site takes; what is cut off is counted."""
    head = [f"## {verdict(report)}", "", escape.prose(report.summary), ""]
    blocks = [*head, *_within(list(_parts(report)), _ROOM)]
    return "\n".join(blocks).rstrip() + "\n"


def verdict(report: Report) -> str:
    """Whether the change passes, and if not why, in a line that holds nothing of the change."""
    if report.passed:
        return f"Passed: {counted(report.warnings, 'warnings')}" if report.warnings else "Passed"
    why = [counted(report.errors, "errors")] if report.errors else []
    why += [counted(len(report.refusals), "refusals")] if report.refusals else []
    return f"Rejected: {' and '.join(why)}"


def log(report: Report) -> Iterator[str]:
    """Lines for the log of a workflow: what is refused and wrong, as the site shows it beside the files, then the outcome."""
    for refusal in report.refusals:
        yield f"::error title=refused::{escape.annotation(refusal)}"
    findings = [_finding(each) for each in report.faults]
    yield from commands(findings, [file.path for file in report.files])
    yield from hidden(findings)
    if (more := report.errors + report.warnings - sum(each.severity != "notice" for each in report.faults)) > 0:
        yield f"And {more:,} more errors and warnings are not listed."
    yield escape.log(f"{verdict(report)}. {report.summary}")


def _finding(fault: Fault) -> Finding:
    place = Location(fault.path, fault.line, fault.column, fault.cell)
    severity, replaces = Severity(fault.severity), Replaces(fault.replaces)
    return Finding(place, fault.rule, fault.message, fault.where, fault.advice, fault.suggestion, severity, replaces=replaces)


def _parts(report: Report) -> Iterator[tuple[str, list[str], int]]:
    """Headings with their lines, and how many there would be."""
    yield "Refused", [f"- {_said(each)}" for each in report.refusals], len(report.refusals)
    ranks = {"error": "Put right", "warning": "Worth a look", "notice": "For information"}
    for severity, heading in ranks.items():
        found = [each for each in report.faults if each.severity == severity]
        totals = {"error": report.errors, "warning": report.warnings, "notice": len(found)}
        yield heading, [_told(each) for each in found], totals[severity]
    for section in (*report.impact, *report.submissions):
        yield _titled(section), [f"- {_said(each)}" for each in section.lines], len(section.lines)


def _titled(section: Section) -> str:
    plain = escape.prose(shortened(section.title, _TEXT))
    return plain if plain and "`" not in plain else escape.code(shortened(section.title, _TEXT))


def _told(fault: Fault) -> str:
    finding = _finding(fault)
    place = escape.code(shortened(str(finding.location), _TEXT))
    return f"- {place} {_said(sentence(finding))} [{escape.code(fault.rule)}]"


def _said(text: str) -> str:
    return escape.prose(shortened(text, 3 * _TEXT))


def _within(parts: Sequence[tuple[str, list[str], int]], room: int) -> Iterator[str]:
    for heading, lines, total in parts:
        if not lines:
            continue
        yield f"### {heading}\n"
        shown = 0
        for line in lines:
            room -= len(line.encode()) + 1
            if room < 0:
                break
            yield line
            shown += 1
        if total > shown:
            yield f"- … and {total - shown:,} more"
        yield ""
