"""Findings as text, JSON or GitHub annotations."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from citytools import SCHEMA_VERSION
from citytools.model import Finding, Severity
from citytools.render.escape import annotation, visible

FindingFormat = Callable[[Sequence[Finding], Mapping[str, int]], str]

_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "notice"}


def sentence(finding: Finding) -> str:
    """What is wrong, what to write instead, and what was probably meant."""
    parts = [finding.message, finding.advice, f"Did you mean {finding.suggestion}?" if finding.suggestion else ""]
    parts = [part[:1].upper() + part[1:] if number else part for number, part in enumerate(parts) if part]
    text = " ".join(part if part.endswith(("?", ".")) else f"{part}." for part in parts)
    return f"{finding.where}: {text}" if finding.where else text


def text(findings: Sequence[Finding], counts: Mapping[str, int]) -> str:
    """A line for each finding and a summary line; ``counts`` are the kinds of record read."""
    lines = [f"{f.location}: {f.severity} {f.rule} {sentence(f)}" for f in findings]
    return "".join(f"{visible(line).replace(chr(10), '↵')}\n" for line in [*lines, summary(findings, counts)])


def as_json(findings: Sequence[Finding], counts: Mapping[str, int]) -> str:
    """One JSON object: schema version, counts and findings."""
    found = [
        {
            "rule": f.rule,
            "severity": str(f.severity),
            "file": f.location.path,
            "line": f.location.line,
            "column": f.location.column,
            "where": f.where,
            "message": f.message,
            "advice": f.advice,
            "suggestion": f.suggestion,
        }
        for f in findings
    ]
    return json.dumps({"schema_version": SCHEMA_VERSION, "records": dict(counts), "findings": found}, indent=2, ensure_ascii=True) + "\n"


def github(findings: Sequence[Finding], counts: Mapping[str, int]) -> str:
    """GitHub workflow commands, one annotation a finding, and the summary as a plain line."""
    lines = []
    for f in findings:
        place = f"file={annotation(f.location.path, value=True)}"
        place += f",line={f.location.line},col={f.location.column}" if f.location.line else ""
        lines.append(f"::{_GITHUB[f.severity]} {place},title={annotation(f.rule, value=True)}::{annotation(sentence(f))}")
    return "".join(f"{line}\n" for line in [*lines, summary(findings, counts)])


def summary(findings: Sequence[Finding], counts: Mapping[str, int]) -> str:
    """One line: what was read and what was found."""
    read = ", ".join(_counted(number, name) for name, number in counts.items())
    levels = Counter(finding.severity for finding in findings)
    found = ", ".join(f"{levels[level]} {level}{'s' if levels[level] != 1 else ''}" for level in Severity if levels[level])
    files = len({finding.location.path for finding in findings})
    return f"{read}: {found} in {files} file{'s' if files != 1 else ''}." if found else f"{read}: nothing wrong."


def _counted(number: int, names: str) -> str:
    one = f"{names[:-3]}y" if names.endswith("ies") else names.removesuffix("s")
    return f"{number} {one if number == 1 else names}"


FINDING_FORMATS: dict[str, FindingFormat] = {"text": text, "json": as_json, "github": github}
