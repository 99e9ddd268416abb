"""How a rule is declared and run: a rule knows neither its name nor its level, the runner stamps them."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from citytools.catalogue import Catalogue
from citytools.model import Dataset, Document, FieldPath, Finding, Location, Record, Replaces, Severity
from citytools.schema import MAX_DEPARTURES, where


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule looks at: the dataset, its catalogue and the day it is looked at."""

    dataset: Dataset
    catalogue: Catalogue
    as_of: datetime.date


Check = Callable[[Subject], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in the register: its docstring's first line is its summary."""

    id: str
    severity: Severity
    check: Check

    @property
    def summary(self) -> str:
        """What the rule asks for, in one line."""
        return (self.check.__doc__ or "").strip().partition("\n")[0]

    def run(self, subject: Subject) -> Iterator[Finding]:
        """The rule's findings, stamped with its id and severity."""
        for finding in _limited(self.check(subject)):
            yield replace(finding, rule=self.id, severity=self.severity)


def _limited(findings: Iterable[Finding]) -> Iterator[Finding]:
    """One rule's findings, no more of them in a file than a person can work through."""
    told: Counter[str] = Counter()
    for finding in findings:
        path = finding.location.path
        told[path] += 1
        if told[path] <= MAX_DEPARTURES:
            yield finding
        elif told[path] == MAX_DEPARTURES + 1:
            message = f"there are more than {MAX_DEPARTURES} findings of this rule; the others are not listed"
            yield replace(finding, location=Location(path), where="", message=message, advice="Correct these first", suggestion="")


RULES: dict[str, Rule] = {}


def rule(id: str, severity: Severity = Severity.ERROR) -> Callable[[Check], Check]:
    """Register a function as the rule ``id``."""

    def register(check: Check) -> Check:
        RULES[id] = Rule(id, severity, check)
        return check

    return register


def fault(
    record: Record, path: FieldPath, message: str, *, advice: str = "", suggestion: str = "", replaces: Replaces = Replaces.NOTHING
) -> Finding:
    """A finding at a field of a record."""
    return fault_in(record.document, (*record.path, *path), message, advice=advice, suggestion=suggestion, replaces=replaces)


def fault_in(
    document: Document, path: FieldPath, message: str, *, advice: str = "", suggestion: str = "", replaces: Replaces = Replaces.NOTHING
) -> Finding:
    """A finding at a path of a document that need not be inside a record."""
    return Finding(
        document.locate(path),
        "",
        message,
        where(document, path),
        advice,
        suggestion,
        path=path,
        replaces=replaces if suggestion else Replaces.NOTHING,
    )
