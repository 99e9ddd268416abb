"""Every rule has a page that says why, what is wrong, what is right and how to mend it; its examples are run."""

from __future__ import annotations

import datetime

import pytest
from support import ROOT

from citytools import dataset
from citytools.model import Finding
from citytools.rules import GIVEN, RULES
from citytools.rules.guide import GUIDES, Guide, guide
from citytools.validate import validate

BASE = ROOT / "tests" / "rules" / "base"
AS_OF = datetime.date(2026, 11, 23)
SECTIONS = ["Why", "Wrong", "Right", "How to mend it"]
PAGES = sorted(path.stem for path in GUIDES.glob("*.md"))
# What the pages write for characters that cannot be seen.
MARKS = {"⇥": "\t", "␣": "\u00a0", "⟨BOM⟩": "\ufeff", "⟨U+200B⟩": "\u200b"}
# What the file would have to be is told in words.
TOLD = {"encoding", "not-yaml", "too-large", "unreadable"}


def _findings(examples: dict[str, str]) -> tuple[Finding, ...]:
    files = {path.relative_to(BASE).as_posix(): path.read_bytes() for path in BASE.rglob("*.yaml")}
    for path, text in examples.items():
        for mark, character in MARKS.items():
            text = text.replace(mark, character)
        files[path] = text.encode() if text.startswith(("schema:", "\ufeff", "{", "#")) else b"schema: 1\n" + text.encode()
    return validate(dataset.build(files), AS_OF)


def _page(rule: str) -> Guide:
    return guide(rule)


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert set(PAGES) == set(GIVEN) | set(RULES)


@pytest.mark.parametrize("rule", PAGES)
def test_a_page_has_its_four_sections(rule: str) -> None:
    page = _page(rule)
    assert list(page.sections) == SECTIONS
    assert all(page.sections.values())


@pytest.mark.parametrize("rule", [rule for rule in PAGES if rule not in TOLD])
def test_the_wrong_example_has_this_finding_and_no_other(rule: str) -> None:
    examples = _page(rule).examples("Wrong")
    assert examples
    assert {finding.rule for finding in _findings(examples)} == {rule}


@pytest.mark.parametrize("rule", [rule for rule in PAGES if rule not in TOLD])
def test_the_right_example_has_no_finding(rule: str) -> None:
    examples = _page(rule).examples("Right")
    assert examples
    assert not _findings(examples)
