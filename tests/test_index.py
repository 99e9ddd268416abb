"""The tables: documented as they are, filled as the data model says."""

from __future__ import annotations

import datetime

import pytest

from citytools import dataset
from citytools.errors import CitytoolsError
from citytools.index import Index, build, descriptions
from citytools.lookup.tables import query

AS_OF = datetime.date(2026, 11, 23)
CATALOGUE = {
    "data/dataset.yaml": """
schema: 1
title: A test
authorities: [camden, hackney, sutton, kingston-upon-thames]
freshness: [{kind: systems, months: 12}]
buying_times: [{up_to: 100000, months: 9}, {months: 18}]
unknown_value_buying_months: 12
mobilisation: [{area: financial, months: 12}, {months: 3}]
""",
    "data/catalogue/functions.yaml": """
schema: 1
areas: [{id: financial, name: Finance}, {id: planning, name: Planning}]
functions: [{id: financial/erp, name: ERP}, {id: planning/register, name: Register}, {id: planning/forms, name: Forms}]
""",
    "data/catalogue/suppliers.yaml": """
schema: 1
suppliers:
  - {id: unit4, name: Unit4, aliases: [Unit4 Business Software Limited]}
  - {id: northgate, name: Northgate, parents: [{supplier: nec, since: 2021-07}]}
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
    makers: [{supplier: northgate}, {supplier: nec, since: 2022-01-01}]
    functions: [planning/register]
""",
}
BOROUGHS = {
    f"data/boroughs/{id}/borough.yaml": f"schema: 1\nname: {name}\ngss: {gss}\n"
    for id, name, gss in (
        ("camden", "Camden", "E09000007"),
        ("hackney", "Hackney", "E09000012"),
        ("sutton", "Sutton", "E09000029"),
        ("kingston-upon-thames", "Kingston upon Thames", "E09000021"),
    )
}
RECORDS = {
    "data/boroughs/sutton/technology.yaml": "schema: 1\nsystems:\n  - {id: unit4-erp, product: unit4-erp}\n",
    "data/boroughs/kingston-upon-thames/technology.yaml": "schema: 1\nsystems:\n  - {id: unit4-erp, product: unit4-erp, instance_of: sutton/unit4-erp}\n",
    "data/boroughs/sutton/contracts.yaml": """
schema: 1
contracts:
  - id: unit4-erp-2025
    title: ERP, one shared instance
    supplier: Unit4 Business Software Ltd
    covers: [unit4-erp, kingston-upon-thames/unit4-erp]
    parties: [{borough: sutton, amount: 736466}, {borough: kingston-upon-thames}]
    signed: 2025-01-07
    term_months: 48
    value: {amount: 1601359, currency: GBP, for: initial-term, vat: excluded}
""",
    "data/boroughs/camden/technology.yaml": """
schema: 1
systems:
  - {id: stated-live, name: Stated live, status: live, until: 2020}
  - {id: planned, name: Planned, status: planned}
  - {id: retired, name: Retired, status: retired}
  - {id: past, name: Past, until: 2026-10}
  - {id: not-yet-past, name: Not yet past, until: 2026-12}
  - {id: replaced, name: Replaced}
  - {id: explorer, name: Northgate Explorer, replaces: replaced, functions: [planning/forms]}
  - id: old
    product: explorer
    sources:
      - {url: "https://example.org/1", on: 2025-11-22}
      - {url: "https://example.org/2", on: 2024, confidence: low}
  - id: fresh
    product: explorer
    sources: [{url: "https://example.org/1", on: 2025-11-23, confidence: medium}]
  - {id: confirmed, name: Confirmed, confirmed: {on: 2026-02}}
  - {id: was-there, name: Was there}
  - {id: going-too, name: Going too, status: retiring, replaces: was-there}
  - {id: until-today, name: Until today, until: 2026-11-23}
  - {id: until-yesterday, name: Until yesterday, until: 2026-11-22}
  - {id: later, name: Later, since: 2026-11-24}
  - {id: from-today, name: From today, since: 2026-11-23}
  - {id: shared, name: Share of Hackney's, instance_of: hackney/owned}
""",
    "data/boroughs/hackney/borough.yaml": """
schema: 1
name: Hackney
gss: E09000012
confirmations: [{kind: technology, on: 2026-03-01}, {kind: contracts, on: 2026-09-01}]
complete: [{function: financial/erp, on: 2026-03-01}, {function: planning/register, on: 2027-01-01}]
""",
    "data/boroughs/hackney/technology.yaml": """
schema: 1
systems:
  - id: owned
    name: Owned
    sources:
      - {url: "https://example.org/1", on: 2020, confidence: low}
      - {url: "https://example.org/2", on: 2021, confidence: high}
""",
    "data/boroughs/hackney/contracts.yaml": "schema: 1\ncontracts:\n  - {id: owned, title: Owned, covers: [owned]}\n",
    "data/boroughs/camden/contracts.yaml": """
schema: 1
contracts:
  - {id: first, title: First, end: 2030-01-01, end_basis: committed}
  - {id: second, title: Second, replaces: first, end: 2031-01-31, end_basis: committed, extensions: [{months: 12}, {months: 6, status: lapsed}], notice_months: 6}
  - {id: awarded, title: Awarded, awarded: 2026-01-01}
  - {id: unsure-today, title: Unsure today, end: 2026-11-23}
  - {id: all-in, title: All in, end: 2025-01-01, end_basis: includes-options}
  - {id: ends-today, title: Ends today, end: 2026-11-23, end_basis: committed}
  - {id: ended-yesterday, title: Ended yesterday, end: 2026-11-22, end_basis: committed}
  - {id: begins-today, title: Begins today, start: 2026-11-23, term_months: 12}
  - {id: begins-later, title: Begins later, signed: 2026-01-01, start: 2026-11-24, term_months: 12}
  - {id: signed-later, title: Signed later, signed: 2026-11-24, start: 2026-01-01}
  - {id: this-year, title: Some time this year, end: 2026, end_basis: committed}
  - {id: with-party, title: With a party, parties: [{borough: hackney}], functions: [planning/forms]}
  - {id: over, title: Over, end: 2025-01-01, end_basis: committed}
  - {id: over-but-option, title: Option open, end: 2026-06-30, end_basis: committed, extensions: [{months: 12}]}
  - {id: rolling, title: Rolling, end: 2020-01-31, end_basis: committed, rolls_months: 12}
  - {id: unsure, title: Unsure, end: 2026-01-01}
  - {id: term-over, title: T, awarded: 2013, term_months: 60, extensions: [{months: 12, status: taken}, {months: 600, status: lapsed}]}
  - {id: term-may-last, title: T, awarded: 2013, term_months: 60, extensions: [{months: 600}]}
  - {id: term-over-last-month, title: T, term_months: 12, sources: [{url: "https://example.org/t", on: 2025-10-31}]}
  - {id: term-over-this-month, title: T, term_months: 12, sources: [{url: "https://example.org/t", on: 2025-11-01}]}
  - {id: term-of-a-year, title: T, term_months: 12, sources: [{url: "https://example.org/t", on: 2025}]}
  - {id: term-confirmed, title: T, awarded: 2013, term_months: 60, confirmed: {on: 2024-01}}
  - {id: term-renewed, title: T, awarded: 2013, term_months: 12, rolls_months: 12}
  - {id: several, title: Several, supplier: softcat, covers: [old, confirmed], functions: [planning/forms]}
  - {id: one, title: One, supplier: Nobody Ltd, covers: [old, fresh]}
""",
}


@pytest.fixture(scope="module")
def index() -> Index:
    files = {name: text.strip().encode() + b"\n" for name, text in {**CATALOGUE, **BOROUGHS, **RECORDS}.items()}
    read = dataset.build(files)
    whole, errors = dataset.sound(read)
    assert errors == ()
    return build(whole, AS_OF)


def ask(index: Index, sql: str) -> list[tuple[object, ...]]:
    return index.database.query(sql)[1]


def test_every_table_and_column_is_documented_as_it_is(index: Index) -> None:
    tables = {
        name
        for (name,) in ask(index, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        if not str(name).startswith(("param_", "sqlite_"))
    }
    documented = {name: [column for column, _ in columns] for name, _, columns in descriptions()}
    assert set(documented) == tables
    for name, columns in documented.items():
        assert index.database.query(f"SELECT * FROM {name}")[0] == columns
    for name, meaning, described in descriptions():
        assert meaning, name
        assert all(text.endswith((".", ")", "…")) for _, text in described), name


def test_no_name_needs_quoting() -> None:
    for name, _, columns in descriptions():
        assert name.isidentifier()
        assert all(column.isidentifier() and column not in {"end", "for", "to", "by", "on", "from", "group"} for column, _ in columns)


def test_a_shared_contract_stands_once_with_all_its_holders(index: Index) -> None:
    assert ask(index, "SELECT COUNT(*) FROM contracts WHERE holder IN ('sutton', 'kingston-upon-thames')") == [(1,)]
    assert ask(index, "SELECT holder FROM contract_holders WHERE contract = 'sutton/unit4-erp-2025' ORDER BY 1") == [
        ("kingston-upon-thames",),
        ("sutton",),
    ]
    assert ask(index, "SELECT party, amount_pence FROM contract_parties WHERE contract LIKE 'sutton/%' ORDER BY position") == [
        ("sutton", 73646600),
        ("kingston-upon-thames", None),
    ]
    assert ask(index, "SELECT contract, system FROM contract_covers WHERE contract LIKE 'sutton/%' ORDER BY position") == [
        ("sutton/unit4-erp-2025", "sutton/unit4-erp"),
        ("sutton/unit4-erp-2025", "kingston-upon-thames/unit4-erp"),
    ]


def test_what_follows_from_a_contract(index: Index) -> None:
    sql = (
        "SELECT binding_end, latest_end, yearly_value_pence, total_value_pence FROM contract_terms WHERE contract = 'sutton/unit4-erp-2025'"
    )
    assert ask(index, sql) == [("2029-01-06", "2029-01-06", 40033975, 160135900)]
    sql = "SELECT exit_date, decide_by, assumption FROM contract_exits WHERE contract = 'sutton/unit4-erp-2025'"
    assert ask(index, sql) == [("2029-01-06", "2026-07-06", "18 months to buy (about £1,601,359 over 48 months), 12 to bring into use")]
    assert ask(index, "SELECT supplier, supplier_name FROM contract_resolved WHERE contract = 'sutton/unit4-erp-2025'") == [
        ("unit4", "Unit4")
    ]


STATES = {
    "awarded": ("unknown", None),
    "unsure-today": ("unknown", None),
    "all-in": ("ended", None),
    "ends-today": ("current", "2026-11-23"),
    "ended-yesterday": ("ended", None),
    "begins-today": ("current", "2027-11-22"),
    "begins-later": ("not begun", None),
    "signed-later": ("not known", None),
    "this-year": ("current", "2026-01-01"),
    "first": ("replaced", None),
    "second": ("current", "2031-01-31"),
    "over": ("ended", None),
    "over-but-option": ("current", "2027-06-30"),
    "rolling": ("current", "2027-01-31"),
    "unsure": ("end passed", None),
    "several": ("unknown", None),
    "term-over": ("term passed", None),
    "term-may-last": ("unknown", None),
    "term-over-last-month": ("term passed", None),
    "term-over-this-month": ("unknown", None),
    "term-of-a-year": ("unknown", None),
    "term-confirmed": ("unknown", None),
    "term-renewed": ("unknown", None),
    "one": ("unknown", None),
}


@pytest.mark.parametrize("contract", STATES)
def test_contract_states(index: Index, contract: str) -> None:
    assert ask(index, f"SELECT state, next_exit FROM contract_states WHERE contract = 'camden/{contract}'") == [STATES[contract]]


@pytest.mark.parametrize(
    ("contract", "holders"),
    {"camden/with-party": {"camden", "hackney"}, "hackney/owned": {"camden", "hackney"}, "camden/over": {"camden"}}.items(),
)
def test_a_contract_is_its_leads_its_parties_and_theirs_who_share(index: Index, contract: str, holders: set[str]) -> None:
    assert {holder for (holder,) in ask(index, f"SELECT holder FROM contract_holders WHERE contract = '{contract}'")} == holders


def test_a_kind_without_a_file_is_not_reported_and_an_empty_list_is_none() -> None:
    files = {
        "data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: [camden]\nfreshness: [{kind: skills, months: 6}]\n",
        "data/boroughs/camden/skills.yaml": "schema: 1\nskills: []\n",
        "data/boroughs/camden/technology.yaml": "schema: 1\nsystems: [\n",
        "data/boroughs/hackney/technology.yaml": "schema: 1\nsystems: [{id: a, name: A}]\n",
        "data/boroughs/hackney/contracts.yaml": "schema: 1\n",
    }
    built = build(dataset.build({name: text.encode() for name, text in files.items()}), AS_OF)
    assert ask(built, "SELECT * FROM files ORDER BY holder, kind") == [
        ("camden", "skills", "none"),
        ("camden", "systems", "unread"),
        ("hackney", "systems", "records"),
    ]
    assert ask(built, "SELECT * FROM record_kinds ORDER BY position") == [
        ("systems", 1, "technology", 24, 0, "2024-11-23"),
        ("contracts", 2, "contracts", 24, 0, "2024-11-23"),
        ("skills", 3, "skills", 6, 1, "2026-05-23"),
    ]


def test_a_file_confirmed_is_every_record_seen(index: Index) -> None:
    assert ask(index, "SELECT last_seen FROM system_last_seen WHERE system = 'hackney/owned'") == [("2026-03-01",)]
    assert ask(index, "SELECT last_seen FROM contract_last_seen WHERE contract = 'hackney/owned'") == [("2026-09-01",)]


def test_nothing_is_seen_before_its_time(index: Index) -> None:
    then = build(index.dataset, datetime.date(2025, 1, 1))
    assert ask(then, "SELECT last_seen FROM system_last_seen WHERE system = 'camden/old'") == [("2024",)]
    assert ask(then, "SELECT last_seen FROM system_last_seen WHERE system = 'hackney/owned'") == [("2021",)]


def test_the_best_source_decides_how_far_a_record_can_be_relied_on(index: Index) -> None:
    assert ask(index, "SELECT confidence FROM record_confidence WHERE record = 'hackney/owned'") == [("high",)]


def test_who_reports_a_function(index: Index) -> None:
    """By a system, by a contract in force that one is party to, or by saying that the list is whole; not before that is said."""
    found = ask(index, "SELECT holder, function FROM reported_functions WHERE holder IN ('hackney', 'kingston-upon-thames') ORDER BY 1, 2")
    assert found == [("hackney", "financial/erp"), ("hackney", "planning/forms"), ("kingston-upon-thames", "financial/erp")]


def test_a_bundle_covers_several_products(index: Index) -> None:
    assert ask(index, "SELECT * FROM contract_bundles") == [("camden/several", 2)]


def test_in_use_is_what_no_one_says_has_gone(index: Index) -> None:
    found = {str(system).partition("/")[2] for (system,) in ask(index, "SELECT system FROM systems_in_use WHERE holder = 'camden'")}
    assert found == {
        "stated-live",
        "not-yet-past",
        "explorer",
        "old",
        "fresh",
        "confirmed",
        "until-today",
        "from-today",
        "shared",
        "going-too",
    }


@pytest.mark.parametrize(
    ("system", "seen", "last_seen", "confidence"),
    [
        ("stated-live", "undated", None, None),
        ("old", "older", "2025-11-22", "low"),
        ("fresh", "recent", "2025-11-23", "medium"),
        ("confirmed", "recent", "2026-02", None),
    ],
)
def test_seen_goes_by_the_freshness_limit(index: Index, system: str, seen: str, last_seen: str | None, confidence: str | None) -> None:
    assert ask(index, f"SELECT seen, last_seen FROM systems_in_use WHERE system = 'camden/{system}'") == [(seen, last_seen)]
    found = ask(index, f"SELECT confidence FROM record_confidence WHERE record = 'camden/{system}'")
    assert (found[0][0] if found else None) == confidence


def test_a_name_that_the_catalogue_knows_is_its_product(index: Index) -> None:
    assert ask(index, "SELECT product, name FROM systems_in_use WHERE system = 'camden/explorer'") == [("explorer", "Planning Explorer")]


def test_own_functions_come_before_the_products(index: Index) -> None:
    sql = "SELECT function FROM functions_of_systems WHERE system = 'camden/{}'"
    assert ask(index, sql.format("explorer")) == [("planning/forms",)]
    assert ask(index, sql.format("old")) == [("planning/register",)]


@pytest.mark.parametrize(
    ("as_of", "maker", "ultimate"),
    [("2020-01-01", "northgate", "northgate"), ("2021-12-31", "northgate", "nec-corporation"), ("2022-01-01", "nec", "nec-corporation")],
)
def test_makers_and_owners_are_those_of_the_day(index: Index, as_of: str, maker: str, ultimate: str) -> None:
    then = build(index.dataset, datetime.date.fromisoformat(as_of))
    assert ask(then, "SELECT supplier FROM product_makers_now WHERE product = 'explorer'") == [(maker,)]
    assert ask(then, f"SELECT ultimate FROM supplier_groups WHERE supplier = '{maker}'") == [(ultimate,)]


def test_owners_in_a_circle_do_not_hang(index: Index) -> None:
    circle = b"schema: 1\nsuppliers:\n  - {id: a, name: A, parents: [{supplier: b}]}\n  - {id: b, name: B, parents: [{supplier: a}]}\n"
    files = {"data/dataset.yaml": CATALOGUE["data/dataset.yaml"].encode(), "data/catalogue/suppliers.yaml": circle}
    built = build(dataset.build(files), AS_OF)
    assert len(ask(built, "SELECT supplier FROM supplier_groups")) == 2


FORBIDDEN = [
    "DROP TABLE systems",
    "DELETE FROM systems",
    "INSERT INTO systems (id) VALUES ('x')",
    "ATTACH DATABASE 'x.db' AS x",
    "PRAGMA writable_schema = 1",
    "VACUUM INTO 'x.db'",
    "CREATE TEMP TABLE x (y)",
    "SELECT load_extension('x')",
]


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_a_question_changes_nothing(index: Index, sql: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))
    own = build(index.dataset, AS_OF)
    with pytest.raises(CitytoolsError):
        query(own, sql)
    assert query(own, "SELECT COUNT(*) FROM systems").rows[0][0] > 0
    assert list(__import__("pathlib").Path(str(tmp_path)).iterdir()) == []


@pytest.mark.parametrize("sql", ["", "not sql", "SELECT", "SELECT 1; SELECT 2", "SELECT * FROM nowhere", "SELECT :x"])
def test_a_question_that_is_none_is_said_so(index: Index, sql: str) -> None:
    with pytest.raises(CitytoolsError, match=r"query"):
        query(build(index.dataset, AS_OF), sql)


def test_an_empty_dataset_has_empty_tables() -> None:
    empty = build(dataset.build({"data/dataset.yaml": b"schema: 1\ntitle: Empty\nauthorities: []\n"}), AS_OF)
    assert ask(empty, "SELECT COUNT(*) FROM things_in_use") == [(0,)]
