"""Month arithmetic, and what follows from a contract's dates and value."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citytools.timeline import Day, Lead, day, last_day, month_number, pence, terms

Fields = dict[str, Any]

LEAD = Lead(
    buying=[(50_000_00, 6), (100_000_00, 9), (5_000_000_00, 12), (25_000_000_00, 18), (None, 24)],
    unknown_value_months=12,
    assumed_term_months=48,
    mobilisation=[
        ("planning/forms", "", 1),
        ("", "planning", 9),
        ("", "revenues", 12),
        ("", "housing", 12),
        ("", "financial", 12),
        ("", "", 3),
    ],
)
FROM_APRIL: Fields = {"start": "2024-04-01", "term_months": 36}
INCLUDING: Fields = {"end": "2029-03-31", "end_basis": "includes-options"}


def committed(end: str = "2029-03-31", **fields: Any) -> Fields:
    return {"end": end, "end_basis": "committed", **fields}


def value(amount: Any, basis: str) -> Fields:
    return {"value": {"amount": amount, "for": basis}}


def options(*listed: int | tuple[int, str] | Fields) -> Fields:
    def option(one: int | tuple[int, str] | Fields) -> Fields:
        if isinstance(one, dict):
            return one
        return {"months": one[0], "status": one[1]} if isinstance(one, tuple) else {"months": one, "status": "available"}

    return {"extensions": [option(one) for one in listed]}


CONTRACTS = {
    # As in the design: (contract, functions, original, binding and latest end, yearly pence, [exit and decide-by])
    "sutton": (
        {"signed": "2025-01-07", "term_months": 48, **value(1601359, "initial-term")},
        ["financial/erp"],
        ("2029-01-06", "2029-01-06", "2029-01-06"),
        40033975,
        [("2029-01-06", "2027-01-06")],
    ),
    "newham": (
        {"start": "2024-05", "term_months": 60, **value(3100000, "unknown")},
        ["financial/erp"],
        ("about 2029-04", "about 2029-04", "about 2029-04"),
        None,
        [("about 2029-04", "about 2027-04")],
    ),
    "hillingdon-nec": (
        committed("2025-07-31", start="2022-08-01", extensions=[{"months": 24}], **value(1688800, "unknown")),
        ["housing/management", "revenues/benefits"],
        ("", "2025-07-31", "2027-07-31"),
        None,
        [("2025-07-31", "2023-07-31"), ("2027-07-31", "2025-07-31")],
    ),
    "hillingdon-impulse": (
        committed("2025-03-31", start="2023-04-01", **value(Decimal("125475.38"), "whole-term")),
        ["childrens/education"],
        ("", "2025-03-31", "2025-03-31"),
        None,
        [("2025-03-31", "2023-12-31")],
    ),
    "lambeth": (
        committed("2023-03-31", start="2020-04-01", term_months=36, **options(24), **value(1339984, "whole-term")),
        ["housing/management"],
        ("2023-03-31", "2023-03-31", "2025-03-31"),
        26799680,
        [("2023-03-31", "2021-03-31"), ("2025-03-31", "2023-03-31")],
    ),
    "harrow": (
        {"signed": "2024-12-12", "term_months": 60, "extensions": [{"months": 48}], **value(9551662, "unknown")},
        ["revenues/processing-service"],
        ("2029-12-11", "2029-12-11", "2033-12-11"),
        None,
        [("2029-12-11", "2027-06-11"), ("2033-12-11", "2031-06-11")],
    ),
}


@pytest.mark.parametrize(("contract", "functions", "ends", "yearly", "exits"), CONTRACTS.values(), ids=CONTRACTS)
def test_contracts_by_hand(
    contract: Fields, functions: list[str], ends: tuple[str, ...], yearly: int | None, exits: list[tuple[str, str]]
) -> None:
    found = terms(contract, functions, LEAD)
    assert (written(found.original_end), written(found.binding_end), written(found.latest_end)) == ends
    assert found.yearly == yearly
    assert [(str(each.day), str(each.decide_by)) for each in found.exits] == exits


UNSTATED = "options whose status is not stated are taken to be available"
UNCERTAIN = "whether the end includes options is not known, so no exit is certain"
DERIVED = "no end is stated: it is derived from start and term"
ENDS = {
    "nothing-stated": ({}, "", "", []),
    "term-without-start": ({"term_months": 36}, "", "", []),
    "start-without-term": ({"start": "2024-04-01"}, "", "", []),
    "derived-from-start": (FROM_APRIL, "2027-03-31", "2027-03-31", [DERIVED]),
    "start-goes-before-signature": ({**FROM_APRIL, "signed": "2024-01-15"}, "2027-03-31", "2027-03-31", [DERIVED]),
    "derived-from-signature": (
        {"signed": "2024-04-01", "term_months": 36},
        "2027-03-31",
        "2027-03-31",
        ["no end is stated: it is derived from signature and term"],
    ),
    "award-is-no-start": ({"awarded": "2024-04-01", "term_months": 36}, "", "", []),
    "derived-with-options": (
        {**FROM_APRIL, **options((12, "taken"), (6, "lapsed"), 12)},
        "2028-03-31",
        "2029-03-31",
        ["no end is stated: it is derived from start, term and the options taken"],
    ),
    "term-written-with-a-point": ({**FROM_APRIL, "term_months": Decimal("36.0")}, "2027-03-31", "2027-03-31", [DERIVED]),
    "term-that-is-no-whole-number": ({**FROM_APRIL, "term_months": Decimal("36.5")}, "", "", []),
    "stated-end-goes-before-term": (committed(**FROM_APRIL), "2029-03-31", "2029-03-31", []),
    "committed": (committed(), "2029-03-31", "2029-03-31", []),
    "committed-month": (committed("2029-03"), "about 2029-03", "about 2029-03", []),
    "committed-year": (committed("2029"), "about 2029-01", "about 2029-01", []),
    "committed-option-available": (committed(**options(12, 12)), "2029-03-31", "2031-03-31", []),
    "committed-option-status-absent": (committed(extensions=[{"months": 12}]), "2029-03-31", "2030-03-31", [UNSTATED]),
    "committed-option-lapsed": (committed(**options((12, "lapsed"))), "2029-03-31", "2029-03-31", []),
    "committed-option-taken": (
        committed(**options((12, "taken"), 6)),
        "2029-03-31",
        "2029-09-30",
        ["the end as stated is taken to count the options already taken"],
    ),
    "includes-options-unlisted": (
        INCLUDING,
        "",
        "2029-03-31",
        ["the end includes options that are not listed, so the committed end is not known"],
    ),
    "includes-options-available": ({**INCLUDING, **options(24)}, "2027-03-31", "2029-03-31", []),
    "includes-options-all-taken": ({**INCLUDING, **options((24, "taken"))}, "2029-03-31", "2029-03-31", []),
    "includes-options-some-taken": ({**INCLUDING, **options((24, "taken"), 12)}, "2028-03-31", "2029-03-31", []),
    "includes-options-some-lapsed": (
        {**INCLUDING, **options((24, "lapsed"), 12)},
        "2028-03-31",
        "2029-03-31",
        ["the end as stated is taken not to count the options that have lapsed"],
    ),
    "basis-unknown": ({"end": "2029-03-31", "end_basis": "unknown"}, "", "", [UNCERTAIN]),
    "basis-absent": ({"end": "2029-03-31"}, "", "", [UNCERTAIN]),
    "june-and-six-months": (committed("2029-06-30", **options(6)), "2029-06-30", "2029-12-31", []),
    "june-less-six-months": ({"end": "2029-06-30", "end_basis": "includes-options", **options(6)}, "2028-12-31", "2029-06-30", []),
    "february-into-a-leap-year": (committed("2027-02-28", **options(12)), "2027-02-28", "2028-02-29", []),
    "begun-on-a-leap-day": ({"start": "2024-02-29", "term_months": 12}, "2025-02-27", "2025-02-27", [DERIVED]),
}


@pytest.mark.parametrize(("contract", "binding", "latest", "assumptions"), ENDS.values(), ids=ENDS)
def test_ends(contract: Fields, binding: str, latest: str, assumptions: list[str]) -> None:
    found = terms(contract, [], LEAD)
    assert (written(found.binding_end), written(found.latest_end)) == (binding, latest)
    assert list(found.assumptions) == assumptions
    assert bool(found.exits) == bool(binding)


EXITS = {
    # (contract, functions, [(exit, notice by, start buying by, decide by)])
    "no-notice-period": (committed(), [], [("2029-03-31", "", "2027-12-31", "2027-12-31")]),
    "buying-is-earlier": (committed(notice_months=6), [], [("2029-03-31", "2028-09-30", "2027-12-31", "2027-12-31")]),
    "notice-is-earlier": (committed(notice_months=24), [], [("2029-03-31", "2027-03-31", "2027-12-31", "2027-03-31")]),
    "no-notice-needed": (committed(notice_months=0), [], [("2029-03-31", "2029-03-31", "2027-12-31", "2027-12-31")]),
    "notice-clips": (committed("2029-08-31", notice_months=6), [], [("2029-08-31", "2029-02-28", "2028-05-31", "2028-05-31")]),
    "lead-time-stated": (committed(lead_months=30), ["revenues/benefits"], [("2029-03-31", "", "2026-09-30", "2026-09-30")]),
    "lead-time-of-none": (committed(lead_months=0), [], [("2029-03-31", "", "2029-03-31", "2029-03-31")]),
    "option-has-its-own-notice": (
        committed(notice_months=3, lead_months=1, **options({"months": 12, "notice_months": 9}, {"months": 12, "notice_months": 0})),
        [],
        [
            ("2029-03-31", "2028-06-30", "2029-02-28", "2028-06-30"),
            ("2030-03-31", "2030-03-31", "2030-02-28", "2030-02-28"),
            ("2031-03-31", "2030-12-31", "2031-02-28", "2030-12-31"),
        ],
    ),
    "taken-and-lapsed-are-no-exits": (
        committed(lead_months=0, **options((12, "taken"), (6, "lapsed"), 24)),
        [],
        [("2029-03-31", "", "2029-03-31", "2029-03-31"), ("2031-03-31", "", "2031-03-31", "2031-03-31")],
    ),
    "partial-dates-stay-about": (
        committed("2029", notice_months=1),
        [],
        [("about 2029-01", "about 2028-12", "about 2027-10", "about 2027-10")],
    ),
}


@pytest.mark.parametrize(("contract", "functions", "exits"), EXITS.values(), ids=EXITS)
def test_exits(contract: Fields, functions: list[str], exits: list[tuple[str, ...]]) -> None:
    found = terms(contract, functions, LEAD).exits
    assert [(str(each.day), written(each.notice_by), str(each.start_buying_by), str(each.decide_by)) for each in found] == exits


@pytest.mark.parametrize(
    ("contract", "functions", "words"),
    [
        (committed(), [], "12 months to buy (value unknown), 3 to bring into use"),
        (committed(**value(5000, "year")), ["revenues/benefits"], "6 months to buy (about £20,000 over 48 months), 12 to bring into use"),
        (committed(lead_months=30), ["revenues/benefits"], "30 months' lead time, as stated"),
    ],
    ids=["unknown-value", "yearly-value", "lead-time-stated"],
)
def test_exits_say_what_was_assumed(contract: Fields, functions: list[str], words: str) -> None:
    assert terms(contract, functions, LEAD).exits[0].assumption == words


def test_exits_say_what_they_are() -> None:
    found = terms(committed(**options(12, 6), rolls_months=12), [], LEAD, datetime.date(2026, 1, 1)).exits
    assert [each.kind for each in found[:4]] == ["binding end", "after option 1 of 2", "after option 2 of 2", "after rolling on"]


ROLLING = {
    "each-year": (committed(rolls_months=12), None, ["2029-03-31", "2030-03-31", "2031-03-31"], 21),
    "after-the-options": (committed(**options(6), rolls_months=12), None, ["2029-03-31", "2029-09-30", "2030-09-30"], 22),
    "month-ends-stay": (committed("2029-01-31", rolls_months=1), None, ["2029-01-31", "2029-02-28", "2029-03-31"], 241),
    "long-past": (committed("2001-03-31", rolls_months=12), "2026-10-15", ["2001-03-31", "2027-03-31", "2028-03-31"], 20),
    "ends-on-the-day": (committed("2001-03-31", rolls_months=12), "2026-03-31", ["2001-03-31", "2026-03-31"], 21),
    "not-past": (committed(rolls_months=12), "2026-10-15", ["2029-03-31", "2030-03-31"], 21),
    "seldom": (committed(rolls_months=300), None, ["2029-03-31", "2054-03-31"], 2),
    "end-not-certain": ({"end": "2029-03-31", "rolls_months": 12}, None, [], 0),
}


@pytest.mark.parametrize(("contract", "as_of", "first", "count"), ROLLING.values(), ids=ROLLING)
def test_a_contract_that_renews_itself(contract: Fields, as_of: str | None, first: list[str], count: int) -> None:
    found = terms(contract, [], LEAD, datetime.date.fromisoformat(as_of) if as_of else None)
    assert [str(each.day) for each in found.exits[: len(first)]] == first
    assert len(found.exits) == count
    assert any("renews itself" in assumption for assumption in found.assumptions) == bool(count)


NO_TIME = "no yearly value: it is not stated what time the amount is for"
VALUES = {
    "none": ({}, None, None, []),
    "no-amount": ({"value": {"for": "year"}}, None, None, []),
    "a-year": (value(12000, "year"), 1200000, None, []),
    "initial-term": ({"term_months": 36, **value(1000, "initial-term")}, 33333, 100000, ["yearly value: the amount spread over 36 months"]),
    "half-to-even": (
        {"term_months": 24, **value(Decimal("0.05"), "initial-term")},
        2,
        5,
        ["yearly value: the amount spread over 24 months"],
    ),
    "whole-term": (
        {"term_months": 36, **options((12, "taken"), (12, "lapsed")), **value(5000, "whole-term")},
        100000,
        500000,
        ["yearly value: the amount spread over 60 months"],
    ),
    "whole-term-no-options": (
        {"term_months": 36, **value(3000, "whole-term")},
        100000,
        300000,
        ["yearly value: the amount spread over 36 months, as no options are listed"],
    ),
    "term-not-stated": (
        committed(start="2026-04-01", **value(3000, "initial-term")),
        None,
        300000,
        ["no yearly value: the initial term is not stated"],
    ),
    "unknown": ({"term_months": 36, **value(3000, "unknown")}, None, 300000, [NO_TIME]),
    "absent": ({"term_months": 36, "value": {"amount": 3000}}, None, 300000, [NO_TIME]),
    "a-ceiling": (
        {"value": {"amount": 12000, "precision": "up-to", "for": "year"}},
        1200000,
        None,
        ["the amount is a ceiling, as the source states it"],
    ),
    "a-range": ({"value": {"amount": 12000, "amount_to": 15000, "for": "year"}}, 1200000, None, ["the amount is the lower end of a range"]),
    "nothing": ({"term_months": 12, **value(0, "initial-term")}, 0, 0, ["yearly value: the amount spread over 12 months"]),
}


@pytest.mark.parametrize(("contract", "yearly", "total", "assumptions"), VALUES.values(), ids=VALUES)
def test_values(contract: Fields, yearly: int | None, total: int | None, assumptions: list[str]) -> None:
    found = terms(contract, [], LEAD)
    assert (found.yearly, found.total) == (yearly, total)
    assert [assumption for assumption in found.assumptions if "value" in assumption or "the amount is" in assumption] == assumptions


@pytest.mark.parametrize(
    ("yearly", "total", "months", "words"),
    [
        (None, None, 12, "12 months to buy (value unknown)"),
        (None, 50_000_00, 6, "6 months to buy (about £50,000 in all)"),
        (None, 50_000_50, 9, "9 months to buy (about £50,001 in all)"),
        (None, 100_000_00, 9, "9 months to buy (about £100,000 in all)"),
        (None, 5_000_000_00, 12, "12 months to buy (about £5,000,000 in all)"),
        (None, 25_000_000_00, 18, "18 months to buy (about £25,000,000 in all)"),
        (None, 25_000_000_01, 24, "24 months to buy (about £25,000,000 in all)"),
        (20_000_00, 40_000_00, 9, "9 months to buy (about £80,000 over 48 months)"),
    ],
    ids=["unknown", "first", "above-first", "second", "third", "fourth", "last", "yearly-goes-before-total"],
)
def test_buying_time(yearly: int | None, total: int | None, months: int, words: str) -> None:
    assert LEAD.buying_months(yearly, total) == (months, words)


def test_buying_time_without_a_last_row() -> None:
    lead = Lead(buying=[(50_000_00, 6)], unknown_value_months=10)
    assert lead.buying_months(None, 60_000_00) == (10, "10 months to buy (no buying time is given for this value)")


@pytest.mark.parametrize(
    ("functions", "months"),
    [
        ([], 3),
        (["libraries/catalogue"], 3),
        (["planning/register"], 9),
        (["planning/forms"], 1),
        (["planning/forms", "revenues/benefits", "libraries/catalogue"], 12),
    ],
    ids=["none", "the-rest", "area", "first-row-that-fits", "longest-of-several"],
)
def test_mobilisation(functions: list[str], months: int) -> None:
    assert LEAD.mobilisation_months(functions) == months
    assert LEAD.mobilisation_months(iter(functions)) == months


def test_mobilisation_without_rows() -> None:
    assert Lead().mobilisation_months(["planning/forms"]) == 0


@pytest.mark.parametrize(
    ("start", "months", "days", "expected"),
    [
        ("2026-08-31", -6, 0, "2026-02-28"),
        ("2028-08-31", -6, 0, "2028-02-29"),
        ("2028-02-29", 12, 0, "2029-02-28"),
        ("2028-02-29", -48, 0, "2024-02-29"),
        ("2026-01-31", 1, 0, "2026-02-28"),
        ("2026-12-31", 1, 0, "2027-01-31"),
        ("2026-01-15", -1, 0, "2025-12-15"),
        ("2025-01-07", 48, -1, "2029-01-06"),
        ("2026-03-31", 0, 1, "2026-04-01"),
        ("2199-12-31", 100_000, 0, "9999-12-31"),
        ("2199-12-31", -100_000, -1, "0001-01-01"),
        ("9999-12-31", 0, 1, "9999-12-31"),
        ("0001-01-01", 0, -1, "0001-01-01"),
    ],
)
def test_months_clip_to_the_end_of_the_month_and_of_the_calendar(start: str, months: int, days: int, expected: str) -> None:
    assert Day(datetime.date.fromisoformat(start)).plus(months, days).date.isoformat() == expected


@pytest.mark.parametrize(
    ("text", "first", "shown", "last", "number"),
    [
        ("2024", "2024-01-01", "about 2024-01", "2024-12-31", 24288),
        ("2024-02", "2024-02-01", "about 2024-02", "2024-02-29", 24289),
        ("2024-05-17", "2024-05-17", "2024-05-17", "2024-05-17", 24292),
        ("2199-12", "2199-12-01", "about 2199-12", "2199-12-31", 26399),
    ],
)
def test_partial_dates(text: str, first: str, shown: str, last: str, number: int) -> None:
    found = day(text)
    assert found is not None
    assert (found.date.isoformat(), str(found)) == (first, shown)
    assert str(last_day(text)) == last
    assert month_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "24",
        "2024-5",
        "2024-13",
        "2024-02-30",
        "2024-05-17-1",
        "+202-01",
        " 2024",
        "2024\n",
        "٢٠٢٤",
        2024,
        None,
    ],
)
def test_no_date(text: Any) -> None:
    assert (day(text), last_day(text), month_number(text)) == (None, None, None)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (0, 0),
        (1250, 125000),
        (Decimal("125475.38"), 12547538),
        (Decimal("0.005"), 0),
        (Decimal("0.015"), 2),
        (Decimal("999999999999999999.01499999999999999"), 99999999999999999901),
        (True, None),
        (12.5, None),
        ("1250", None),
        (None, None),
    ],
)
def test_pence(amount: Any, expected: int | None) -> None:
    assert pence(amount) == expected


DATES = st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31))
MONTHS = st.integers(1, 120)
PARTIAL = st.builds(lambda date, length: date.isoformat()[:length], DATES, st.sampled_from([4, 7, 10]))


@given(DATES, MONTHS)
def test_there_and_back_differs_only_by_clipping(date: datetime.date, months: int) -> None:
    there = Day(date).plus(months)
    back = there.plus(-months)
    assert month_number(back.date.isoformat()) == month_number(date.isoformat())
    assert back.date.day == min(date.day, there.date.day)


@given(DATES, MONTHS, MONTHS)
def test_more_months_are_never_earlier(date: datetime.date, months: int, more: int) -> None:
    start = Day(date)
    assert start < start.plus(months) < start.plus(months + more)
    assert start > start.plus(-months) > start.plus(-months - more)


@given(DATES, st.integers(-120, 120))
def test_month_numbers_agree(date: datetime.date, months: int) -> None:
    before, after = month_number(date.isoformat()), month_number(Day(date).plus(months).date.isoformat())
    assert before is not None
    assert after == before + months


@given(PARTIAL)
def test_a_partial_date_has_its_first_day_before_its_last(text: str) -> None:
    first, last = day(text), last_day(text)
    assert first is not None
    assert last is not None
    assert first.date <= last
    assert last.isoformat().startswith(text)


# Beyond any contract, and all of it sound by the schema.
COUNTS = st.one_of(st.integers(1, 120), st.integers(1, 10**18 - 1))
PERIODS = st.one_of(st.integers(0, 60), st.integers(0, 10**18 - 1))
AMOUNTS = st.one_of(st.integers(0, 10**18 - 1), st.decimals(0, 10**12, places=2), st.decimals(0, 10, places=17))
STATUSES = st.sampled_from(["available", "taken", "lapsed"])
BASES = st.sampled_from(["committed", "includes-options", "unknown"])
TIMES = st.sampled_from(["initial-term", "whole-term", "year", "unknown"])
OPTIONS = st.fixed_dictionaries({"months": COUNTS}, optional={"notice_months": PERIODS, "status": STATUSES})
SOUND = st.fixed_dictionaries(
    {},
    optional={
        "start": PARTIAL,
        "signed": PARTIAL,
        "end": PARTIAL,
        "end_basis": BASES,
        "term_months": COUNTS,
        "extensions": st.lists(OPTIONS, max_size=4),
        "notice_months": PERIODS,
        "lead_months": PERIODS,
        "rolls_months": COUNTS,
        "value": st.fixed_dictionaries({}, optional={"amount": AMOUNTS, "for": TIMES}),
    },
)


@settings(deadline=None)
@given(SOUND, st.lists(st.sampled_from(["planning/forms", "revenues/benefits", "x"]), max_size=2), st.none() | DATES)
def test_exits_are_in_order_each_decided_before(contract: Fields, functions: list[str], as_of: datetime.date | None) -> None:
    found = terms(contract, functions, LEAD, as_of)
    days = [each.day for each in found.exits]
    assert days == sorted(set(days))
    assert bool(days) == (found.binding_end is not None)
    for each in found.exits:
        assert each.decide_by == min(filter(None, (each.notice_by, each.start_buying_by)))
        assert each.decide_by <= each.day


def test_days_beyond_the_calendar_are_clipped_and_said_to_be() -> None:
    found = terms({"start": "2199", "term_months": 100_000, "lead_months": 10**17, "rolls_months": 1}, [], LEAD)
    assert [(each.day.date, each.decide_by.date) for each in found.exits] == [(datetime.date.max, datetime.date.min)]
    assert "a day outside the years 1 to 9999 is given as the first or last day of these" in found.assumptions


def written(found: Day | None) -> str:
    return str(found) if found else ""
