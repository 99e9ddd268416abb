"""The shipped data: clean, sourced, accounted for row by row, and answering what it was made to answer."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import ROOT, SHARED, run

from citytools import dataset
from citytools.model import Dataset, Record

DATA = ROOT / "data"
README = (DATA / "README.md").read_text("utf-8")
FACTS = {"london-systems-facts.csv": "borough", "london-contract-facts.csv": "boroughs"}
HOLDINGS = ("system", "contract", "skill")


@pytest.fixture(scope="module")
def shipped() -> Dataset:
    return dataset.load(ROOT)


def _urls(record: Record) -> set[str]:
    return {source["url"] for source in record.items("sources")}


def _account() -> dict[str, list[int]]:
    rows = re.findall(r"^\| ([a-z-]+) \|((?: \d+ \|){6})$", README, re.M)
    return {holder: [int(number) for number in re.findall(r"\d+", numbers)] for holder, numbers in rows}


def test_nothing_is_wrong_not_even_a_warning() -> None:
    done = run("--root", str(ROOT), "validate", "--strict")
    assert (done.code, done.out.count("\n")) == (0, 1), done.out


def test_the_authorities_are_the_33(shipped: Dataset) -> None:
    boroughs = {record.id: record for record in shipped.of("borough")}
    assert len(shipped.authorities) == len(boroughs) == 33
    assert set(shipped.authorities) == set(boroughs)
    assert sorted(record.text("gss") for record in boroughs.values()) == [f"E09{number:06}" for number in range(1, 34)]
    for record in boroughs.values():
        assert {"count", "on", "source"} <= set(record.fields["population"])
        assert record.items("sources")


def test_every_record_has_a_source(shipped: Dataset) -> None:
    assert [record.ref for record in shipped.of(*HOLDINGS, "borough", "body") if not _urls(record)] == []


def test_counts_for_each_holder_equal_the_account(shipped: Dataset) -> None:
    account = _account()
    for holder in (*shipped.authorities, *(record.id for record in shipped.of("body"))):
        systems = [record for record in shipped.of("system") if record.holder == holder]
        contracts = [record for record in shipped.of("contract") if record.holder == holder]
        sources = sum(len(record.items("sources")) for record in (*systems, *contracts))
        assert account[holder][3:] == [len(systems), len(contracts), sources], holder
    assert len(account) == 35


def test_the_account_adds_up_to_the_fact_files(shipped: Dataset) -> None:
    total = re.search(r"^\| \*\*all\*\* \|(.+)\|$", README, re.M)
    assert total
    sums = [sum(numbers) for numbers in zip(*_account().values(), strict=True)]
    assert [int(number) for number in re.findall(r"\d+", total[1])] == sums
    assert sums[:3] == [223, 15, 0]


def _fact_rows() -> Iterator[tuple[str, str, dict[str, str]]]:
    for name, column in FACTS.items():
        with (SHARED / "reference" / name).open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                for holder in row[column].split(";"):
                    yield name, holder, row


@pytest.mark.skipif(not (SHARED / "reference").is_dir(), reason="the fact files are not beside the project")
def test_every_fact_row_is_a_source_of_its_holder(shipped: Dataset) -> None:
    """With the row's date and confidence, where it has them."""
    ids = {record.text("name"): record.id for record in shipped.of("borough", "body")} | {"GLA": "greater-london-authority"}
    known: dict[str, list[dict[str, Any]]] = {}
    for record in shipped.of(*HOLDINGS):
        known.setdefault(record.holder, []).extend(record.items("sources"))
    rows = Counter[tuple[str, str]]()
    for number, (name, holder, row) in enumerate(_fact_rows()):
        holder = ids.get(holder, holder)
        rows[name, holder] += 1
        matching = [source for source in known[holder] if source["url"] == row["source_url"]]
        assert matching, (number, row)
        if name == "london-systems-facts.csv":
            said = [(source.get("on", ""), source["confidence"]) for source in matching]
            assert (row["date"], row["confidence"]) in said, (row, said)
    account = _account()
    for holder, counts in account.items():
        assert rows["london-systems-facts.csv", holder] == counts[0]


def test_files_say_which_schema_they_follow() -> None:
    for path in DATA.rglob("*.yaml"):
        found = re.match(r"# yaml-language-server: \$schema=(\S+)\nschema: 1\n", path.read_text("utf-8"))
        assert found, path
        assert (path.parent / found[1]).resolve().parent == ROOT / "schemas"
        assert (path.parent / found[1]).is_file()


def test_no_file_is_empty_of_records(shipped: Dataset) -> None:
    for document in shipped.documents:
        if document.kind in ("technology", "contracts", "skills"):
            assert document.fields is not None
            assert any(document.fields[name] for name in ("systems", "contracts", "skills") if name in document.fields), document.path


def test_no_address_of_a_person(shipped: Dataset) -> None:
    for path in DATA.rglob("*.yaml"):
        assert not re.search(r"[\w.]+@[\w-]+\.\w+|\b07\d{9}\b", path.read_text("utf-8")), path


def test_it_says_that_it_is_not_official() -> None:
    for text in (README, (ROOT / "README.md").read_text("utf-8")):
        assert "not an official publication" in text.lower()


def overlaps(*arguments: str) -> dict[str, dict[str, Any]]:
    done = run("--root", str(ROOT), "report", "overlaps", "--as-of", "2026-11-23", "--format", "json", *arguments)
    assert done.code == 0
    return {row["id"]: row for row in json.loads(done.out)["rows"]}


def test_moderngov_spans_the_33_with_the_gla_beside_them() -> None:
    first, *_ = overlaps().values()
    assert (first["id"], first["boroughs"], first["bodies"]) == ("moderngov", 33, ["Greater London Authority"])


@pytest.mark.parametrize(
    ("function", "leader", "years"),
    [("leisure/library-catalogue", "sirsidynix-enterprise", {"2026"}), ("planning/register", "idox-public-access", {"2020"})],
)
def test_who_leads_a_function_with_last_seen_years(function: str, leader: str, years: set[str]) -> None:
    rows = overlaps("--function", function)
    first = max(rows.values(), key=lambda row: row["boroughs"])
    assert first["id"] == leader
    assert {first["first_seen"][:4], first["last_seen"][:4]} == years


def test_sutton_and_kingston_share_one_unit4_contract() -> None:
    row = overlaps("--product", "unit4-erp")["unit4-erp"]
    assert row["borough_names"] == ["Kingston upon Thames", "Sutton", "Tower Hamlets"]
    assert row["contracts_known"] == 2
    assert any(text.startswith("Sutton with Kingston upon Thames: ") for text in row["contracts"])
    assert row["yearly_value_pence"] == 40033975


def test_hillingdons_contract_is_there_and_its_predecessor_gone() -> None:
    contracts = overlaps("--product", "nec-revenues-and-benefits")["nec-revenues-and-benefits"]["contracts"]
    assert [text for text in contracts if text.startswith("Hillingdon")] == [
        "Hillingdon: Revenues, benefits and housing (NEC Software Solutions UK), exit 2030-07-31, decide by 2028-01-31 "
        "[hillingdon/nec-revenues-benefits-housing-2025]"
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "data").rglob("*.yaml")), ids=lambda path: str(Path(path).relative_to(DATA)))
def test_lines_end_cleanly(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.endswith("\n")
    assert not re.search(r"[ \t]+$", text, re.M)
