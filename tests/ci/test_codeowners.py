"""CODEOWNERS is what data/dataset.yaml says, and names nobody until a maintainer says whose teams there are."""

from __future__ import annotations

import pytest
from support import ROOT, run

from citytools import dataset
from citytools.ci.codeowners import PLACE, codeowners, organisation_of
from citytools.errors import CitytoolsError


def _rules(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


def test_the_file_is_what_the_data_says() -> None:
    text = (ROOT / PLACE).read_text("utf-8")
    made = codeowners(dataset.load(ROOT).authorities, organisation_of(text))
    assert text == made, f"run: citytools ci codeowners --output {PLACE}"


def test_without_an_organisation_no_rule_is_in_force() -> None:
    assert _rules(codeowners(["camden", "barnet"])) == []


def test_each_borough_and_the_maintainers_are_asked_about_its_folders_and_the_maintainers_about_all_else() -> None:
    """The last rule that fits a file counts."""
    text = codeowners(["camden", "barnet"], "example-org")
    both = ["@example-org/maintainers"]
    assert _rules(text) == [
        ["*", *both],
        ["/data/boroughs/barnet/", "@example-org/barnet", *both],
        ["/submissions/barnet/", "@example-org/barnet", *both],
        ["/data/boroughs/camden/", "@example-org/camden", *both],
        ["/submissions/camden/", "@example-org/camden", *both],
    ]
    assert organisation_of(text) == "example-org"


@pytest.mark.parametrize("name", ["a b", "-x", "@x", "x/y", "x\n* @mallory", "é", "x" * 40])
def test_what_can_be_no_organisation_is_refused(name: str) -> None:
    with pytest.raises(CitytoolsError, match="cannot be the name of an organisation"):
        codeowners(["camden"], name)


def test_the_command_writes_it() -> None:
    done = run("ci", "codeowners", "--root", str(ROOT), "--organisation", "example-org")
    assert (done.code, len(_rules(done.out))) == (0, 67)
