"""``citytools report borough``: one page, every part useful to a borough that reports much, little or nothing."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from support import ROOT, golden, run, write
from test_index import BOROUGHS, CATALOGUE

from citytools import dataset
from citytools.index import Index, build
from citytools.render import render
from citytools.render.screen import Screen
from citytools.reports.borough import borough as by_index

AS_OF = "2026-11-23"
SEEN = 'sources: [{{url: "https://example.org/1", on: {}}}]'
RECORDS = {
    "data/catalogue/skills.yaml": "schema: 1\nskills: [{id: support, name: Support}]\n",
    "data/boroughs/camden/borough.yaml": """
schema: 1
name: Camden
gss: E09000007
population: {count: 279516, on: 2020}
loti: {member: true, on: 2024-05}
mailbox: digital@camden.gov.uk
confirmations: [{kind: contracts, on: 2026-09}]
""",
    "data/boroughs/camden/technology.yaml": f"""
schema: 1
systems:
  - {{id: explorer, product: explorer, {SEEN.format("2020-05")}}}
  - {{id: forms, name: Forms, functions: [planning/forms], status: retiring, {SEEN.format("2026-05")}}}
  - {{id: portal, name: Portal, functions: [planning/register], {SEEN.format("2026-06")}}}
  - {{id: mystery, name: Mystery}}
  - {{id: shelves, name: Shelves, instance_of: consortium/shelves}}
  - {{id: gone, name: Gone, status: retired}}
""",
    "data/boroughs/camden/contracts.yaml": f"""
schema: 1
contracts:
  - {{id: explorer, title: Explorer, supplier: nec, covers: [explorer], end: 2028-12-31, end_basis: committed, value: {{amount: 4000, for: year}}, {SEEN.format("2026-01")}}}
  - {{id: late, title: Late, supplier: softcat, functions: [planning/forms], end: 2027-03-31, end_basis: committed, {SEEN.format("2026-01")}}}
  - {{id: unclear, title: Unclear, functions: [financial/erp], end: 2028-03-31, end_basis: unknown, {SEEN.format("2026-01")}}}
""",
    "data/boroughs/camden/skills.yaml": "schema: 1\nskills:\n  - {id: explorer, skill: support, product: explorer, level: expert, offers: [advice]}\n",
    "data/boroughs/hackney/technology.yaml": f"""
schema: 1
systems:
  - {{id: explorer, name: Northgate Explorer, {SEEN.format("2026-03")}}}
  - {{id: erp, product: unit4-erp, {SEEN.format("2026-03")}}}
  - {{id: forms, name: Other forms, functions: [planning/forms], {SEEN.format("2026-03")}}}
""",
    "data/boroughs/hackney/contracts.yaml": f"""
schema: 1
contracts:
  - {{id: explorer, title: Planning, supplier: nec, covers: [explorer], end: 2029-03-31, end_basis: committed, {SEEN.format("2026-03")}}}
  - {{id: everything, title: Everything, supplier: softcat, functions: [planning/forms], end: 2029-01-31, end_basis: committed, open_to_others: {{named: [camden, sutton], how: By letter, until: 2027-06}}, {SEEN.format("2026-03")}}}
  - {{id: closed, title: Closed by now, open_to_others: {{named: [camden], until: 2026-10}}, {SEEN.format("2026-03")}}}
""",
    "data/boroughs/sutton/technology.yaml": "schema: 1\nsystems:\n  - {id: explorer, product: explorer}\n  - {id: erp, product: unit4-erp}\n",
    "data/boroughs/sutton/contracts.yaml": """
schema: 1
contracts:
  - {id: erp, title: ERP, supplier: unit4, covers: [erp, kingston-upon-thames/erp], end: 2029-06-30, end_basis: committed}
  - {id: erp-support, title: ERP support, supplier: softcat, functions: [financial/erp], end: 2029-08-31, end_basis: committed}
""",
    "data/boroughs/kingston-upon-thames/technology.yaml": "schema: 1\nsystems:\n  - {id: erp, product: unit4-erp, instance_of: sutton/erp}\n",
    "data/bodies/consortium/body.yaml": "schema: 1\nname: The Consortium\nkind: consortium\nmembers: [camden]\n",
    "data/bodies/consortium/technology.yaml": f"schema: 1\nsystems:\n  - {{id: shelves, name: Shelves}}\n  - {{id: explorer, product: explorer, {SEEN.format('2026-10')}}}\n",
}
DATASET = {"data/dataset.yaml": CATALOGUE["data/dataset.yaml"].replace("kingston-upon-thames]", "kingston-upon-thames, brent]")}
BRENT = {"data/boroughs/brent/borough.yaml": "schema: 1\nname: Brent\ngss: E09000005\n"}
PARTS = ("head", "decisions", "purchases", "systems", "help", "gaps", "elsewhere")


def files(changed: dict[str, str] | None = None) -> dict[str, str | bytes]:
    return {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS, **RECORDS, **DATASET, **BRENT, **(changed or {})}.items()}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("register"), files())


def page(root: Path, *arguments: str, as_of: str = AS_OF) -> dict[str, dict[str, Any]]:
    done = run("--root", str(root), "report", "borough", *(arguments or ("camden",)), "--as-of", as_of, "--format", "json")
    assert (done.code, done.err) == (0, "")
    return dict(zip(PARTS, json.loads(done.out), strict=True))


def test_the_head_says_what_is_held_and_how_fresh_it_is(root: Path) -> None:
    head = page(root)["head"]
    assert head["title"] == f"Camden on one page, as of {AS_OF}"
    assert head["coverage"] == [
        "279,516 residents (2020); member of LOTI (2024-05); mailbox digital@camden.gov.uk.",
        "Camden reports 3 of 3 functions (100 %) of the capability map.",
        "Last confirmed by Camden: 2026-09.",
    ]
    assert [(row["what"], row["number"], row["recent"]) for row in head["rows"]] == [
        ("Systems", 5, 2),
        ("Contracts", 3, 3),
        ("Skills", 1, 0),
    ]


def test_decisions_are_those_of_renewals_late_ones_first(root: Path) -> None:
    part = page(root)["decisions"]
    done = run("--root", str(root), "report", "renewals", "-b", "camden", "--as-of", AS_OF, "--format", "json")
    assert [(row["contract"], row["standing"], row["says"]) for row in part["rows"]] == [
        (row["contract"], row["standing"], row["says"]) for row in json.loads(done.out)["rows"]
    ]
    assert [(row["contract"], row["standing"]) for row in part["rows"]] == [
        ("camden/late", "late"),
        ("camden/explorer", "due"),
        ("camden/unclear", "ask"),
    ]
    assert part["coverage"][0].startswith("1 late, 1 to decide by 2028-11-23, 1 whose day can only be asked.")


def test_many_decisions_are_cut_and_counted(tmp_path: Path) -> None:
    contracts = [
        f"  - {{id: c{year}-{number}, title: T, end: {year}-03-{number}, end_basis: {basis}}}"
        for year, basis in ((2027, "committed"), (2028, "committed"), (2027, "unknown"), (2029, "unknown"))
        for number in range(10, 16 if basis == "committed" else 13)
        if (year, basis) != (2027, "unknown")
    ]
    text = "schema: 1\ncontracts:\n" + "\n".join(contracts) + "\n"
    part = page(write(tmp_path, files({"data/boroughs/camden/contracts.yaml": text})))["decisions"]
    assert [row["standing"] for row in part["rows"]] == ["late"] * 3 + ["due"] * 4 + ["ask"] * 2
    assert {key: part["facts"][key] for key in ("late", "due", "ask")} == {"late": 6, "due": 6, "ask": 3}
    assert any(note.startswith("6 more. All, with later exits") for note in part["notes"])


def test_a_purchase_stands_once_with_the_boroughs_own_contract(root: Path) -> None:
    """By product and by function the same two contracts are one purchase; who is too late comes after those in time."""
    part = page(root)["purchases"]
    joint, invited = part["rows"][0], part["rows"][1]
    assert [row["sort"] for row in part["rows"]] == ["joint", "invitation", "could"]
    assert joint["contracts"] == ["camden/explorer", "hackney/explorer"]
    assert (joint["name"], joint["lead"], joint["start"]) == ("Planning Explorer", "2", "2028-12-31")
    assert joint["own"] == ["Camden: ends 2028-12-31. Explorer (NEC) [camden/explorer]"]
    assert invited["contracts"] == ["hackney/everything"]
    assert (invited["who"], invited["start_text"]) == ("Hackney's contract names it as one who may join: By letter.", "until 2027-06")
    assert (
        part["coverage"][0]
        == "1 joint purchase that its contracts allow in the next 36 months; contracts of others that name it as one who may join: 1."
    )
    assert part["coverage"][1] == "A day on which it can be left is known for 2 of Camden's 3 contracts in force."


def test_what_only_an_unknown_end_keeps_it_from_is_a_question(root: Path) -> None:
    could = page(root)["purchases"]["rows"][-1]
    assert (could["name"], could["lead"], could["contracts"]) == ("ERP", "2 or 3", ["sutton/erp", "sutton/erp-support"])
    assert could["question"] == [
        "When can this be left? Camden: Unclear (supplier not stated), ends 2028-03-31, not known whether with or without options [camden/unclear]"
    ]
    assert page(root, "hackney")["purchases"]["rows"][-1]["question"] == [
        "Under which contract is what it has for ERP, and when can that be left?"
    ]
    assert [row["sort"] for row in page(root, "kingston-upon-thames")["purchases"]["rows"]] == ["joint"]


def test_no_purchase_says_what_to_do(root: Path) -> None:
    part = page(root, "brent")["purchases"]
    assert part["rows"] == []
    assert part["coverage"][1] == "A day on which it can be left is known for 0 of Brent's 0 contracts in force."
    assert part["notes"][0].startswith("What to do: say when contracts end")


def test_who_else_runs_each_system_and_whom_to_ask_first(root: Path) -> None:
    part = page(root)["systems"]
    rows = {row["system"]: (row["what"], row["others"], row["who"]) for row in part["rows"]}
    assert rows == {
        "camden/explorer": ("Planning Explorer (2020): Register", 2, "Hackney, Sutton (undated); bodies: The Consortium"),
        "camden/forms": ("Forms (retiring)", 0, "only here; 1 other has something else: ask Hackney about Other forms"),
        "camden/portal": ("Portal: Register", 0, "only here; 2 others have what runs here too: Planning Explorer"),
        "camden/mystery": ("Mystery (undated): what for is not reported", 0, "only here"),
        "camden/shelves": ("Shelves (undated): what for is not reported", 0, "a share of the one that The Consortium has"),
    }
    assert part["coverage"][0] == "5 systems in use; reported by other authorities too: 1 (20 %); only here: 3."
    assert part["coverage"][1].startswith(
        "1 possible duplicate. Register: Planning Explorer (2020), Portal. See: citytools report duplicates"
    )
    lone = page(root, "kingston-upon-thames", as_of="2026-11-23")["systems"]["rows"]
    assert [row["who"] for row in lone] == ["a share of the one that Sutton has; Hackney, Sutton (undated)"]


def test_nobody_is_to_be_asked_about_what_the_borough_runs_itself(tmp_path: Path) -> None:
    systems = "schema: 1\nsystems:\n  - {id: explorer, product: explorer}\n  - {id: erp, product: unit4-erp}\n"
    more = f"{systems}  - {{id: register, name: Another register, functions: [planning/register], {SEEN.format('2018')}}}\n"
    root = write(tmp_path, files({"data/boroughs/sutton/technology.yaml": more}))
    rows = {row["system"]: row["who"] for row in page(root)["systems"]["rows"]}
    assert rows["camden/portal"] == "only here; 1 other has something else: ask Sutton (2018) about Another register"


def test_possible_duplicates_do_not_fill_the_page(tmp_path: Path) -> None:
    """Of several systems for one function only their number, of one product how often: never a list of ids."""
    several = "".join(f"  - {{id: p{number}, name: Portal {number}, functions: [planning/register]}}\n" for number in range(4))
    twice = "  - {id: e1, product: unit4-erp}\n  - {id: e2, product: unit4-erp}\n"
    changed = {"technology": f"schema: 1\nsystems:\n{several}{twice}", "contracts": "schema: 1\ncontracts: []\n"}
    root = write(tmp_path, files({f"data/boroughs/camden/{kind}.yaml": text for kind, text in changed.items()}))
    part = page(root)["systems"]
    assert part["coverage"][1] == (
        "2 possible duplicates. Register: 4 systems; Unit4 ERP, twice. See: citytools report duplicates --borough camden."
    )


def test_help_is_that_of_the_report_of_skills(root: Path) -> None:
    give = page(root)["help"]["rows"]
    assert [row["direction"] for row in give] == ["Can give"]
    done = run("--root", str(root), "report", "skills", "-b", "camden", "--as-of", AS_OF)
    assert give[0]["sentence"].startswith("Planning Explorer (expert, offers")
    assert "Planning Explorer" in done.out
    get = page(root, "sutton")["help"]
    assert [row["direction"] for row in get["rows"]] == ["Can get"]
    assert get["coverage"] == ["Sutton states 0 skills; 1 of 5 authorities state any."]
    assert get["notes"][0].startswith("To give: not reported. What to do: name a skill in skills.yaml")


def test_gaps_say_what_to_write_and_where(root: Path) -> None:
    rows = page(root)["gaps"]["rows"]
    assert {row["file"]: row["write"] for row in rows} == {
        "data/boroughs/camden/borough.yaml, under confirmations": [
            f"{{kind: technology, on: {AS_OF}, by: YOUR ROLE}}",
            f"{{kind: skills, on: {AS_OF}, by: YOUR ROLE}}",
        ],
        "data/boroughs/camden/contracts.yaml, in unclear": ["end_basis: committed"],
    }
    assert [row["file"].rpartition("/")[2] for row in page(root, "brent")["gaps"]["rows"]] == [
        "technology.yaml, under systems",
        "skills.yaml, under skills",
        "contracts.yaml, under contracts",
    ]


def test_writing_what_it_says_closes_the_gaps(root: Path, tmp_path: Path) -> None:
    first, second = page(root)["gaps"]["rows"]
    borough = RECORDS["data/boroughs/camden/borough.yaml"].replace("confirmations: [", f"confirmations: [{', '.join(first['write'])}, ")
    contracts = RECORDS["data/boroughs/camden/contracts.yaml"].replace("end_basis: unknown", second["write"][0])
    changed = {"data/boroughs/camden/borough.yaml": borough, "data/boroughs/camden/contracts.yaml": contracts}
    part = page(write(tmp_path, files(changed)))["gaps"]
    assert (part["rows"], part["coverage"]) == ([], ["0 gaps are known."])


def test_what_others_have_is_asked_and_never_claimed(root: Path) -> None:
    part = page(root, "sutton")["elsewhere"]
    assert part["title"] == "Does Sutton have one of these too?"
    assert part["coverage"][0] == "A question, not a claim: of 1 function others of the 5 authorities report something, Sutton nothing."
    assert [(row["id"], row["others"], row["products"]) for row in part["rows"]] == [("planning/forms", 2, "Forms 1, Other forms 1")]
    assert page(root)["elsewhere"]["rows"] == []


def test_where_a_file_cannot_be_read_nothing_is_asked(tmp_path: Path) -> None:
    """The file may hold just what the others have."""
    broken = write(tmp_path, files({"data/boroughs/sutton/technology.yaml": "schema: 1\nsystems: [\n"}))
    done = run("--root", str(broken), "report", "borough", "sutton", "--as-of", AS_OF, "--format", "json")
    part = json.loads(done.out)[6]
    assert (part["title"], part["rows"]) == ("Does Sutton have one of these too?", [])
    assert part["coverage"][-1:] == ["Not known: a file of Sutton cannot be read. What to do: citytools validate."]


def test_a_list_that_is_whole_is_not_asked_about(tmp_path: Path) -> None:
    text = BOROUGHS["data/boroughs/sutton/borough.yaml"] + "complete: [{function: planning/forms, on: 2026-01-01}]\n"
    assert page(write(tmp_path, files({"data/boroughs/sutton/borough.yaml": text})), "sutton")["elsewhere"]["rows"] == []


def test_a_borough_that_says_it_has_none_is_not_asked_to_begin(tmp_path: Path) -> None:
    parts = page(write(tmp_path, files({"data/boroughs/brent/technology.yaml": "schema: 1\nsystems: []\n"})), "brent")
    assert parts["systems"]["coverage"] == ["0 systems in use: none, as reported."]
    assert parts["head"]["rows"][0]["reported"] == "none, as reported"


def test_a_borough_that_reports_nothing_still_has_a_page(root: Path) -> None:
    parts = page(root, "brent")
    assert parts["head"]["coverage"][-1] == "Last confirmed by Brent: never. Confirming is one line: see the cheapest gaps."
    assert [row["reported"] for row in parts["head"]["rows"]] == ["not reported"] * 3
    assert [len(parts[part]["rows"]) for part in PARTS] == [3, 0, 0, 0, 0, 3, 3]
    said = [" ".join([*parts[part]["coverage"], *parts[part]["notes"]]) for part in ("decisions", "purchases", "systems", "help")]
    assert all("What to do" in text for text in said)
    assert [row["products"] for row in parts["elsewhere"]["rows"]] == [
        "Unit4 ERP 3",
        "Planning Explorer 3, Portal 1",
        "Forms 1, Other forms 1",
    ]


def test_nothing_is_known_before_its_evidence(root: Path) -> None:
    parts = page(root, as_of="2025-12-31")
    assert [row["contract"] for row in parts["decisions"]["rows"]] == []
    assert "camden/portal" not in [row["system"] for row in parts["systems"]["rows"]]


def test_a_borough_that_does_not_count_has_no_share_and_no_gaps(tmp_path: Path) -> None:
    counting = CATALOGUE["data/dataset.yaml"].replace("camden, ", "")
    index = build(dataset.load(write(tmp_path, files({"data/dataset.yaml": counting}))), datetime.date.fromisoformat(AS_OF))
    parts = dict(zip(PARTS, by_index(index, "camden"), strict=True))
    assert parts["head"].coverage[-1] == "Not one of the 3 authorities that count: share of the capability map and gaps are not worked out."
    assert (parts["head"].rows, parts["gaps"].coverage) == ((), ("0 gaps are known.",))
    assert "camden/portal" in [row["system"] for row in parts["systems"].dicts()]


def test_a_body_is_refused(root: Path) -> None:
    done = run("--root", str(root), "report", "borough", "consortium")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith('citytools: "consortium" is a body, and a borough is asked for.')


def test_a_withheld_value_changes_nothing_whatever_stands_in_the_file(tmp_path: Path) -> None:
    pages = []
    for number, value in enumerate(("987654", "123456")):
        text = RECORDS["data/boroughs/camden/contracts.yaml"].replace(
            "value: {amount: 4000, for: year}", f"value: {{amount: {value}, for: year}}, withheld: [{{field: value, reason: FOIA s.43}}]"
        )
        folder = write(tmp_path / str(number), files({"data/boroughs/camden/contracts.yaml": text}))
        pages.append(
            [
                run("--root", str(folder), "report", "borough", "camden", "--as-of", AS_OF, "--format", f).out
                for f in ("json", "html", "csv")
            ]
        )
    assert pages[0] == pages[1]
    assert not any("987" in out for out in pages[0])


def test_it_reads_well(root: Path) -> None:
    out = run("--root", str(root), "report", "borough", "camden", "--as-of", AS_OF).out
    golden("borough.txt", out)
    assert max(len(line) for line in out.splitlines()) <= 80


@pytest.fixture(scope="module")
def shipped() -> Index:
    return build(dataset.load(ROOT), datetime.date(2026, 11, 24))


def test_every_borough_has_a_page_that_can_be_printed(shipped: Index) -> None:
    """Two sides of A4, and whatever is empty says what to do about it."""
    for borough in shipped.dataset.authorities:
        tables = by_index(shipped, borough)
        text = render(tables, "text", Screen(80))
        assert isinstance(text, str)
        lines = text.splitlines()
        assert max(len(line) for line in lines) <= 80
        assert len(lines) <= 180, borough
        assert all(any(character.isdigit() for line in table.coverage for character in line) for table in tables), borough
        for table in tables[1:5]:
            assert table.rows or "What to do" in " ".join((*table.coverage, *table.notes)), (borough, table.title)


def test_all_systems_are_listed_with_the_right_others(shipped: Index) -> None:
    """Counted anew from the table of uses, product by product."""
    uses = shipped.database.query("SELECT thing, holder, system FROM things_in_use WHERE facet = 'product'")[1]
    holders: dict[str, set[str]] = defaultdict(set)
    for thing, holder, _ in uses:
        if holder in shipped.dataset.authorities:
            holders[thing].add(holder)
    for borough in ("camden", "hackney", "sutton"):
        rows = by_index(shipped, borough, everything=True)[3].dicts()
        expected = {system: len(holders[thing] - {borough}) for thing, holder, system in uses if holder == borough}
        assert {row["system"]: row["others"] for row in rows} == expected
        assert all(len(row["holders"]) == row["others"] for row in rows)
        some = {row["system"]: row["others"] for row in by_index(shipped, borough)[3].dicts()}
        left_out = [others for system, others in expected.items() if system not in some]
        assert len(some) == min(20, len(rows))
        assert min(some.values()) >= max(left_out, default=0)


@pytest.mark.parametrize("format", ["markdown", "csv", "html"])
def test_other_formats_write(root: Path, format: str) -> None:
    done = run("--root", str(root), "report", "borough", "camden", "--as-of", AS_OF, "--format", format)
    assert (done.code, done.err) == (0, "")
    assert "Planning Explorer" in done.out
    if format == "csv":
        assert len({len(row) for row in csv.reader(io.StringIO(done.out, newline=""))}) == 1
