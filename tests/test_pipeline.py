"""``citytools report pipeline``: what is planned, what follows from dates alone, what is over £2m, and the same as planning releases."""

from __future__ import annotations

import csv
import io
import json
import re
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from support import golden, run, write
from test_index import BOROUGHS, CATALOGUE

from citytools.reports import statutory

AS_OF = "2026-11-23"
RECORDS = {
    "data/boroughs/sutton/borough.yaml": """
schema: 1
name: Sutton
official_name: London Borough of Sutton
gss: E09000029
codes: [{scheme: snac, code: 00BF}, {scheme: local-authority-code, code: STN}]
""",
    "data/boroughs/sutton/technology.yaml": """
schema: 1
systems:
  - {id: erp, product: unit4-erp}
  - {id: form-share, name: Forms share, instance_of: hackney/forms, status: planned}
""",
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
    value: {amount: 1700000, for: initial-term, vat: excluded}
    plan: {intention: replace, approach_market: 2027-06-15}
    sources: [{url: "https://example.org/4", on: 2025-01-27, kind: notice, confidence: high}]
""",
    "data/bodies/consortium/body.yaml": "schema: 1\nname: The Consortium\nkind: consortium\nmembers: [camden]\n",
    "data/bodies/consortium/contracts.yaml": """
schema: 1
contracts:
  - {id: shelves, title: Shelves, supplier: softcat, functions: [planning/forms], end: 2028-03-31, end_basis: committed}
""",
    "data/boroughs/camden/technology.yaml": """
schema: 1
systems:
  - {id: explorer, product: explorer}
  - {id: erp, product: unit4-erp}
  - id: new-erp
    name: New ERP
    functions: [financial/erp]
    status: planned
    replaces: erp
    since: 2027-09
    sources: [{url: "https://example.org/7", on: 2026-08-01, confidence: low}]
  - {id: chosen, product: explorer, status: planned, confirmed: {on: 2026-09-01}}
  - {id: old, name: Planned long ago, functions: [planning/forms], status: planned, sources: [{url: "https://example.org/8", on: 2019}]}
  - {id: paid, name: Being put in, status: planned}
  - {id: heard-later, name: Heard of later, status: planned, sources: [{url: "https://example.org/9", on: 2026-12-01}]}
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
    extensions: [{months: 12, status: available}]
    notice_months: 12
    value: {amount: 10000.50, for: year, vat: included}
    cpv: ["48000000", "72000000"]
    notices: [{ocid: ocds-h6vhtk-04ec4e}, {url: "https://example.org/n"}, {ocid: ocds-h6vhtk-04ec4e}]
    plan: {intention: replace, approach_market: 2027-01}
    notes: Two lots are expected.
    sources: [{url: "https://example.org/5", on: 2023-01, confidence: low}]
  - {id: undecided, title: Undecided, functions: [planning/forms], end: 2027-12-31, end_basis: committed, plan: {intention: undecided}}
  - {id: option, title: Has an option, supplier: softcat, end: 2027-12-31, end_basis: committed, extensions: [{months: 12}], plan: {intention: renew}}
  - {id: last, title: Last year, supplier: softcat, functions: [planning/register], end: 2028, end_basis: committed, plan: {intention: renew}}
  - {id: retire, title: To be switched off, end: 2027-12-31, end_basis: committed, plan: {intention: retire}}
  - {id: join, title: Was to join, supplier: softcat, plan: {intention: join, approach_market: 2026-05}}
  - {id: far, title: Far off, supplier: softcat, end: 2035-03-31, end_basis: committed, plan: {intention: replace, approach_market: 2033}}
  - {id: agreed, title: Successor agreed, supplier: softcat, end: 2027-06-30, end_basis: committed, plan: {intention: replace}}
  - {id: next, title: Next, supplier: softcat, signed: 2026-10-01, start: 2027-07-01, term_months: 24, replaces: agreed}
  - {id: paying, title: Pays for what is being put in, covers: [paid], end: 2036-03-31, end_basis: committed}
""",
    "data/boroughs/hackney/technology.yaml": """
schema: 1
systems:
  - {id: forms, name: Forms, functions: [planning/forms], status: in-procurement, sources: [{url: "https://example.org/1", on: 2026-05}]}
""",
    "data/boroughs/hackney/contracts.yaml": """
schema: 1
contracts:
  - {id: undated, title: "Undated, <b>|=1", functions: [planning/register], end: 2026-04, end_basis: unknown, plan: {intention: replace}}
  - id: web-forms
    title: Forms
    supplier: Bins Ltd
    functions: [planning/forms]
    end: 2028-03-31
    end_basis: committed
    notice_months: 24
    value: {amount: 1900000, for: unknown}
    confirmed: {on: 2026-10-01}
  - id: secret
    title: Secret
    supplier: softcat
    end: 2028-06-30
    end_basis: committed
    withheld: [{field: value, reason: FOIA s.43}, {field: plan, reason: FOIA s.22}]
  - {id: rolling, title: Rolling, supplier: softcat, end: 2024-06-30, end_basis: committed, rolls_months: 12}
  - {id: unclear, title: Unclear, supplier: softcat, end: 2027-12-31, end_basis: unknown}
  - {id: ended, title: Ended, supplier: softcat, end: 2020-03-31, end_basis: committed}
  - {id: distant, title: Distant, supplier: softcat, end: 2034-03-31, end_basis: committed}
""",
}
PLANNED = ["camden/join", "camden/undecided", "camden/last", "camden/everything", "sutton/erp", "hackney/undated"]
SYSTEMS = ["hackney/forms", "camden/chosen", "camden/new-erp"]
INFERRED = ["hackney/web-forms", "consortium/shelves", "hackney/secret"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS, **RECORDS}.items()}
    return write(tmp_path_factory.mktemp("register"), files)


def pipeline(root: Path, *arguments: str, as_of: str = AS_OF) -> dict[str, Any]:
    done = run("--root", str(root), "report", "pipeline", "--as-of", as_of, "--format", "json", *arguments)
    assert (done.code, done.err) == (0, "")
    answer: dict[str, Any] = json.loads(done.out)
    return answer


def row(root: Path, basis: str, ref: str, *arguments: str) -> dict[str, Any]:
    return next(row for row in pipeline(root, *arguments)["rows"] if (row["basis"], row["ref"]) == (basis, ref))


def listed(answer: dict[str, Any]) -> tuple[list[str], ...]:
    return tuple([row["ref"] for row in answer["rows"] if row["basis"] == basis] for basis in ("planned", "system", "inferred"))


CASES: dict[tuple[str, ...], tuple[list[str], list[str], list[str]]] = {
    (): (PLANNED, SYSTEMS, INFERRED),
    ("--stated",): (PLANNED, SYSTEMS, []),
    ("--all",): (PLANNED, [*SYSTEMS, "camden/old"], INFERRED),
    ("--months", "0"): ([*PLANNED[:3], "hackney/undated"], SYSTEMS, []),
    ("--months", "16"): (PLANNED, SYSTEMS, []),
    ("--months", "17"): (PLANNED, SYSTEMS, ["hackney/web-forms", "consortium/shelves"]),
    ("--months", "80"): ([*PLANNED[:5], "camden/far", "hackney/undated"], SYSTEMS, INFERRED),
    ("--intention", "replace"): (["camden/everything", "sutton/erp", "hackney/undated"], [], []),
    ("--intention", "join"): (["camden/join"], [], []),
    ("-b", "Kingston upon Thames"): (["sutton/erp"], [], []),
    ("-b", "sutton"): (["sutton/erp"], ["hackney/forms"], []),
    ("-b", "consortium"): ([], [], ["consortium/shelves"]),
    ("-f", "financial"): (["camden/everything", "sutton/erp"], ["camden/new-erp"], []),
    ("-f", "Forms"): (["camden/undecided"], ["hackney/forms"], ["hackney/web-forms", "consortium/shelves"]),
}


@pytest.mark.parametrize("asked", CASES, ids=lambda asked: " ".join(asked) or "nothing")
def test_what_is_listed_and_in_which_order(root: Path, asked: tuple[str, ...]) -> None:
    """Plans by their day, planned systems, then what can be left without a plan; never what ends, renews itself or is bought."""
    answer = pipeline(root, *asked)
    assert listed(answer) == CASES[asked]
    assert [row["basis"] for row in answer["rows"]] == sorted(
        (row["basis"] for row in answer["rows"]), key=["planned", "system", "inferred"].index
    )


def test_every_contract_is_listed_or_left_out_once(root: Path) -> None:
    """Against the contracts as they are, counted apart from the report."""
    answer = pipeline(root)
    contracts = sum(text.count(" id: ") + text.count("{id: ") for name, text in RECORDS.items() if name.endswith("/contracts.yaml"))
    left = answer["facts"]["left_out"]
    assert left == {"ended": 1, "not begun": 1, "option": 1, "retired": 1, "rolling": 1, "succeeded": 1, "unclear": 1, "bought": 1}
    later = ["camden/far", "camden/paying", "hackney/distant"]
    assert sum(left.values()) - left["bought"] + len(PLANNED + INFERRED + later) == contracts
    assert answer["notes"][-1] == (
        "Left out: 1 contract to end with nothing in its place; 1 to be renewed by an option, or by going on of itself; "
        "1 planned to go to market after 2029-11-23; 2 without a plan that can be left only after 2029-11-23; "
        "1 without a plan, of the sort that renews itself; 1 without a plan or a certain end (citytools report renewals --all has what to ask); "
        "1 ended, with neither a plan nor a later contract recorded; 1 not begun; 1 whose successor is agreed; "
        "1 planned system under contract already; 1 planned system not seen since 2025-11-23, which --all lists."
    )


SAYS = {
    ("planned", "camden/join"): (
        "To be followed by joining another's contract; to market 2026-05, as stated, which has passed; no later contract is recorded."
    ),
    ("planned", "camden/undecided"): (
        "Not decided what is to follow; no day for going to market is stated: to start buying by 2026-09-30, which has passed, derived from its exit."
    ),
    ("planned", "camden/everything"): "To be replaced; to market 2027-01, as stated.",
    ("planned", "camden/last"): (
        "To be renewed, perhaps without a competition; no day for going to market is stated: to start buying by about 2026-10, which has passed, "
        "derived from its exit."
    ),
    ("planned", "hackney/undated"): "To be replaced; no day for going to market is stated, and none follows from its dates.",
    ("system", "hackney/forms"): "In procurement; no contract for it is recorded.",
    ("system", "camden/chosen"): (
        "Planned; no contract for it is recorded. What is to be used is named, of NEC: ask whether it is still to be bought."
    ),
    ("system", "camden/new-erp"): "Planned; no contract for it is recorded. To be in use 2027-09.",
    ("inferred", "hackney/web-forms"): (
        "No plan stated: exit 2028-03-31, decide by 2026-03-31 (passed), start buying by 2026-06-30; no option after it is recorded."
    ),
    ("inferred", "hackney/secret"): (
        "Plan not published (FOIA s.22): exit 2028-06-30, decide by 2027-03-30; no option after it is recorded."
    ),
}


@pytest.mark.parametrize("which", SAYS, ids=" ".join)
def test_what_is_said_of_it(root: Path, which: tuple[str, str]) -> None:
    """Stated and derived are told apart, a passed day is said to be one, and no day is made up."""
    assert row(root, *which)["says"] == SAYS[which]


def test_where_the_present_contract_stands(root: Path) -> None:
    now = {each["ref"]: each["now"] for each in pipeline(root)["rows"] if each["basis"] == "planned"}
    assert now["camden/everything"] == ("exit 2027-03-31, decide by 2025-06-30 (passed); its options reach to 2028-03-31")
    assert now["hackney/undated"] == "was to end 2026-04, not known whether it did"
    assert row(root, "planned", "hackney/undated")["market"] is None
    assert row(root, "planned", "hackney/undated")["exit"] is None


def test_a_shared_contract_and_a_shared_system_stand_once(root: Path) -> None:
    erp, forms = row(root, "planned", "sutton/erp"), row(root, "system", "hackney/forms")
    assert (erp["who"], erp["boroughs"]) == ("Sutton with Kingston upon Thames", ["Sutton", "Kingston upon Thames"])
    assert (forms["who"], forms["boroughs"]) == ("Hackney with Sutton", ["Hackney", "Sutton"])


def test_a_plan_for_a_system_and_one_for_its_contract_name_each_other(root: Path) -> None:
    assert row(root, "planned", "camden/everything")["succession"] == [
        "New ERP is planned in the place of what it pays for [camden/new-erp]"
    ]
    assert row(root, "system", "camden/new-erp")["succession"] == [
        "it takes the place of what Everything pays for, exit 2027-03-31, decide by 2025-06-30 (passed) [camden/everything]"
    ]


def test_a_contract_without_a_plan_whose_system_has_one_says_so(root: Path, tmp_path: Path) -> None:
    files = {str(path.relative_to(root)): path.read_text() for path in root.rglob("*.yaml")}
    files["data/boroughs/camden/contracts.yaml"] = files["data/boroughs/camden/contracts.yaml"].replace(
        "    plan: {intention: replace, approach_market: 2027-01}\n", ""
    )
    assert row(write(tmp_path, files), "inferred", "camden/everything")["says"].startswith("No plan stated for the contract itself: exit")


def test_an_estimate_says_what_it_rests_on(root: Path) -> None:
    rows = {(each["basis"], each["ref"]): each for each in pipeline(root)["rows"]}
    values = {ref: (each["estimate_pence"], each["value"]) for (basis, ref), each in rows.items() if basis != "system"}
    assert values["sutton/erp"] == (170000000, "about £1,700,000: £425,000 a year over 48 months, a term that is assumed; without VAT")
    assert values["camden/everything"] == (
        4000200,
        "about £40,002: £10,000 a year over 48 months, a term that is assumed; VAT included, for 2 products together",
    )
    assert values["hackney/web-forms"] == (
        190000000,
        "£1,900,000, the present amount as stated, not known for how long; not said whether with VAT",
    )
    assert values["hackney/secret"] == (None, "not published (FOIA s.43)")
    assert values["camden/undecided"] == (None, "not known")


def test_what_is_over_two_million(root: Path) -> None:
    over = {(each["basis"], each["ref"]): (each["over_limit"], each["over"]) for each in pipeline(root)["rows"] if each["over"]}
    assert over == {
        ("planned", "sutton/erp"): (
            "yes",
            "yes, with VAT at 20 %: £2,040,000; falls within the 18 months to 2027-09-30 that this financial year's notice covers",
        ),
        ("inferred", "hackney/web-forms"): (
            "perhaps",
            "perhaps, £2,280,000 if VAT at 20 % is still to be added; falls within the 18 months to 2027-09-30 that this financial year's notice covers",
        ),
    }


MILLION = 100_000_000
# (estimate, VAT, total, lower and upper end as stated) → verdict.
OVER = {
    (None, "included", None, None, None): "not known",
    (2 * MILLION, "included", None, None, None): "no",
    (2 * MILLION + 1, "included", None, None, None): "yes",
    (2 * MILLION, "excluded", None, None, None): "yes",
    (2 * MILLION * 10 // 12, "excluded", None, None, None): "no",
    (2 * MILLION * 10 // 12 + 2, "excluded", None, None, None): "yes",
    (2 * MILLION, None, None, None, None): "perhaps",
    (2 * MILLION, "unknown", None, None, None): "perhaps",
    (2 * MILLION + 1, "unknown", None, None, None): "yes",
    (MILLION, "unknown", None, None, None): "no",
    (MILLION, "included", 3 * MILLION, None, None): "perhaps",
    (MILLION, "included", 2 * MILLION, None, None): "no",
    (MILLION, "excluded", 2 * MILLION, None, None): "perhaps",
    (MILLION, "included", None, 5 * MILLION, 15 * MILLION): "perhaps",
    (MILLION, "included", None, 5 * MILLION, 9 * MILLION): "no",
}


@pytest.mark.parametrize("figures", OVER, ids=str)
def test_over_the_limit_or_not(figures: tuple[int | None, str | None, int | None, int | None, int | None]) -> None:
    """More than £2m, VAT counted in; perhaps where that is not said or a higher figure of the same source would be over."""
    amount, vat, total, lower, upper = figures
    contract = {"value_vat": vat, "total_value_pence": total, "value_amount_pence": lower, "value_amount_to_pence": upper}
    verdict, why = statutory.over_limit(contract, amount)
    assert verdict == OVER[figures]
    assert bool(why) == (verdict in ("yes", "perhaps"))


PERIODS = {
    "2026-03-31": ("2025-04-01", "2026-09-30"),
    "2026-04-01": ("2026-04-01", "2027-09-30"),
    "2026-12-31": ("2026-04-01", "2027-09-30"),
    "2027-01-01": ("2026-04-01", "2027-09-30"),
}


@pytest.mark.parametrize("as_of", PERIODS)
def test_the_period_of_a_notice(as_of: str) -> None:
    assert statutory.notice_period(as_of) == PERIODS[as_of]


COVERED = {
    "": False,
    "2026": True,
    "2027": True,
    "2025": False,
    "2028": False,
    "2026-03": False,
    "2026-04": True,
    "2027-09-30": True,
    "2027-10-01": False,
}


@pytest.mark.parametrize("market", COVERED)
def test_whether_a_day_falls_within_it(market: str) -> None:
    assert bool(statutory.covered(market, AS_OF)) == COVERED[market]


def _months(text: str | None) -> int | None:
    return int(text[:4]) * 12 + int(text[5:7] or 1) if text else None


def _near(one: dict[str, Any], other: dict[str, Any]) -> bool:
    months = _months(one["market"]), _months(other["market"])
    if None in months:
        return "inferred" not in (one["basis"], other["basis"])
    return abs(months[0] - months[1]) <= 6  # type: ignore[operator]


def test_who_could_buy_together(root: Path) -> None:
    """Every pair that shares a product or function, holders apart and days near, found by trying all of them; the nearest of each holder."""
    rows = pipeline(root, "--months", "240")["rows"]
    expected: dict[tuple[str, str], set[str]] = {(each["basis"], each["ref"]): set() for each in rows}
    for one, other in permutations(rows, 2):
        shared = {*one["functions"]} & {*other["functions"]} or {*one["products"]} & {*other["products"]}
        apart = not {*one["boroughs"], *one["bodies"]} & {*other["boroughs"], *other["bodies"]}
        if shared and apart and _near(one, other):
            expected[one["basis"], one["ref"]].add(other["who"])
    found = {(each["basis"], each["ref"]): each["joint_with"] for each in rows}
    who = {ref: {each["who"] for each in rows if each["ref"] == ref} for refs in found.values() for ref in refs}
    assert {which: set().union(*(who[ref] for ref in refs)) for which, refs in found.items()} == expected
    assert any(expected.values())
    assert all(len(refs) == len(expected[which]) for which, refs in found.items())


def test_joint_purchases_are_said_with_their_days(root: Path) -> None:
    assert row(root, "planned", "camden/everything", "-b", "camden")["joint"] == (
        "Sutton with Kingston upon Thames 2027-06-15 (planned), Hackney no day (planned)"
    )
    assert row(root, "inferred", "consortium/shelves")["joint"] == "Camden 2026-09-30 (planned), Hackney 2026-06-30 (no plan stated)"


def test_bodies_are_never_counted(root: Path) -> None:
    shelves = row(root, "inferred", "consortium/shelves")
    assert (shelves["bodies"], shelves["boroughs"]) == (["The Consortium"], [])
    assert "of 4 of 4 authorities, 1 of bodies that do not count in the 4." in pipeline(root)["coverage"][1]


def test_what_stands_beside_the_figures(root: Path) -> None:
    answer = pipeline(root)
    assert answer["coverage"] == [
        "A draft made from a register of public sources. It is not the pipeline notice (UK1) of the Procurement Act 2023, "
        "which only the authority itself can publish.",
        "6 planned purchases, 3 planned systems without a contract, 3 contracts without a plan that can be left by 2029-11-23: "
        "of 4 of 4 authorities, 1 of bodies that do not count in the 4.",
        "A plan is stated for 10 of the 17 contracts not known to have ended; the register holds such contracts of 4 of 4 authorities.",
        "An estimated value is known for 3 of the 9 contracts: 1 over £2m, 1 perhaps. None is known for planned systems.",
        "Seen within the limits of freshness (contracts since 2024-11-23, systems since 2025-11-23): 5 of 12.",
    ]
    assert any("not reported is not none" in note for note in answer["notes"])
    facts = answer["facts"]
    assert (facts["statutory_notice"], facts["limit_pence"], facts["notice_period"]) == (False, 200000000, ["2026-04-01", "2027-09-30"])


def test_nothing_is_known_before_its_evidence(root: Path) -> None:
    assert "sutton/erp" not in listed(pipeline(root, as_of="2025-01-06"))[0]
    assert "sutton/erp" in listed(pipeline(root, as_of="2025-01-07"))[0]
    assert "camden/heard-later" in listed(pipeline(root, as_of="2026-12-01"))[1]


def test_an_empty_register_has_nothing_coming(tmp_path: Path) -> None:
    files = {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS}.items()}
    answer = pipeline(write(tmp_path, files))
    assert answer["rows"] == []
    assert answer["coverage"][1].startswith("0 planned purchases, 0 planned systems without a contract, 0 contracts without a plan")
    assert releases(tmp_path)["releases"] == []


def test_it_reads_well(root: Path) -> None:
    done = run("--root", str(root), "report", "pipeline", "--as-of", AS_OF)
    golden("pipeline.txt", done.out)
    assert max(len(line) for line in done.out.splitlines()) <= 80


def test_csv_is_one_row_for_each(root: Path) -> None:
    out = run("--root", str(root), "report", "pipeline", "--as-of", AS_OF, "--format", "csv").out
    assert [each["ref"] for each in csv.DictReader(io.StringIO(out, newline=""))] == PLANNED + SYSTEMS + INFERRED


def test_a_long_answer_is_cut_in_text_alone(tmp_path: Path) -> None:
    held = "".join(f"  - {{id: c{n}, title: Number {n}, end: 2027-12-31, end_basis: committed}}\n" for n in range(103))
    files = {**CATALOGUE, **BOROUGHS, "data/boroughs/camden/contracts.yaml": f"schema: 1\ncontracts:\n{held}"}
    root = write(tmp_path, {name: text.lstrip("\n") for name, text in files.items()})
    out = run("--root", str(root), "report", "pipeline", "--as-of", AS_OF).out
    assert (out.count("\ninferred  "), out.count("And 3 more, which --format csv lists.")) == (100, 1)
    assert len(pipeline(root)["rows"]) == 103


def released(root: Path, *arguments: str, as_of: str = AS_OF) -> str:
    done = run("--root", str(root), "report", "pipeline", "--as-of", as_of, "--format", "ocds", *arguments)
    assert (done.code, done.err) == (0, "")
    return done.out


def releases(root: Path, *arguments: str) -> dict[str, Any]:
    package: dict[str, Any] = json.loads(released(root, *arguments))
    return package


def release(root: Path, contract: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in releases(root)["releases"] if each["tender"]["id"] == contract)
    return found


def _dates(node: Any) -> list[str]:
    """Every value under a key that the standard types as a date."""
    if isinstance(node, list):
        return [date for each in node for date in _dates(each)]
    if not isinstance(node, dict):
        return []
    own = [value for key, value in node.items() if key.lower().endswith("date") and isinstance(value, str)]
    return own + [date for value in node.values() for date in _dates(value)]


RFC_3339 = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def test_releases_are_what_the_standard_asks_for(root: Path) -> None:
    """What OCDS 1.1 requires of a package, of a release and of what is in it."""
    package = releases(root)
    assert {"uri", "version", "publishedDate", "publisher", "releases"} <= package.keys()
    assert (package["version"], package["publishedDate"], package["uri"][:9]) == ("1.1", "2026-11-23T00:00:00Z", "urn:uuid:")
    for each in package["releases"]:
        assert {"ocid", "id", "date", "tag", "initiationType"} <= each.keys()
        assert (each["tag"], each["initiationType"], each["language"]) == (["planning"], "tender", "en")
        assert each["tender"]["status"] in ("planning", "planned")
        assert {each["buyer"]["id"]} <= {party["id"] for party in each["parties"]}
        assert all({"id", "type"} <= milestone.keys() for milestone in each["planning"]["milestones"])
    dates = _dates(package)
    assert len(dates) > len(package["releases"])
    assert all(RFC_3339.fullmatch(date) for date in dates)
    for key in ("ocid", "id"):
        assert len({each[key] for each in package["releases"]}) == len(package["releases"])


def test_only_stated_plans_are_released(root: Path) -> None:
    assert [each["tender"]["id"] for each in releases(root)["releases"]] == PLANNED
    assert [each["tender"]["id"] for each in releases(root, "-b", "sutton", "--stated")["releases"]] == ["sutton/erp"]


def test_a_release_holds_what_is_known_and_no_more(root: Path) -> None:
    erp = release(root, "sutton/erp")
    assert erp["ocid"] == "ocds-xxxxxx-sutton.erp"
    assert erp["buyer"] == {"id": "GB-LAE-STN", "name": "Sutton"}
    assert erp["parties"] == [
        {
            "id": "GB-LAE-STN",
            "name": "Sutton",
            "identifier": {"scheme": "GB-LAE", "id": "STN", "legalName": "London Borough of Sutton"},
            "roles": ["buyer"],
        },
        {"id": "E09000021", "name": "Kingston upon Thames", "identifier": {"legalName": "Kingston upon Thames"}, "roles": ["buyer"]},
    ]
    (milestone,) = erp["planning"]["milestones"]
    assert (milestone["dueDate"], milestone["description"]) == ("2027-06-15T00:00:00Z", "To market 2027-06-15, as stated.")
    tender = erp["tender"]
    assert (tender["status"], tender["value"]) == ("planned", {"amount": 1700000, "currency": "GBP"})
    assert tender["contractPeriod"] == {"startDate": "2029-01-07T00:00:00Z"}
    assert "mainProcurementCategory" not in tender
    assert "budget" not in erp["planning"]


def test_a_day_that_is_not_known_stays_in_words(root: Path) -> None:
    everything, undecided, last = (release(root, f"camden/{id}") for id in ("everything", "undecided", "last"))
    assert everything["planning"]["milestones"] == [
        {"id": "market", "title": "Approach to the market", "type": "preProcurement", "description": "To market 2027-01, as stated."}
    ]
    assert "contractPeriod" not in everything["tender"], "an option could put the start off"
    assert "dueDate" not in undecided["planning"]["milestones"][0], "a derived day is nobody's plan"
    assert undecided["tender"]["contractPeriod"] == {"startDate": "2028-01-01T00:00:00Z"}
    assert "contractPeriod" not in last["tender"], "the exit rests on a bare year"
    assert [each["tender"]["status"] for each in (everything, undecided)] == ["planned", "planning"]


def test_classification_sources_and_the_process_before(root: Path) -> None:
    everything = release(root, "camden/everything")
    assert everything["tender"]["mainProcurementCategory"] == "goods"
    assert everything["tender"]["items"] == [
        {
            "id": "1",
            "description": "Everything",
            "classification": {"scheme": "CPV", "id": "48000000"},
            "additionalClassifications": [{"scheme": "CPV", "id": "72000000"}],
        }
    ]
    assert everything["tender"]["value"] == {"amount": 40002, "currency": "GBP"}
    assert everything["relatedProcesses"] == [
        {"id": "1", "relationship": ["prior"], "title": "Everything", "scheme": "ocid", "identifier": "ocds-h6vhtk-04ec4e"}
    ]
    assert everything["planning"]["documents"] == [
        {"id": "1", "title": "Source: not said of what kind, 2023-01", "url": "https://example.org/5"}
    ]
    assert everything["tender"]["description"].endswith("Note: Two lots are expected.")


def test_every_release_and_the_file_say_that_it_is_a_draft(root: Path) -> None:
    package = releases(root)
    assert package["coverage"][0] == statutory.DRAFT
    assert package["coverage"][1] == "6 releases, of the plans that contracts state and of nothing else listed here."
    assert "placeholder" in package["ocidPrefix"]
    assert all(each["planning"]["rationale"].startswith(statutory.DRAFT) for each in package["releases"])


def test_what_is_withheld_is_in_no_release(root: Path, tmp_path: Path) -> None:
    """Not even where the amount stands in the file beside the statement that it is withheld."""
    files = {str(path.relative_to(root)): path.read_text() for path in root.rglob("*.yaml")}
    files["data/boroughs/hackney/contracts.yaml"] = files["data/boroughs/hackney/contracts.yaml"].replace(
        "withheld: [{field: value, reason: FOIA s.43}, {field: plan, reason: FOIA s.22}]",
        "value: {amount: 4321, for: year}\n    plan: {intention: replace}\n    withheld: [{field: value, reason: FOIA s.43}]",
    )
    out = released(write(tmp_path, files))
    assert "4321" not in out
    assert "Estimated value: not published (FOIA s.43)." in out


def test_the_same_answer_has_the_same_bytes_and_another_another_name(root: Path) -> None:
    assert released(root) == released(root)
    assert releases(root)["uri"] != releases(root, "-b", "sutton")["uri"]


def test_text_in_the_package_breaks_nothing(root: Path) -> None:
    out = released(root)
    assert out.isascii()
    assert release(root, "hackney/undated")["tender"]["title"] == "Undated, <b>|=1"


def test_a_faulty_file_is_said_in_the_package(root: Path, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.yaml")}
    files["data/boroughs/hackney/contracts.yaml"] = b"schema: 1\ncontracts: [\n"
    done = run("--root", str(write(tmp_path, files)), "report", "pipeline", "--format", "ocds", "--as-of", AS_OF)
    assert done.code == 1
    assert "cannot be relied on" in json.loads(done.out)["coverage"][0]


def test_the_package_looks_right(root: Path) -> None:
    golden("pipeline.ocds.json", released(root))
