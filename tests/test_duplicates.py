"""``citytools report duplicates``: what counts as double within one authority, what does not, and how sure that is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import golden, run, write
from test_index import BOROUGHS, CATALOGUE

SEEN = "sources: [{{url: 'https://example.org', on: {}{}}}]"
FRESH, OLD, DOUBTFUL = SEEN.format("2026-05", ""), SEEN.format("2019", ""), SEEN.format("2026-05", ", confidence: low")
RECORDS = {
    "data/boroughs/camden/technology.yaml": f"""
schema: 1
systems:
  - {{id: explorer, product: explorer, functions: [planning/register, planning/forms], {FRESH}}}
  - id: portal
    name: Portal
    functions: [planning/register, planning/forms]
    connects_to: [{{to: explorer, method: api}}]
    {DOUBTFUL}
  - {{id: erp, product: unit4-erp, {FRESH}}}
""",
    "data/boroughs/camden/contracts.yaml": """
schema: 1
contracts:
  - id: both
    title: Both
    supplier: softcat
    covers: [explorer, portal]
    end: 2027-03-31
    end_basis: committed
    value: {amount: 10000, for: year}
  - {id: over, title: Over, covers: [portal], end: 2020-03-31, end_basis: committed, value: {amount: 5000, for: year}}
""",
    "data/boroughs/hackney/technology.yaml": f"""
schema: 1
systems:
  - {{id: explorer, name: Northgate Explorer, {FRESH}}}
  - {{id: portal, name: PORTAL, functions: [planning/register], {OLD}}}
  - {{id: planned, name: Next, functions: [planning/register], status: planned}}
  - {{id: trial, name: Tried, functions: [planning/register], status: trial}}
  - {{id: erp-schools, product: unit4-erp}}
  - {{id: erp, product: unit4-erp, {FRESH}}}
""",
    "data/boroughs/sutton/technology.yaml": """
schema: 1
systems:
  - {id: erp, product: unit4-erp, status: retiring}
  - {id: erp-next, name: Another ERP, functions: [financial/erp], replaces: erp}
  - {id: forms, name: Forms, functions: [planning/forms], status: retiring}
  - {id: other-forms, name: Other forms, functions: [planning/forms]}
""",
    "data/boroughs/kingston-upon-thames/technology.yaml": """
schema: 1
systems:
  - {id: erp, product: unit4-erp, instance_of: hackney/erp}
  - {id: erp-payments, product: unit4-erp, instance_of: hackney/erp}
  - {id: ledger, name: Ledger, functions: [financial/erp], instance_of: hackney/erp}
  - {id: gone, name: Gone, functions: [planning/forms], until: 2025}
  - {id: forms, name: Forms, functions: [planning/forms]}
  - {id: nothing, name: Of no known use}
""",
    "data/bodies/consortium/body.yaml": "schema: 1\nname: The Consortium\nkind: consortium\nmembers: [camden]\n",
    "data/bodies/consortium/technology.yaml": """
schema: 1
systems:
  - {id: a, name: A, functions: [planning/forms]}
  - {id: b, name: B, functions: [planning/forms]}
""",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS, **RECORDS}.items()}
    return write(tmp_path_factory.mktemp("register"), files)


def duplicates(root: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
    done = run("--root", str(root), "report", "duplicates", "--as-of", "2026-11-23", "--format", "json", *arguments)
    assert (done.code, done.err) == (code, "")
    answer: dict[str, Any] = json.loads(done.out)
    return answer


def found(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["borough_id"], ", ".join(row["ids"])) for row in answer["rows"]]


def test_what_is_double_the_best_evidenced_first(root: Path) -> None:
    """Not: a body's, what is planned or on trial, what has gone, a handover, several names or uses of one shared instance."""
    assert found(duplicates(root)) == [
        ("camden", "planning/forms, planning/register"),
        ("hackney", "planning/register"),
        ("hackney", "unit4-erp"),
        ("sutton", "planning/forms"),
    ]


@pytest.mark.parametrize(
    ("asked", "expected"),
    {
        ("--borough", "Sutton"): [("sutton", "planning/forms")],
        ("--function", "planning/register"): [("camden", "planning/register"), ("hackney", "planning/register")],
        ("--function", "Finance"): [("hackney", "unit4-erp")],
        ("-b", "camden", "-b", "sutton", "-f", "financial/erp"): [],
    }.items(),
)
def test_what_it_can_be_limited_to(root: Path, asked: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert found(duplicates(root, *asked)) == expected


def test_the_same_systems_for_two_functions_are_one_row_and_their_contracts_count_once(root: Path) -> None:
    row = duplicates(root)["rows"][0]
    assert (row["what"], row["systems"], row["names"]) == ("Forms, Register", 2, "Planning Explorer, Portal")
    assert row["connected"] == ["Portal with Planning Explorer"]
    assert row["doubtful"] == ["Portal"]
    assert row["share"] == [
        "2 of the 3 authorities with a system for Forms have several",
        "2 of the 2 authorities with a system for Register have several",
    ]
    assert row["alike"] == ["Hackney"]
    assert (row["yearly_value_pence"], row["values_known"], row["contracts_known"]) == (1000000, 1, 1)
    assert [text.partition(",")[0] for text in row["contracts"]] == ["Camden: Both (Softcat)", "Camden: Over (supplier not stated)"]
    assert row["value"] == "£10,000 a year (known for 1 of 1 contract; bundles counted whole)"


def test_a_contract_whose_term_has_passed_is_named_but_not_counted(root: Path, tmp_path: Path) -> None:
    files = {str(path.relative_to(root)): path.read_text() for path in root.rglob("*.yaml")}
    files["data/boroughs/camden/contracts.yaml"] += (
        "  - {id: run-out, title: Run out, covers: [portal], awarded: 2013, term_months: 12, value: {amount: 7000, for: year}}\n"
    )
    row = duplicates(write(tmp_path, files), "-b", "camden")["rows"][0]
    (line,) = (text for text in row["contracts"] if "Run out" in text)
    assert "its term and every option have passed, not known whether it goes on" in line
    assert (row["yearly_value_pence"], row["values_known"], row["contracts_known"]) == (1000000, 1, 1)


def test_a_product_run_twice_is_told_by_its_systems_ids(root: Path) -> None:
    row = duplicates(root, "-f", "financial/erp")["rows"][0]
    assert (row["sort"], row["what"], row["names"]) == ("product", "Unit4 ERP, twice", "erp, erp-schools (undated)")
    assert row["evidence"] == "1 of 2 within 12 months"
    assert row["share"] == ["1 of the 3 authorities with this product runs it more than once"]


def test_a_share_and_a_system_of_ones_own_are_two(root: Path, tmp_path: Path) -> None:
    files = {str(path.relative_to(root)): path.read_text() for path in root.rglob("*.yaml")}
    files["data/boroughs/sutton/technology.yaml"] = (
        "schema: 1\nsystems:\n  - {id: erp, product: unit4-erp}\n  - {id: share, product: unit4-erp, instance_of: hackney/erp}\n"
    )
    (row,) = duplicates(write(tmp_path, files), "-b", "sutton")["rows"]
    assert (row["what"], row["shared"]) == ("Unit4 ERP, twice", ["Unit4 ERP is a share of the one that Hackney has"])


def test_every_figure_has_its_denominator(root: Path) -> None:
    answer = duplicates(root)
    assert answer["coverage"] == [
        "4 possible duplicates in 3 of the 4 authorities. The register holds systems in use of 4 of them, 15 in all.",
        "Functions: for 9 pairs of authority and function a system is in use; 4 of them (44 %) with several.",
        "Products: 13 pairs of authority and product are in use; 1 of them (8 %) with several instances.",
        "For 1 of the 4 every system was seen in the last 12 months, since 2025-11-23. For the others one may have taken another's place.",
        "Bodies such as consortia (1) are left out, and never counted in the 4.",
    ]
    assert "Left out: 1 system said to be retiring, with a successor in use." in answer["notes"]
    assert "Compared by product alone: 1 system of which no one says what they are for." in answer["notes"]
    assert answer["notes"][-1].startswith("Decide-by is the earlier of")


LIMITED = {
    ("-f", "planning/register"): (
        "Functions as asked for: for 2 pairs of authority and function a system is in use; 2 of them (100 %) with several.",
        "Products as asked for: 4 pairs of authority and product are in use; 0 of them (0 %) with several instances.",
    ),
    ("-b", "hackney", "-f", "financial"): (
        "Functions as asked for: for 1 pair of authority and function a system is in use; 0 of them (0 %) with several.",
        "Products as asked for: 1 pair of authority and product is in use; 1 of them (100 %) with several instances.",
    ),
    ("-b", "sutton"): (
        "Functions as asked for: for 2 pairs of authority and function a system is in use; 1 of them (50 %) with several.",
        "Products as asked for: 3 pairs of authority and product are in use; 0 of them (0 %) with several instances.",
    ),
}


@pytest.mark.parametrize("asked", LIMITED, ids=" ".join)
def test_the_denominators_are_of_what_was_asked_for(root: Path, asked: tuple[str, ...]) -> None:
    answer = duplicates(root, *asked)
    assert tuple(answer["coverage"][1:3]) == LIMITED[asked]
    assert any("said to be retiring" in note for note in answer["notes"]) == ("sutton" in asked)
    assert not any("of which no one says" in note for note in answer["notes"])


def test_an_empty_dataset_has_no_rows_and_no_percentages(tmp_path: Path) -> None:
    answer = duplicates(write(tmp_path, {"data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: []\n"}))
    assert answer["rows"] == []
    assert answer["coverage"][0] == (
        "0 possible duplicates in 0 of the 0 authorities. The register holds systems in use of 0 of them, 0 in all."
    )


def test_it_reads_well(root: Path) -> None:
    out = run("--root", str(root), "report", "duplicates", "--as-of", "2026-11-23").out
    golden("duplicates.txt", out)
    assert max(len(line) for line in out.splitlines()) <= 80


@pytest.mark.parametrize("format", ["markdown", "csv"])
def test_other_formats_write(root: Path, format: str) -> None:
    done = run("--root", str(root), "report", "duplicates", "--as-of", "2026-11-23", "--format", format)
    assert (done.code, done.err) == (0, "")
    assert "Unit4 ERP, twice" in done.out
