"""``validate --format sarif``: what the standard asks for, by hand, and nothing in a message that a viewer would make something of."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support import SHARED, run, write
from test_validate import DATA, FAULTS

from citytools.model import Finding, Location, Severity
from citytools.render.findings import sentence
from citytools.render.sarif import log


def _log(*findings: Finding) -> dict[str, Any]:
    return log(findings, sentence)


def _finding(message: str = "it is wrong", *, path: str = "data/a.yaml", line: int = 3) -> Finding:
    return Finding(Location(path, line, 5), "tab", message)


def _results(found: dict[str, Any]) -> list[dict[str, Any]]:
    return list(found["runs"][0]["results"])


def test_a_log_has_what_the_schema_asks_for(tmp_path: Path) -> None:
    """The required fields of sarifLog, run, tool, toolComponent, reportingDescriptor and result, and the types of what else is there."""
    write(tmp_path, {**DATA, **FAULTS})
    done = run("--root", str(tmp_path), "validate", "--format", "sarif")
    found = json.loads(done.out)
    assert (done.code, found["version"], set(found)) == (1, "2.1.0", {"$schema", "version", "runs"})
    (only,) = found["runs"]
    assert set(only) == {"tool", "columnKind", "results"}
    assert only["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    driver = only["tool"]["driver"]
    assert set(driver) == {"name", "semanticVersion", "rules"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", driver["semanticVersion"])
    ids = [each["id"] for each in driver["rules"]]
    assert len(set(ids)) == len(ids)
    for each in driver["rules"]:
        assert set(each) == {"id", "shortDescription", "help", "defaultConfiguration"}
        assert each["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
        assert each["shortDescription"]["text"]
        assert each["help"]["text"]
    assert len(only["results"]) == 8
    for each in only["results"]:
        assert each["ruleId"] == ids[each["ruleIndex"]]
        assert each["level"] in ("note", "warning", "error")
        (place,) = each["locations"]
        assert min(place["physicalLocation"]["region"].values()) >= 1
        assert re.fullmatch(r"data/[\w/.%-]+", place["physicalLocation"]["artifactLocation"]["uri"])
        assert all(isinstance(value, str) for value in each["partialFingerprints"].values())


def test_nothing_wrong_is_a_run_without_results(tmp_path: Path) -> None:
    done = run("--root", str(write(tmp_path, DATA)), "validate", "--format", "sarif")
    assert (done.code, _results(json.loads(done.out))) == (0, [])


def test_a_fault_keeps_its_fingerprint_on_another_line_and_no_two_share_one() -> None:
    def prints(*findings: Finding) -> list[str]:
        return [each["partialFingerprints"]["citytools/v1"] for each in _results(_log(*findings))]

    assert prints(_finding(line=3)) == prints(_finding(line=9))
    alike = prints(_finding(line=3), _finding(line=9), _finding("it is very wrong"), _finding(path="data/b.yaml"))
    assert len(set(alike)) == 4


@pytest.mark.parametrize(("severity", "level"), [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.NOTICE, "note")])
def test_severities_have_their_names_in_the_standard(severity: Severity, level: str) -> None:
    assert _results(_log(Finding(Location("a"), "tab", "x", severity=severity)))[0]["level"] == level


def test_braces_are_doubled_and_brackets_make_no_link() -> None:
    (result,) = _results(_log(_finding("write {0} [here](https://evil.example)")))
    assert result["message"]["text"] == "write {{0}} [here] (https://evil.example)."


def test_an_odd_file_name_is_an_address_all_the_same() -> None:
    (result,) = _results(_log(_finding(path="data/é #1\n\udcff?.yaml")))
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"(?:[\w/.-]|%[0-9A-F]{2})+", uri, re.ASCII)


@pytest.mark.skipif(not SHARED.exists(), reason="the folder of hostile values is not beside this one")
def test_no_hostile_value_becomes_a_link_a_placeholder_or_a_control_character() -> None:
    payloads = json.loads((SHARED / "hostile" / "values" / "payloads.json").read_text("utf-8"))
    for text in (text for texts in payloads.values() for text in texts):
        said = _results(_log(_finding(text)))[0]["message"]["text"]
        assert not re.search(r"\]\(|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said)
        assert "{" not in said.replace("{{", "")
