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
HOLDINGS = ("system", "contract", "skill")
# Of each fact file: where the account counts its rows, and the columns that hold a row's date and its confidence.
FACTS = {
    "london-systems-facts.csv": (0, "date", "confidence"),
    "london-contract-facts.csv": (1, "", ""),
    "london-systems-facts-2.csv": (0, "date", "confidence"),
    "london-contract-facts-2.csv": (1, "source_date", "confidence"),
    "london-integrations.csv": (2, "date", "confidence"),
    "london-skills-facts.csv": (3, "date", "confidence"),
}
beside_the_facts = pytest.mark.skipif(not (SHARED / "reference").is_dir(), reason="the fact files are not beside the project")


@pytest.fixture(scope="module")
def shipped() -> Dataset:
    return dataset.load(ROOT)


def _urls(record: Record) -> set[str]:
    return {source["url"] for source in record.items("sources")}


def _numbers(first: str, columns: int) -> dict[str, list[int]]:
    """The lines of a table in the README whose other cells are so many numbers."""
    rows = re.findall(rf"^\| {first} \|((?: \**\d+\** \|){{{columns}}})$", README, re.M)
    return {name: [int(number) for number in re.findall(r"\d+", numbers)] for name, numbers in rows}


def _account() -> dict[str, list[int]]:
    return _numbers("([a-z-]+)", 9)


def _files() -> dict[str, list[int]]:
    return _numbers(r"`([a-z0-9-]+\.csv)`", 8)


def _listed(heading: str) -> dict[tuple[str, int], str]:
    """The rows of the fact files that a section of the README lists, with the holder; every one has its reason."""
    section = README.partition(f"\n### {heading}\n")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| `([a-z0-9-]+\.csv)` (\d+) \| ([a-z-]+) \| [^|]+ \| [^|]+ \|$", section, re.M)
    assert len(rows) == section.count("\n| `london-")
    listed = {(name, int(number)): holder for name, number, holder in rows}
    assert len(listed) == len(rows) > 0
    return listed


def _left_out() -> dict[tuple[str, int], str]:
    return _listed("Rows left out")


def _elsewhere() -> dict[tuple[str, int], str]:
    return _listed("Rows that stand at another place")


def test_nothing_is_wrong_not_even_a_warning() -> None:
    done = run("--root", str(ROOT), "validate", "--strict")
    assert done.code == 0, done.out


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
    holders = [*shipped.authorities, *(record.id for record in shipped.of("body"))]
    assert sorted(account) == sorted(holders)
    for holder in holders:
        records = [[record for record in shipped.of(kind) if record.holder == holder] for kind in HOLDINGS]
        sources = sum(len(record.items("sources")) for kind in records for record in kind)
        assert account[holder][5:] == [*map(len, records), sources], holder


def test_the_page_on_the_register_counts_as_the_account_does(shipped: Dataset) -> None:
    names = {record.text("name"): record.id for record in shipped.of("borough", "body")}
    rows = re.findall(r"^\| ([^|]+) \|((?: \d+ \|){4})(?: \d+ \|){3}", (ROOT / "docs" / "dataset.md").read_text("utf-8"), re.M)
    counted = {names[name]: [int(number) for number in re.findall(r"\d+", numbers)] for name, numbers in rows if name in names}
    assert counted == {holder: numbers[5:] for holder, numbers in _account().items()}


def test_the_account_adds_up(shipped: Dataset) -> None:
    account, files = _account(), _files()
    assert list(files) == list(FACTS)
    for table, columns in ((account, 9), (files, 8)):
        assert [sum(numbers) for numbers in zip(*table.values(), strict=True)] == _numbers(r"\*\*(all)\*\*", columns)["all"]
    for rows, *taken in files.values():
        assert sum(taken) == rows
    for column in range(4):
        assert sum(numbers[column] for numbers in account.values()) == sum(
            files[name][0] for name, (counted, *_) in FACTS.items() if counted == column
        )
    assert f"six fact files with {sum(rows for rows, *_ in files.values())} rows" in README


def test_rows_left_out_are_those_of_the_account() -> None:
    left_out = _left_out()
    assert f"\n{len(left_out)} rows became no source" in README
    by_file, by_holder = Counter(name for name, _ in left_out), Counter(left_out.values())
    assert {name: numbers[-1] for name, numbers in _files().items()} == {name: by_file[name] for name in FACTS}
    assert {holder: numbers[4] for holder, numbers in _account().items()} == {holder: by_holder[holder] for holder in _account()}
    assert not left_out.keys() & _elsewhere().keys()


def test_records_that_the_account_names_are_there(shipped: Dataset) -> None:
    known = {record.ref for record in shipped.of(*HOLDINGS)} | {record.id for record in shipped.of("body")}
    named = re.findall(r"^\| (?:`[a-z0-9-]+\.csv` \d+ \| )?([a-z-]+) \|(?: [^|]+ \|)? ([^|]*`[^|]*) \|(?: [^|]+ \|)?$", README, re.M)
    refs = {f"{holder}/{each}" for holder, cell in named for each in re.findall(r"`([a-z0-9-]+)`", cell)}
    assert len(refs) > 40
    assert {ref for ref in refs if ref not in known and ref.partition("/")[2] not in known} == set()


def _fact_rows(shipped: Dataset) -> Iterator[tuple[str, int, list[str], dict[str, str]]]:
    """Each row of each fact file: the file, the row's number from 1, its holders and its fields."""
    ids = {record.text("name"): record.id for record in shipped.of("borough", "body")}
    ids |= {"GLA": "greater-london-authority", "gla": "greater-london-authority"}
    for name in FACTS:
        with (SHARED / "reference" / name).open(encoding="utf-8-sig", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream), 1):
                holders = (row.get("boroughs") or row["borough"]).split(";")
                yield name, number, [ids.get(holder, holder) for holder in holders], row


def _sources_by_holder(shipped: Dataset) -> dict[str, list[dict[str, Any]]]:
    """The sources of a holder's records; a body's, but for its systems, are its members' too."""
    known: dict[str, list[dict[str, Any]]] = {}
    members = {body.id: body.texts("members") for body in shipped.of("body")}
    for record in shipped.of(*HOLDINGS, "body"):
        owner = record.id if record.kind == "body" else record.holder
        shared = members.get(owner, []) if record.kind != "system" else []
        for holder in (owner, *shared):
            known.setdefault(holder, []).extend(record.items("sources"))
    return known


@beside_the_facts
def test_every_fact_row_is_a_source_of_its_holder_or_listed(shipped: Dataset) -> None:
    """With the row's date and confidence, where it has them."""
    known, left_out, elsewhere = _sources_by_holder(shipped), _left_out(), _elsewhere()
    frameworks = {url for record in shipped.of("framework") for url in _urls(record)}
    seen, wrong = set[tuple[str, int]](), []
    for name, number, holders, row in _fact_rows(shipped):
        _, date, confidence = FACTS[name]
        key, url = (name, number), row["source_url"]
        seen.add(key)
        matching = [source for holder in holders for source in known.get(holder, []) if source["url"] == url]
        dated = [source for source in matching if not date or source.get("on", "") == row[date]]
        exact = [source for source in dated if not confidence or source["confidence"] == row[confidence]]
        if key in left_out:
            right = left_out[key] == holders[0]
        elif key in elsewhere:
            right = elsewhere[key] == holders[0] and (url in frameworks or bool(dated and not exact))
        else:
            right = bool(exact)
        if not right:
            wrong.append((key, holders, url))
    assert wrong == []
    assert (left_out | elsewhere).keys() <= seen


@beside_the_facts
def test_the_account_counts_the_rows_of_the_fact_files(shipped: Dataset) -> None:
    rows, by_file = Counter[tuple[str, int]](), Counter[str]()
    for name, _, holders, _ in _fact_rows(shipped):
        rows[holders[0], FACTS[name][0]] += 1
        by_file[name] += 1
    assert {name: numbers[0] for name, numbers in _files().items()} == by_file
    for holder, numbers in _account().items():
        assert numbers[:4] == [rows[holder, column] for column in range(4)], holder


@beside_the_facts
def test_every_connection_stands_on_a_system_with_its_source(shipped: Dataset) -> None:
    connected = {(system.holder, url) for system in shipped.of("system") if system.items("connects_to") for url in _urls(system)}
    rows = [(holders[0], row["source_url"]) for name, _, holders, row in _fact_rows(shipped) if name == "london-integrations.csv"]
    assert [row for row in rows if row not in connected] == []


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


def test_two_products_span_the_33_with_other_holders_beside_them() -> None:
    first, second, third, *_ = overlaps().values()
    assert (first["id"], first["boroughs"], first["bodies"]) == ("eadmissions", 33, ["Pan-London Co-ordinated Admissions"])
    assert (second["id"], second["boroughs"], second["bodies"]) == ("moderngov", 33, ["Greater London Authority"])
    assert third["boroughs"] < 33


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
    assert row["borough_names"] == ["Ealing", "Kingston upon Thames", "Sutton", "Tower Hamlets"]
    assert row["contracts_known"] == 3
    assert any(text.startswith("Sutton with Kingston upon Thames: ") for text in row["contracts"])
    assert row["yearly_value_pence"] == 40033975


def test_hillingdons_contract_is_there_and_its_predecessor_gone() -> None:
    contracts = overlaps("--product", "nec-revenues-and-benefits")["nec-revenues-and-benefits"]["contracts"]
    assert [text for text in contracts if text.startswith("Hillingdon")] == [
        "Hillingdon: Revenues, benefits and housing (NEC Software Solutions UK), exit 2030-07-31, decide by 2028-01-31 "
        "[hillingdon/nec-revenues-benefits-housing-2025]"
    ]


HILLINGDON = {"hillingdon/nec-revenues-benefits-housing-2022", "hillingdon/nec-revenues-benefits-housing-2025"}


def test_hillingdons_two_contracts_are_one_history_that_cannot_be_compared() -> None:
    done = run("report", "prices", "--root", str(ROOT), "--borough", "hillingdon", "--as-of", "2026-11-24", "--format", "json")
    rows = [
        row for table in json.loads(done.out) for row in table["rows"] if set(row.get("refs", ())) >= HILLINGDON and row.get("previous")
    ]
    assert len(rows) == 1
    said = json.dumps(rows[0], ensure_ascii=False)
    assert "£5,043,000 after £1,688,800, not comparable: term and contents unstated" in said


@pytest.mark.parametrize("by", ["product", "function", "supplier"])
def test_hillingdons_two_contracts_are_never_two_opportunities(by: str) -> None:
    done = run("report", "opportunities", "--root", str(ROOT), "--by", by, "--min-boroughs", "1", "--within", "120", "--format", "json")
    rows = json.loads(done.out)["rows"]
    assert rows
    assert not [row for row in rows if set(row["contracts"]) >= HILLINGDON]


@pytest.mark.parametrize("path", sorted((ROOT / "data").rglob("*.yaml")), ids=lambda path: str(Path(path).relative_to(DATA)))
def test_lines_end_cleanly(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.endswith("\n")
    assert not re.search(r"[ \t]+$", text, re.M)
