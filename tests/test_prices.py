"""``citytools report prices``: like with like or not at all, what was paid before, and what keeps the rest out."""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import golden, run, write
from test_index import CATALOGUE

from citytools.reports import amounts, pricing
from citytools.reports.pricing import Contract, Group, Likeness
from citytools.reports.words import ordinal, price

AS_OF = "2026-11-23"
RESIDENTS = {
    "brent": 100_000,
    "camden": 100_000,
    "ealing": 100_000,
    "hackney": 200_000,
    "kingston-upon-thames": 200_000,
    "merton": 100_000,
    "newham": None,
    "sutton": 100_000,
}
HOLDERS = {
    f"data/boroughs/{id}/borough.yaml": f"schema: 1\nname: {id.split('-')[0].capitalize()}\ngss: E090000{number:02}\n"
    + (f"population: {{count: {count}, on: 2020, source: 'https://example.org'}}\n" if count else "")
    for number, (id, count) in enumerate(RESIDENTS.items())
}
SEEN = "sources: [{url: 'https://example.org', on: 2026-05, confidence: high}]"
LIKE = "for: year, includes: [support, licences], vat: excluded"


def system(users: int | None = None) -> str:
    """A file with one Planning Explorer."""
    return f"schema: 1\nsystems:\n  - {{id: explorer, product: explorer{f', users: {users}' if users else ''}}}\n"


def contracts(*lines: str) -> str:
    return "schema: 1\ncontracts:\n" + "".join(f"  - {{{line}}}\n" for line in lines)


def explorer(id: str, value: str, *more: str) -> str:
    """A contract for Planning Explorer, in force without a known end."""
    return ", ".join(
        (f"id: {id}, title: Explorer, supplier: nec, covers: [explorer], value: {{{value}}}", *(more or ("start: 2025-04", SEEN)))
    )


RECORDS = {
    "data/boroughs/camden/technology.yaml": """
schema: 1
systems:
  - {id: explorer, product: explorer, users: 100}
  - {id: erp, product: unit4-erp}
  - {id: erp-test, product: unit4-erp}
  - {id: own, name: Home-made}
  - {id: joint, product: unit4-erp, instance_of: consortium/erp}
""",
    "data/boroughs/camden/contracts.yaml": contracts(
        explorer("explorer", f"amount: 10000, {LIKE}"),
        "id: complete, title: =1+1, covers: [erp, erp-test], term_months: 48, value: {amount: 480000, for: initial-term, includes: [support], vat: excluded}",
        "id: outsourced, title: Service, functions: [planning/forms], value: {amount: 1, for: year, includes: [services], vat: excluded}",
        "id: both, title: Both, covers: [explorer, erp], value: {amount: 1, for: year, includes: [support], vat: excluded}",
        "id: with-service, title: Both, covers: [erp], functions: [financial/erp, planning/forms], value: {amount: 1, for: year, includes: [support], vat: excluded}",
        "id: named, title: Home-made, covers: [own], value: {amount: 1, for: year, includes: [support], vat: excluded}",
        "id: held-back, title: Held back, covers: [erp], withheld: [{field: value, reason: FOIA s.43}]",
        "id: given-all-the-same, title: Given, covers: [erp], value: {amount: 777777, for: year, includes: [support], vat: excluded}, withheld: [{field: value, reason: FOIA s.43}]",
        "id: contents-held-back, title: Contents, covers: [erp], value: {amount: 1, for: year, vat: excluded}, withheld: [{field: value.includes, reason: FOIA s.43}]",
        "id: silent, title: Silent, covers: [erp], unknown: [{field: value, reason: Not in our register.}]",
        "id: zero, title: Nought, covers: [erp], value: {amount: 0, for: year, includes: [support], vat: excluded}",
        "id: timeless, title: Timeless, covers: [erp], term_months: 12, value: {amount: 1, includes: [support], vat: excluded}",
        "id: endless, title: Endless, covers: [erp], value: {amount: 1, for: whole-term, includes: [support], vat: excluded}",
        "id: closed, title: Closed, covers: [erp], value: {amount: 1, for: year, vat: excluded}",
        "id: taxed, title: Taxed, covers: [erp], value: {amount: 1, for: year, includes: [support], vat: unknown}",
        "id: bare, title: Bare, covers: [erp], value: {amount: 1}",
        "id: joint, title: Joint, covers: [consortium/erp], value: {amount: 1, for: year, includes: [support], vat: excluded}",
    ),
    "data/boroughs/hackney/technology.yaml": system(100),
    "data/boroughs/hackney/contracts.yaml": contracts(
        explorer("first", f"amount: 20000, {LIKE}", "start: 2018-04-01, end: 2021-03-31, end_basis: committed"),
        explorer(
            "second",
            f"amount: 30000, {LIKE}",
            "signed: 2021-04-01, start: 2021-04-01, end: 2024-03-31, end_basis: committed, replaces: first",
        ),
        explorer("third", f"amount: 40000, {LIKE}", f"awarded: 2024-01-31, start: 2024-04-01, replaces: second, {SEEN}"),
        explorer("next", f"amount: 1, {LIKE}", "awarded: 2026-10-01, start: 2027-04-01"),
    ),
    "data/boroughs/sutton/technology.yaml": system(50),
    "data/boroughs/kingston-upon-thames/technology.yaml": "schema: 1\nsystems:\n  - {id: explorer, product: explorer, instance_of: sutton/explorer}\n",
    "data/boroughs/sutton/contracts.yaml": contracts(explorer("shared", f"amount: 90000, {LIKE}")),
    "data/boroughs/brent/technology.yaml": system(),
    "data/boroughs/brent/contracts.yaml": contracts(
        explorer("explorer", f"amount: 40000, {LIKE}", "start: 2019", SEEN.replace("high", "low")),
        explorer("other-time", "amount: 1, for: initial-term, includes: [support, licences], vat: excluded", "term_months: 12"),
        explorer("other-contents", "amount: 1, for: year, includes: [support], vat: excluded"),
        explorer("other-vat", "amount: 1, for: year, includes: [support, licences], vat: included"),
    ),
    "data/boroughs/ealing/technology.yaml": system(),
    "data/boroughs/ealing/contracts.yaml": contracts(
        explorer("explorer", f"amount: 20000, precision: about, {LIKE}", "start: 2020, sources: [{url: 'https://example.org', on: 2020}]"),
    ),
    "data/boroughs/merton/technology.yaml": """
schema: 1
systems:
  - {id: housing, name: Housing}
  - {id: benefits, name: Benefits}
  - {id: old, name: Old}
  - {id: new, name: New, replaces: old}
  - {id: explorer, product: explorer, users: 10}
""",
    "data/boroughs/merton/contracts.yaml": contracts(
        explorer("ceiling", f"amount: 5000, precision: up-to, {LIKE}"),
        explorer("range", f"amount: 1000, amount_to: 90000, {LIKE}", "start: 2022"),
        "id: nec-2022, title: Bundle, covers: [housing, benefits], end: 2025-07-31, end_basis: committed, value: {amount: 1688800, for: unknown, includes: [hosting]}",
        "id: nec-2025, title: Bundle, covers: [housing, benefits], end: 2030-07-31, end_basis: committed, value: {amount: 5043000, for: whole-term}, replaces: nec-2022",
        "id: old, title: Old, covers: [old], end: 2020-03-31, end_basis: committed, value: {amount: 100, for: year, includes: [support], vat: excluded}, replaces: older",
        "id: older, title: Older, covers: [old], end: 2015-03-31, end_basis: committed, value: {amount: 90, for: year, includes: [support], vat: excluded}",
        "id: new, title: New, covers: [new], value: {amount: 200, for: year, includes: [support], vat: excluded}",
        "id: newer, title: Newer, covers: [new], replaces: new, value: {amount: 250, for: year, includes: [support], vat: excluded}",
    ),
    "data/boroughs/newham/technology.yaml": system(100),
    "data/boroughs/newham/contracts.yaml": contracts(explorer("explorer", f"amount: 30000, {LIKE}")),
    "data/bodies/consortium/body.yaml": "schema: 1\nname: The Consortium\nkind: consortium\nmembers: [camden]\n",
    "data/bodies/consortium/technology.yaml": "schema: 1\nsystems:\n  - {id: erp, product: unit4-erp}\n",
}
ALL = {**CATALOGUE, **HOLDERS, **RECORDS}
ALL["data/dataset.yaml"] = CATALOGUE["data/dataset.yaml"].replace("camden, hackney, sutton, kingston-upon-thames", ", ".join(RESIDENTS))

# The group that all are compared in: residents and users as they stand above, £ a year as published.
COUNTED = {"camden": 100_00, "hackney": 200_00, "ealing": 200_00, "sutton": 300_00, "brent": 400_00}  # pence for 1,000 residents
EACH_USER = {"camden": 100_00, "hackney": 400_00, "newham": 300_00}
GROUP = [
    "camden/explorer",
    "ealing/explorer",
    "hackney/third",
    "sutton/shared",
    "brent/explorer",
    "newham/explorer",
    "merton/range",
    "merton/ceiling",
]
LACKING: dict[str, list[str]] = {
    "camden/complete": ["alone"],
    "camden/outsourced": ["uncovered"],
    "camden/both": ["bundle"],
    "camden/with-service": ["bundle"],
    "camden/named": ["product"],
    "camden/held-back": ["withheld"],
    "camden/given-all-the-same": ["withheld"],
    "camden/contents-held-back": ["withheld"],
    "camden/silent": ["value"],
    "camden/zero": ["value"],
    "camden/timeless": ["for"],
    "camden/endless": ["term"],
    "camden/closed": ["contents"],
    "camden/taxed": ["vat"],
    "camden/bare": ["for", "contents", "vat"],
    "camden/joint": ["body"],
    "brent/other-time": ["alone"],
    "brent/other-contents": ["alone"],
    "brent/other-vat": ["alone"],
    "merton/nec-2025": ["bundle", "term", "contents", "vat"],
    "merton/newer": ["product"],
}


def files(content: dict[str, str] = ALL) -> dict[str, str | bytes]:
    return {name: text.lstrip("\n") for name, text in content.items()}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("register"), files())


def prices(root: Path, *arguments: str, as_of: str = AS_OF) -> dict[str, dict[str, Any]]:
    """The tables by their titles, without the day."""
    done = run("--root", str(root), "report", "prices", "--as-of", as_of, "--format", "json", *arguments)
    assert (done.code, done.err) == (0, "")
    return {table["title"].split(",")[0]: table for table in json.loads(done.out)}


LIKE_FOR_LIKE, EACH, BEFORE, GAPS = (
    "Prices like for like",
    "Contract by contract",
    "What was paid before",
    "What keeps prices from comparison",
)


def test_only_like_prices_stand_together_lowest_first_and_what_is_no_figure_last(root: Path) -> None:
    """Not what has ended, is to come, or differs in time, contents or VAT."""
    (group,) = prices(root)[LIKE_FOR_LIKE]["rows"]
    assert group["contracts"] == GROUP
    assert (group["product_id"], group["for"], group["includes"], group["vat"]) == ("explorer", "year", ["licences", "support"], "excluded")
    assert group["prices"] == 8


def test_quartiles_are_of_single_figures_from_five_leads_on(root: Path) -> None:
    (group,) = prices(root)[LIKE_FOR_LIKE]["rows"]
    ordered = sorted(COUNTED.values())
    assert group["counted_resident"] == len(ordered) == 5
    # Of five, the inclusive quartiles are the second, third and fourth.
    quarters = [group[f"{which}_per_1000_residents_pence"] for which in ("lower", "median", "upper")]
    assert quarters == ordered[1:4]
    assert group["mean_per_1000_residents_pence"] == sum(ordered) // 5
    assert group["counted_user"] == len(EACH_USER)
    assert [group[f"{which}_per_user_pence"] for which in ("lower", "median", "upper", "mean")] == [None] * 4
    assert group["resident"] == "£0.10 to £0.40; lower quartile £0.20, median £0.20, upper quartile £0.30; mean £0.24 (5 prices)"
    assert group["user"] == "£100.00 to £400.00 (3 prices; quartiles from 5)"


def test_what_each_costs(root: Path) -> None:
    """A shared contract by the residents of both and, as one does not state its users, by no users."""
    rows = {row["contract"]: row for row in prices(root, "--all")[EACH]["rows"]}
    found = {ref.partition("/")[0]: rows[ref] for ref in GROUP[:6]}
    assert {holder: row["per_1000_residents_pence"] for holder, row in found.items()} == {**COUNTED, "newham": None}
    assert {holder: row["per_user_pence"] for holder, row in found.items() if row["per_user_pence"]} == EACH_USER
    assert (found["sutton"]["residents"], found["sutton"]["users"]) == (300_000, None)
    assert rows["camden/zero"]["amount_pence"] is None
    assert (rows["camden/complete"]["yearly_value_pence"], rows["camden/complete"]["per_1000_residents_pence"]) == (12_000_000, None)


def test_a_line_says_what_a_reader_should_know(root: Path) -> None:
    (group,) = prices(root)[LIKE_FOR_LIKE]["rows"]
    assert group["each"] == [
        "Camden: £0.10 a resident, £100.00 a user, £10,000 a year; since 2025-04 [camden/explorer]",
        "Ealing: about £0.20 a resident, about £20,000 a year; since 2020, not since 2020 [ealing/explorer]",
        "Hackney: £0.20 a resident, £400.00 a user, £40,000 a year; since 2024-04-01 [hackney/third]",
        "Sutton with Kingston: £0.30 a resident, £90,000 a year; since 2025-04 [sutton/shared]",
        "Brent: £0.40 a resident, £40,000 a year; since 2019, low confidence [brent/explorer]",
        "Newham: £300.00 a user, £30,000 a year; since 2025-04, residents not stated [newham/explorer]",
        "Merton: from 1.0p a resident, from £100.00 a user, from £1,000 a year; since 2022, no source is dated [merton/range]",
        "Merton: at most 5.0p a resident, at most £500.00 a user, at most £5,000 a year; since 2025-04 [merton/ceiling]",
    ]


PLACES = {
    "camden": [
        "Camden: lowest of 5 a resident, lowest of 3 a user; £10,000 a year less than at the median for its residents [camden/explorer]"
    ],
    "ealing": ["Ealing: joint 2nd lowest of 5 a resident; at the median for its residents [ealing/explorer]"],
    "kingston-upon-thames": [
        "Sutton with Kingston: 4th lowest of 5 a resident; £30,000 a year more than at the median for its residents [sutton/shared]",
    ],
    "brent": ["Brent: highest of 5 a resident; £20,000 a year more than at the median for its residents [brent/explorer]"],
    "newham": ["Newham: 2nd lowest of 3 a user [newham/explorer]"],
    "merton": [
        "Merton: no place, as the amount is a range [merton/range]",
        "Merton: no place, as the amount is a ceiling [merton/ceiling]",
    ],
}


@pytest.mark.parametrize("borough", PLACES)
def test_the_asking_boroughs_place(root: Path, borough: str) -> None:
    (group,) = prices(root, "--borough", borough)[LIKE_FOR_LIKE]["rows"]
    assert group["places"] == PLACES[borough]


def test_what_keeps_each_contract_out(root: Path) -> None:
    rows = prices(root, "--all")[EACH]["rows"]
    assert {row["contract"]: row["lacking"] for row in rows} == {**{ref: [] for ref in GROUP}, **LACKING}
    assert {row["contract"] for row in rows if row["compared"]} == set(GROUP)
    assert all(row["per_1000_residents_pence"] is None and row["place_resident"] is None for row in rows if not row["compared"])


def test_reasons_are_counted_and_what_lacks_one_alone_is_named(root: Path) -> None:
    gaps = prices(root)[GAPS]
    counts: dict[str, int] = {}
    for lacks in LACKING.values():
        for reason in lacks:
            counts[reason] = counts.get(reason, 0) + 1
    assert {row["id"]: row["contracts"] for row in gaps["rows"]} == counts
    assert [row["contracts"] for row in gaps["rows"]] == sorted(counts.values(), reverse=True)
    contents = next(row for row in gaps["rows"] if row["id"] == "contents")
    assert (contents["refs"], contents["only"]) == (["camden/bare", "camden/closed", "merton/nec-2025"], "for 1: camden/closed")
    assert gaps["coverage"] == [
        "21 of the 29 contracts in force cannot be set beside another holder's.",
        "For 7 of them one line in a file may be all that is missing.",
    ]


def test_an_officer_is_told_what_to_write_and_why_not(root: Path) -> None:
    rows = {row["contract"]: row for row in prices(root, "--borough", "camden")[EACH]["rows"]}
    assert rows["camden/bare"]["write"] == [
        "value: {for: initial-term, whole-term or year, "
        "includes: [any of licences, hosting, support, implementation, services], vat: excluded or included}"
    ]
    assert rows["camden/held-back"]["says"] == "Not compared: value withheld (FOIA s.43)."
    assert rows["camden/contents-held-back"]["says"] == "Not compared: what the amount pays for is withheld (FOIA s.43)."
    assert rows["camden/silent"]["says"] == "Not compared: no value published (Not in our register)."
    assert rows["camden/bare"]["beside"] == "11 other contracts in force for Unit4 ERP alone, 1 complete"
    assert rows["camden/explorer"]["says"].startswith("Compared with 7 others: lowest of 5 a resident")


@pytest.mark.parametrize("format", ["text", "json", "csv", "markdown"])
def test_what_is_withheld_is_nowhere(root: Path, format: str) -> None:
    """Not even where the file gives it all the same, alone or in a sum."""
    out = run("--root", str(root), "report", "prices", "--as-of", AS_OF, "--all", "--format", format).out
    assert "Held back" in out
    assert "777" not in out.replace(",", "")


def test_history_says_the_change_only_of_the_same(root: Path) -> None:
    rows = {row["contract"]: row for row in prices(root)[BEFORE]["rows"]}
    assert list(rows) == ["hackney/third", "merton/newer", "merton/nec-2025"]
    assert rows["hackney/third"]["refs"] == ["hackney/first", "hackney/second", "hackney/third"]
    assert rows["hackney/third"]["says"] == "Yearly cost up 33.3 %, from £30,000 to £40,000."
    assert (rows["hackney/third"]["change_per_mille"], rows["hackney/third"]["comparable"]) == (333, 1)
    assert rows["hackney/third"]["contracts"][1].endswith("[hackney/second]; yearly cost up 50.0 %, from £20,000 to £30,000")


def test_one_bundle_and_its_history(root: Path) -> None:
    """As Hillingdon has it: one row with both totals, and why they cannot be compared."""
    row = next(row for row in prices(root)[BEFORE]["rows"] if row["contract"] == "merton/nec-2025")
    assert row["says"] == "£5,043,000 after £1,688,800, not comparable: term and contents unstated; VAT not known."
    assert (row["count"], row["what"], row["bundle"]) == (2, "Benefits and Housing", "2 products or services for one amount")
    assert (row["amount_pence"], row["previous_amount_pence"], row["change_per_mille"]) == (504_300_000, 168_880_000, None)


def test_a_system_that_replaces_another_links_their_contracts(root: Path) -> None:
    """The last of the one's with the first of the other's, where contracts do not say so themselves."""
    row = next(row for row in prices(root)[BEFORE]["rows"] if row["contract"] == "merton/newer")
    assert row["refs"] == ["merton/older", "merton/old", "merton/new", "merton/newer"]
    assert row["contracts"][2].endswith("[merton/new]; £200 after £100, not comparable: not for the same systems or services")
    assert row["says"] == "Yearly cost up 25.0 %, from £200 to £250."
    assert row["linked"].startswith("a system replaced another")


HISTORIES = {
    "data/boroughs/brent/contracts.yaml": contracts(
        explorer("a", f"amount: 100, {LIKE}", "start: 2020"),
        explorer("b", f"amount: 110, {LIKE}", "replaces: a"),
    ),
    "data/boroughs/newham/contracts.yaml": contracts(
        explorer("a", f"amount: 100, {LIKE}", "start: 2020"),
        explorer("b", f"amount: 150, {LIKE}", "replaces: a"),
        explorer("found-late", f"amount: 100, {LIKE}", "sources: [{url: 'https://example.org', on: 2026-06}]"),
        explorer("found-early", f"amount: 100, {LIKE}", "replaces: found-late, sources: [{url: 'https://example.org', on: 2020}]"),
    ),
    "data/boroughs/sutton/contracts.yaml": contracts(
        "id: a, title: A, value: {amount: 1}",
        "id: b, title: B, replaces: a, value: {amount: 1}",
        "id: c, title: C",
        "id: d, title: D, replaces: c",
    ),
    "data/bodies/consortium/body.yaml": "schema: 1\nname: A Consortium\nkind: consortium\nmembers: [camden]\n",
    "data/bodies/consortium/contracts.yaml": contracts(
        "id: a, title: A, value: {amount: 1}", "id: b, title: B, replaces: a, value: {amount: 1}"
    ),
}


def test_the_most_telling_histories_come_first(tmp_path: Path) -> None:
    """Rises, the largest first; both amounts, authorities before bodies; the rest. Nothing that was not known yet."""
    kept = {name: text for name, text in files().items() if not name.endswith("contracts.yaml")}
    table = prices(write(tmp_path, {**kept, **HISTORIES}), as_of="2025-01-01")[BEFORE]
    assert [row["contract"] for row in table["rows"]] == ["newham/b", "brent/b", "sutton/b", "consortium/b", "sutton/d"]
    assert table["coverage"][0] == "5 histories of 10 contracts, of 3 of 8 authorities, 1 of bodies that do not count in the 8."


FILTERS = {
    ("--product", "explorer"): (True, {"hackney/third"}),
    ("--product", "Unit4 ERP"): (False, set()),
    ("--function", "planning"): (True, {"hackney/third"}),
    ("--supplier", "NEC"): (True, {"hackney/third"}),
    ("--supplier", "softcat"): (False, set()),
    ("--borough", "hackney"): (True, {"hackney/third"}),
    ("--borough", "merton"): (True, {"merton/nec-2025", "merton/newer"}),
    ("--borough", "The Consortium"): (False, set()),
    ("--borough", "merton", "--supplier", "NEC"): (True, set()),
}


@pytest.mark.parametrize("asked", FILTERS, ids=" ".join)
def test_filters_choose_groups_and_never_change_them(root: Path, asked: tuple[str, ...]) -> None:
    """Otherwise two answers side by side would give away what only their difference holds."""
    whole, some = prices(root, "--all"), prices(root, "--all", *asked)
    shown, histories = FILTERS[asked]
    kept = [{**row, "places": []} for row in some[LIKE_FOR_LIKE]["rows"]]
    assert kept == (whole[LIKE_FOR_LIKE]["rows"] if shown else [])
    assert {row["contract"] for row in some[BEFORE]["rows"]} == histories
    everything = {row["contract"]: row for row in whole[EACH]["rows"]}
    assert all(everything[row["contract"]] == row for row in some[EACH]["rows"])
    assert len(some[EACH]["rows"]) == some[LIKE_FOR_LIKE]["facts"]["asked_in_force"]
    assert sum(row["compared"] for row in some[EACH]["rows"]) == some[LIKE_FOR_LIKE]["facts"]["compared"]


def test_every_figure_has_its_denominator(root: Path) -> None:
    tables = prices(root)
    assert tables[LIKE_FOR_LIKE]["coverage"] == [
        "8 of 29 contracts in force as far as is known can be set beside another holder's: 1 group of like prices, 1 with quartiles.",
        "Contracts in force are known of 8 of 8 authorities.",
        "Prices shown: 8, of 8 of 8 authorities; users are stated for 5. Seen since 2024-11-23: 6 of 8 (75 %).",
    ]
    assert "Left out: 6 contracts ended or replaced; 1 contract not begun." in tables[LIKE_FOR_LIKE]["notes"]
    assert tables[LIKE_FOR_LIKE]["notes"][-1].endswith("not reported is not none.")
    assert tables[BEFORE]["coverage"] == [
        "3 histories of 9 contracts, of 2 of 8 authorities.",
        "Both amounts are published for 6 of 6 successions; a change can be told for 4.",
    ]


def test_the_past_is_seen_from_the_past(root: Path) -> None:
    """In 2019 there was one contract of Hackney's, and what no source dates."""
    tables = prices(root, "--all", "--borough", "hackney", as_of="2019-06-30")
    assert [row["contract"] for row in tables[EACH]["rows"]] == ["hackney/first"]
    assert tables[BEFORE]["rows"] == []


def test_a_lone_holders_two_prices_are_no_comparison(tmp_path: Path) -> None:
    found = files()
    twice = contracts(explorer("one", f"amount: 1, {LIKE}"), explorer("two", f"amount: 2, {LIKE}"))
    kept = {name: text for name, text in found.items() if not name.endswith("contracts.yaml")}
    tables = prices(write(tmp_path, {**kept, "data/boroughs/brent/contracts.yaml": twice}), "--all")
    assert tables[LIKE_FOR_LIKE]["rows"] == []
    assert [row["lacking"] for row in tables[EACH]["rows"]] == [["alone"], ["alone"]]


def test_an_empty_register_has_no_prices(tmp_path: Path) -> None:
    tables = prices(write(tmp_path, {"data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: []\n"}))
    assert [table["rows"] for table in tables.values()] == [[], [], []]
    assert [table["coverage"] for table in tables.values()] == [
        ["No contract is known to be in force.", "Contracts in force are known of 0 of 0 authorities."],
        ["No contract is known to follow another."],
        [],
    ]


def test_what_is_asked_for_and_not_in_force_is_told_without_noughts(tmp_path: Path) -> None:
    root = write(
        tmp_path, {**files(), "data/boroughs/ealing/contracts.yaml": contracts("id: old, title: Old, covers: [explorer], end: 2024")}
    )
    tables = prices(root, "--borough", "ealing")
    assert tables[LIKE_FOR_LIKE]["coverage"] == [
        "No contract asked for is known to be in force.",
        "In all, contracts in force are known of 7 of 8 authorities.",
    ]
    assert "Left out: 1 contract whose stated end has passed, not known whether it goes on." in tables[LIKE_FOR_LIKE]["notes"]
    assert tables[EACH]["coverage"] == ["Nothing is known to be in force."]
    assert tables[BEFORE]["coverage"] == ["No contract asked for is known to follow another."]


def test_contracts_that_replace_each_other_in_a_circle_still_end(tmp_path: Path) -> None:
    circle = contracts("id: a, title: A, replaces: b", "id: b, title: B, replaces: a", "id: self, title: Self, replaces: self")
    kept = {name: text for name, text in files().items() if not name.endswith("contracts.yaml")}
    done = run("--root", str(write(tmp_path, {**kept, "data/boroughs/brent/contracts.yaml": circle})), "report", "prices", "--as-of", AS_OF)
    assert done.code == 1
    assert "1 history of 2 contracts" in done.out


def test_it_reads_well(root: Path) -> None:
    out = run("--root", str(root), "report", "prices", "--as-of", AS_OF, "--borough", "hackney", "--borough", "merton").out
    golden("prices.txt", out)
    assert max(len(line) for line in out.splitlines()) <= 80


def test_long_answers_are_cut_and_say_so(tmp_path: Path) -> None:
    found = files()
    many = contracts(*(f"id: c{number}, title: Silent" for number in range(25)))
    path = write(tmp_path, {**found, "data/boroughs/brent/contracts.yaml": many})
    cut, whole = prices(path, "--borough", "brent")[EACH], prices(path, "--borough", "brent", "--all")[EACH]
    assert (len(cut["rows"]), len(whole["rows"])) == (20, 25)
    assert cut["notes"][0] == "These are the first 20 of 25: --all shows the rest."
    assert "--all" not in " ".join(whole["notes"])


def test_a_cell_that_begins_with_a_sign_is_no_formula(root: Path) -> None:
    out = run("--root", str(root), "report", "prices", "--as-of", AS_OF, "--all", "--format", "csv").out
    assert "'=1+1" in [cell for row in csv.reader(io.StringIO(out, newline="")) for cell in row]


# The arithmetic, against other ways to do it


def made(number: int = 0, **given: Any) -> Contract:
    """A contract of its own holder, complete unless said otherwise."""
    row = {
        "contract": f"h{number}/c",
        "holder": f"h{number}",
        "title": "T",
        "value_amount_pence": 100,
        "value_amount_to_pence": None,
        "value_precision": None,
        "value_for": "year",
        "value_vat": "excluded",
        "yearly_value_pence": 100,
        "users": None,
        "products": 1,
        "services": 0,
        "product": "p",
        "product_name": "P",
        **{key: value for key, value in given.items() if key not in ("includes", "things", "holders", "withheld")},
    }
    holders = [{"holder": each, "name": each, "counts": 1, "population_count": 1000} for each in given.get("holders", (f"h{number}",))]
    return Contract(row, given.get("includes", ("support",)), holders, given.get("things", {"p": "P"}), given.get("withheld", {}), {})


def quantile(ordered: list[Fraction], share: Fraction) -> Fraction:
    """By its definition: how far along the line from the lowest to the highest."""
    at = share * (len(ordered) - 1)
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (at - below) * (ordered[above] - ordered[below])


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=12), st.data())
def test_quartiles_and_places_are_those_of_the_definition(yearly: list[int], data: st.DataObject) -> None:
    found = [made(number, yearly_value_pence=cost) for number, cost in enumerate(yearly)]
    (group,) = pricing.alike(data.draw(st.permutations(found)))
    ordered = sorted(Fraction(cost, 1000) for cost in yearly)
    assert [contract.cost("resident") for contract in group.contracts] == ordered
    spread = group.spread("resident")
    assert (spread is None) == (len(yearly) < 5)
    if spread:
        assert [spread.lower, spread.median, spread.upper] == [quantile(ordered, Fraction(part, 4)) for part in (1, 2, 3)]
        assert spread.mean * spread.of == sum(ordered)
    for contract in found if len(found) > 1 else []:
        place = group.place(contract, "resident")
        cost = Fraction(contract.yearly or 0, 1000)
        assert place is not None
        assert (place.rank, place.of, place.shared) == (ordered.index(cost) + 1, len(ordered), ordered.count(cost) > 1)


def test_five_prices_of_four_leads_have_no_quartiles() -> None:
    found = [made(number, contract=f"h{number}/{extra}") for number, extra in ((0, "a"), (0, "b"), (1, "a"), (2, "a"), (3, "a"))]
    group = Group(Likeness("p", "year", ("support",), "excluded"), tuple(found))
    assert (len(group.costs("resident")), group.leads, group.spread("resident")) == (5, 4, None)


def test_residents_are_those_of_all_or_of_none() -> None:
    contract = made(holders=("a", "b"))
    assert contract.residents == 2000
    contract.holders[1]["population_count"] = None
    assert (contract.residents, contract.cost("resident")) == (None, None)


def test_the_largest_group_comes_first() -> None:
    found = [made(0, product="a", product_name="A"), made(1), made(2), made(3, includes=("hosting",)), made(4, value_vat="included")]
    groups = pricing.alike([found[0], *found[3:], *found[1:3]])
    assert [[contract.ref for contract in group.contracts] for group in groups] == [["h1/c", "h2/c"], ["h0/c"], ["h3/c"], ["h4/c"]]


STEPS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "the same": ({}, {}, "yearly cost unchanged, from £1 to £1"),
    "down": ({}, {"yearly_value_pence": 75}, "yearly cost down 25.0 %, from £1 to £1"),
    "a little": (
        {"yearly_value_pence": 10_000_000},
        {"yearly_value_pence": 10_000_100},
        "yearly cost up by less than 0.1 %, from £100,000 to £100,001",
    ),
    "an estimate": ({"value_precision": "about"}, {"yearly_value_pence": 150}, "yearly cost about up 50.0 %, from £1 to £2"),
    "no time": ({"value_for": None, "yearly_value_pence": None}, {}, "£1 after £1, not comparable: term unstated"),
    "no term": (
        {"value_for": "year"},
        {"value_for": "whole-term", "yearly_value_pence": None},
        "£1 after £1, not comparable: term unstated; amounts for different times",
    ),
    "no contents": ({"includes": ()}, {}, "£1 after £1, not comparable: contents unstated"),
    "no VAT": ({}, {"value_vat": "unknown"}, "£1 after £1, not comparable: VAT not known"),
    "nothing but an amount": (
        {"value_for": "unknown", "yearly_value_pence": None, "includes": (), "value_vat": None},
        {},
        "£1 after £1, not comparable: term and contents unstated; VAT not known",
    ),
    "other time": ({"value_for": "initial-term"}, {}, "£1 after £1, not comparable: amounts for different times"),
    "other contents": ({}, {"includes": ("hosting",)}, "£1 after £1, not comparable: contents differ"),
    "other VAT": ({}, {"value_vat": "included"}, "£1 after £1, not comparable: VAT in one only"),
    "other systems": ({}, {"things": {"q": "Q"}}, "£1 after £1, not comparable: not for the same systems or services"),
    "no systems": ({"things": {}}, {"things": {}}, "£1 after £1, not comparable: what they are for is not stated"),
    "other holders": ({}, {"holders": ("h0", "h1")}, "£1 after £1, not comparable: not held by the same"),
    "a ceiling": ({}, {"value_precision": "up-to"}, "at most £1 after £1, not comparable: the later amount is a ceiling"),
    "the least": ({"value_precision": "at-least"}, {}, "£1 after at least £1, not comparable: the earlier amount is the least"),
    "two ranges": (
        {"value_amount_to_pence": 200},
        {"value_amount_to_pence": 200},
        "from £1 after from £1, not comparable: each amount is a range",
    ),
    "nothing before": (
        {"value_amount_pence": None, "yearly_value_pence": None},
        {},
        "£1, before it not known, not comparable: a value is not published",
    ),
    "nought before": (
        {"value_amount_pence": 0, "yearly_value_pence": 0},
        {},
        "£1, before it not known, not comparable: a value is not published",
    ),
    "held back": (
        {},
        {"value_amount_pence": None, "yearly_value_pence": None, "withheld": {"value": "s.43"}},
        "£1 before, now not known, not comparable: a value is withheld",
    ),
    "held back, and nothing before": (
        {"value_amount_pence": None, "yearly_value_pence": None},
        {"value_amount_pence": None, "yearly_value_pence": None, "withheld": {"value": "s.43"}},
        "neither amount is known, not comparable: a value is withheld; a value is not published",
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_step_and_why_it_cannot_be_told(name: str) -> None:
    before, after, said = STEPS[name]
    step = pricing.step(made(0, **before), made(0, contract="h0/later", **after))
    assert amounts.change(step) == said
    assert (step.change is None) == ("not comparable" in said)


DATES = {
    "it began": (
        {"start_date": "2024-04-01", "signed": "2024-03", "end_date": "2026-03-31"},
        "2024-04-01 to 2026-03-31",
        "since 2024-04-01",
    ),
    "it began, and no end": ({"start_date": "2024", "awarded": "2023"}, "from 2024", "since 2024"),
    "it was signed": ({"signed": "2024-12-02", "awarded": "2024-11"}, "signed 2024-12-02", "signed 2024-12-02"),
    "it was awarded": ({"awarded": "2013-11"}, "awarded 2013-11", "awarded 2013-11"),
    "it was awarded, and an end": ({"awarded": "2013-11", "end_date": "2021"}, "awarded 2013-11, to 2021", "awarded 2013-11"),
    "an end alone": ({"end_date": "2021"}, "to 2021", "no date stated"),
    "heard of": ({"first_seen": "2020"}, "no dates stated (first heard of 2020)", "no date stated"),
    "nothing": ({}, "no dates stated", "no date stated"),
}


@pytest.mark.parametrize("name", DATES)
def test_an_award_is_not_a_beginning(name: str) -> None:
    """A contract that was signed or awarded need not have begun, so that day is called what it is."""
    stated, dates, mark = DATES[name]
    unstated = dict.fromkeys(("start_date", "signed", "awarded", "end_date", "first_seen", "supplier_name", "assumptions", "confidence"))
    contract = made(**{**unstated, "state": "current", "recent": 1, "term_months": None, **stated})
    assert amounts.of_a_time(contract).startswith(f"{dates}, in force")
    assert f"; {mark}" in amounts.line(contract)
    assert (pricing.began(contract), pricing.agreed(contract)) == (
        stated.get("start_date", ""),
        stated.get("signed", stated.get("awarded", "")),
    )


def links(of: dict[int, set[int]]) -> list[dict[str, str]]:
    return [{"contract": f"h{later}/c", "previous": f"h{before}/c", "link": "contract"} for later, all in of.items() for before in all]


def random_links(dice: random.Random) -> Iterator[tuple[int, set[int]]]:
    names = list(range(8))
    dice.shuffle(names)
    for place, name in enumerate(names):
        yield name, set(dice.sample(names[:place], min(place, dice.choice((0, 0, 1, 1, 2)))))


@pytest.mark.parametrize("seed", range(40))
def test_each_contract_stands_once_after_all_that_it_follows(seed: int) -> None:
    """Of those whose turn it can be always the earliest, known by its dates or since when it has been heard of."""
    dice = random.Random(seed)
    previous = dict(random_links(dice))
    dates = {f"h{n}/c": (datetime.date(2020, 1, 1) + datetime.timedelta(dice.randrange(9))).isoformat() for n in previous}
    keys = {ref: dice.choice(("start_date", "signed", "awarded", "first_seen")) for ref in dates}
    nothing = dict.fromkeys(("start_date", "signed", "awarded", "first_seen"))
    found = {f"h{n}/c": made(n, **{**nothing, keys[f"h{n}/c"]: dates[f"h{n}/c"]}) for n in previous}
    before = {f"h{later}/c": {f"h{n}/c" for n in all} for later, all in previous.items()}
    histories = pricing.histories(found, links(previous))
    assert sorted(ref for history in histories for ref in refs(history)) == sorted(
        ref for ref in found if before[ref] or ref in set().union(*before.values())
    )
    assert sum(len(history.steps) for history in histories) == sum(map(len, previous.values()))
    for history in histories:
        waiting = set(refs(history))
        for ref in refs(history):
            ready = [each for each in waiting if not before[each] & waiting]
            assert ref == min(ready, key=lambda each: (dates[each], each))
            waiting.remove(ref)


def refs(history: pricing.History) -> list[str]:
    return [contract.ref for contract in history.contracts]


@pytest.mark.parametrize(
    ("pence", "said"),
    [
        (0, "under 0.1p"),
        (0.04, "under 0.1p"),
        (0.25, "0.2p"),
        (9.9, "9.9p"),
        (9.97, "10.0p"),
        (10, "£0.10"),
        (104, "£1.04"),
        (123456789, "£1,234,567.89"),
    ],
)
def test_a_price_in_words(pence: float, said: str) -> None:
    assert price(Fraction(str(pence))) == said


def test_ordinals() -> None:
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "13th",
        "21st",
        "102nd",
        "111th",
    ]
