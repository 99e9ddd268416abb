"""``citytools report product``, ``supplier`` and ``function``: who has it, by when they decide, who makes it, who knows it."""

from __future__ import annotations

import csv
import datetime
import io
import json
from pathlib import Path
from typing import Any

import pytest
from support import ROOT, golden, run, write
from test_index import BOROUGHS, CATALOGUE

from citytools import dataset
from citytools.index import Index, build
from citytools.model import Table, Timeline
from citytools.render import Screen, render
from citytools.reports import answer, asked, reports

AS_OF = "2026-11-23"
HOSTILE = "=1+1|<b>[x](y)"


def seen(on: str, confidence: str = "high") -> str:
    return f"sources: [{{url: 'https://example.org', on: {on}, confidence: {confidence}}}]"


RECORDS = {
    "data/dataset.yaml": f"{CATALOGUE['data/dataset.yaml'].strip()}\nvisibility: members\n",
    "data/catalogue/functions.yaml": """
schema: 1
areas: [{id: financial, name: Finance}, {id: planning, name: Planning, aliases: [Town planning]}, {id: empty, name: Empty}]
functions:
  - {id: financial/erp, name: ERP}
  - {id: planning/register, name: Register, aliases: [Public register], notes: Where the public looks.}
  - {id: planning/forms, name: Forms}
""",
    "data/catalogue/suppliers.yaml": """
schema: 1
suppliers:
  - {id: unit4, name: Unit4}
  - id: northgate
    name: Northgate
    company_number: "00968498"
    names: [{name: SX3, until: 2005, source: "https://example.org/sx3"}]
    not: [NorthgateArinso]
    parents: [{supplier: old-owner}, {supplier: nec, since: 2021-07, source: "https://example.org/bought"}]
  - {id: old-owner, name: Old Owner}
  - {id: nec, name: NEC, parents: [{supplier: nec-corporation}]}
  - {id: nec-corporation, name: NEC Corporation}
  - {id: softcat, name: Softcat}
""",
    "data/catalogue/products.yaml": """
schema: 1
products:
  - {id: unit4-erp, name: Unit4 ERP, makers: [{supplier: unit4}], functions: [financial/erp]}
  - id: explorer
    name: Planning Explorer
    aliases: [Northgate Explorer]
    not: [Internet Explorer]
    makers: [{supplier: northgate}, {supplier: nec, since: 2022-01-01, source: "https://example.org/moved"}]
    functions: [planning/register]
    origin: supplier
    end_of_support: 2026
  - {id: iworld, name: iWorld, makers: [{supplier: northgate}], functions: [planning/register]}
  - {id: nobodys, name: Nobody's, origin: open-source, functions: [planning/register]}
""",
    "data/catalogue/skills.yaml": "schema: 1\nskills: [{id: support, name: Supporting}, {id: testing, name: Testing}]\n",
    "data/boroughs/camden/technology.yaml": f"""
schema: 1
systems:
  - id: explorer
    product: explorer
    since: 2014
    hosting: supplier-cloud
    users: 120
    replaces: paper
    rating: {{value_for_money: 2, capability: 4, on: 2026-01}}
    connects_to: [{{to: erp, method: file, direction: out, data: fees}}, {{to: A post room, method: manual}}]
    {seen("2026-05")}
  - {{id: paper, name: Paper register, functions: [planning/register]}}
  - {{id: erp, product: unit4-erp, connects_to: [{{to: explorer, method: api, direction: both}}]}}
  - {{id: own, name: Own thing, supplier: Northgate, functions: [planning/forms], {seen("2019", "low")}}}
""",
    "data/boroughs/camden/contracts.yaml": f"""
schema: 1
contracts:
  - id: explorer
    title: Explorer, hosted
    supplier: softcat
    covers: [explorer]
    end: 2028-03-31
    end_basis: committed
    notice_months: 3
    extensions: [{{months: 12}}, {{months: 12}}]
    value: {{amount: 10000, for: year, vat: excluded, includes: [licences, hosting]}}
    plan: {{intention: replace, approach_market: 2027-01}}
    open_to_others: {{named: [hackney], how: Call-off, until: 2027-06}}
    {seen("2026-01")}
  - id: before
    title: Explorer before
    supplier: Northgate
    covers: [explorer]
    end: 2024-03-31
    end_basis: committed
    value: {{amount: 12345, for: unknown}}
  - {{id: heard-later, title: Heard of later, supplier: nec, covers: [explorer], {seen("2026-12-01")}}}
""",
    "data/boroughs/camden/skills.yaml": f"""
schema: 1
skills:
  - {{id: s1, skill: support, product: explorer, level: expert, people: 1.5, does: [configure, train], offers: [A visit], {seen("2026-03")}}}
  - {{id: s2, skill: testing, product: iworld, level: working, seeks: [A test plan]}}
  - {{id: s3, skill: testing, product: explorer, level: expert, {seen("2026-12-01")}}}
""",
    "data/boroughs/hackney/borough.yaml": """
schema: 1
name: Hackney
gss: E09000012
complete: [{function: planning/forms, on: 2026-03-01}, {function: planning/register, on: 2026-04-01}, {function: financial/erp, on: 2027-01-01}]
""",
    "data/boroughs/hackney/technology.yaml": f"""
schema: 1
systems:
  - {{id: explorer, name: Northgate Explorer, status: retiring, until: 2027-03, {seen("2019")}, withheld: [{{field: hosting, reason: FOIA s.31}}]}}
  - {{id: next, product: iworld, status: in-procurement, replaces: explorer}}
  - {{id: tried, product: iworld, status: trial, until: 2025}}
""",
    "data/boroughs/hackney/contracts.yaml": f"""
schema: 1
contracts:
  - id: both
    title: "{HOSTILE}"
    covers: [explorer, next]
    end: 2027-12-31
    value: {{for: initial-term}}
    withheld: [{{field: value.amount, reason: FOIA s.43}}]
  - {{id: iworld, title: iWorld award, supplier: Northgate, covers: [next], signed: 2026-10-01, start: 2027-04-01, term_months: 24}}
  - {{id: service, title: Typing of applications, supplier: Typists, functions: [planning/forms], end: 2026-03-31}}
  - {{id: agreed, title: Agreed, supplier: nec, end: 2027-06-30, end_basis: committed}}
  - {{id: after, title: After, supplier: nec, signed: 2026-10-01, start: 2027-07-01, term_months: 24, replaces: agreed}}
""",
    "data/boroughs/sutton/technology.yaml": f"""
schema: 1
systems:
  - {{id: erp, product: unit4-erp, {seen("2026-02")}}}
  - {{id: planned, product: explorer, status: planned}}
""",
    "data/boroughs/sutton/contracts.yaml": """
schema: 1
contracts:
  - id: erp
    title: ERP, one shared instance
    supplier: unit4
    covers: [erp]
    parties: [{borough: sutton, amount: 736466}, {borough: kingston-upon-thames}]
    signed: 2025-01-07
    term_months: 48
    value: {amount: 1601359, currency: GBP, for: initial-term, vat: excluded}
""",
    "data/boroughs/kingston-upon-thames/technology.yaml": """
schema: 1
systems:
  - {id: erp, product: unit4-erp, instance_of: sutton/erp}
  - {id: was, product: explorer, status: retired, until: 2021}
""",
    "data/bodies/consortium/body.yaml": "schema: 1\nname: The Consortium\nkind: consortium\nmembers: [camden]\n",
    "data/bodies/consortium/technology.yaml": "schema: 1\nsystems: [{id: explorer, product: explorer}]\n",
    "data/bodies/consortium/contracts.yaml": """
schema: 1
contracts: [{id: explorer, title: For the consortium, supplier: nec, covers: [explorer], end: 2028-06-30, end_basis: committed}]
""",
    "data/bodies/consortium/skills.yaml": "schema: 1\nskills: [{id: s, skill: support, product: explorer, level: working}]\n",
}
FILES = {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS, **RECORDS}.items()}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("register"), dict(FILES))


def page(root: Path, *arguments: str, as_of: str = AS_OF) -> dict[str, dict[str, Any]]:
    """The tables of a page by what they are about."""
    done = run("--root", str(root), "report", *arguments, "--as-of", as_of, "--format", "json")
    assert (done.code, done.err) == (0, "")
    return {table["facts"]["part"]: table for table in json.loads(done.out)}


def head(root: Path, *arguments: str, as_of: str = AS_OF) -> dict[str, Any]:
    found: dict[str, Any] = page(root, *arguments, as_of=as_of)["head"]["rows"][0]
    return found


def rows(table: dict[str, Any], *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(row[key] for key in keys) for row in table["rows"]]


# what is asked → (lead number, the holders in the order of the first day to decide, contracts in order, contracts over)
PAGES: dict[tuple[str, ...], tuple[int, list[str], list[str], list[str]]] = {
    ("product", "explorer"): (2, ["camden", "hackney"], ["consortium/explorer", "camden/explorer", "hackney/both"], ["camden/before"]),
    ("product", "iworld"): (0, [], ["hackney/iworld", "hackney/both"], []),
    ("product", "unit4-erp"): (3, ["kingston-upon-thames", "sutton", "camden"], ["sutton/erp"], []),
    ("product", "nobodys"): (0, [], [], []),
    ("supplier", "unit4"): (3, ["kingston-upon-thames", "sutton", "camden"], ["sutton/erp"], []),
    ("supplier", "softcat"): (1, ["camden"], ["camden/explorer"], []),
    ("supplier", "northgate"): (1, ["camden"], ["hackney/iworld", "hackney/both"], ["camden/before"]),
    ("supplier", "nec"): (
        2,
        ["camden", "hackney"],
        ["consortium/explorer", "camden/explorer", "hackney/agreed", "hackney/iworld", "hackney/after", "hackney/both"],
        ["camden/before"],
    ),
    ("function", "planning/register"): (
        2,
        ["camden", "hackney"],
        ["consortium/explorer", "camden/explorer", "hackney/iworld", "hackney/both"],
        ["camden/before"],
    ),
    ("function", "planning/forms"): (2, ["camden"], ["hackney/service"], []),
    ("function", "financial"): (3, ["kingston-upon-thames", "sutton", "camden"], ["sutton/erp"], []),
}


@pytest.mark.parametrize("asked", PAGES, ids=" ".join)
def test_who_and_which_contracts(root: Path, asked: tuple[str, ...]) -> None:
    tables = page(root, *asked)
    number, holders, going, over = PAGES[asked]
    assert tables["head"]["rows"][0]["boroughs"] == number
    assert [row["holder_id"] for row in tables["users"]["rows"]] == holders
    assert [row["contract"] for row in tables["contracts"]["rows"]] == going
    assert [row["contract"] for row in tables.get("past contracts", {"rows": []})["rows"]] == over


def test_the_same_supplier_is_asked_for_by_any_name(root: Path) -> None:
    assert page(root, "supplier", "nec-corporation")["contracts"]["rows"] == page(root, "supplier", "NEC Corporation")["contracts"]["rows"]


def test_each_user_says_when_it_was_seen_and_what_is_known(root: Path) -> None:
    tables = page(root, "product", "Northgate Explorer")
    assert rows(tables["users"], "holder", "seen", "decide", "what") == [
        (
            "Camden",
            "2026-05",
            "2027-03-31",
            [
                "since 2014, supplier's cloud, 120 users, in place of Paper register, rated value for money 2 of 5 and capability 4 of 5 in 2026",
            ],
        ),
        ("Hackney", "2019", "end uncertain", ["being retired, until 2027-03, to be replaced by iWorld, hosting withheld (FOIA s.31)"]),
    ]
    assert rows(tables["users"], "users", "since", "hosting", "decide_by", "contracts")[0] == (
        120,
        "2014",
        ["supplier-cloud"],
        "2027-03-31",
        ["camden/explorer"],
    )
    assert rows(tables["other stages"], "holder", "stage", "decide") == [
        ("Sutton", "planned", ""),
        ("Kingston upon Thames", "no longer", ""),
    ]
    assert rows(tables["bodies"], "holder", "stage", "decide") == [("The Consortium", "in use", "2027-03-30")]
    assert tables["users"]["coverage"] == [
        "2 with a system in use. By when to decide is known for 1 of 2; 1 more with a contract without such a day."
    ]


def test_a_shared_instance_and_its_contract_are_said_to_be_shared(root: Path) -> None:
    tables = page(root, "product", "unit4-erp")
    assert rows(tables["users"], "holder", "decide", "what") == [
        ("Kingston upon Thames", "2026-07-06, late", ["Sutton's instance"]),
        ("Sutton", "2026-07-06, late", ["shared with Kingston upon Thames"]),
        ("Camden", "not reported", [""]),
    ]
    assert rows(tables["contracts"], "who", "boroughs") == [("Sutton with Kingston upon Thames", ["Sutton", "Kingston upon Thames"])]


def test_the_head_tells_makers_owners_and_support(root: Path) -> None:
    row = head(root, "product", "explorer")
    assert row["maker"] == "NEC, which belongs to NEC Corporation"
    assert row["makers"] == ["Northgate, since when is not stated", "NEC, since 2022-01-01 (https://example.org/moved)"]
    assert row["owners"] == [
        "NEC belongs to NEC Corporation, since when is not stated",
        "Northgate belonged to Old Owner, since when is not stated",
        "Northgate belongs to NEC, since 2021-07 (https://example.org/bought)",
    ]
    assert (row["support"], row["end_of_support"]) == ("ends 2026", "2026")
    assert (row["aliases"], row["look_alikes"], row["origin"]) == (["Northgate Explorer"], ["Internet Explorer"], "supplier")
    assert row["stages"] == "planned in 1 borough, no longer in use in 1 borough"
    assert row["bodies"] == ["The Consortium"]
    assert row["next_decision"] == "2027-03-31, Camden for the exit on 2028-03-31"
    assert row["contracts"] == "4 recorded: 2 to decide on by a known day, 1 whose end is uncertain, 1 over"
    assert row["values"] == (
        "yearly value known for 1 of 3 contracts in force, withheld for 1. Like for like: citytools report prices --product explorer"
    )


def test_one_maker_without_a_date_is_no_history(root: Path) -> None:
    row = head(root, "product", "unit4-erp")
    assert (row["maker"], row["makers"], row["owners"], row["support"]) == ("Unit4", [], [], "")
    assert head(root, "product", "nobodys")["maker"] == "made by no company"


# as of → (maker, makers, what belongs to NEC)
HISTORY = {
    "2020-01-01": ("Northgate, which belongs to Old Owner", 1, []),
    "2021-12-31": ("Northgate, which belongs to NEC, which belongs to NEC Corporation", 1, ["Northgate"]),
    "2022-01-01": ("NEC, which belongs to NEC Corporation", 2, ["Northgate"]),
}


@pytest.mark.parametrize("as_of", HISTORY)
def test_ownership_is_that_of_the_day(root: Path, as_of: str) -> None:
    maker, makers, owned = HISTORY[as_of]
    row = head(root, "product", "explorer", as_of=as_of)
    assert (row["maker"], len(row["makers"]) or 1) == (maker, makers)
    assert head(root, "supplier", "nec", as_of=as_of)["companies"] == owned


def test_nothing_is_known_before_its_evidence(root: Path) -> None:
    before, after = page(root, "product", "explorer"), page(root, "product", "explorer", as_of="2026-12-01")
    assert "camden/heard-later" not in [row["contract"] for row in before["contracts"]["rows"]]
    assert "camden/heard-later" in [row["contract"] for row in after["contracts"]["rows"]]
    assert [row["id"] for row in before["skills"]["rows"]] == ["camden/s1", "consortium/s"]
    assert "camden/s3" in [row["id"] for row in after["skills"]["rows"]]
    notes = [note for table in before.values() for note in table["notes"]]
    assert "Left out: 1 contract first heard of after 2026-11-23." in notes


def contract(root: Path, ref: str, *asked: str, as_of: str = AS_OF) -> dict[str, Any]:
    return next(row for row in page(root, *asked, as_of=as_of)["contracts"]["rows"] if row["contract"] == ref)


def test_a_contract_says_what_is_due_and_what_it_is_worth(root: Path) -> None:
    row = contract(root, "camden/explorer", "product", "explorer")
    assert row["says"] == (
        "In 4 months, for the exit on 2028-03-31, end of the committed term; notice by 2027-12-31, start buying by 2027-03-31."
    )
    assert (row["latest"], row["latest_end"]) == ("2030-03-31 at the latest, with both options taken up", "2030-03-31")
    assert row["value"] == "£10,000 a year; pays for licences and hosting; VAT excluded"
    assert (row["plan"], row["open"]) == ("replace, to the market 2027-01", "Hackney; Call-off; until 2027-06")
    shared = contract(root, "sutton/erp", "product", "unit4-erp")
    assert shared["value"] == "£400,340 a year: £1,601,359 for the initial term; VAT excluded"
    assert (shared["yearly_value_pence"], shared["stated_value_pence"], shared["stated_value_for"]) == (40033975, 160135900, "initial-term")


def test_what_is_withheld_stays_so_and_says_why(root: Path) -> None:
    row = contract(root, "hackney/both", "product", "explorer")
    assert (row["value"], row["yearly_value_pence"], row["stated_value_pence"]) == ("withheld (FOIA s.43)", None, None)


def test_an_end_that_is_uncertain_is_a_question_and_no_date(root: Path) -> None:
    row = contract(root, "hackney/both", "product", "explorer")
    assert (row["lead"], row["decide_by"], row["exit"], row["says"]) == (
        "ask",
        None,
        None,
        "Ends 2027-12-31, not known whether with or without options.",
    )
    passed = contract(root, "hackney/service", "function", "planning/forms")
    assert (passed["lead"], passed["says"]) == ("ask", "Was to end 2026-03-31, not known whether it did.")


def test_a_successor_and_a_beginning_are_told(root: Path) -> None:
    said = {row["contract"]: (row["lead"], row["says"]) for row in page(root, "supplier", "nec")["contracts"]["rows"]}
    assert said["hackney/agreed"] == ("agreed", "Exit on 2027-06-30; hackney/after follows it.")
    assert said["hackney/after"] == ("to begin", "Begins 2027-07-01.")


def test_what_is_over_says_what_it_cost(root: Path) -> None:
    past = page(root, "product", "explorer")["past contracts"]
    assert rows(past, "ended", "who", "says") == [("2024-03-31", "Camden", "no later one recorded; £12,345, not known for how long")]


# who is asked about → {contract: how it has to do with it}
THROUGH = {
    "nec": {
        "camden/explorer": "Softcat signed it; NEC makes Planning Explorer",
        "consortium/explorer": "",
        "hackney/agreed": "",
        "hackney/iworld": "Northgate signed it",
        "hackney/after": "",
        "hackney/both": "who signed it is not stated; NEC makes Planning Explorer; Northgate makes iWorld",
    },
    "northgate": {"hackney/iworld": "", "hackney/both": "who signed it is not stated; Northgate makes iWorld"},
    "softcat": {"camden/explorer": "NEC makes Planning Explorer"},
    "unit4": {"sutton/erp": ""},
}


@pytest.mark.parametrize("supplier", THROUGH)
def test_signed_resold_and_by_which_company(root: Path, supplier: str) -> None:
    found = page(root, "supplier", supplier)
    assert {row["contract"]: row["through"] for row in found["contracts"]["rows"]} == THROUGH[supplier]


def test_a_suppliers_head_counts_what_it_signed_and_its_share(root: Path) -> None:
    row = head(root, "supplier", "nec")
    assert row["signed"] == "4 by it or what it owns, 1 by others, for what it makes, 1 by suppliers not stated, for what it makes"
    assert head(root, "supplier", "softcat")["signed"] == "1 by it (1 of them for what others make)"
    assert row["share"] == [
        "in use in 2 of 4 authorities",
        "3 of the 6 systems in use whose maker is known (50 %), of 6 in all",
        "1 of the 3 contracts in force whose supplier is named (33 %), of 4 in all",
    ]
    assert (row["owner"], row["companies"]) == ("belongs to NEC Corporation", ["Northgate"])
    northgate = head(root, "supplier", "northgate")
    assert northgate["owner"] == "belongs to NEC, which belongs to NEC Corporation"
    assert northgate["made_before"] == ["Planning Explorer (now NEC)"]
    assert (northgate["company_number"], northgate["former_names"], northgate["look_alikes"]) == (
        "00968498",
        ["SX3 (until 2005) (https://example.org/sx3)"],
        ["NorthgateArinso"],
    )


def test_products_are_marked_with_their_company(root: Path) -> None:
    tables = page(root, "supplier", "nec")
    assert rows(tables["products"], "boroughs", "name", "company", "borough_names") == [
        (2, "Planning Explorer", "NEC", ["Camden", "Hackney"]),
        (1, "Own thing (not in the catalogue)", "Northgate", ["Camden"]),
        (0, "iWorld", "Northgate", []),
    ]
    assert tables["head"]["rows"][0]["products"] == "2 products in the catalogue, 1 of them in use by an authority"
    assert tables["products"]["coverage"] == [
        "In use by an authority, as far as is known: 2 of 3 products, 1 of them not in the catalogue."
    ]
    assert rows(tables["users"], "holder", "what") == [
        ("Camden", ["Own thing (Northgate, 2019, on low confidence)", "Planning Explorer (in place of Paper register)"]),
        (
            "Hackney",
            [
                "Planning Explorer (2019, being retired, to be replaced by iWorld)",
                "contract: Agreed (NEC)",
                "contract to begin: After (NEC)",
            ],
        ),
    ]


def test_the_new_owner_holds_what_the_old_one_did(root: Path) -> None:
    """The owner's page has every product, system and contract of what it owns, and nothing more with the same day's eyes."""
    parts = ("products", "users", "contracts")
    owner, own = (page(root, "supplier", name) for name in ("nec-corporation", "nec"))
    assert [owner[part]["rows"] for part in parts[1:]] != []
    for part, key in zip(parts, ("name", "holder_id", "contract"), strict=True):
        assert {row[key] for row in page(root, "supplier", "northgate")[part]["rows"]} <= {row[key] for row in own[part]["rows"]}
        assert {row[key] for row in own[part]["rows"]} == {row[key] for row in owner[part]["rows"]}


def test_a_function_says_who_has_nothing_in_common_and_who_says_nothing(root: Path) -> None:
    row = head(root, "function", "planning/register")
    assert row["in_common"] == "2 of the 2 authorities with a system for it use a product that another uses too"
    assert (row["alone"], row["complete"], row["none"]) == ([], ["Hackney (2026-04-01)"], [])
    assert (row["other_stages"], row["not_reported"]) == (["Kingston upon Thames", "Sutton"], [])
    assert row["in_catalogue"] == ["Nobody's"]
    forms = head(root, "function", "Forms")
    assert (forms["none"], forms["alone"]) == (["Hackney"], ["Camden: Own thing"])
    assert forms["not_reported"] == ["Kingston upon Thames", "Sutton"]


def test_an_area_is_all_of_its_functions(root: Path) -> None:
    tables = page(root, "function", "Town planning")
    row = tables["head"]["rows"][0]
    assert tables["head"]["title"] == "Area: Planning, as of 2026-11-23"
    assert row["function_ids"] == ["planning/forms", "planning/register"]
    assert row["complete"] == ["Hackney (Forms, 2026-03-01)", "Hackney (Register, 2026-04-01)"]
    assert row["none"] == ["Hackney (Forms)"]
    assert rows(tables["functions"], "boroughs", "name", "said") == [(2, "Forms", "Own thing 1"), (2, "Register", "Planning Explorer 2")]
    one = [page(root, "function", each) for each in ("planning/forms", "planning/register")]
    contracts = {contract["contract"] for table in one for contract in table["contracts"]["rows"]}
    assert {contract["contract"] for contract in tables["contracts"]["rows"]} == contracts


def test_an_area_with_one_function_is_that_function(root: Path) -> None:
    assert page(root, "function", "Finance")["head"]["title"] == "Function: ERP, as of 2026-11-23"


def test_skills_tell_who_can_help_and_who_seeks_it(root: Path) -> None:
    skills = page(root, "product", "explorer")["skills"]
    assert rows(skills, "holder", "skill", "level", "what") == [
        ("Camden", "Supporting", "expert", ["1.5 full-time", "does: configure and train", "offers: A visit"]),
        ("The Consortium (a body)", "Supporting", "working", ["undated"]),
    ]
    assert skills["coverage"] == ["1 of the 1 authorities that report skills state one: 1 with practitioners or experts, 1 offering help."]
    assert rows(page(root, "supplier", "northgate")["skills"], "skill", "seeks") == [("Testing in iWorld", ["A test plan"])]


def test_connections_are_seen_from_the_page(root: Path) -> None:
    """Those stated at the other end too, with the direction turned round."""
    assert rows(page(root, "product", "explorer")["connections"], "boroughs", "name", "how", "who") == [
        (1, "A post room", ["by hand"], "Camden"),
        (1, "Unit4 ERP", ["API both ways", "file to it"], "Camden"),
    ]
    assert rows(page(root, "product", "unit4-erp")["connections"], "name", "how") == [
        ("Planning Explorer", ["API both ways", "file from it"])
    ]


CONNECTED = {
    "product explorer": "2 other systems, stated by 1 of the 2 authorities with such a system in use",
    "product iworld": "1 other system, stated by 0 of the 0 authorities with such a system in use, and by 1 where it is planned or on trial",
}


@pytest.mark.parametrize("asked", CONNECTED)
def test_connections_are_counted_of_the_authorities_that_use_it(tmp_path: Path, asked: str) -> None:
    """As ``report connections`` counts them: not of those that plan it or try it out."""
    systems = FILES["data/boroughs/hackney/technology.yaml"].replace("replaces: explorer", "replaces: explorer, connects_to: [{to: Post}]")
    root = write(tmp_path, {**FILES, "data/boroughs/hackney/technology.yaml": systems})
    tables = page(root, *asked.split())
    assert tables["head"]["rows"][0]["connections"] == CONNECTED[asked]
    assert tables["connections"]["coverage"] == [f"{CONNECTED[asked]}."]


def test_a_contract_past_its_end_is_not_over_before_anyone_says_so(tmp_path: Path) -> None:
    contracts = FILES["data/boroughs/camden/contracts.yaml"].replace("end: 2024-03-31\n    end_basis: committed", "end: 2024-03-31")
    tables = page(write(tmp_path, {**FILES, "data/boroughs/camden/contracts.yaml": contracts}), "product", "explorer")
    assert tables["head"]["rows"][0]["contracts"].endswith(", 1 perhaps over")
    assert rows(tables["past contracts"], "contract", "state") == [("camden/before", "end passed")]
    assert tables["past contracts"]["coverage"] == [
        "1 of 1 may go on: a date has passed, and nobody says whether the contract was extended."
    ]


def test_a_product_that_nobody_uses_does_not_read_as_used_by_none(root: Path) -> None:
    tables = page(root, "product", "nobodys")
    assert list(tables) == ["head", "users", "contracts"]
    assert tables["head"]["coverage"][0] == "0 of 4 authorities are known to use it; the register holds systems in use of 4 of them."
    assert tables["users"]["notes"] == ["Not reported is not the same as not in use."]
    assert tables["contracts"]["coverage"] == ["None recorded. The register holds contracts of 4 of the 4 authorities."]
    assert "not the same as none" in tables["head"]["rows"][0]["contracts"]


UNKNOWN = {
    ("product", "explorr"): 'there is no product called "explorr". Did you mean explorer?',
    ("supplier", "northgat"): 'there is no supplier called "northgat". Did you mean northgate?',
    ("function", "formz"): 'there is no function or area called "formz". Did you mean planning/forms?',
    ("function", "Empty"): 'the area "Empty" has no functions in the catalogue.',
}


@pytest.mark.parametrize("asked", UNKNOWN, ids=" ".join)
def test_an_unknown_name_is_refused_with_what_was_probably_meant(root: Path, asked: tuple[str, ...]) -> None:
    done = run("--root", str(root), "report", *asked)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"citytools: {UNKNOWN[asked]}\n"


def test_an_area_without_functions_is_no_filter_for_everything(root: Path) -> None:
    done = run("--root", str(root), "report", "renewals", "--function", "Empty")
    assert (done.code, done.out) == (2, "")


@pytest.mark.parametrize("asked", [("product", "explorer"), ("supplier", "nec"), ("function", "planning")], ids=" ".join)
def test_it_reads_well(root: Path, asked: tuple[str, ...]) -> None:
    done = run("--root", str(root), "report", *asked, "--as-of", AS_OF)
    assert (done.code, done.err) == (0, "")
    golden(f"{asked[0]}.txt", done.out)
    assert max(len(line) for line in done.out.splitlines()) <= 80


@pytest.mark.parametrize("format", ["markdown", "html", "xlsx"])
@pytest.mark.parametrize("asked", [("product", "explorer"), ("supplier", "nec"), ("function", "planning")], ids=" ".join)
def test_other_formats_write(root: Path, tmp_path: Path, asked: tuple[str, ...], format: str) -> None:
    target = tmp_path / f"page.{format}"
    done = run("--root", str(root), "report", *asked, "--as-of", AS_OF, "--format", format, "--output", str(target))
    assert (done.code, done.err) == (0, "")
    assert format == "xlsx" or "Planning Explorer" in target.read_text("utf-8")


def test_csv_has_every_part_under_its_name(root: Path) -> None:
    out = run("--root", str(root), "report", "product", "explorer", "--as-of", AS_OF, "--format", "csv").out
    sections = [row["section"] for row in csv.DictReader(io.StringIO(out, newline=""))]
    assert list(dict.fromkeys(sections)) == [
        "Product: Planning Explorer, as of 2026-11-23",
        "Who uses Planning Explorer, and by when they have to decide",
        "Contracts for Planning Explorer",
        "Trials, plans and former users",
        "Bodies, never counted in the 4",
        "Past contracts",
        "Skills in Planning Explorer",
        "Connections of Planning Explorer",
    ]


def indexed(root: Path, as_of: datetime.date) -> Index:
    whole, _ = dataset.sound(dataset.load(root))
    return build(whole, as_of)


def tables_of(index: Index, report: str, name: str) -> dict[str, Table]:
    question = reports()[report]
    return {str(table.facts["part"]): table for table in answer(index, report, asked(index, question, {report: name}))}


@pytest.fixture(scope="module")
def shipped() -> Index:
    return indexed(ROOT, datetime.date(2026, 11, 24))


def test_the_chart_marks_what_is_uncertain(root: Path) -> None:
    chart = tables_of(indexed(root, datetime.date.fromisoformat(AS_OF)), "product", "explorer")["contracts"].chart
    assert isinstance(chart, Timeline)
    marks = {label.partition(":")[0]: days for label, days in chart.rows}
    assert marks["Camden"] == (
        ("2027-03-31", "decide by"),
        ("2028-03-31", "exit"),
        ("2029-03-31", "later exit"),
        ("2030-03-31", "later exit"),
    )
    assert marks["Hackney"] == (("2027-12-31", "end as stated, uncertain"),)


def _query(index: Index, sql: str) -> list[tuple[Any, ...]]:
    return index.database.query(sql)[1]


def test_every_products_page_agrees_with_the_overlaps(shipped: Index) -> None:
    """The number of boroughs is that of the table that overlaps counts; every system and contract stands once, in one place."""
    uses = dict(
        _query(
            shipped,
            "SELECT t.thing, COUNT(DISTINCT t.holder) FROM things_in_use t JOIN authorities a ON a.authority = t.holder WHERE t.facet = 'product' GROUP BY 1",
        )
    )
    systems = _grouped(_query(shipped, "SELECT r.product, r.system FROM system_resolved r JOIN systems_known k ON k.system = r.system"))
    contracts = _grouped(
        _query(
            shipped,
            "SELECT DISTINCT c.product, c.contract FROM contract_contents c JOIN contract_states x ON x.contract = c.contract WHERE x.state <> 'not known'",
        )
    )
    for product in shipped.catalogue.ids("product"):
        tables = tables_of(shipped, "product", product)
        assert tables["head"].dicts()[0]["boroughs"] == uses.get(product, 0), product
        listed = [
            system
            for part in ("users", "other stages", "bodies")
            if part in tables
            for row in tables[part].dicts()
            for system in row["systems"]
        ]
        assert sorted(listed) == sorted(systems.get(product, [])), product
        refs = [row["contract"] for part in ("contracts", "past contracts") if part in tables for row in tables[part].dicts()]
        assert sorted(refs) == sorted(contracts.get(product, [])), product


def test_every_functions_page_accounts_for_all_authorities(shipped: Index) -> None:
    reported = _grouped(_query(shipped, "SELECT function, holder FROM reported_functions WHERE counts = 1"))
    names = dict(_query(shipped, "SELECT name, id FROM holders WHERE counts = 1"))
    for function in shipped.catalogue.ids("function"):
        row = tables_of(shipped, "function", function)["head"].dicts()[0]
        assert set(reported.get(function, [])) <= set(row["reporting"]), function
        parts = [*row["reporting"], *(names[name] for key in ("other_stages", "not_reported") for name in row[key])]
        assert sorted(parts) == sorted(names.values()), function


def test_every_supplier_holds_what_it_owns(shipped: Index) -> None:
    """Owners are found here by walking up from each company, not by the tables."""
    records = {record.id: record for record in shipped.dataset.of("supplier")}
    assert not any(parent.get("since", "") > "2026-11-24" for record in records.values() for parent in record.items("parents"))

    def above(supplier: str) -> set[str]:
        parents = records[supplier].items("parents")
        return {supplier} | (above(parents[-1]["supplier"]) if parents else set())

    makers = _grouped(_query(shipped, "SELECT supplier, system FROM system_makers JOIN systems_in_use USING (system) WHERE counts = 1"))
    for supplier in records:
        group = {other for other in records if supplier in above(other)}
        row = tables_of(shipped, "supplier", supplier)["head"].dicts()[0]
        assert set(row["company_ids"]) == group
        assert row["systems_in_use"] == sum(len(makers.get(company, [])) for company in group)


@pytest.mark.parametrize(
    ("report", "name"),
    [
        ("product", "moderngov"),
        ("product", "oracle-fusion"),
        ("supplier", "civica"),
        ("supplier", "nec-software-solutions"),
        ("function", "revenues"),
    ],
)
def test_a_page_fits_a_terminal(shipped: Index, report: str, name: str) -> None:
    text = render(list(tables_of(shipped, report, name).values()), "text", Screen())
    assert isinstance(text, str)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "Nothing to show." not in text


def _grouped(pairs: list[tuple[Any, ...]]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def test_an_empty_register_answers(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {name: text for name, text in FILES.items() if "/catalogue/" in name}
    files["data/dataset.yaml"] = "schema: 1\ntitle: T\nauthorities: []\n"
    empty = write(tmp_path, files)
    for arguments in (("product", "explorer"), ("supplier", "nec"), ("function", "planning")):
        tables = page(empty, *arguments)
        assert tables["head"]["rows"][0]["boroughs"] == 0
        assert tables["users"]["rows"] == tables["contracts"]["rows"] == []
        assert "0 of 0" in tables["head"]["coverage"][0]
