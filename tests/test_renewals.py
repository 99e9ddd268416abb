"""``citytools report renewals``: what has to be decided by when, what is only asked, what stands beside every figure."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from support import golden, run, write
from test_index import BOROUGHS, CATALOGUE

AS_OF = "2026-11-23"
RECORDS = {
    "data/bodies/consortium/body.yaml": "schema: 1\nname: The Consortium\nkind: consortium\nmembers: [camden]\n",
    "data/bodies/consortium/contracts.yaml": """
schema: 1
contracts:
  - {id: shelves, title: Shelves, supplier: softcat, end: 2028-06-30, end_basis: committed, value: {amount: 5000, for: year}}
""",
    "data/boroughs/sutton/technology.yaml": "schema: 1\nsystems:\n  - {id: erp, product: unit4-erp}\n",
    "data/boroughs/kingston-upon-thames/technology.yaml": "schema: 1\nsystems:\n  - {id: erp, product: unit4-erp, instance_of: sutton/erp}\n",
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
""",
    "data/boroughs/camden/technology.yaml": """
schema: 1
systems:
  - {id: explorer, product: explorer}
  - {id: erp, product: unit4-erp}
  - {id: gone, product: unit4-erp, status: retired}
""",
    "data/boroughs/camden/contracts.yaml": """
schema: 1
contracts:
  - id: everything
    title: Everything
    supplier: softcat
    covers: [erp, explorer]
    end: 2027-03-31
    end_basis: committed
    notice_months: 12
    value: {amount: 10000, for: year}
    plan: {intention: replace, approach_market: 2027-01}
  - id: options
    title: With options
    supplier: Bins Ltd
    functions: [planning/forms]
    end: 2027-12-31
    end_basis: committed
    lead_months: 6
    notice_months: 9
    extensions: [{months: 12, notice_months: 3, status: available}, {months: 12, status: lapsed}]
    sources: [{url: "https://example.org/5", on: 2023-01, confidence: low}]
  - {id: rolling, title: Rolling, supplier: softcat, end: 2024-06-30, end_basis: committed, rolls_months: 12, lead_months: 1, notice_months: 3}
  - {id: agreed, title: Successor agreed, supplier: softcat, end: 2027-06-30, end_basis: committed}
  - {id: next, title: Next, supplier: softcat, signed: 2026-10-01, start: 2027-07-01, term_months: 24, replaces: agreed}
  - {id: far, title: Far off, supplier: softcat, end: 2035-03-31, end_basis: committed}
""",
    "data/boroughs/hackney/contracts.yaml": """
schema: 1
contracts:
  - {id: partial, title: "Only a year; from, Softcat", supplier: softcat, functions: [planning/forms], start: 2024, term_months: 60}
  - {id: unclear, title: Unclear, supplier: softcat, end: 2027-12-31, end_basis: unknown}
  - {id: unlisted, title: Options not listed, end: 2028-01, end_basis: includes-options}
  - {id: passed, title: Passed, supplier: softcat, end: 2026-03-31, end_basis: unknown}
  - {id: long-passed, title: Long passed, supplier: softcat, end: 2019-03-31, end_basis: unknown}
  - {id: endless, title: Endless, supplier: softcat}
  - {id: ended, title: Ended, supplier: softcat, end: 2020-03-31, end_basis: committed}
""",
}
LATE, DUE = ["camden/everything", "sutton/erp"], ["camden/rolling", "camden/options", "consortium/shelves", "hackney/partial"]
ASK = ["hackney/unclear", "hackney/unlisted", "hackney/passed"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS, **RECORDS}.items()}
    return write(tmp_path_factory.mktemp("register"), files)


def renewals(root: Path, *arguments: str, as_of: str = AS_OF) -> dict[str, Any]:
    done = run("--root", str(root), "report", "renewals", "--as-of", as_of, "--format", "json", *arguments)
    assert (done.code, done.err) == (0, "")
    answer: dict[str, Any] = json.loads(done.out)
    return answer


def row(root: Path, contract: str, *arguments: str) -> dict[str, Any]:
    return next(row for row in renewals(root, *arguments)["rows"] if row["contract"] == contract)


CASES: dict[tuple[str, ...], list[str]] = {
    (): LATE + DUE + ASK,
    ("--months", "0"): LATE + ASK,
    ("--months", "5"): [*LATE, "camden/rolling", *ASK],
    ("--months", "120"): [*LATE, *DUE, "camden/far", *ASK],
    ("--borough", "kingston-upon-thames"): ["sutton/erp"],
    ("-b", "Kingston upon Thames", "-b", "The Consortium"): ["sutton/erp", "consortium/shelves"],
    ("--function", "financial"): LATE,
    ("--function", "Forms"): ["camden/options", "hackney/partial"],
    ("--supplier", "unit4"): LATE,
    ("--supplier", "NEC Corporation"): ["camden/everything"],
    ("--all", "-b", "hackney"): [
        "hackney/partial",
        "hackney/unclear",
        "hackney/unlisted",
        "hackney/long-passed",
        "hackney/passed",
        "hackney/endless",
    ],
}


@pytest.mark.parametrize("asked", CASES, ids=lambda asked: " ".join(asked) or "nothing")
def test_what_is_listed_and_in_which_order(root: Path, asked: tuple[str, ...]) -> None:
    """Late ones, those to come, then what can only be asked; never what has ended, is far off, or has a successor."""
    assert [row["contract"] for row in renewals(root, *asked)["rows"]] == CASES[asked]


def test_late_and_to_come(root: Path) -> None:
    standing = {row["contract"]: row["standing"] for row in renewals(root)["rows"]}
    assert standing == dict.fromkeys(LATE, "late") | dict.fromkeys(DUE, "due") | dict.fromkeys(ASK, "ask")


def test_a_day_is_late_only_when_it_has_passed(root: Path) -> None:
    said = {as_of: renewals(root, "-b", "sutton", as_of=as_of)["rows"][0] for as_of in ("2026-07-05", "2026-07-06", "2026-07-07")}
    assert [row["standing"] for row in said.values()] == ["due", "due", "late"]
    assert [row["says"].partition(" the exit")[0] for row in said.values()] == ["In 1 day, for", "Today, for", "Late by 1 day for"]


def test_a_shared_contract_stands_once(root: Path) -> None:
    shared = row(root, "sutton/erp")
    assert shared["who"] == "Sutton with Kingston upon Thames"
    assert shared["boroughs"] == ["Sutton", "Kingston upon Thames"]
    assert (shared["decide_by"], shared["exit"], shared["yearly_value_pence"]) == ("2026-07-06", "2029-01-06", 40033975)
    assert shared["assumed"] == (
        "18 months to buy (about £1,601,359 over 48 months), 12 to bring into use; "
        "no end is stated: it is derived from signature and term; yearly value: the amount spread over 48 months"
    )


def test_what_an_exit_rests_on(root: Path) -> None:
    options = row(root, "camden/options")
    assert (
        options["says"]
        == "In 7 months, for the exit on 2027-12-31, end of the committed term; notice by 2027-09-30, start buying by 2027-06-30."
    )
    assert options["later_exits"] == ["exit 2028-12-31 after option 1 of 1: decide by 2028-03-31"]


def test_a_bundle_and_a_plan_are_said(root: Path) -> None:
    both = row(root, "camden/everything")
    assert (both["value"], both["plan"]) == ("£10,000 a year, for 2 products together", "replace, to the market 2027-01")


def test_a_contract_that_renews_itself_is_due_each_time(root: Path) -> None:
    rolling = row(root, "camden/rolling")
    assert (rolling["exit"], rolling["decide_by"]) == ("2027-06-30", "2027-03-30")
    assert "where it would renew itself (every 12 months)" in rolling["says"]
    assert [text[:15] for text in rolling["later_exits"]] == ["exit 2028-06-30", "exit 2029-06-30", "exit 2030-06-30"]


def test_a_partial_date_is_about(root: Path) -> None:
    partial = row(root, "hackney/partial")
    assert (partial["lead"], partial["about"]) == ("about 2027-09", 2)
    assert partial["says"] == "In 10 months at the earliest, for the exit about 2028-12, end of the committed term."


def test_an_end_that_may_hold_options_is_a_question_and_no_date(root: Path) -> None:
    unclear = row(root, "hackney/unclear")
    assert (unclear["lead"], unclear["decide_by"], unclear["exit"]) == ("ask", None, None)
    assert (
        unclear["says"]
        == "Ends 2027-12-31. Are option years in that? If it cannot be left earlier: decide by about 2026-09, which has passed."
    )
    assert row(root, "hackney/unlisted")["says"].startswith("Ends 2028-01. Which part is committed? If it cannot be left earlier:")
    assert row(root, "hackney/passed")["says"] == "Was to end 2026-03-31. Did it, or was it extended, and to when?"
    assert row(root, "hackney/endless", "--all")["says"] == "No source says when it ends. When does it?"


def test_what_is_old_or_doubtful_says_so(root: Path) -> None:
    old = row(root, "camden/options")
    assert (old["seen"], old["doubtful"]) == ("not since 2023-01", "low: check it before relying on it")
    assert row(root, "camden/everything")["seen"] == "no source is dated"
    assert row(root, "sutton/erp")["seen"] == ""


def test_what_stands_beside_the_figures(root: Path) -> None:
    answer = renewals(root)
    assert answer["coverage"] == [
        "6 contracts to decide on, of 4 of 4 authorities, 1 of bodies that do not count in the 4: 2 late, 4 to come.",
        "A day can be told for 8 of the 13 contracts not known to have ended, of 4 of 4 authorities; the register holds such contracts of 4.",
        "Of the 13: 11 in force as far as is known, 2 whose stated end has passed; bodies alone hold 1 of them.",
        "Worth: £415,340 a year, known for 3 of 6. Notice periods are stated for 3 of 6.",
        "Seen since 2024-11-23: 1 of 6.",
        "To ask: 3 contracts more, listed last and not counted above.",
    ]
    assert (
        "Not shown: 1 contract to decide on after 2028-11-23; 1 of which no end is known; 1 whose stated end passed before 2024-11-23; 1 whose successor is agreed; 1 not begun."
        in answer["notes"]
    )
    assert any("not reported is not none" in note for note in answer["notes"])


def test_nothing_is_known_before_its_evidence(root: Path) -> None:
    answer = renewals(root, "-b", "sutton", as_of="2024-12-31")
    assert answer["rows"] == []
    assert any("1 first heard of after 2024-12-31" in note for note in answer["notes"])


def test_an_empty_register_has_nothing_to_decide_on(tmp_path: Path) -> None:
    files = {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS}.items()}
    answer = renewals(write(tmp_path, files))
    assert answer["rows"] == []
    assert answer["coverage"][0] == "0 contracts to decide on, of 0 of 4 authorities: 0 late, 0 to come."


def test_it_reads_well(root: Path) -> None:
    done = run("--root", str(root), "report", "renewals", "--as-of", AS_OF)
    golden("renewals.txt", done.out)
    assert max(len(line) for line in done.out.splitlines()) <= 80


def test_csv_is_one_row_for_each_contract(root: Path) -> None:
    out = run("--root", str(root), "report", "renewals", "--as-of", AS_OF, "--format", "csv").out
    assert [row["contract"] for row in csv.DictReader(io.StringIO(out, newline=""))] == LATE + DUE + ASK


def days(root: Path, *arguments: str, as_of: str = AS_OF) -> list[dict[str, str]]:
    """The events of the calendar, unfolded and their text as it was before it was escaped."""
    done = run("--root", str(root), "report", "renewals", "--as-of", as_of, "--format", "ics", *arguments)
    assert (done.code, done.err) == (0, "")
    events = done.out.replace("\r\n ", "").split("BEGIN:VEVENT\r\n")[1:]
    return [dict(line.split(":", 1) for line in event.partition("END:VEVENT")[0].split("\r\n") if line) for event in events]


def test_the_calendar_has_a_day_for_each_decision(root: Path) -> None:
    """Of later exits too, where that day is still to come; none for what can only be asked."""
    assert [(day["DTSTART;VALUE=DATE"], day["UID"]) for day in days(root)] == [
        ("20261123", "camden.everything.end@citytools"),
        ("20261123", "sutton.erp.end@citytools"),
        ("20270330", "camden.rolling.rolls-2027-06-30@citytools"),
        ("20270630", "camden.options.end@citytools"),
        ("20270630", "consortium.shelves.end@citytools"),
        ("20270930", "hackney.partial.end@citytools"),
        ("20280330", "camden.rolling.rolls-2028-06-30@citytools"),
        ("20280331", "camden.options.option-1@citytools"),
    ]


def test_a_days_identity_outlives_its_date(root: Path, tmp_path: Path) -> None:
    files = {str(path.relative_to(root)): path.read_text() for path in root.rglob("*.yaml")}
    files["data/boroughs/sutton/contracts.yaml"] = files["data/boroughs/sutton/contracts.yaml"].replace(
        "term_months: 48", "term_months: 50"
    )
    before, after = (
        {day["UID"]: day["DTSTART;VALUE=DATE"] for day in days(folder, "-b", "sutton", as_of="2026-01-31")}
        for folder in (root, write(tmp_path, files))
    )
    assert (before, after) == ({"sutton.erp.end@citytools": "20260706"}, {"sutton.erp.end@citytools": "20260906"})


def test_what_is_late_stands_on_the_day_asked_about(root: Path, brief: Path) -> None:
    """A calendar hides what is past; it says since when, and is the same event the next day."""
    first, second = ({day["UID"]: day for day in days(root, as_of=as_of)} for as_of in ("2026-11-23", "2026-11-24"))
    assert list(first) == list(second)
    late = second["camden.everything.end@citytools"]
    assert (late["DTSTART;VALUE=DATE"], late["SUMMARY"]) == ("20261124", "Late since 2025-06-30: Camden: Everything")
    assert late["DESCRIPTION"].startswith("Was to be decided by 2025-06-30\\;")
    short = {day["UID"]: day for day in days(brief)}["hackney.brief.end@citytools"]
    assert (short["DTSTART;VALUE=DATE"], short["SUMMARY"]) == ("20261123", "Decide at once: Hackney: Brief")


def test_the_calendar_keeps_to_its_standard(root: Path) -> None:
    out = run("--root", str(root), "report", "renewals", "--as-of", AS_OF, "--format", "ics").out
    lines = out.split("\r\n")
    assert (lines[0], lines[1], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR", "")
    assert "\n" not in out.replace("\r\n", "")
    assert max(len(line.encode()) for line in lines) <= 75
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == out.count("\r\nDTSTAMP:20261123T000000Z\r\n")
    golden("renewals.ics", out)


def test_text_in_the_calendar_ends_nothing(root: Path) -> None:
    (day,) = [day for day in days(root) if day["UID"].startswith("hackney.partial")]
    assert day["SUMMARY"] == "Decide by (about 2027-09): Hackney: Only a year\\; from\\, Softcat"
    assert not re.search(r"(?<!\\)[,;]", day["DESCRIPTION"])


def test_a_faulty_file_is_said_beside_the_calendar(root: Path, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.yaml")}
    files["data/boroughs/hackney/contracts.yaml"] = b"schema: 1\ncontracts: [\n"
    done = run("--root", str(write(tmp_path, files)), "report", "renewals", "--format", "ics", "--as-of", AS_OF)
    assert done.code == 1
    assert done.err.startswith("citytools: data/boroughs/hackney/contracts.yaml cannot be relied on")
    assert "cannot be relied on" in done.out.replace("\r\n ", "")


@pytest.mark.parametrize("format", ["csv", "markdown"])
def test_the_supplier_stands_in_its_column_though_the_title_has_it_too(root: Path, format: str) -> None:
    out = run("--root", str(root), "report", "renewals", "--as-of", AS_OF, "--format", format).out
    if format == "csv":
        said = {row["contract"]: row["supplier"] for row in csv.DictReader(io.StringIO(out, newline=""))}
        assert (said["hackney/partial"], said["hackney/unlisted"]) == ("Softcat", "supplier not stated")
    assert out.count("Only a year; from, Softcat") == 1
    assert re.search(r"Only a year; from, Softcat\"?( \| |,)Softcat( \| |,)", out)


SHORT = """schema: 1
contracts:
  - {id: brief, title: Brief, supplier: softcat, signed: 2026-04-20, start: 2026-05, term_months: 8, notice_months: 1}
  - {id: two, title: Two years, supplier: softcat, start: 2025-06-29, term_months: 24, lead_months: 24, extensions: [{months: 12}]}
  - {id: fits, title: Fits, supplier: softcat, start: 2025-06-29, term_months: 24, lead_months: 23}
"""


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register whose contracts are shorter than a purchase is assumed to take, but for one that just is not."""
    files = {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS}.items()}
    return write(tmp_path_factory.mktemp("brief"), {**files, "data/boroughs/hackney/contracts.yaml": SHORT})


def test_nobody_is_late_for_a_day_before_the_contract_began(brief: Path) -> None:
    answer = renewals(brief)
    said = [(row["contract"], row["standing"], row["lead"], row["decide_by"]) for row in answer["rows"]]
    assert said == [
        ("hackney/fits", "late", "2025-07-28", "2025-07-28"),
        ("hackney/two", "short", "at once", None),
        ("hackney/brief", "short", "at once", None),
    ]
    assert answer["coverage"][0].endswith(": 1 late, 2 shorter than a purchase is assumed to take, 0 to come.")
    assert any(note.startswith("At once: ") for note in answer["notes"])


def test_what_is_too_short_says_so(brief: Path) -> None:
    assert row(brief, "hackney/brief")["says"] == (
        "Exit about 2026-12, end of the committed term. "
        "From its start to then is shorter than a purchase is assumed to take: decide at once; notice by about 2026-11."
    )
    assert row(brief, "hackney/two")["later_exits"] == ["exit 2028-06-28 after option 1 of 1: decide by 2026-06-28 (late)"]
    for report in (("show", "hackney/brief"), ("show", "hackney"), ("report", "pipeline"), ("report", "borough", "hackney")):
        done = run("--root", str(brief), *report, "--as-of", AS_OF)
        assert "shorter than a purchase is assumed to take" in " ".join(done.out.split())
        assert "2025-0" not in done.out.replace("2025-06-29", "").replace("2025-07-28", "").replace("(2025-06-28", "")


def test_what_is_too_short_can_go_to_market_at_once(brief: Path) -> None:
    done = run("--root", str(brief), "report", "pipeline", "--as-of", AS_OF, "--format", "json")
    markets = {row["ref"]: (row["market"], row["decide_by"]) for row in json.loads(done.out)["rows"]}
    assert markets == {"hackney/brief": (AS_OF, None), "hackney/two": (AS_OF, None), "hackney/fits": ("2025-07-28", "2025-07-28")}


YEARS = """schema: 1
contracts:
  - {id: now, title: Now, supplier: softcat, end: 2026, end_basis: committed, lead_months: 24, extensions: [{months: 12}, {months: 6}]}
  - {id: later, title: Later, supplier: softcat, end: 2028, end_basis: committed, lead_months: 6, notice_months: 12}
  - {id: over, title: Over, supplier: softcat, end: 2024, end_basis: committed}
"""


def test_a_year_is_a_year_and_not_its_january(tmp_path: Path) -> None:
    files = {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS}.items()}
    root = write(tmp_path, {**files, "data/boroughs/hackney/contracts.yaml": YEARS})
    now, later = renewals(root)["rows"]
    assert (now["lead"], now["decide_by"], now["about"]) == ("about 2024", "2024-01-01", 2)
    assert now["says"] == "Late by up to 34 months for the exit in 2026, end of the committed term."
    assert now["later_exits"] == [
        "exit in 2027 after option 1 of 2: decide by about 2025 (late too)",
        "exit about 2027-07 after option 2 of 2: decide by about 2025-07 (late too)",
    ]
    assert later["lead"] == "about 2027"
    assert later["says"].startswith("In 39 days at the earliest, for the exit in 2028, end of the committed term; notice by about 2027,")
    shown = " ".join(run("--root", str(root), "show", "hackney/now", "--as-of", AS_OF).out.split())
    assert "→ Binding end in 2026" in shown
    assert "→ Exit in 2026 binding end: decide by about 2024;" in shown
    page = " ".join(run("--root", str(root), "report", "pipeline", "--as-of", AS_OF).out.split())
    assert "No plan stated: exit in 2026, decide by about 2024 (passed); its options reach to about 2027-07." in page
    past = json.loads(run("--root", str(root), "report", "supplier", "softcat", "--as-of", AS_OF, "--format", "json").out)
    assert [row["ended"] for part in past for row in part["rows"] if "ended" in row] == ["2024"]
