"""What was read of a file as plain values that marshal can carry between two processes, and back."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from citytools.model import Document, FieldPath, Finding, Location, Marks, Replaces, Severity

_HOLDERS = (dict, list)


def packed(read: tuple[Document, list[Finding]]) -> Any:
    """A document, which is used up, and the findings of reading it."""
    document, problems = read
    # The one kind of value that marshal does not know; it does know a mapping or list again that it meets twice.
    fractions: list[tuple[Any, Any]] = []
    _find_fractions(document.fields, fractions)
    for inside, step in fractions:
        inside[step] = str(inside[step])
    marks = (document.marks.offsets.tobytes(), document.marks.lines.tobytes()) if document.marks else None
    findings = [packed_findings(found) for found in (document.departures, problems)]
    return document.path, document.kind, document.holder, document.fields, fractions, marks, findings


def unpacked(plain: Any) -> tuple[Document, list[Finding]]:
    """What ``packed`` was given."""
    path, kind, holder, fields, fractions, marks, findings = plain
    for inside, step in fractions:
        inside[step] = Decimal(inside[step])
    departures, problems = map(unpacked_findings, findings)
    return Document(path, kind, fields, holder, Marks(*map(_numbers, marks)) if marks else None, tuple(departures)), problems


def packed_findings(findings: Iterable[Finding]) -> list[Any]:
    """Findings as plain values."""
    return [_plain(finding) for finding in findings]


def unpacked_findings(plain: Iterable[Any]) -> list[Finding]:
    """What ``packed_findings`` was given."""
    return [_finding(*each) for each in plain]


def _find_fractions(node: Any, found: list[tuple[Any, Any]]) -> None:
    for step, child in node.items() if isinstance(node, dict) else enumerate(node or ()):
        if type(child) in _HOLDERS:
            _find_fractions(child, found)
        elif type(child) is Decimal:
            found.append((node, step))


def _numbers(data: bytes) -> array[int]:
    return array("I", data)


def _plain(finding: Finding) -> tuple[Any, ...]:
    place = finding.location
    told = finding.rule, finding.message, finding.where, finding.advice, finding.suggestion
    return (place.path, place.line, place.column), told, str(finding.severity), finding.path, str(finding.replaces), finding.quotable


def _finding(
    place: tuple[str, int, int], told: tuple[str, str, str, str, str], severity: str, path: FieldPath, replaces: str, quotable: bool
) -> Finding:
    return Finding(Location(*place), *told, Severity(severity), path, Replaces(replaces), quotable)
