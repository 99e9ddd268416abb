"""A report survives its journey, and nothing else that arrives in its place does."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from ci.reports import FAULT, GOOD
from hypothesis import given, settings
from hypothesis import strategies as some

from citytools.ci.report import MOST, SIZE, TEXT, Fault, File, Report, Section, dumps, loads
from citytools.errors import CitytoolsError

_text = some.text(alphabet=some.characters(exclude_categories=["Cs"]), max_size=40)
_number = some.integers(0, 10_000)
_faults = some.builds(
    Fault,
    path=_text,
    line=_number,
    column=_number,
    cell=_text,
    severity=some.sampled_from(["error", "warning", "notice"]),
    rule=some.sampled_from(["schema", "unknown-reference"]),
    where=_text,
    message=_text,
    advice=_text,
    suggestion=_text,
    replaces=some.sampled_from(["", "value", "key", "field"]),
)
_sections = some.lists(some.builds(Section, _text, some.lists(_text, max_size=3).map(tuple)), max_size=3).map(tuple)
_reports = some.builds(
    Report,
    base=some.just("a" * 40),
    head=some.just("0123456789abcdef" * 4),
    passed=some.just(False),
    data_only=some.booleans(),
    files=some.lists(some.builds(File, _text, some.sampled_from(["added", "removed", "renamed", "changed"])), max_size=4).map(tuple),
    faults=some.lists(_faults, max_size=4).map(tuple),
    errors=some.integers(4, 100),
    warnings=_number,
    refusals=some.lists(_text, max_size=3).map(tuple),
    summary=_text,
    impact=_sections,
    submissions=_sections,
)


@given(_reports)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_as_it_was(report: Report) -> None:
    assert loads(dumps(report)) == report


def test_what_is_too_much_is_cut_when_it_is_written() -> None:
    much = replace(
        GOOD,
        passed=False,
        errors=5_000,
        faults=(replace(FAULT, message="é" * 5_000),) * 5_000,
        files=(File("x", "added"),) * 1_000,
        impact=(Section("A", ("line",) * 1_000),) * 100,
    )
    data = dumps(much)
    read = loads(data)
    assert len(data) <= SIZE
    assert (read.errors, len(read.files), len(read.impact), len(read.impact[0].lines)) == (5_000, MOST["files"], MOST["impact"], 300)
    assert read.faults
    assert all(fault.message.endswith("…") for fault in read.faults)


def test_a_name_that_is_no_utf_8_is_written_in_letters() -> None:
    assert loads(dumps(replace(GOOD, files=(File("caf\udce9.yaml", "added"),)))).files[0].path == "caf\\udce9.yaml"


def _json(**changes: Any) -> bytes:
    return json.dumps({**json.loads(dumps(GOOD)), **changes}).encode()


def _without(name: str) -> bytes:
    return json.dumps({key: value for key, value in json.loads(dumps(GOOD)).items() if key != name}).encode()


_FAULT = json.loads(dumps(replace(GOOD, passed=False, errors=1, faults=(FAULT,))))["faults"][0]
REFUSED = {
    "nothing": b"",
    "no JSON": b"<html>",
    "not UTF-8": b'"\xe9"',
    "UTF-16": dumps(GOOD).decode().encode("utf-16"),
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "a hundred thousand brackets": b"[" * 100_000,
    "more than a megabyte": dumps(GOOD) + b" " * SIZE,
    "another version": _json(version=2),
    "a version that is true": _json(version=True),
    "no version": _without("version"),
    "a field too few": _without("summary"),
    "a field too many": _json(number=7),
    "a name twice": dumps(GOOD).replace(b'"passed": true', b'"passed": true, "passed": true'),
    "not a number": dumps(GOOD).replace(b'"errors": 0', b'"errors": NaN'),
    "a fraction": dumps(GOOD).replace(b'"errors": 0', b'"errors": 0.5'),
    "an exponent": dumps(GOOD).replace(b'"errors": 0', b'"errors": 1e400'),
    "a number of 5,000 digits": dumps(GOOD).replace(b'"errors": 0', b'"errors": ' + b"9" * 5_000),
    "a number below 0": _json(errors=-1),
    "a text for a truth": _json(passed="true"),
    "a number for a truth": _json(passed=1),
    "a truth for a number": _json(warnings=True),
    "a text for a list": _json(refusals="x"),
    "a number in a list of texts": _json(refusals=[1]),
    "a text for a file": _json(files=["x"]),
    "a file with a field too many": _json(files=[{"path": "x", "what": "added", "mode": "1"}]),
    "a file to which something else happened": _json(files=[{"path": "x", "what": "bought"}]),
    "a text that is too long": _json(summary="x" * (TEXT + 1)),
    "half a character": _json(summary="\ud800"),
    "a head that is no commit": _json(head="main"),
    "a head with a line after it": _json(head="b" * 40 + "\n"),
    "a head in capitals": _json(head="B" * 40),
    "too many files": _json(files=[{"path": "x", "what": "added"}] * 301),
    "too many faults": _json(faults=[_FAULT] * 501, errors=501, passed=False),
    "more faults than it counts": _json(faults=[_FAULT], passed=False),
    "passed with an error": _json(errors=1),
    "passed with a refusal": _json(refusals=["no"]),
    "a severity that is none": _json(faults=[{**_FAULT, "severity": "fatal"}], errors=1, passed=False),
    "a rule with markup": _json(faults=[{**_FAULT, "rule": "a](b)"}], errors=1, passed=False),
    "too many sections": _json(impact=[{"title": "x", "lines": []}] * 51),
    "too many lines": _json(impact=[{"title": "x", "lines": ["x"] * 301}]),
}


def test_the_cases_stand_on_a_report_that_can_be_read() -> None:
    assert loads(_json()) == GOOD


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_else_is_read_or_quoted(name: str) -> None:
    with pytest.raises(CitytoolsError, match="the report of the check cannot be used") as refused:
        loads(REFUSED[name])
    assert len(str(refused.value)) < 150
