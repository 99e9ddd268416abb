"""Rows 96-106 and 259-263 of the catalogue of bad inputs, through the command: outcome, exit code, words, nothing changed on disk."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import run, write

BASE = {
    "data/dataset.yaml": "schema: 1\ntitle: A test\nauthorities: [camden, islington]\n",
    "data/catalogue/suppliers.yaml": "schema: 1\nsuppliers:\n  - {id: acme, name: Acme Systems}\n",
    "data/catalogue/functions.yaml": "schema: 1\nareas: [{id: planning, name: P}]\nfunctions: [{id: planning/register, name: R}]\n",
    "data/catalogue/products.yaml": "schema: 1\nproducts:\n  - {id: mosaic, name: Mosaic, functions: [planning/register]}\n",
    "data/boroughs/camden/borough.yaml": "schema: 1\nname: Camden\ngss: E09000007\n",
    "data/boroughs/islington/borough.yaml": "schema: 1\nname: Islington\ngss: E09000019\n",
}
SYSTEMS = "data/boroughs/camden/technology.yaml"
CONTRACTS = "data/boroughs/camden/contracts.yaml"

# Where this register's data model makes another outcome right than the catalogue's.
OTHERWISE = {
    97: "an id is unique in its holder's list, and written holder/id elsewhere: two boroughs may use the same",
    99: "no file says whose it is, its folder does; so borough: is a field that is not here, and borough.yaml is held to its folder",
    102: "the median is that of all contracts, as most boroughs have published too few to have one of their own",
    105: "every format but text lists them all, and so does --all",
    259: "a name cannot be told from other words; addresses, telephone and National Insurance numbers can",
    261: "workbooks are not read yet; as a .yaml file or beside the data one is named as what it is",
}


@dataclass(frozen=True)
class Case:
    row: int
    name: str
    files: dict[str, str]
    code: int
    rule: str = ""
    line: int = 0
    words: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()


def systems(row: int, name: str, text: str, code: int, rule: str = "", line: int = 0, *words: str) -> Case:
    return Case(row, name, {SYSTEMS: f"schema: 1\nsystems:\n{text}"}, code, rule, line, words)


def contracts(row: int, name: str, text: str, code: int, rule: str = "", line: int = 0, *words: str, unsaid: tuple[str, ...] = ()) -> Case:
    return Case(row, name, {CONTRACTS: f"schema: 1\ncontracts:\n{text}"}, code, rule, line, words, unsaid)


ONE = "  - id: cam-007\n    name: Forms\n    functions: [planning/register]\n"
MANY_VALUES = "".join(f"  - {{id: c{n}, title: C{n}, value: {{amount: {1000 + n}}}}}\n" for n in range(5))
CASES = (
    systems(96, "id-twice", ONE + ONE.replace("Forms", "Other"), 1, "duplicate-id", 6, "cam-007", "also on line 3"),
    Case(97, "id-in-two-boroughs", dict.fromkeys((SYSTEMS, SYSTEMS.replace("camden", "islington")), f"schema: 1\nsystems:\n{ONE}"), 0),
    systems(98, "unknown-supplier", ONE + "    supplier: accme\n", 1, "unknown-reference", 6, 'no supplier "accme"', "Did you mean acme?"),
    systems(98, "unknown-system", ONE + "    replaces: cam-008\n", 1, "unknown-reference", 6, 'no system "cam-008"'),
    systems(98, "of-another-borough", ONE + "    instance_of: islington/erp\n", 1, "unknown-reference", 6, '"islington/erp"'),
    Case(
        99,
        "field-borough",
        {SYSTEMS: f"schema: 1\nborough: islington\nsystems:\n{ONE}"},
        1,
        "unknown-field",
        2,
        ('no field "borough"', "The name of the folder says whose the file is"),
    ),
    Case(
        99,
        "another-boroughs-description",
        {"data/boroughs/camden/borough.yaml": "schema: 1\nname: Islington\ngss: E09000019\n"},
        1,
        "wrong-borough",
        2,
        ("this folder is for camden", 'the file says "Islington"', "data/boroughs/islington/"),
    ),
    contracts(
        100,
        "end-before-start",
        "  - {id: c, title: C, start: 2026-01-01,\n     end: 2025-01-01, end_basis: committed}\n",
        1,
        "dates-out-of-order",
        4,
        "end is 2025-01-01, before start (2026-01-01)",
    ),
    contracts(
        101, "negative", "  - {id: c, title: C, value: {amount: -5}}\n", 1, "out-of-range", 3, "-5 is less than can be right", "from 0"
    ),
    contracts(
        102,
        "zeros-too-many",
        MANY_VALUES + "  - {id: x, title: X, value: {amount: 1250000000}}\n",
        0,
        "far-value",
        8,
        "1,250,000,000",
        "zeros",
    ),
    systems(103, "unknown-field", ONE + "    suplier: acme\n", 1, "unknown-field", 6, 'no field "suplier"', "Did you mean supplier?"),
    contracts(103, "as-people-say", "  - {id: c, title: C, annual_cost: 5}\n", 1, "unknown-field", 3, "Did you mean value?"),
    contracts(104, "missing", "  - id: cam-007\n    supplier: acme\n", 1, "missing-field", 3, "cam-007", 'the field "title" is missing'),
    systems(104, "neither", "  - id: cam-007\n", 1, "product-or-name", 3, "cam-007"),
    contracts(
        105,
        "4000-times",
        "".join(f"  - id: c{n}\n    supplier: acme\n" for n in range(4000)),
        1,
        "missing-field",
        3,
        "in 4000 places (first: lines 3, 5, 7)",
        "--all lists each",
    ),
    systems(106, "list-for-text", ONE + f"    notes: [{', '.join(['x'] * 4000)}]\n", 1, "wrong-type", 6, "a list is not text"),
    systems(
        259,
        "address",
        ONE + "    notes: Ask jane.doe@camden.gov.uk\n",
        1,
        "personal-data",
        6,
        "an e-mail address: j… (",
        "git keeps what was there",
    ),
    Case(
        259,
        "mailbox",
        {"data/boroughs/camden/borough.yaml": "schema: 1\nname: Camden\ngss: E09000007\nmailbox: jane.doe@camden.gov.uk\n"},
        1,
        "personal-data",
        4,
        ("looks like a person's address", "Write a team's mailbox"),
        ("jane", "doe@"),
    ),
    systems(260, "mobile", ONE + "    notes: Call 07700 900123\n", 1, "personal-data", 6, "a telephone number: 0… ("),
    systems(260, "insurance", ONE + "    notes: QQ 12 34 56 C is wrong, AB123456C right\n", 1, "personal-data", 6, "National Insurance"),
    Case(261, "workbook", {"data/boroughs/camden/technology.xlsx": "PK\x03\x04"}, 1, "unexpected-file", 0, ("technology.yaml",)),
    Case(261, "workbook-as-yaml", {SYSTEMS: "PK\x03\x04\x14"}, 1, "not-yaml", 1, ("an Excel workbook",)),
    contracts(
        262,
        "no-ground",
        "  - {id: c, title: C, withheld: [{field: value}]}\n",
        1,
        "missing-field",
        3,
        'the field "reason" is missing',
        "FOIA",
    ),
    contracts(263, "withheld", "  - {id: c, title: C, withheld: [{field: value, reason: FOIA s.43}]}\n", 0),
    contracts(
        263,
        "withheld-and-given",
        "  - id: c\n    title: C\n    value: {amount: 777333, for: £777333}\n    withheld: [{field: value, reason: FOIA s.43}]\n",
        1,
        "withheld-given",
        5,
        "lists value as withheld",
        unsaid=("777333", "777,333"),
    ),
)
NEVER_SAID = {259: ("jane.doe",), 260: ("900123", "123456C")}


def _state(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.row}-{case.name}") for case in CASES])
def test_row(case: Case, tmp_path: Path) -> None:
    root = write(tmp_path, {**BASE, **case.files})
    before = _state(root)
    done = run("--root", str(root), "validate", "--as-of", "2026-11-23")
    assert done.code == case.code
    assert _state(root) == before
    for words in case.words:
        assert words in done.out
    for format in ("text", "json", "github", "csv", "markdown"):
        out = run("--root", str(root), "validate", "--as-of", "2026-11-23", "--format", format, "--all").out
        assert not [words for words in (*case.unsaid, *NEVER_SAID.get(case.row, ())) if words in out]
    found = json.loads(run("--root", str(root), "validate", "--as-of", "2026-11-23", "--format", "json").out)["findings"]
    assert [(f["code"], f["line"]) for f in found][:1] == ([(case.rule, case.line)] if case.rule else [])
    assert {f["code"] for f in found} <= {case.rule}


def test_every_row_has_a_case() -> None:
    rows = {case.row for case in CASES}
    assert rows == {*range(96, 107), *range(259, 264)}
    assert rows.issuperset(OTHERWISE)


@pytest.mark.parametrize(
    "command",
    [
        ("show", "camden/c"),
        ("report", "overlaps", "--by", "contracted-supplier", "--min-boroughs", "1"),
        ("sql", "SELECT * FROM contracts"),
        ("sql", "SELECT * FROM contract_states"),
        ("find", "secret"),
        ("fix", "--dry-run"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("field", ["value", "value.amount"])
def test_a_withheld_amount_is_in_no_answer(command: tuple[str, ...], field: str, tmp_path: Path) -> None:
    """Row 263: should it stand in the file all the same, the answer is as if it did not."""
    contract = f"id: c, title: Secret, supplier: acme, end: 2028, end_basis: committed, withheld: [{{field: {field}, reason: FOIA s.43}}]"
    root = write(tmp_path, {**BASE, CONTRACTS: f"schema: 1\ncontracts:\n  - {{{contract}, value: {{amount: 777333, for: year}}}}\n"})
    for format in ("text", "json", "csv", "markdown"):
        done = run("--root", str(root), *command, "--format", format)
        assert "777" not in done.out + done.err
    shown = run("--root", str(root), "show", "camden/c").out
    assert f"field {field}, ground FOIA s.43" in shown


@pytest.mark.parametrize("field", ["parties.*.amount", "parties", "parties.*"])
def test_a_withheld_part_of_a_list_is_in_no_answer(field: str, tmp_path: Path) -> None:
    contract = f"id: c, title: Secret, parties: [{{borough: camden, amount: 777333}}], withheld: [{{field: {field}, reason: FOIA s.43}}]"
    root = write(tmp_path, {**BASE, CONTRACTS: f"schema: 1\ncontracts:\n  - {{{contract}}}\n"})
    done = run("--root", str(root), "sql", "SELECT contract, party, amount_pence FROM contract_parties")
    assert "777" not in done.out + done.err
    assert ("camden/c" in done.out) == (field == "parties.*.amount")
