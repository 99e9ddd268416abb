"""``citytools report overlaps``: what is counted, what is left out, what stands beside every figure."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from support import golden, run, write
from test_index import BOROUGHS, CATALOGUE

RECORDS = {
    "data/bodies/consortium/body.yaml": "schema: 1\nname: The Consortium\nkind: consortium\nmembers: [camden]\n",
    "data/bodies/consortium/technology.yaml": "schema: 1\nsystems:\n  - {id: explorer, product: explorer}\n",
    "data/boroughs/camden/technology.yaml": """
schema: 1
systems:
  - id: explorer
    product: explorer
    sources: [{url: "https://example.org/1", on: 2026-01-13, confidence: high}]
  - {id: explorer-again, name: Northgate Explorer}
  - id: erp
    product: unit4-erp
    sources: [{url: "https://example.org/2", on: 2019, confidence: low}]
  - {id: bins, name: Bins-R-Us, supplier: Bins Ltd, functions: [planning/forms]}
  - {id: planned, product: unit4-erp, status: planned}
""",
    "data/boroughs/hackney/technology.yaml": """
schema: 1
systems:
  - {id: explorer, product: explorer, confirmed: {on: 2026-06}}
  - {id: bins, name: BINS R US, supplier: Bins Limited, functions: [planning/forms]}
  - {id: gone, product: unit4-erp, status: retired}
""",
    "data/boroughs/sutton/technology.yaml": """
schema: 1
systems:
  - {id: explorer, product: explorer}
  - id: erp
    product: unit4-erp
    sources: [{url: "https://example.org/3", on: 2025-01-27, confidence: high}]
""",
    "data/boroughs/kingston-upon-thames/technology.yaml": """
schema: 1
systems:
  - {id: erp, product: unit4-erp, instance_of: sutton/erp}
""",
    "data/boroughs/sutton/contracts.yaml": """
schema: 1
contracts:
  - id: erp
    title: ERP, one shared instance
    supplier: unit4
    covers: [erp, kingston-upon-thames/erp]
    parties: [{borough: sutton, amount: 736466}, {borough: kingston-upon-thames}]
    signed: 2025-01-07
    term_months: 48
    value: {amount: 1601359, currency: GBP, for: initial-term, vat: excluded}
    sources: [{url: "https://example.org/4", on: 2025-01-27, confidence: high}]
""",
    "data/boroughs/camden/contracts.yaml": """
schema: 1
contracts:
  - id: everything
    title: Everything
    supplier: softcat
    covers: [erp, explorer]
    end: 2027-03-31
    end_basis: committed
    notice_months: 12
    value: {amount: 10000, for: year}
  - {id: outsourced, title: Planning forms handled, supplier: Softcat plc, functions: [planning/forms], end: 2020-01-01, end_basis: committed}
""",
    "data/boroughs/hackney/contracts.yaml": """
schema: 1
contracts:
  - {id: resold, title: Licences, supplier: SOFTCAT PLC, covers: [explorer], start: 2024, term_months: 60}
  - {id: forms, title: Forms handled, supplier: Bins Ltd, functions: [planning/forms, planning/register]}
""",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS, **RECORDS}.items()}
    return write(tmp_path_factory.mktemp("register"), files)


def overlaps(root: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
    done = run("--root", str(root), "report", "overlaps", "--as-of", "2026-11-23", "--format", "json", *arguments)
    assert (done.code, done.err) == (code, "")
    answer: dict[str, Any] = json.loads(done.out)
    return answer


def by_id(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in answer["rows"]}


# (what is asked) → {id: boroughs}, heaviest first.
COUNTS: dict[tuple[str, ...], dict[str, int]] = {
    (): {"explorer": 3, "unit4-erp": 3, "binsrus/bins": 2},
    ("--by", "supplier"): {"nec": 3, "unit4": 3, "bins": 2},
    ("--by", "supplier", "--group"): {"nec-corporation": 3, "unit4": 3, "bins": 2},
    ("--by", "supplier", "--as-of", "2021-01-01"): {"bins": 2, "northgate": 2, "unit4": 2},
    ("--by", "contracted-supplier", "--as-of", "2024-12-31"): {"softcat": 2},
    ("--by", "contracted-supplier", "--as-of", "2025-12-31"): {"softcat": 2, "unit4": 2},
    ("--by", "contracted-supplier"): {"softcat": 2, "unit4": 2},
    ("--by", "function"): {"planning/register": 3, "financial/erp": 3, "planning/forms": 2},
    ("--min-boroughs", "3"): {"explorer": 3, "unit4-erp": 3},
    ("--min-boroughs", "4"): {},
    ("--borough", "kingston-upon-thames"): {"unit4-erp": 3},
    ("--borough", "Kingston upon Thames", "-b", "camden"): {"unit4-erp": 3},
    ("-b", "hackney", "-b", "sutton"): {"explorer": 3},
    ("--borough", "The Consortium"): {"explorer": 3},
    ("--function", "financial/erp"): {"unit4-erp": 3},
    ("--function", "planning"): {"explorer": 3, "binsrus/bins": 2},
    ("--function", "Register", "-f", "ERP"): {"explorer": 3, "unit4-erp": 3},
    ("--supplier", "nec"): {"explorer": 3},
    ("--supplier", "NEC Corporation"): {"explorer": 3},
    ("--product", "Northgate Explorer"): {"explorer": 3},
    ("--by", "function", "--product", "explorer"): {"planning/register": 3},
    ("--by", "contracted-supplier", "--supplier", "softcat"): {"softcat": 2},
    ("--by", "contracted-supplier", "--function", "ERP"): {"unit4": 2},
}


@pytest.mark.parametrize("asked", COUNTS, ids=lambda asked: " ".join(asked) or "nothing")
def test_what_is_counted(root: Path, asked: tuple[str, ...]) -> None:
    assert {row["id"]: row["boroughs"] for row in overlaps(root, *asked)["rows"]} == COUNTS[asked]


def test_a_borough_counts_once_and_a_body_never(root: Path) -> None:
    row = by_id(overlaps(root))["explorer"]
    assert row["borough_names"] == ["Camden", "Hackney", "Sutton"]
    assert row["bodies"] == ["The Consortium"]
    assert (row["recent"], row["first_seen"], row["last_seen"], row["reporting"]) == (2, "2026-01-13", "2026-06", 3)
    assert row["last_seen_by_borough"] == [["camden", "2026-01-13"], ["hackney", "2026-06"], ["sutton", None]]
    assert row["seen"] == "2026-01-13 to 2026-06, 2 of 3 within 12 months, 1 undated"
    assert row["who"] == "Camden, Hackney, Sutton (undated)"


def test_low_confidence_is_said(root: Path) -> None:
    assert by_id(overlaps(root))["unit4-erp"]["doubtful"] == ["Camden"]


def test_a_shared_contract_counts_once(root: Path) -> None:
    row = by_id(overlaps(root, "--by", "contracted-supplier"))["unit4"]
    assert (row["boroughs"], row["contracts_known"], row["values_known"], row["yearly_value_pence"]) == (2, 1, 1, 40033975)
    assert row["contracts"] == [
        "Sutton with Kingston upon Thames: ERP, one shared instance (Unit4), exit 2029-01-06, decide by 2026-07-06 (passed), £400,340 a year [sutton/erp]"
    ]


def test_a_bundle_is_marked(root: Path) -> None:
    row = by_id(overlaps(root))["unit4-erp"]
    assert row["yearly_value_pence"] == 40033975 + 1000000
    assert row["value"] == "£410,340 a year (known for 2 of 2 contracts; bundles counted whole)"
    assert row["decide_by"] == "2025-06-30"
    assert [text for text in row["contracts"] if "(a bundle: not for this alone)" in text] == [row["contracts"][0]]


def test_a_function_counts_outsourced_services_in_force(root: Path) -> None:
    rows = by_id(overlaps(root, "--by", "function"))
    assert rows["planning/forms"]["contracts"] == ["Hackney: Forms handled (Bins Ltd), end not known [hackney/forms]"]
    assert rows["planning/register"]["products"] == ["Planning Explorer 3"]


def test_what_is_not_in_the_catalogue_says_so(root: Path) -> None:
    assert by_id(overlaps(root))["binsrus/bins"]["name"].endswith("(not in the catalogue)")


def test_a_partial_date_is_about(root: Path) -> None:
    (text,) = by_id(overlaps(root, "--supplier", "nec", "--borough", "hackney"))["explorer"]["contracts"][-1:]
    assert "exit about 2028-12, decide by about 2027-09" in text


def test_coverage_stands_beside_every_figure(root: Path) -> None:
    answer = overlaps(root, "--function", "planning/register")
    assert answer["coverage"] == [
        "1 product in 2 or more boroughs. The register holds systems of 4 of the 4 authorities.",
        "3 of 4 authorities report this function.",
        "2 of the 4 records counted (50 %) were seen in the last 12 months, since 2025-11-23; 2 have no date.",
        "Bodies such as consortia (1) are named apart and never counted in the 4.",
    ]
    assert answer["notes"][0].startswith("Not reported is not the same as not in use")


@pytest.mark.parametrize(
    ("arguments", "says"),
    {
        ("--borough", "Camdem"): 'there is no borough or body called "Camdem". Did you mean camden?',
        ("--product", "unit5-erp"): 'there is no product called "unit5-erp". Did you mean unit4-erp?',
        ("--supplier", "softcta"): 'there is no supplier called "softcta". Did you mean softcat?',
        ("--function", "regsiter"): 'there is no function or area called "regsiter". Did you mean planning/register?',
        ("--function", "zzz"): 'there is no function or area called "zzz". To look for it: citytools find "zzz".',
    }.items(),
)
def test_an_unknown_name_is_refused_with_a_suggestion(root: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run("--root", str(root), "report", "overlaps", *arguments)
    assert (done.code, done.out, done.err) == (2, "", f"citytools: {says}\n")


@pytest.mark.parametrize("facet", ["product", "supplier", "contracted-supplier", "function"])
@pytest.mark.parametrize("columns", [80, 200])
def test_it_reads_well(root: Path, facet: str, columns: int) -> None:
    done = run("--root", str(root), "report", "overlaps", "--as-of", "2026-11-23", "--by", facet, columns=columns)
    golden(f"overlaps-{facet}-{columns}.txt", done.out)
    assert max(len(line) for line in done.out.splitlines()) <= columns


@pytest.mark.parametrize("format", ["markdown", "csv", "json"])
def test_other_formats(root: Path, format: str) -> None:
    golden(f"overlaps.{format}", run("--root", str(root), "report", "overlaps", "--as-of", "2026-11-23", "--format", format).out)


def test_csv_loads_as_one_row_for_each_thing(root: Path) -> None:
    out = run("--root", str(root), "report", "overlaps", "--as-of", "2026-11-23", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert [(row["id"], row["boroughs"], row["yearly_value_pounds"]) for row in rows] == [
        ("unit4-erp", "3", "410339.75"),
        ("explorer", "3", "10000.00"),
        ("binsrus/bins", "2", ""),
    ]


def test_nothing_is_known_before_its_evidence(root: Path) -> None:
    """What was first seen, signed or confirmed later than the day asked about does not count for that day."""
    row = by_id(overlaps(root, "--as-of", "2024-06-30", "--min-boroughs", "1"))["unit4-erp"]
    assert row["borough_names"] == ["Camden", "Kingston upon Thames"]
    assert row["last_seen"] == "2019"
    assert [text for text in row["contracts"] if text.startswith("Sutton")] == []
    assert "Left out: 3 systems and 1 contract first heard of after 2024-06-30." in overlaps(root, "--as-of", "2024-06-30")["notes"]
    late = by_id(overlaps(root, "--as-of", "2026-03-31"))["explorer"]
    assert late["last_seen_by_borough"] == [["camden", "2026-01-13"], ["sutton", None]]


CASES: dict[str, tuple[dict[str, str], tuple[str, ...], dict[str, int]]] = {
    "a planned successor replaces nothing yet": (
        {"camden/technology": "systems:\n  - {id: a, product: explorer}\n  - {id: b, product: unit4-erp, status: planned, replaces: a}\n"},
        ("--min-boroughs", "1", "--borough", "camden"),
        {"explorer": 3},
    ),
    "a live successor does": (
        {"camden/technology": "systems:\n  - {id: a, product: explorer}\n  - {id: b, product: unit4-erp, replaces: a}\n"},
        ("--min-boroughs", "1", "--borough", "camden"),
        {"unit4-erp": 3},
    ),
    "a year's end is the last day that it can mean": (
        {"camden/technology": "systems:\n  - {id: a, product: explorer, until: 2026}\n"},
        ("--min-boroughs", "1", "--borough", "camden"),
        {"explorer": 3},
    ),
    "names that are alike are one only with one supplier": (
        {
            "camden/technology": "systems:\n  - {id: a, name: Housing system, supplier: Alpha Ltd}\n",
            "hackney/technology": "systems:\n  - {id: a, name: Housing System, supplier: Beta Ltd}\n  - {id: b, name: '!!!'}\n",
            "sutton/technology": "systems:\n  - {id: a, name: '???'}\n",
        },
        (),
        {},
    ),
    "an end that has passed does not count, whatever was in it": (
        {
            "camden/contracts": "contracts:\n  - {id: a, title: A, supplier: softcat, end: 2010-03-31}\n",
            "hackney/contracts": "contracts:\n  - {id: a, title: A, supplier: softcat, end: 2010-03-31}\n",
        },
        ("--by", "contracted-supplier"),
        {"unit4": 2},
    ),
}


def _with(root: Path, target: Path, files: dict[str, str]) -> Path:
    whole = {str(path.relative_to(root)): path.read_text() for path in root.rglob("*.yaml")}
    return write(target, whole | {f"data/boroughs/{name}.yaml": f"schema: 1\n{text}" for name, text in files.items()})


@pytest.mark.parametrize("case", CASES)
def test_what_is_counted_when(root: Path, tmp_path: Path, case: str) -> None:
    files, asked, expected = CASES[case]
    dangling = int("camden/technology" in files)  # Camden's contract then covers systems that have gone
    answer = overlaps(_with(root, tmp_path, files), *asked, code=dangling)
    assert {row["id"]: row["boroughs"] for row in answer["rows"]} == expected


def test_a_filter_reaches_contracts_and_values(root: Path) -> None:
    """Camden's contract covers Unit4 ERP and the explorer; asked for finance, NEC has no part in it."""
    everything = by_id(overlaps(root, "--by", "supplier"))["unit4"]
    finance = by_id(overlaps(root, "--by", "supplier", "--function", "financial/erp"))
    assert set(finance) == {"unit4"}
    assert finance["unit4"]["contracts"] == everything["contracts"]
    planning = by_id(overlaps(root, "--by", "contracted-supplier", "--function", "planning/forms", "--min-boroughs", "1"))
    assert [row["contracts"] for row in planning.values()] == [["Hackney: Forms handled (Bins Ltd), end not known [hackney/forms]"]]


SUCCESSION = """contracts:
  - {id: old, title: Old, supplier: unit4, covers: [erp], end: 2027-03-31, end_basis: committed, value: {amount: 100000, for: year}}
  - {id: new, title: New, supplier: unit4, covers: [erp], signed: 2026-05-01, start: 2027-04-01, term_months: 36, replaces: old}
"""


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        ("2026-04-30", ["Old, exit 2027-03-31"]),
        ("2026-11-23", ["New (Unit4), begins 2027-04-01", "Old (Unit4), exit 2027-03-31"]),
        ("2027-04-01", ["New (Unit4), exit 2030-03-31"]),
    ],
)
def test_a_contract_is_replaced_when_its_successor_begins(root: Path, tmp_path: Path, as_of: str, said: list[str]) -> None:
    register = _with(root, tmp_path, {"camden/contracts": SUCCESSION})
    texts = by_id(overlaps(register, "--as-of", as_of))["unit4-erp"]["contracts"]
    camden = sorted(text.removeprefix("Camden: ") for text in texts if text.startswith("Camden"))
    assert len(camden) == len(said)
    for text, start in zip(camden, said, strict=True):
        assert text.replace(" (Unit4)", "").startswith(start.replace(" (Unit4)", ""))


def test_an_owner_in_the_middle_has_what_it_owns(root: Path) -> None:
    assert set(by_id(overlaps(root, "--supplier", "nec", "--as-of", "2021-12-31", "--min-boroughs", "1"))) == {"explorer"}


def test_group_without_suppliers_is_refused(root: Path) -> None:
    done = run("--root", str(root), "report", "overlaps", "--group")
    assert (done.code, done.out) == (2, "")
    assert "--by supplier" in done.err


def test_a_faulty_file_is_left_out_and_said(root: Path, tmp_path: Path) -> None:
    files = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.yaml")}
    files["data/boroughs/hackney/technology.yaml"] = b"schema: 1\nsystems: [\n"
    done = run("--root", str(write(tmp_path, files)), "report", "overlaps", "--format", "json")
    banner = "data/boroughs/hackney/technology.yaml cannot be relied on: left out of this answer. Run: citytools validate"
    assert (done.code, done.err) == (1, "")
    assert json.loads(done.out)["coverage"][0] == banner
    as_csv = run("--root", str(tmp_path), "report", "overlaps", "--format", "csv")
    assert (as_csv.code, as_csv.err) == (1, f"citytools: {banner}\n")
    assert by_id(json.loads(done.out))["explorer"]["boroughs"] == 2


@pytest.mark.parametrize(
    "text",
    [
        "systems:\n  - {id: a, product: explorer}\n  - {id: a, product: explorer}\n",
        "systems:\n  - {id: a, product: explorr}\n",
        "systems:\n  - {id: a, functions: [planning/register]}\n",
    ],
    ids=["same id twice", "unknown product", "neither product nor name"],
)
def test_a_misleading_fault_is_said_above_the_answer(root: Path, tmp_path: Path, text: str) -> None:
    register = _with(root, tmp_path, {"hackney/technology": text})
    done = run("--root", str(register), "report", "overlaps", "--as-of", "2026-11-23")
    assert done.code == 1
    said = " ".join(done.out.splitlines()[1:4])
    assert "data/boroughs/hackney/technology.yaml: faults there may make this answer wrong. Run: citytools validate" in said


def test_an_id_given_twice_counts_once(root: Path, tmp_path: Path) -> None:
    contract = "  - {id: c, title: C, supplier: unit4, covers: [erp], value: {amount: 100, for: year}}\n"
    register = _with(root, tmp_path, {"camden/contracts": f"contracts:\n{contract}{contract}"})
    done = run("--root", str(register), "report", "overlaps", "--format", "json", "--as-of", "2026-11-23")
    assert by_id(json.loads(done.out))["unit4-erp"]["contracts_known"] == 2


WHO = {
    "each by itself": (("", "", "2019"), "camden (undated), hackney (undated), kingston-upon-thames (2019)"),
    "undated apart": (("2026-10", "2019", "", "", ""), "camden, hackney (2019); undated: kingston-upon-thames, newham, sutton"),
    "all undated": (("", "", "", "", ""), "All 5 authorities (all undated)"),
    "all but one": (("", "", "", "", "2021"), "All 5 authorities (undated but for sutton in 2021)"),
    "all of one year": (("2020", "2020-05", "2020", "2020", "2020"), "All 5 authorities (all 2020)"),
    "all, recently": (("2026", "2026", "2026", "2026", "2026"), "All 5 authorities"),
}


@pytest.mark.parametrize(("dates", "expected"), WHO.values(), ids=WHO)
def test_who_has_it_and_when_it_was_seen(dates: tuple[str, ...], expected: str, tmp_path: Path) -> None:
    """What several have in common is said once."""
    holders = ("camden", "hackney", "kingston-upon-thames", "newham", "sutton")
    files = {"data/dataset.yaml": f"schema: 1\ntitle: T\nauthorities: [{', '.join(holders)}]\nfreshness: [{{kind: systems, months: 12}}]\n"}
    for holder, date in zip(holders, dates, strict=False):
        source = f"sources: [{{url: 'https://example.org', on: {date}}}]" if date else "notes: Seen"
        files[f"data/boroughs/{holder}/borough.yaml"] = f"schema: 1\nname: {holder}\ngss: E0900000{holders.index(holder)}\n"
        files[f"data/boroughs/{holder}/technology.yaml"] = f"schema: 1\nsystems: [{{id: x, name: X, {source}}}]\n"
    (row,) = overlaps(write(tmp_path, files))["rows"]
    assert row["who"] == expected


def test_many_who_share_one_instance_are_told_as_one(tmp_path: Path) -> None:
    holders = ("camden", "hackney", "newham", "sutton")
    files = {
        "data/dataset.yaml": f"schema: 1\ntitle: T\nauthorities: [{', '.join(holders)}]\n",
        "data/bodies/lettings/body.yaml": "schema: 1\nname: East Lettings\nkind: consortium\nmembers: [camden, hackney, newham, sutton]\n",
        "data/bodies/lettings/technology.yaml": "schema: 1\nsystems: [{id: x, name: X}]\n",
    }
    for number, holder in enumerate(holders):
        files[f"data/boroughs/{holder}/borough.yaml"] = f"schema: 1\nname: {holder}\ngss: E0900000{number}\n"
        files[f"data/boroughs/{holder}/technology.yaml"] = "schema: 1\nsystems: [{id: x, name: X, instance_of: lettings/x}]\n"
    (row,) = overlaps(write(tmp_path, files))["rows"]
    assert row["shared"] == ["All use East Lettings'"]
