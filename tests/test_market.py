"""``citytools report market``: whose share of what, how concentrated, what rests on one supplier; every figure with its denominator."""

from __future__ import annotations

import datetime
import json
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import ROOT, golden, run, write
from test_index import BOROUGHS, CATALOGUE

from citytools import dataset
from citytools.catalogue import normalise
from citytools.index import Index, build
from citytools.model import Bars, Record
from citytools.reports.market import market
from citytools.reports.shares import LEAST, holding, percent
from citytools.reports.supply import Filters

AS_OF = "2026-11-23"
RATED = "rating: {{value_for_money: {}, capability: {}, on: {}}}"
RECORDS = {
    "data/catalogue/products.yaml": """
schema: 1
products:
  - {id: unit4-erp, name: Unit4 ERP, makers: [{supplier: unit4}], functions: [financial/erp]}
  - id: explorer
    name: Planning Explorer
    aliases: [Northgate Explorer]
    makers: [{supplier: northgate}, {supplier: nec, since: 2022-01-01}]
    functions: [planning/register]
  - {id: built, name: Built here, origin: in-house, functions: [planning/forms]}
  - {id: free, name: Free forms, origin: open-source, functions: [planning/forms]}
  - {id: kept, name: Kept open, origin: open-source, makers: [{supplier: softcat}], functions: [planning/appeals]}
""",
    "data/catalogue/functions.yaml": """
schema: 1
areas: [{id: financial, name: Finance}, {id: planning, name: Planning}]
functions:
  - {id: financial/erp, name: ERP}
  - {id: planning/register, name: Register}
  - {id: planning/forms, name: Forms}
  - {id: planning/appeals, name: Appeals}
  - {id: planning/trees, name: Trees}
""",
    "data/boroughs/camden/technology.yaml": f"""
schema: 1
systems:
  - {{id: erp, product: unit4-erp}}
  - id: explorer
    product: explorer
    sources: [{{url: "https://example.org/1", on: 2026-05}}]
    {RATED.format(4, 2, "2026-01")}
  - {{id: built, product: built, {RATED.format(5, 5, "2026-01")}}}
  - {{id: mystery, name: Mystery, functions: [planning/forms]}}
  - {{id: kept, product: kept, {RATED.format(3, 3, "2026-02")}}}
  - {{id: trees, name: Trees, supplier: Bins Ltd, functions: [planning/trees]}}
  - {{id: retired, product: unit4-erp, status: retired}}
  - {{id: aimless, name: Aimless}}
""",
    "data/boroughs/hackney/technology.yaml": f"""
schema: 1
systems:
  - {{id: explorer, name: Northgate Explorer, {RATED.format(2, 3, "2025")}}}
  - {{id: free, product: free}}
  - {{id: kept, product: kept}}
  - {{id: trees, name: Woods, supplier: BINS LIMITED, functions: [planning/trees], {RATED.format(1, 1, "2026-12-01")}}}
  - {{id: more-trees, name: Unknown trees, functions: [planning/trees]}}
""",
    "data/boroughs/sutton/technology.yaml": """
schema: 1
systems:
  - {id: erp, product: unit4-erp}
  - {id: explorer, product: explorer}
  - {id: register, name: Register, supplier: softcat, functions: [planning/register]}
""",
    "data/boroughs/kingston-upon-thames/technology.yaml": "schema: 1\nsystems:\n  - {id: erp, product: unit4-erp, instance_of: sutton/erp}\n",
    "data/boroughs/sutton/contracts.yaml": """
schema: 1
contracts:
  - id: erp
    title: ERP, one shared instance
    supplier: unit4
    covers: [erp, kingston-upon-thames/erp]
    parties: [{borough: sutton, amount: 20000}, {borough: kingston-upon-thames}]
    signed: 2025-01-07
    term_months: 48
    value: {amount: 160000, for: initial-term}
""",
    "data/boroughs/camden/contracts.yaml": """
schema: 1
contracts:
  - {id: everything, title: Everything, supplier: softcat, covers: [erp, explorer], end: 2028-03-31, end_basis: committed, value: {amount: 10000, amount_to: 12000, for: year}}
  - {id: trees, title: Trees, supplier: Bins Ltd, covers: [trees], value: {amount: 2000, for: year, precision: about}}
  - {id: secret, title: Secret, supplier: northgate, withheld: [{field: value, reason: FOIA s.43}]}
""",
    "data/boroughs/hackney/contracts.yaml": """
schema: 1
contracts:
  - {id: unstated, title: Unstated, functions: [planning/forms], value: {amount: 5000.50, for: year}}
  - {id: ended, title: Ended, supplier: softcat, end: 2020-03-31, end_basis: committed, value: {amount: 99000, for: year}}
""",
    "data/bodies/consortium/body.yaml": "schema: 1\nname: The Consortium\nkind: consortium\nmembers: [camden]\n",
    "data/bodies/consortium/technology.yaml": "schema: 1\nsystems:\n  - {id: explorer, product: explorer}\n",
    "data/bodies/consortium/contracts.yaml": """
schema: 1
contracts:
  - {id: own, title: Own, supplier: softcat, value: {amount: 77000, for: year}}
  - {id: lent, title: Lent, supplier: nec, parties: [{borough: hackney}], functions: [planning/register]}
""",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS, **RECORDS}.items()}
    return write(tmp_path_factory.mktemp("register"), files)


def tables(root: Path, *arguments: str, as_of: str = AS_OF) -> dict[str, dict[str, Any]]:
    """The answer's tables by what they are about."""
    done = run("--root", str(root), "report", "market", "--as-of", as_of, "--format", "json", *arguments)
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    return {table["title"].removeprefix("The market: ").partition(",")[0]: table for table in found}


def rows(root: Path, table: str, *arguments: str, as_of: str = AS_OF) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tables(root, *arguments, as_of=as_of)[table]["rows"]
    return found


def shares(found: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, Any, Any, Any]]:
    return {row["supplier"]: (row["boroughs"], row["systems"], row["contracts"], row["yearly_value_pence"]) for row in found}


NONE = None
# (what is asked, as of when) → {row: (boroughs, systems, contracts, pence)}, in order.
SHARES: dict[tuple[tuple[str, ...], str], dict[str, tuple[int, Any, Any, Any]]] = {
    ((), AS_OF): {
        "Unit4": (3, 3, 1, 40_000_00),
        "Softcat": (3, 3, 1, 10_000_00),
        "NEC": (3, 3, 1, NONE),
        "BINS LIMITED": (2, 2, 1, 2_000_00),
        "Northgate": (1, NONE, 1, NONE),
        "In-house or open source": (2, 2, NONE, NONE),
        "Not known or not stated": (2, 3, 1, 5_000_50),
        "All": (4, 16, 6, 57_000_50),
    },
    (("--group",), AS_OF): {
        "NEC Corporation (with NEC and Northgate)": (3, 3, 2, NONE),
        "Unit4": (3, 3, 1, 40_000_00),
        "Softcat": (3, 3, 1, 10_000_00),
        "BINS LIMITED": (2, 2, 1, 2_000_00),
        "In-house or open source": (2, 2, NONE, NONE),
        "Not known or not stated": (2, 3, 1, 5_000_50),
        "All": (4, 16, 6, 57_000_50),
    },
    (("--top", "2"), AS_OF): {
        "Unit4": (3, 3, 1, 40_000_00),
        "Softcat": (3, 3, 1, 10_000_00),
        "3 others": (3, 5, 3, 2_000_00),
        "In-house or open source": (2, 2, NONE, NONE),
        "Not known or not stated": (2, 3, 1, 5_000_50),
        "All": (4, 16, 6, 57_000_50),
    },
    (("--borough", "kingston-upon-thames"), AS_OF): {"Unit4": (1, 1, 1, 40_000_00), "All": (1, 1, 1, 40_000_00)},
    (("--function", "planning/register"), AS_OF): {
        "NEC": (3, 3, 1, NONE),
        "Softcat": (2, 1, 1, 10_000_00),
        "All": (4, 4, 2, 10_000_00),
    },
    (("--function", "Finance", "-b", "sutton", "-b", "camden"), AS_OF): {
        "Unit4": (2, 2, 1, 40_000_00),
        "Softcat": (1, NONE, 1, 10_000_00),
        "All": (2, 2, 2, 50_000_00),
    },
    (("--function", "planning/register"), "2021-01-01"): {
        "Northgate": (2, 2, NONE, NONE),
        "Softcat": (2, 1, 1, 10_000_00),
        "NEC": (1, NONE, 1, NONE),
        "All": (4, 3, 2, 10_000_00),
    },
}


@pytest.mark.parametrize("asked", SHARES, ids=lambda asked: f"{' '.join(asked[0]) or 'nothing'} {asked[1]}")
def test_whose_share_of_what(root: Path, asked: tuple[tuple[str, ...], str]) -> None:
    """The maker then for systems, who signed for contracts; a body's own never, a shared contract once, what is ended or withheld not."""
    found = shares(rows(root, "suppliers", *asked[0], as_of=asked[1]))
    assert list(found.items()) == list(SHARES[asked].items())


def test_every_figure_has_its_denominator(root: Path) -> None:
    answer = tables(root)["suppliers"]
    assert answer["coverage"] == [
        "16 systems in use, of 4 of 4 authorities: 11 with a known maker (69 %), 2 in-house or open source without a supplier (12 %), "
        "3 whose maker is not known (19 %).",
        "6 contracts in force as far as is known, of 4 of 4 authorities: the supplier is stated for 5 (83 %). "
        "Of 4 no end is certain: they may be over.",
        "Yearly value: known for 4 of 6 contracts, £57,000 in all, £40,000 for the largest alone, 2 only roughly, 1 for several products together.",
        "Seen recently: 1 of 16 systems since 2025-11-23, 0 of 6 contracts since 2024-11-23.",
        "Ratings by boroughs: of 4 of the systems, below.",
        "Left out: bodies such as consortia (1) and what is theirs alone, 1 system and 1 contract.",
    ]
    assert "A share in another holder's system counts for each that has one: 1 here." in answer["notes"][3]
    facts = answer["facts"]
    assert (facts["systems"], facts["systems_with_maker"], facts["systems_without_supplier"]) == (16, 11, 2)
    assert (facts["contracts"], facts["contracts_with_supplier"], facts["values_known"], facts["yearly_value_pence"]) == (
        6,
        5,
        4,
        57_000_50,
    )


def test_shares_are_of_what_was_asked_for(root: Path) -> None:
    answer = tables(root, "--borough", "kingston-upon-thames")["suppliers"]
    assert answer["coverage"][0].startswith("1 system in use as asked for, of 1 of 1 authority: 1 with a known maker (100 %)")
    assert "A contract that others have a part in has its whole value here." in answer["notes"]
    assert not any(line.startswith("Left out") for line in answer["coverage"])
    narrowed = tables(root, "--function", "planning/register")["suppliers"]
    assert any(note.startswith("Contracts are those that name such a function or cover a system for it") for note in narrowed["notes"])


def test_what_is_withheld_is_in_no_sum_and_the_contract_in_every_count(root: Path) -> None:
    found = {row["id"]: row for row in rows(root, "suppliers")}
    assert (found["northgate"]["contracts"], found["northgate"]["yearly_value_pence"], found["northgate"]["values_known"]) == (1, None, 0)


@pytest.mark.parametrize("asked", [(), ("--group",), ("--top", "1"), ("--function", "planning"), ("-b", "camden", "--top", "2")])
def test_shares_others_and_unknown_make_up_the_whole(root: Path, asked: tuple[str, ...]) -> None:
    *parts, whole = rows(root, "suppliers", *asked)
    assert whole["standing"] == "all"
    for column in ("systems", "contracts", "yearly_value_pence", "values_known"):
        assert sum(row[column] or 0 for row in parts) == (whole[column] or 0)
    for column in ("systems_percent", "contracts_percent", "value_percent"):
        assert sum(row[column] or 0 for row in parts) == pytest.approx(100, abs=0.05 * len(parts))
        assert whole[column] == 100


def test_concentration_says_of_what(root: Path) -> None:
    found = rows(root, "concentration")
    assert [(row["of"], row["largest"], row["top_3_percent"], row["hhi"]) for row in found] == [
        ("11 systems with a known maker", "3 alike, 27 % each", 81.8, 2562),
        ("all 16 systems in use", "3 alike, 19 % each", 56.2, None),
        ("5 contracts with a stated supplier", "5 alike, 20 % each", 60.0, 2000),
        ("all 6 contracts in force", "5 alike, 17 % each", 50.0, None),
        ("£52,000 a year of 3 contracts with a stated supplier", "Unit4, 77 %", None, None),
        ("all £57,000 a year known of 4 contracts", "Unit4, 70 %", None, None),
    ]
    assert [(row["measure"], row["denominator"], row["records"], row["whole_pence"], row["top_1_pence"]) for row in found[4:]] == [
        ("value", "known", 3, 52_000_00, 40_000_00),
        ("value", "all", 3, 57_000_50, 40_000_00),
    ]
    assert [(row["whole"], row["top_1"]) for row in found[3:5]] == [(6, 1), (None, None)]
    assert {row["whole_pence"] for row in found[:4]} == {None}
    notes = tables(root)["concentration"]["notes"]
    assert "HHI not shown for value: fewer than 5 records with a known supplier." in notes


def test_what_is_all_known_has_one_denominator(root: Path) -> None:
    found = rows(root, "concentration", "--borough", "kingston-upon-thames")
    assert [(row["of"], row["suppliers"], row["largest"]) for row in found] == [
        ("1 system with a known maker", 1, "Unit4, 100 %"),
        ("1 contract with a stated supplier", 1, "Unit4, 100 %"),
        ("£40,000 a year of 1 contract with a stated supplier", 1, "Unit4, 100 %"),
    ]


def test_concentration_by_function_needs_enough_and_looks_everywhere(root: Path) -> None:
    """Two functions have three systems, so that none is shown; of one borough's functions those elsewhere count too."""
    answer = tables(root)["concentration by function"]
    assert answer["rows"] == []
    assert answer["coverage"] == [
        "All 4 authorities are looked at. Of 5 functions with a system in use, 0 have at least 5 systems whose maker is known; "
        "5 with fewer are left out.",
        "1 system of which no one says what they are for: not in any function.",
    ]
    shipped = {row["id"]: row for row in rows(ROOT, "concentration by function", "-b", "hackney", as_of="2026-11-24")}
    everywhere = {row["id"]: row for row in rows(ROOT, "concentration by function", as_of="2026-11-24")}
    assert 0 < len(shipped) < len(everywhere)
    assert shipped == {function: everywhere[function] for function in shipped}


def test_only_the_functions_asked_for_are_told() -> None:
    """Council tax systems also serve business rates, which was not asked for."""
    answer = tables(ROOT, "--function", "revenues/council-tax", as_of="2026-11-24")
    assert answer["concentration by function"]["facts"]["functions"] == 1
    lists = [line for row in answer["if a supplier left"]["rows"] for line in row["lists"]]
    assert {line.partition(":")[0] for line in lists} == {"revenues/council-tax"}


def test_what_rests_on_one_supplier(root: Path) -> None:
    """Not where one borough alone is known to have it, nor beside another maker or an open source system."""
    found = rows(root, "functions resting on one supplier")
    assert [(row["id"], row["supplier"], row["boroughs"], row["systems_known"], row["open_source"]) for row in found] == [
        ("financial/erp", "Unit4", 3, "3 of 3", 0),
        ("planning/appeals", "Softcat", 2, "2 of 2", 2),
        ("planning/trees", "BINS LIMITED", 2, "2 of 3", 0),
    ]
    assert found[2]["products"] == ["Trees", "Woods"]
    answer = tables(root)["functions resting on one supplier"]
    assert answer["coverage"] == ["3 of the 4 functions for which 2 or more of all 4 authorities have a system whose maker is known."]
    assert answer["notes"][1] == "Open source, so that another could keep it going: Kept open."


def test_the_market_of_a_function_is_everyones_also_for_one_borough(root: Path) -> None:
    found = rows(root, "functions resting on one supplier", "--borough", "sutton")
    assert [(row["id"], row["boroughs"]) for row in found] == [("financial/erp", 3)]


def test_what_would_be_left_without_a_system(root: Path) -> None:
    """A system of an unknown maker beside it, or another maker's, is something else to use."""
    found = rows(root, "if a supplier left")
    assert [(row["id"], row["boroughs"], row["pairs"], row["alone"], row["mostly"]) for row in found] == [
        ("unit4", 3, 3, 1, "ERP (3 of 3)"),
        ("nec", 2, 2, 0, "Register (2 of 3)"),
        ("softcat", 2, 2, 1, "Appeals (2 of 2)"),
        ("bins", 1, 1, 1, "Trees (1 of 2)"),
    ]
    assert found[0]["lists"] == ["financial/erp: camden, kingston-upon-thames, sutton"]
    assert tables(root)["if a supplier left"]["coverage"] == [
        "8 of the 12 pairs of borough and function with a system in use (67 %) rest on one supplier: every system that the borough uses for "
        "it is known to be that supplier's."
    ]
    alone = rows(root, "if a supplier left", "--borough", "camden")
    assert [row["mostly"] for row in alone] == ["Trees", "Register", "Appeals", "ERP"]


def register(tmp_path: Path, camden: str, catalogue: Mapping[str, str] | None = None) -> Path:
    files = {**CATALOGUE, **BOROUGHS, "data/boroughs/camden/technology.yaml": f"schema: 1\nsystems:\n{camden}", **(catalogue or {})}
    return write(tmp_path, {name: text.lstrip("\n") for name, text in files.items()})


# Ratings of one maker's systems → what is said of its value for money.
@pytest.mark.parametrize(
    ("given", "said", "number"),
    [
        ([1, 2, 4, 5, 5], "4 (n = 5)", 4),
        ([1, 2, 4, 4, 5, 5], "4 (n = 6)", 4),
        ([1, 1, 2, 3, 5, 5], "2.5 (n = 6)", 2.5),
        ([5, 5, 5, 5], "n = 4", None),
    ],
)
def test_a_median_needs_five_ratings(tmp_path: Path, given: list[int], said: str, number: float | None) -> None:
    lines = [
        f"  - {{id: s{n}, product: unit4-erp, rating: {{value_for_money: {value}, on: {2020 + n}}}}}\n" for n, value in enumerate(given)
    ]
    lines.append("  - {id: none, product: unit4-erp}\n  - {id: later, product: unit4-erp, rating: {value_for_money: 1, on: 2026-12}}\n")
    (row,) = rows(register(tmp_path, "".join(lines)), "what boroughs think")
    assert (row["value_for_money_text"], row["value_for_money"], row["value_for_money_ratings"]) == (said, number, len(given))
    assert (row["capability_text"], row["capability"], row["capability_ratings"]) == ("n = 0", None, 0)
    assert (row["systems"], row["given"]) == (f"{len(given)} of {len(given) + 2}", f"2020–{2019 + len(given)}")


def test_most_rated_first(root: Path) -> None:
    answer = tables(root)["what boroughs think"]
    assert [(row["supplier"], row["ratings"], row["boroughs"], row["given"]) for row in answer["rows"]] == [
        ("NEC", 2, 2, "2025–2026"),
        ("Softcat", 1, 1, "2026"),
    ]
    assert answer["coverage"] == ["4 of 16 systems in use are rated (25 %), 3 of them with a known maker."]


def test_what_is_not_listed_is_numbered(root: Path) -> None:
    whole, short = tables(root), tables(root, "--top", "1")
    for name, table in short.items():
        if name not in ("suppliers", "concentration"):
            beyond = len(whole[name]["rows"]) - 1
            assert len(table["rows"]) == min(1, len(whole[name]["rows"]))
            assert [line for line in table["coverage"] if "not listed" in line] == [f"{beyond} more not listed: --top lists more."] * (
                beyond > 0
            )


def test_a_company_owns_others_only_by_group(tmp_path: Path) -> None:
    root = register(tmp_path, "  - {id: a, name: A, supplier: nec-corporation}\n  - {id: b, product: explorer}\n")
    assert [row["supplier"] for row in rows(root, "suppliers")] == ["NEC", "NEC Corporation", "All"]
    assert [row["supplier"] for row in rows(root, "suppliers", "--group")] == ["NEC Corporation (with NEC)", "All"]


def test_the_chart_is_of_systems_and_the_largest_first(shipped: Index) -> None:
    chart = market(shipped, Filters(top=12))[0].chart
    assert isinstance(chart, Bars)
    systems = len(_counted(shipped, "systems_in_use WHERE counts = 1", "system"))
    label, length, figure = chart.rows[0]
    assert chart.title == f"Systems in use by maker, of {systems}"
    assert (label, length, len(chart.rows)) == ("Civica", int(figure.split()[0]), 12)
    assert figure == f"{length:.0f} ({100 * length / systems:.0f} %)"
    assert all(one[1] >= other[1] for one, other in pairwise(chart.rows))


def test_the_order_is_as_stated() -> None:
    found = [row for row in rows(ROOT, "suppliers", "--top", "9999") if row["standing"] == "supplier"]
    keys = [(row["boroughs"], row["systems"] or 0, row["contracts"] or 0, row["yearly_value_pence"] or 0) for row in found]
    assert keys == sorted(keys, reverse=True)
    assert any(one["systems"] < other["systems"] for one, other in pairwise(found) if one["systems"] and other["systems"])


def test_without_ratings_it_says_so_once(tmp_path: Path) -> None:
    answer = tables(register(tmp_path, "  - {id: erp, product: unit4-erp}\n"))
    assert "what boroughs think" not in answer
    assert "Ratings by boroughs: no ratings reported." in answer["suppliers"]["coverage"]


def test_an_empty_register_divides_by_nothing(tmp_path: Path) -> None:
    answer = tables(write(tmp_path, {"data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: []\n"}))
    assert [table["rows"] for table in answer.values()] == [[], [], [], [], []]
    assert answer["suppliers"]["coverage"][:2] == [
        "0 systems in use, of 0 of 0 authorities: 0 with a known maker, 0 in-house or open source without a supplier, "
        "0 whose maker is not known.",
        "No contracts in force are reported.",
    ]
    assert answer["concentration"]["coverage"] == ["Nothing is known of any supplier."]


def test_contracts_in_force_are_as_many_in_every_report() -> None:
    """The market's and those of bodies alone are those of prices; with those past their end they are those of renewals."""
    facts = tables(ROOT)["suppliers"]["facts"]
    prices, renewals = (
        json.loads(run("--root", str(ROOT), "report", report, "--as-of", AS_OF, "--format", "json").out)
        for report in ("prices", "renewals")
    )
    of_prices, of_renewals = prices[0]["facts"], renewals["facts"]
    assert facts["contracts"] == of_prices["in_force"] - of_prices["of_bodies"]
    assert of_prices["in_force"] == of_renewals["open"] - of_renewals["end_passed"]
    assert of_prices["end_passed"] == of_renewals["end_passed"]
    said = "25 contracts whose stated end has passed and 12 contracts whose term and options have run out, not known whether they go on"
    assert (facts["end_passed"], facts["term_passed"]) == (25, 12)
    assert f"Not counted as in force: {said}." in tables(ROOT)["suppliers"]["coverage"]


def test_names_are_told_apart_and_cannot_steer_anything(tmp_path: Path) -> None:
    suppliers = """
schema: 1
suppliers: [{id: one, name: "=Same"}, {id: two, name: "=Same"}, {id: unit4, name: "[red]U[/red]"}]
"""
    products = """
schema: 1
products: [{id: a, name: A, makers: [{supplier: one}]}, {id: b, name: B, makers: [{supplier: two}]}, {id: c, name: C, makers: [{supplier: unit4}]}]
"""
    catalogue = {"data/catalogue/suppliers.yaml": suppliers, "data/catalogue/products.yaml": products}
    root = register(tmp_path, "".join(f"  - {{id: {id}, product: {id}}}\n" for id in "abc"), catalogue)
    found = rows(root, "suppliers")
    assert [row["supplier"] for row in found] == ["=Same [one]", "=Same [two]", "[red]U[/red]", "All"]
    done = run("--root", str(root), "report", "market", "--format", "csv")
    assert ",'=Same [one],1,1," in done.out
    assert "[red]U[/red]" in run("--root", str(root), "report", "market").out


@given(st.dictionaries(st.text("abcdef", min_size=1), st.integers(0, 10**9), max_size=12))
def test_an_index_of_concentration_keeps_its_bounds(amounts: dict[str, int]) -> None:
    held = holding(amounts, records=LEAST)
    present = [amount for amount in amounts.values() if amount]
    if not present:
        assert (held.hhi, held.largest(), held.top(3)) == (None, [], 0)
        return
    squares = math.fsum((100 * amount / sum(present)) ** 2 for amount in present)
    assert held.hhi == pytest.approx(squares, abs=0.51)
    assert round(10_000 / len(present)) <= held.hhi <= 10_000
    assert all(held.top(n) == sum(sorted(present)[::-1][:n]) for n in range(15))
    assert all(amounts[one] >= amounts[other] for one, other in pairwise(held.amounts))


@pytest.mark.parametrize(
    ("amounts", "records", "hhi"),
    [({"a": 5}, 5, 10_000), ({"a": 4}, 4, None), (dict.fromkeys("abcd", 3), 12, 2_500), ({"a": 70, "b": 30}, 100, 5_800), ({}, 9, None)],
)
def test_an_index_of_concentration(amounts: dict[str, int], records: int, hhi: int | None) -> None:
    assert holding(amounts, records).hhi == hhi


def test_a_percentage_of_nothing_is_none() -> None:
    assert (percent(1, 3), percent(0, 7), percent(0, 0)) == (33.3, 0.0, None)


# The shipped register again, from its records in plain loops: which systems and contracts count is taken from the index, nothing else.


@pytest.fixture(scope="module")
def shipped() -> Index:
    return build(dataset.load(ROOT), datetime.date(2026, 11, 24))


def _owner(index: Index, supplier: str) -> str:
    """The owner at the top as of the day, climbing one step at a time."""
    parents = {record.id: record.items("parents") for record in index.dataset.of("supplier")}
    while True:
        begun = [parent["supplier"] for parent in parents.get(supplier, []) if parent.get("since", "") <= index.as_of.isoformat()]
        if not begun:
            return supplier
        supplier = begun[-1]


def _named(index: Index, text: str, grouped: bool) -> str:
    match = index.catalogue.resolve("supplier", text) if text else None
    found = match.id if match else normalise(text)
    return _owner(index, found) if match and grouped else found


def _maker(index: Index, record: Record, grouped: bool) -> str:
    """Who makes a system: an id, a plain name, or nothing."""
    match = index.catalogue.resolve("product", record.text("product") or record.text("name"))
    product = index.catalogue.entry("product", match.id) if match else None
    makers = product.items("makers") if product else []
    begun = [maker["supplier"] for maker in makers if maker.get("since", "") <= index.as_of.isoformat()]
    return _named(index, begun[-1] if begun else record.text("supplier"), grouped)


def _counted(index: Index, table: str, column: str) -> set[str]:
    return {ref for (ref,) in index.database.query(f"SELECT {column} FROM {table}")[1]}


@pytest.mark.parametrize("grouped", [False, True])
def test_the_shipped_register_counted_by_hand(shipped: Index, grouped: bool) -> None:
    in_use, in_force = _counted(shipped, "systems_in_use", "system"), _counted(shipped, "contracts_in_force", "contract")
    authorities = set(shipped.dataset.authorities)
    systems: Counter[str] = Counter()
    contracts: Counter[str] = Counter()
    reached: dict[str, set[str]] = defaultdict(set)
    owners: dict[str, set[str]] = defaultdict(set)
    for record in shipped.dataset.of("system"):
        owners[record.ref].add(record.holder)
        owners[record.text("instance_of")].add(record.holder)
        if record.ref in in_use and record.holder in authorities and (maker := _maker(shipped, record, grouped)):
            systems[maker] += 1
            reached[maker].add(record.holder)
    for record in shipped.dataset.of("contract"):
        covered = [ref if "/" in ref else f"{record.holder}/{ref}" for ref in record.texts("covers")]
        holders = {record.holder, *record.texts("parties", "borough")}.union(*(owners[ref] for ref in covered)) & authorities
        supplier = _named(shipped, record.text("supplier"), grouped)
        if record.ref in in_force and holders and supplier:
            contracts[supplier] += 1
            reached[supplier] |= holders
    found = rows(ROOT, "suppliers", "--top", "9999", *(["--group"] if grouped else []), as_of="2026-11-24")
    listed = [row for row in found if row["standing"] == "supplier"]
    assert {row["id"]: row["systems"] for row in listed if row["systems"]} == systems
    assert {row["id"]: row["contracts"] for row in listed if row["contracts"]} == contracts
    assert {row["id"]: row["boroughs"] for row in listed} == {supplier: len(holders) for supplier, holders in reached.items()}
    assert len(listed) > 80
    assert found[-1]["systems"] > sum(systems.values()) > 0


@pytest.mark.parametrize("grouped", [False, True])
def test_functions_counted_by_hand(shipped: Index, grouped: bool) -> None:
    in_use = _counted(shipped, "systems_in_use", "system")
    makers: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    systems: dict[str, Counter[str]] = defaultdict(Counter)
    for record in shipped.dataset.of("system"):
        if record.ref not in in_use or record.holder not in shipped.dataset.authorities:
            continue
        match = shipped.catalogue.resolve("product", record.text("product") or record.text("name"))
        product = shipped.catalogue.entry("product", match.id) if match else None
        maker = _maker(shipped, record, grouped)
        free = product is not None and product.text("origin") in ("in-house", "open-source") and not maker
        for function in record.items("functions") or (product.items("functions") if product else []):
            makers[function][record.holder].add("free" if free else maker or "?")
            systems[function]["free" if free else maker or "?"] += 1
    sole: dict[str, str] = {}
    left: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for function, by_holder in makers.items():
        everyone = set().union(*by_holder.values()) - {"?"}
        if len(everyone) == 1 and "free" not in everyone and sum(bool(found - {"?"}) for found in by_holder.values()) > 1:
            sole[function] = next(iter(everyone))
        for holder, found in by_holder.items():
            if len(found) == 1 and not found & {"?", "free"}:
                left[next(iter(found))].add((function, holder))
    enough: dict[str, tuple[int, int, int]] = {}
    for function, counted in systems.items():
        known = Counter({maker: number for maker, number in counted.items() if maker not in ("?", "free")})
        if known.total() >= 5:
            squares = sum((100 * number / known.total()) ** 2 for number in known.values())
            enough[function] = (len(makers[function]), counted.total(), round(squares))
    option = ["--top", "9999", *(["--group"] if grouped else [])]
    answer = tables(ROOT, *option, as_of="2026-11-24")
    assert {row["id"]: row["supplier_id"] for row in answer["functions resting on one supplier"]["rows"]} == sole
    assert {row["id"]: row["pairs"] for row in answer["if a supplier left"]["rows"]} == {each: len(pairs) for each, pairs in left.items()}
    by_function = answer["concentration by function"]["rows"]
    assert {row["id"]: (row["boroughs"], row["systems"], row["hhi"]) for row in by_function} == enough
    assert [row["hhi"] for row in by_function] == sorted((row["hhi"] for row in by_function), reverse=True)
    assert len(sole) > 5
    assert len(enough) > 10


def test_one_boroughs_market_is_part_of_the_whole() -> None:
    """A filter narrows: no supplier has more of one borough than of all, and the boroughs' systems add up to all systems."""
    whole = {row["id"]: row for row in rows(ROOT, "suppliers", "--top", "9999") if row["standing"] == "supplier"}
    summed: Counter[str] = Counter()
    for borough in ("hackney", "camden", "sutton"):
        for row in rows(ROOT, "suppliers", "--top", "9999", "-b", borough):
            if row["standing"] == "supplier":
                summed[row["id"]] += row["systems"] or 0
                assert (row["contracts"] or 0) <= (whole[row["id"]]["contracts"] or 0)
    together = rows(ROOT, "suppliers", "--top", "9999", "-b", "hackney", "-b", "camden", "-b", "sutton")
    assert {row["id"]: row["systems"] for row in together if row["standing"] == "supplier" and row["systems"]} == +summed


def test_it_reads_well(root: Path) -> None:
    out = run("--root", str(root), "report", "market", "--as-of", AS_OF).out
    golden("market.txt", out)
    assert max(len(line) for line in out.splitlines()) <= 80


@pytest.mark.parametrize("format", ["markdown", "csv"])
def test_other_formats_write(root: Path, format: str) -> None:
    done = run("--root", str(root), "report", "market", "--as-of", AS_OF, "--format", format, "--group")
    assert (done.code, done.err) == (0, "")
    assert "NEC Corporation (with NEC and Northgate)" in done.out
