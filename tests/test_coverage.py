"""``citytools report coverage``: what each borough reports, how fresh it is, and what would cost least to add."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import golden, run, write
from test_index import BOROUGHS, CATALOGUE

SEEN = "sources: [{{url: 'https://example.org', on: {}}}]"
RECORDS = {
    "data/dataset.yaml": """
schema: 1
title: A test
authorities: [camden, hackney, sutton, kingston-upon-thames, newham]
freshness: [{kind: systems, months: 12}, {kind: contracts, months: 24}]
""",
    "data/boroughs/camden/borough.yaml": """
schema: 1
name: Camden
gss: E09000007
confirmations: [{kind: contracts, on: 2026-09}, {kind: technology, on: 2027-01-01}]
complete: [{function: planning/forms, on: 2026-01-01}]
""",
    "data/boroughs/camden/technology.yaml": f"""
schema: 1
systems:
  - {{id: explorer, product: explorer, {SEEN.format("2026-01-13")}}}
  - {{id: erp, product: unit4-erp, {SEEN.format("2019")}}}
  - {{id: bins, name: Bins-R-Us, confirmed: {{on: 2024-05}}}}
  - {{id: gone, product: unit4-erp, status: retired}}
  - {{id: later, name: Later, {SEEN.format("2026-12-01")}}}
""",
    "data/boroughs/camden/contracts.yaml": """
schema: 1
contracts:
  - {id: passed, title: Passed, end: 2020-01-01, sources: [{url: "https://example.org", on: 2019}]}
  - {id: unsure, title: Unsure, end: 2028-01-01, end_basis: unknown}
  - {id: asked, title: Asked, end: 2028-01-01, unknown: [{field: end_basis, reason: Not in our register.}]}
  - {id: termed, title: Termed, term_months: 36}
  - {id: endless, title: Endless}
  - {id: secret, title: Secret, withheld: [{field: end, reason: FOIA s.43}]}
  - {id: options, title: Options, end: 2028-01-01, end_basis: includes-options}
""",
    "data/boroughs/camden/skills.yaml": "schema: 1\nskills: []\n",
    "data/boroughs/sutton/technology.yaml": "schema: 1\nsystems:\n  - {id: erp, product: unit4-erp}\n",
    "data/boroughs/sutton/contracts.yaml": """
schema: 1
contracts:
  - {id: erp, title: ERP, covers: [erp], parties: [{borough: kingston-upon-thames}], signed: 2020-01-07, term_months: 120}
""",
    "data/boroughs/sutton/skills.yaml": f"""
schema: 1
skills:
  - {{id: sql, skill: sql, level: expert, {SEEN.format("2025-11")}}}
  - {{id: later, skill: sql, {SEEN.format("2026-12-01")}}}
""",
    "data/catalogue/skills.yaml": "schema: 1\nskills: [{id: sql, name: SQL}]\n",
    "data/bodies/consortium/body.yaml": "schema: 1\nname: The Consortium\nkind: consortium\nmembers: [camden]\n",
    "data/bodies/consortium/technology.yaml": "schema: 1\nsystems:\n  - {id: forms, name: Forms, functions: [planning/forms]}\n",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS, **RECORDS}.items()}
    return write(tmp_path_factory.mktemp("register"), files)


def coverage(root: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
    done = run("--root", str(root), "report", "coverage", "--as-of", "2026-11-23", "--format", "json", *arguments)
    assert (done.code, done.err) == (code, "")
    answer: dict[str, Any] = json.loads(done.out)
    return answer


def by_id(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in answer["rows"]}


def test_every_authority_has_a_row_and_a_body_none(root: Path) -> None:
    """Those that report most functions first; one without a folder stands there by its id."""
    assert [(row["id"], row["functions"]) for row in coverage(root)["rows"]] == [
        ("camden", 3),
        ("sutton", 1),
        ("hackney", 0),
        ("kingston-upon-thames", 0),
        ("newham", 0),
    ]


def test_records_are_those_in_use_and_the_others_stand_beside(root: Path) -> None:
    """What is first heard of after the day asked about is neither."""
    row = by_id(coverage(root))["camden"]
    assert (row["systems"], row["systems_recent"], row["systems_older"], row["systems_undated"]) == (3, 1, 2, 0)
    assert row["systems_text"] == (
        "3 in use, 2 stale; last seen 2026-01-13, 1 confirmed singly, last 2024-05; 1 more planned, on trial or gone"
    )
    assert "Left out: 1 system and 1 skill first heard of after 2026-11-23." in coverage(root)["notes"]


def test_a_file_confirmed_makes_its_records_fresh_from_that_day_on(root: Path) -> None:
    row = by_id(coverage(root))["camden"]
    assert (row["contracts"], row["contracts_recent"], row["contracts_confirmed"]) == (6, 6, "2026-09")
    assert row["systems_confirmed"] == ""
    then = by_id(coverage(root, "--as-of", "2026-08-31"))["camden"]
    assert (then["contracts_recent"], then["contracts_undated"], then["contracts_confirmed"]) == (0, 6, "")


def test_not_reported_none_and_a_part_in_anothers_are_three_things(root: Path) -> None:
    rows = by_id(coverage(root))
    assert (rows["camden"]["skills_text"], rows["camden"]["skills"]) == ("none, as reported", 0)
    assert (rows["hackney"]["skills_text"], rows["hackney"]["skills"], rows["hackney"]["skills_older"]) == ("not reported", None, None)
    assert rows["kingston-upon-thames"]["contracts_text"] == "1 in force, 1 stale (undated); none dated"
    assert rows["sutton"]["skills_text"] == "1 stated, none stale; last seen 2025-11"


def test_what_cannot_be_read_is_neither_none_nor_missing(root: Path, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.yaml")}
    files["data/boroughs/sutton/technology.yaml"] = b"schema: 1\nsystems: [\n"
    answer = coverage(write(tmp_path, files), code=1)
    row = by_id(answer)["sutton"]
    assert (row["systems_text"], row["systems"]) == ("cannot be read", None)
    assert not [gap for gap in row["gaps"] if gap.startswith(("Give a first system", "Name the system"))]
    assert answer["coverage"][1].startswith("Systems: 1 of 5 authorities report any")


def test_what_is_first_heard_of_later_was_not_reported_yet(root: Path) -> None:
    """A list that is given as empty has no date, as an undated record has none; both stand on every day."""
    answer = coverage(root, "--as-of", "2020-06-30")
    assert [text.partition(";")[0] for text in answer["coverage"][:3]] == [
        "Systems: 2 of 5 authorities report any",
        "Contracts: 3 of 5 authorities report any",
        "Skills: 1 of 5 authorities report any",
    ]
    rows = by_id(answer)
    assert (rows["sutton"]["skills_text"], rows["sutton"]["skills"]) == ("not reported", None)
    assert rows["camden"]["skills_text"] == "none, as reported"


GAPS = {
    "camden": [
        "Confirm what still holds: 2 systems stale (1 fact for the file)",
        "Say whether the end includes options (then write includes-options, not committed): passed and unsure (1 fact each)",
        "Say when it began, as its term is known: termed (1 fact)",
    ],
    "sutton": [
        "Confirm what still holds: 1 system and 1 contract stale (1 fact for each file)",
        "Name the system for Forms (1 other) and Register (1), 2 facts each",
    ],
    "kingston-upon-thames": [
        "Name the system for ERP (2 others), Forms (1) and Register (1), 2 facts each",
        "Give a first skill: nothing is reported, 2 others did (2 facts)",
    ],
}


@pytest.mark.parametrize("borough", GAPS)
def test_the_three_cheapest_gaps(root: Path, borough: str) -> None:
    """A shared contract's gap is its lead's; what a record says is unknown or withheld is not asked for; none in a whole list is missing."""
    assert by_id(coverage(root))[borough]["gaps"] == GAPS[borough]


def test_more_gaps_of_a_sort_are_counted_and_not_named(root: Path, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.yaml")}
    contracts = "".join(f"  - {{id: c{number}, title: C{number}, end: 2028}}\n" for number in range(5))
    files["data/boroughs/hackney/contracts.yaml"] = f"schema: 1\ncontracts:\n{contracts}"
    assert by_id(coverage(write(tmp_path, files)))["hackney"]["gaps"][1] == (
        "Say whether the end includes options (then write includes-options, not committed): c0, c1 and 3 more contracts (1 fact each)"
    )


def test_every_figure_has_its_denominator_and_its_limit(root: Path) -> None:
    answer = coverage(root)
    assert answer["coverage"] == [
        "Systems: 2 of 5 authorities report any; 4 in use, 3 stale (75 %), 1 of them undated; 0 of 5 have confirmed their list.",
        "Contracts: 3 of 5 authorities report any; 7 in force, 1 stale (14 %), 1 of them undated; 1 of 5 have confirmed their list.",
        "Skills: 2 of 5 authorities report any; 1 stated, 0 stale (0 %); 0 of 5 have confirmed their list.",
        "Functions: 3 of the 3 in the capability map (100 %) are reported by any authority; the median authority reports 0.",
        "Bodies such as consortia (1) are left out, and never counted in the 5.",
    ]
    assert answer["notes"][0].startswith("Not reported is not the same as none")
    assert "skills 24 months, since 2024-11-23 (assumed: no limit is stated)" in answer["notes"][1]
    assert [(kind["kind"], kind["authorities_reporting"]) for kind in answer["facts"]["kinds"]] == [
        ("systems", 2),
        ("contracts", 3),
        ("skills", 2),
    ]


def test_one_borough_alone(root: Path) -> None:
    answer = coverage(root, "--borough", "Kingston upon Thames")
    assert list(by_id(answer)) == ["kingston-upon-thames"]
    assert answer["coverage"][:3] == coverage(root)["coverage"][:3]
    assert "Shown: Kingston upon Thames." in answer["coverage"]


def test_an_empty_dataset_has_no_rows_and_no_percentages(tmp_path: Path) -> None:
    answer = coverage(write(tmp_path, {"data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: []\n"}))
    assert answer["rows"] == []
    assert answer["coverage"][0] == "Systems: 0 of 0 authorities report any; 0 in use, 0 stale; 0 of 0 have confirmed their list."


def test_it_reads_well(root: Path) -> None:
    out = run("--root", str(root), "report", "coverage", "--as-of", "2026-11-23").out
    golden("coverage.txt", out)
    assert max(len(line) for line in out.splitlines()) <= 80


@pytest.mark.parametrize("format", ["markdown", "csv"])
def test_other_formats_write(root: Path, format: str) -> None:
    done = run("--root", str(root), "report", "coverage", "--as-of", "2026-11-23", "--format", format)
    assert (done.code, done.err) == (0, "")
    assert "Kingston upon Thames" in done.out
