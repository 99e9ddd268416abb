"""``citytools report opportunities``: who could buy together, and what is never counted."""

from __future__ import annotations

import datetime
import json
import random
from pathlib import Path
from typing import Any

import pytest
from support import ROOT, golden, run, write
from test_index import BOROUGHS, CATALOGUE

from citytools import dataset
from citytools.index import build
from citytools.reports.opportunities import Filters
from citytools.reports.opportunities import opportunities as by_index

AS_OF = "2026-11-23"
RECORDS = {
    "data/catalogue/frameworks.yaml": """
schema: 1
frameworks:
  - {id: vertical, name: Vertical Applications, who: Public bodies, open_from: 2025, open_until: 2028}
  - {id: shut, name: Shut by then, open_until: 2027-06}
  - {id: timeless, name: No one says when}
  - {id: elsewhere, name: For something else}
""",
    "data/bodies/consortium/body.yaml": "schema: 1\nname: The Consortium\nkind: consortium\nmembers: [camden]\n",
    "data/bodies/consortium/technology.yaml": "schema: 1\nsystems:\n  - {id: explorer, product: explorer}\n",
    "data/bodies/consortium/contracts.yaml": """
schema: 1
contracts:
  - {id: explorer, title: Explorer, supplier: nec, covers: [explorer], end: 2027-02-28, end_basis: committed}
""",
    "data/boroughs/sutton/technology.yaml": """
schema: 1
systems:
  - id: erp
    product: unit4-erp
    rating: {value_for_money: 2, capability: 4, on: 2026-01}
    connects_to: [{to: explorer, method: file}]
  - {id: explorer, product: explorer}
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
  - {id: explorer, title: Explorer, supplier: nec, covers: [explorer], end: 2027-04-30, end_basis: unknown}
  - id: forms
    title: Forms for all
    supplier: nec
    covers: [explorer]
    end: 2031-03-31
    end_basis: committed
    open_to_others: {named: [camden, hackney, sutton], how: ask the lead, until: 2027}
  - id: shut
    title: No more joining
    supplier: nec
    covers: [explorer]
    open_to_others: {named: [camden], until: 2026-09}
""",
    "data/boroughs/kingston-upon-thames/technology.yaml": """
schema: 1
systems:
  - {id: erp, product: unit4-erp, instance_of: sutton/erp}
  - {id: explorer, product: explorer}
""",
    "data/boroughs/camden/technology.yaml": """
schema: 1
systems:
  - {id: erp, product: unit4-erp}
  - {id: explorer, product: explorer}
  - {id: gone, product: explorer, status: retired}
""",
    "data/boroughs/camden/contracts.yaml": """
schema: 1
contracts:
  - id: erp
    title: Finance
    supplier: unit4
    covers: [erp]
    end: 2028-03-31
    end_basis: committed
    notice_months: 3
    extensions: [{months: 12, status: available}, {months: 12, status: available}]
    value: {amount: 2500000, for: year}
    route: {kind: framework-call-off, framework: timeless}
    sources: [{url: "https://example.org/5", on: 2026-01, confidence: low}]
  - {id: explorer, title: Explorer, supplier: nec, covers: [explorer], end: 2027-01-31, end_basis: committed}
  - {id: gone, title: Retired, supplier: nec, covers: [gone], end: 2027-01-31, end_basis: committed}
""",
    "data/boroughs/hackney/technology.yaml": """
schema: 1
systems:
  - {id: erp, product: unit4-erp}
  - {id: explorer, product: explorer}
""",
    "data/boroughs/hackney/contracts.yaml": """
schema: 1
contracts:
  - {id: erp, title: Licences, supplier: softcat, covers: [erp], start: 2025, term_months: 48, sources: [{url: "https://example.org/6", on: 2026-02}]}
  - {id: explorer, title: Explorer, supplier: nec, covers: [explorer], end: 2027-05-31, end_basis: committed}
  - {id: agreed, title: Successor agreed, supplier: nec, covers: [explorer], end: 2027-03-31, end_basis: committed}
  - {id: next, title: Next, supplier: nec, covers: [explorer], signed: 2026-10-01, start: 2027-04-01, term_months: 60, replaces: agreed}
""",
}
ERP, EXPLORER = ["hackney/erp", "sutton/erp", "camden/erp"], ["camden/explorer", "consortium/explorer", "hackney/explorer"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS, **RECORDS}.items()}
    return write(tmp_path_factory.mktemp("register"), files)


def opportunities(root: Path, *arguments: str, as_of: str = AS_OF) -> dict[str, Any]:
    done = run("--root", str(root), "report", "opportunities", "--as-of", as_of, "--format", "json", *arguments)
    assert (done.code, done.err) == (0, "")
    answer: dict[str, Any] = json.loads(done.out)
    return answer


def erp(root: Path, *arguments: str) -> dict[str, Any]:
    row: dict[str, Any] = opportunities(root, "--function", "ERP", *arguments)["rows"][0]
    return row


CASES: dict[tuple[str, ...], list[list[str]]] = {
    (): [ERP, EXPLORER],
    ("--by", "function"): [ERP, EXPLORER],
    ("--by", "supplier"): [["sutton/erp", "camden/erp"], ["camden/explorer", "camden/gone", "consortium/explorer", "hackney/explorer"]],
    ("--in-time",): [],
    ("--min-boroughs", "3"): [ERP],
    ("--min-boroughs", "5"): [],
    ("--borough", "kingston-upon-thames"): [ERP],
    ("-b", "hackney", "-b", "camden"): [ERP, EXPLORER],
    ("--borough", "The Consortium"): [EXPLORER],
    ("--function", "planning"): [EXPLORER],
    ("--within", "12"): [EXPLORER],
    ("--tolerance", "3", "--min-boroughs", "1"): [
        ERP,
        ["consortium/explorer", "hackney/explorer"],
        ["camden/explorer", "consortium/explorer"],
    ],
    ("--tolerance", "0"): [],
}


@pytest.mark.parametrize("asked", CASES, ids=lambda asked: " ".join(asked) or "nothing")
def test_which_contracts_could_end_in_one(root: Path, asked: tuple[str, ...]) -> None:
    """In the order of their rank, and in each the first to leave first."""
    assert [row["contracts"] for row in opportunities(root, *asked)["rows"]] == CASES[asked]


def test_a_shared_contract_is_one_contract_and_two_boroughs(root: Path) -> None:
    row = erp(root)
    assert (row["boroughs"], len(row["contracts"])) == (4, 3)
    assert row["borough_names"] == ["Camden", "Hackney", "Kingston upon Thames", "Sutton"]
    assert (row["yearly_value_pence"], row["values_known"]) == (40033975 + 250000000, 2)
    assert row["value"] == "£2,900,340 a year (known for 2 of 3 contracts)"


def test_each_calls_off_at_its_own_exit(root: Path) -> None:
    row = erp(root)
    assert (row["start"], row["last_join"], row["about"], row["start_text"]) == ("2028-12-31", "2029-03-31", 1, "from about 2028-12")
    assert row["routes"] == [
        "Hackney: ends about 2028-12. Licences (Softcat) [hackney/erp]",
        "Sutton with Kingston upon Thames: one contract, ends 2029-01-06. ERP, one shared instance (Unit4) [sutton/erp]",
        "Camden: takes 1 of 2 extensions, to 2029-03-31. Finance (Unit4) [camden/erp]",
    ]


def test_the_first_to_decide_counts_the_time_to_buy_for_all(root: Path) -> None:
    """18 months for the combined value and 12 to bring into use, before the first exit."""
    row = erp(root)
    assert (row["decide_by"], row["days_left"]) == ("2026-06-30", -146)
    assert row["decide"] == "about 2026-06 (4 months ago): Hackney, to start buying"
    assert row["too_late"] == ["Hackney by about 4 months", "Sutton with Kingston upon Thames by 4 months", "Camden by 54 days"]
    assert row["assumed"].startswith("18 months to buy together (about £11,601,359 in all for 2 of 3 contracts), 12 to bring into use; ")


def test_in_time_means_that_nobody_is_too_late(root: Path) -> None:
    assert [row["contracts"] for row in opportunities(root, "--in-time", as_of="2026-06-30")["rows"]] == [ERP]
    assert opportunities(root, "--in-time", "--function", "ERP", as_of="2026-07-01")["rows"] == []


def test_what_goes_with_a_purchase(root: Path) -> None:
    row = erp(root)
    assert row["low_ratings"] == ["Sutton: Unit4 ERP 2 of 5 for value for money"]
    assert row["connections"] == ["Sutton: Planning Explorer by file"]
    assert row["frameworks"] == [
        "No one says when: used before, not stated until when it is open, for whom is not stated",
        "Vertical Applications: open to 2028, for Public bodies",
    ]
    assert row["doubtful"] == ["Camden: on low confidence"]


def test_a_contract_open_to_members_is_named(root: Path) -> None:
    (row,) = opportunities(root, "--function", "Register")["rows"]
    assert row["open_contracts"] == ["Sutton's Forms for all names Camden and Hackney until 2027: ask the lead [sutton/forms]"]
    assert row["outside"] == ["Sutton: can leave 2031-03-31"]


def test_what_has_no_certain_end_is_asked_and_never_counted(root: Path) -> None:
    (row,) = opportunities(root, "--function", "Register")["rows"]
    assert (row["borough_names"], row["bodies"]) == (["Camden", "Hackney"], ["The Consortium"])
    assert row["ask"] == [
        "Sutton, Explorer: ends 2027-04-30; are option years in that? [sutton/explorer]",
        "Sutton, No more joining: when does it end? [sutton/shut]",
    ]
    assert row["users"] == "Kingston upon Thames"


def test_one_set_under_several_names_stands_once(root: Path, tmp_path: Path) -> None:
    files = {str(path.relative_to(root)): path.read_text() for path in root.rglob("*.yaml")}
    products = "data/catalogue/products.yaml"
    files[products] = files[products].replace("functions: [planning/register]", "functions: [planning/register, planning/forms]")
    rows = opportunities(write(tmp_path, files), "--by", "function", "--function", "planning")["rows"]
    assert [row["name"] for row in rows] == ["Forms and Register"]


def test_what_stands_beside_the_figures(root: Path) -> None:
    answer = opportunities(root)
    assert answer["coverage"] == [
        "2 opportunities for 4 of 4 authorities, to start within 36 months; in 2 of them someone is too late.",
        "Compared: 7 of the 9 contracts with a day on which it can be left (those for a product), of 4 of 4 authorities.",
        "Not counted: 2 contracts whose end is unknown, or may hold option years. Where they fit: Ask.",
    ]
    assert any(note.startswith("Ranked by boroughs, then known yearly value, then time left") for note in answer["notes"])
    assert any("not reported is not none" in note for note in answer["notes"])


def test_an_empty_register_has_none(tmp_path: Path) -> None:
    files = {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS}.items()}
    assert opportunities(write(tmp_path, files))["rows"] == []


def test_it_reads_well(root: Path) -> None:
    done = run("--root", str(root), "report", "opportunities", "--as-of", AS_OF)
    golden("opportunities.txt", done.out)
    assert max(len(line) for line in done.out.splitlines()) <= 80


def test_the_registers_own_finance_systems_form_one_purchase() -> None:
    """Sutton with Kingston and Newham (about 2029-04) can buy together; Tower Hamlets (about 2026-12) stands outside."""
    (row,) = opportunities(ROOT, "--by", "function", "--function", "financial/erp", "--borough", "newham")["rows"]
    assert {"sutton/unit4-erp-2025", "newham/oracle-fusion-2024"} <= set(row["contracts"])
    assert "Tower Hamlets: can leave about 2026-12" in row["outside"]


MONTHS = 24


def _contract(dice: random.Random) -> tuple[str, set[int]]:
    """A contract in YAML, and by arithmetic of its own the months, from 2027-01, in which it can be left."""
    end, options, rolls = dice.randrange(MONTHS), [dice.randrange(1, 9) for _ in range(dice.randrange(3))], dice.choice([0, 0, 5, 12])
    months, text = [end], f"end: {2027 + end // 12}-{end % 12 + 1:02}-15, end_basis: committed"
    for option in options:
        months.append(months[-1] + option)
    if options:
        text += f", extensions: [{', '.join(f'{{months: {option}, status: available}}' for option in options)}]"
    if rolls:
        months += range(months[-1] + rolls, 20 * MONTHS, rolls)
        text += f", rolls_months: {rolls}"
    return text, set(months)


def _brute(exits: dict[str, set[int]], tolerance: int) -> set[frozenset[str]]:
    windows = [frozenset(one for one, months in exits.items() if months & set(range(d, d + tolerance + 1))) for d in range(MONTHS)]
    wide = {window for window in windows if len(window) > 1}
    return {window for window in wide if not any(window < other for other in wide)}


@pytest.mark.parametrize("seed", range(40))
def test_the_sets_are_those_that_trying_everything_finds(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    ids = [f"b{number}" for number in range(dice.randrange(2, 7))]
    tolerance, exits = dice.choice([0, 1, 3, 6]), {}
    files = {name: text.lstrip("\n") for name, text in CATALOGUE.items()}
    files["data/dataset.yaml"] = f"schema: 1\ntitle: T\nauthorities: [{', '.join(ids)}]\n"
    for id in ids:
        text, exits[f"{id}/c"] = _contract(dice)
        files[f"data/boroughs/{id}/borough.yaml"] = f"schema: 1\nname: {id}\ngss: E0900000{id[1:]}\n"
        files[f"data/boroughs/{id}/contracts.yaml"] = (
            f"schema: 1\ncontracts:\n  - {{id: c, title: C, functions: [planning/forms], {text}}}\n"
        )
    index = build(dataset.load(write(tmp_path, files)), datetime.date(2026, 12, 31))
    found = by_index(index, "function", Filters(tolerance=tolerance, within=MONTHS)).dicts()
    assert {frozenset(row["contracts"]) for row in found} == _brute(exits, tolerance)
    assert len(found) == len({frozenset(row["contracts"]) for row in found})
