"""Findings as a SARIF 2.1.0 log (OASIS, Static Analysis Results Interchange Format)."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from citytools import __version__
from citytools.model import Finding, Severity
from citytools.render import escape
from citytools.rules import guide

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "note"}


def log(findings: Sequence[Finding], sentence: Callable[[Finding], str]) -> dict[str, Any]:
    """A log with one run; ``sentence`` says what is wrong and what to write instead."""
    rules = sorted({finding.rule for finding in findings})
    driver = {"name": "citytools", "semanticVersion": __version__, "rules": [_rule(rule) for rule in rules]}
    results = list(_results(findings, rules, sentence))
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _rule(rule: str) -> dict[str, Any]:
    page = guide(rule)
    return {
        "id": rule,
        "shortDescription": {"text": _plain(page.summary)},
        "help": {
            "text": _plain(f"{page.summary} 'citytools explain {rule}' says why, and how to mend it."),
            "markdown": _message(page.markdown()),
        },
        "defaultConfiguration": {"level": _LEVELS[page.severity]},
    }


def _results(findings: Sequence[Finding], rules: Sequence[str], sentence: Callable[[Finding], str]) -> Iterator[dict[str, Any]]:
    alike: Counter[str] = Counter()
    for finding in findings:
        place = finding.location
        # Not the line: the same fault is known again wherever in its file it stands by now.
        said = "\0".join((place.path, finding.rule, finding.where, re.sub(r"\d+", "", finding.message)))
        alike[said] += 1
        digest = hashlib.sha256(f"{said}\0{alike[said]}".encode("utf-8", "backslashreplace")).hexdigest()
        # What is wrong with a whole file has no line; code scanning shows nothing that has none.
        region = {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)}
        address = quote(escape.visible(place.path))
        yield {
            "ruleId": finding.rule,
            "ruleIndex": rules.index(finding.rule),
            "level": _LEVELS[finding.severity],
            "message": {"text": _plain(escape.visible(sentence(finding)))},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": address}, "region": region}}],
            "partialFingerprints": {"citytools/v1": digest},
        }


def _message(text: str) -> str:
    """Text in which nothing is a placeholder for something else."""
    return text.replace("{", "{{").replace("}", "}}")


def _plain(text: str) -> str:
    """Text without markup, in which nothing is a link either."""
    return _message(text.replace("](", "] ("))
