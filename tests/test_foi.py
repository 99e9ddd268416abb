"""``citytools report foi``: four ways of not answering kept apart, and nothing withheld in any format, whatever stands in a file."""

from __future__ import annotations

import csv
import datetime
import html
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support import golden, run, write
from test_index import BOROUGHS, CATALOGUE

from citytools import dataset
from citytools.index import Index, build
from citytools.model import Table
from citytools.render import TABLE_FORMATS, Screen, render
from citytools.reports.foi import foi as by_index
from citytools.reports.questionnaire import QUESTIONS, decided_by
from citytools.validate import for_reports

AS_OF = "2026-11-23"
SEEN = 'sources: [{url: "https://www.example.org/register/very/long/address", on: 2026-05-01}]'
RECORDS = {
    "data/boroughs/camden/technology.yaml": f"""
schema: 1
systems:
  - {{id: explorer, product: explorer, hosting: supplier-cloud, users: 1200, technologies: [rpa, chatbot, ai], {SEEN}}}
  - {{id: forms, name: Forms, supplier: "Form | Makers Ltd", functions: [planning/forms], technologies: [], users: 0, status: live}}
  - id: erp
    product: unit4-erp
    technologies: [iot]
    withheld: [{{field: hosting, reason: FOIA s.31}}]
    unknown: [{{field: users, reason: The team does not count them.}}]
  - {{id: share, name: Share, instance_of: sutton/erp}}
  - {{id: gone, name: Gone, status: retired, functions: [planning/register]}}
  - {{id: coming, name: Coming, status: in-procurement}}
  - {{id: later, name: Later, since: 2026-12-01}}
""",
    "data/boroughs/camden/contracts.yaml": f"""
schema: 1
contracts:
  - id: explorer
    title: Planning system
    supplier: softcat
    covers: [explorer]
    start: 2024-04-01
    end: 2027-03-31
    end_basis: committed
    extensions: [{{months: 12, notice_months: 6, status: available}}, {{months: 12, notice_months: 6, status: available}}, {{months: 6}}]
    notice_months: 3
    value: {{amount: 60000.50, for: year, vat: excluded}}
    {SEEN}
  - id: explorer-hosting
    title: Hosting
    covers: [explorer, erp]
    start: 2025-01-01
    term_months: 48
    extensions: []
    value: {{amount: 400000, precision: up-to, for: initial-term, vat: included}}
  - id: erp
    title: ERP support
    covers: [erp]
    signed: 2025-02-03
    end: 2029-03
    end_basis: includes-options
    rolls_months: 12
    value: {{amount: 9000, amount_to: 12000, for: unknown}}
    withheld: [{{field: supplier, reason: FOIA s.43}}, {{field: route.kind, reason: FOIA s.43}}]
  - id: alone
    title: "=Advice"
    functions: [planning/register]
    notice_months: 1
    unknown: [{{field: end, reason: Not in the notice.}}, {{field: value}}]
    withheld: [{{field: start, reason: FOIA s.43(2)}}]
  - {{id: over, title: Over, covers: [gone], end: 2020-03-31, end_basis: committed}}
  - {{id: unclear, title: Unclear, end: 2024-03-31}}
  - {{id: heard-later, title: Heard later, sources: [{{url: "https://example.org/l", on: 2026-12-01}}]}}
""",
    "data/boroughs/sutton/technology.yaml": "schema: 1\nsystems:\n  - {id: erp, product: unit4-erp}\n",
    "data/boroughs/sutton/contracts.yaml": """
schema: 1
contracts:
  - id: shared
    title: One ERP for both
    supplier: unit4
    covers: [erp]
    parties: [{borough: sutton, amount: 700000}, {borough: camden}]
    signed: 2025-01-07
    term_months: 48
    value: {amount: 1600000, for: whole-term}
""",
    "data/boroughs/kingston-upon-thames/technology.yaml": "schema: 1\nsystems: []\n",
    "data/bodies/consortium/body.yaml": "schema: 1\nname: The Consortium\nkind: consortium\nmembers: [camden]\n",
    "data/bodies/consortium/technology.yaml": "schema: 1\nsystems:\n  - {id: shelves, name: Shelves}\n",
}


def files(records: dict[str, str]) -> dict[str, str | bytes]:
    return {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS, **records}.items()}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("register"), files(RECORDS))


def foi(root: Path, *arguments: str, as_of: str = AS_OF) -> dict[str, Any]:
    done = run("--root", str(root), "report", "foi", *(arguments or ("camden",)), "--as-of", as_of, "--format", "json")
    assert (done.code, done.err) == (0, "")
    answer: dict[str, Any] = json.loads(done.out)
    return answer


def lines(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["system"], row["contract_id"]) for row in answer["rows"]]


CAMDEN = {
    ("camden/erp", "camden/erp"),
    ("camden/erp", "camden/explorer-hosting"),
    ("camden/explorer", "camden/explorer"),
    ("camden/explorer", "camden/explorer-hosting"),
    ("camden/forms", ""),
    ("camden/share", "sutton/shared"),
    ("", "camden/alone"),
    ("", "camden/unclear"),
}
MORE = {("camden/gone", "camden/over"), ("camden/coming", "")}
LISTED: dict[tuple[str, ...], set[tuple[str, str]]] = {
    ("camden",): CAMDEN,
    ("Camden", "--all"): CAMDEN | MORE,
    ("camden", "--function", "Forms"): {("camden/forms", "")},
    ("camden", "-f", "planning/register"): {line for line in CAMDEN if line[0] == "camden/explorer" or line[1] == "camden/alone"},
    ("camden", "-f", "planning/register", "--all"): {
        *(line for line in CAMDEN if line[0] == "camden/explorer" or line[1] == "camden/alone"),
        ("camden/gone", "camden/over"),
    },
    ("camden", "-f", "financial/erp"): {*(line for line in CAMDEN if line[0] == "camden/erp"), ("", "sutton/shared")},
    ("sutton",): {("sutton/erp", "sutton/shared")},
    ("hackney",): set(),
    ("The Consortium",): {("consortium/shelves", "")},
}


@pytest.mark.parametrize("asked", LISTED, ids=" ".join)
def test_which_lines_there_are(root: Path, asked: tuple[str, ...]) -> None:
    """A system with each contract in force for it, a share with its owner's; contracts of no listed system; nothing heard of later."""
    assert Counter(lines(foi(root, *asked))) == Counter(LISTED[asked])


def test_lines_stand_by_what_they_are_for_and_are_numbered(root: Path) -> None:
    answer = foi(root)
    told = [row["functions"] for row in answer["rows"] if "register" not in row["functions"]]
    assert told == sorted(told)
    assert [row["line"] for row in answer["rows"]] == list(range(1, 9))
    assert [row["system"] for row in answer["rows"][-2:]] == ["camden/share", ""]  # nobody says what they are for


NOT_HELD = "not held in this register"
# (system, contract) → the cells that matter there.
CELLS: dict[tuple[str, str], dict[str, str]] = {
    ("camden/explorer", "camden/explorer"): {
        "functions": "Register",
        "product": "Planning Explorer",
        "maker": "NEC",
        "contract": "Planning system",
        "supplier": "Softcat",
        "start": "2024-04-01",
        "end": "2027-03-31 (committed, without option years)",
        "extensions": (
            "2 × 12 months, available, 6 months' notice before; 1 × 6 months, not stated whether still available; "
            "3 months' notice ends the contract"
        ),
        "yearly_cost": "£60,000.50 a year, VAT excluded",
        "hosting": "supplier cloud",
        "users": "1,200",
        "ai_use": "yes: chatbot and AI",
    },
    ("camden/explorer", "camden/explorer-hosting"): {
        "supplier": NOT_HELD,
        "start": "2025-01-01",
        "end": "2028-12-31 (not stated: it follows from start and term)",
        "extensions": "stated as none",
        "yearly_cost": "up to £400,000 in total for the initial term of 48 months, VAT included, for 2 products together",
    },
    ("camden/forms", ""): {
        "maker": "Form | Makers Ltd",
        "contract": NOT_HELD,
        "start": NOT_HELD,
        "yearly_cost": NOT_HELD,
        "users": "0",
        "ai_use": "stated as none",
    },
    ("camden/erp", "camden/erp"): {
        "supplier": "withheld: FOIA s.43",
        "start": "signed 2025-02-03, start not stated",
        "end": "2029-03 (option years included)",
        "extensions": "renews itself every 12 months",
        "yearly_cost": "£9,000 to £12,000 (for what time is not stated)",
        "hosting": "withheld: FOIA s.31",
        "users": "looked for and unknown: The team does not count them",
        "ai_use": "not stated",
    },
    ("camden/share", "sutton/shared"): {
        "functions": NOT_HELD,
        "supplier": "Unit4",
        "end": "2029-01-06 (not stated: it follows from signature and term)",
        "yearly_cost": "£1,600,000 in total for the whole term with all options, for Sutton and Camden together",
    },
    ("", "camden/alone"): {
        "functions": "Register",
        "product": NOT_HELD,
        "start": "withheld: FOIA s.43(2)",
        "end": "looked for and unknown: Not in the notice",
        "extensions": "not held in this register; 1 month's notice ends the contract",
        "yearly_cost": "looked for and unknown",
        "ai_use": "not stated",
    },
}


@pytest.mark.parametrize("line", CELLS, ids=lambda line: "+".join(filter(None, line)))
def test_what_a_cell_says(root: Path, line: tuple[str, str]) -> None:
    (row,) = [row for row in foi(root)["rows"] if (row["system"], row["contract_id"]) == line]
    assert {name: row[name] for name in CELLS[line]} == CELLS[line]


def test_one_who_has_a_part_sees_its_own_and_never_a_difference(root: Path) -> None:
    (row,) = foi(root, "sutton")["rows"]
    assert row["yearly_cost"].endswith("for Sutton and Camden together, own part £700,000")
    assert (row["amount_pence"], row["amount_for"]) == (160000000, "whole-term")


def test_ai_use_is_never_answered_no(root: Path) -> None:
    for row in foi(root, "camden", "--all")["rows"]:
        assert row["ai_use"].startswith(("yes: ", "not stated", "stated as none"))


def test_what_is_not_in_use_or_in_force_says_so(root: Path) -> None:
    rows = {(row["system"], row["contract_id"]): row["standing"] for row in foi(root, "camden", "--all")["rows"]}
    assert rows["camden/gone", "camden/over"] == "no longer in use; contract: ended"
    assert rows["camden/coming", ""] == "in-procurement"
    assert rows["", "camden/unclear"] == "contract: its stated end has passed, not known whether it was extended"
    assert {rows[line] for line in CAMDEN - {("", "camden/unclear")}} == {""}


def test_what_stands_beside_the_cells(root: Path) -> None:
    answer = foi(root)
    assert answer["coverage"][0] == (
        "A draft for the information officer to check. This register is put together from public sources: it is not the answer of Camden."
    )
    assert answer["coverage"][1] == "8 lines: 4 systems, 3 of them with a contract, and 2 contracts for no system listed."
    assert (
        answer["coverage"][3]
        == "Seen lately (systems since 2025-11-23, contracts since 2024-11-23): 1 of 8 lines. The others may be out of date."
    )
    assert "Left out: 2 systems and 1 contract not in use or in force. --all lists them too." in answer["notes"]
    assert not any("Left out" in note for note in foi(root, "camden", "--all")["notes"])


def test_a_contract_of_which_no_one_says_that_it_ended_is_listed_with_the_doubt(root: Path) -> None:
    """Or an officer would answer that there is none."""
    assert (
        "1 contract is listed whose end or whole term has passed, because nobody says whether it was extended: the line says so."
        in foi(root)["notes"]
    )
    assert "unclear" not in str(foi(root, "camden", "-f", "planning"))


LEFT_OUT = {
    "planning/register": "Left out of those asked for: 1 system and 1 contract not in use or in force. --all lists them too.",
    "planning/forms": None,
}


@pytest.mark.parametrize("function", LEFT_OUT)
def test_what_is_left_out_is_counted_of_the_functions_asked_for(root: Path, function: str) -> None:
    assert next((note for note in foi(root, "camden", "-f", function)["notes"] if "Left out" in note), None) == LEFT_OUT[function]


@pytest.mark.parametrize("asked", [("camden",), ("camden", "--all"), ("camden", "-f", "planning"), ("sutton",), ("hackney",)], ids=" ".join)
def test_cells_are_counted_by_state(root: Path, asked: tuple[str, ...]) -> None:
    answer = foi(root, *asked)
    cells = [row[name] for row in answer["rows"] for name in QUESTIONS]
    states = Counter(
        "withheld"
        if cell.startswith("withheld")
        else "unknown"
        if cell.startswith("looked for")
        else "not_held"
        if cell.startswith("not held") or cell == "not stated"
        else "answered"
        for cell in cells
    )
    facts = answer["facts"]
    assert facts["cells"] == len(cells) == 12 * len(answer["rows"])
    assert {name: facts[name] for name in ("answered", "withheld", "unknown", "not_held")} == {
        name: states[name] for name in ("answered", "withheld", "unknown", "not_held")
    }
    assert all(cells)


def test_other_withheld_fields_are_named_with_their_ground(root: Path) -> None:
    rows = {(row["system"], row["contract_id"]): row for row in foi(root)["rows"]}
    assert rows["camden/erp", "camden/erp"]["withheld"] == ["supplier (FOIA s.43)", "hosting (FOIA s.31)", "kind of route (FOIA s.43)"]


def test_nothing_is_known_before_its_evidence(root: Path) -> None:
    assert ("camden/explorer", "camden/explorer") not in lines(foi(root, as_of="2023-12-31"))
    assert ("camden/later", "") in lines(foi(root, as_of="2026-12-01"))


@pytest.mark.parametrize(
    ("borough", "said"),
    {
        "hackney": ["Systems: not reported, which is not the same as none.", "Contracts: not reported, which is not the same as none."],
        "kingston-upon-thames": ["Systems: none, as reported.", "Contracts: not reported, which is not the same as none."],
    }.items(),
)
def test_an_empty_list_is_not_a_missing_one(root: Path, borough: str, said: list[str]) -> None:
    answer = foi(root, borough)
    assert answer["coverage"][1:] == ["0 lines: 0 systems, 0 of them with a contract, and 0 contracts for no system listed.", *said]


SECRET = "Zanzibar"
# What is withheld → what the record says of it, and what must not be read anywhere.
WITHHELD: dict[tuple[str, str], tuple[str, str, list[str]]] = {
    ("contract", "value"): ("value: {amount: 987654, for: year}", "value: {amount: 5, for: unknown}", ["987,654", "987654"]),
    ("contract", "value.amount"): (
        "value: {amount: 987654, amount_to: 989898}",
        "value: {amount: 1}",
        ["987,654", "987654", "989,898", "989898"],
    ),
    ("contract", "value.for"): ("value: {amount: 3, for: year}", "value: {amount: 3, for: whole-term}", ["a year", "year,"]),
    ("contract", "supplier"): (f"supplier: {SECRET} Ltd", "supplier: unit4", [SECRET]),
    ("contract", "title"): (f"title: {SECRET}", "title: Other", [SECRET]),
    ("contract", "start"): ("start: 2021-07-13", "start: 2022-08-14", ["2021-07", "2022-08"]),
    ("contract", "end"): ("end: 2031-07-13", "end: 2032-08-14", ["2031-07"]),
    ("contract", "end_basis"): (
        "end: 2031-01\n    end_basis: committed",
        "end: 2031-01\n    end_basis: includes-options",
        ["committed, without"],
    ),
    ("contract", "term_months"): (
        "term_months: 37\n    value: {amount: 9, for: initial-term}",
        "term_months: 41\n    value: {amount: 9, for: initial-term}",
        ["37 months"],
    ),
    ("contract", "extensions"): ("extensions: [{months: 17}]", "extensions: []", ["17 months", "stated as none"]),
    ("contract", "extensions.*.months"): ("extensions: [{months: 17}]", "extensions: [{months: 19}]", ["17 months"]),
    ("contract", "extensions.*.notice_months"): (
        "extensions: [{months: 6, notice_months: 17}]",
        "extensions: [{months: 6}]",
        ["17 months"],
    ),
    ("contract", "notice_months"): ("notice_months: 17", "notice_months: 18", ["17 months"]),
    ("contract", "rolls_months"): ("rolls_months: 17", "rolls_months: 18", ["17 months"]),
    ("contract", "parties.*.amount"): (
        "value: {amount: 900, for: year}\n    parties: [{borough: camden, amount: 345}, {borough: sutton, amount: 555}]",
        "value: {amount: 900, for: year}\n    parties: [{borough: camden, amount: 346}, {borough: sutton}]",
        ["345", "555"],
    ),
    ("contract", "signed"): ("signed: 2021-07-13", "signed: 2022-08-14", ["2021-07"]),
    ("contract", "value.amount_to"): ("value: {amount: 5, amount_to: 989898}", "value: {amount: 5}", ["989,898", "989898"]),
    ("contract", "extensions.*.status"): ("extensions: [{months: 6, status: lapsed}]", "extensions: [{months: 6}]", ["lapsed"]),
    ("system", "name"): (f"name: {SECRET}", "name: Other", [SECRET]),
    ("system", "product"): ("product: unit4-erp", "product: explorer", ["Unit4", "ERP"]),
    ("system", "supplier"): (f"supplier: {SECRET} Ltd", "supplier: unit4", [SECRET]),
    ("system", "functions"): ("functions: [planning/forms]", "functions: [planning/register]", ["Forms"]),
    ("system", "hosting"): ("hosting: own-data-centre", "hosting: public-cloud", ["own data centre", "own-data-centre"]),
    ("system", "users"): ("users: 4321", "users: 17", ["4,321", "4321"]),
    ("system", "technologies"): ("technologies: [chatbot]", "technologies: []", ["chatbot", "stated as none"]),
    ("system", "technologies.*"): ("technologies: [chatbot]", "technologies: []", ["chatbot", "stated as none"]),
}


def index(kind: str, given: str, withheld: str = "", *, published: bool = True) -> Index:
    """A register with one system and one contract for it, one of which says something and withholds something."""
    line = f"\n    withheld: [{{field: {withheld}, reason: FOIA s.43}}]" if withheld else ""
    said = {"system": "", "contract": "", kind: f"\n    {given}{line}"}
    title = "" if given.startswith("title") else "\n    title: Thing"
    own = "" if given.startswith("name") else "\n    name: A thing"
    read = dataset.build(
        {
            name: text.encode()
            for name, text in {
                **files({}),
                "data/boroughs/camden/technology.yaml": f"schema: 1\nsystems:\n  - id: thing{own}{said['system']}\n",
                "data/boroughs/camden/contracts.yaml": f"schema: 1\ncontracts:\n  - id: c{title}\n    covers: [thing]{said['contract']}\n",
            }.items()
            if isinstance(text, str)
        }
    )
    whole, errors = dataset.sound(read)
    assert errors == ()
    day = datetime.date.fromisoformat(AS_OF)
    return build(for_reports(read, day)[0] if published else whole, day)


def written(table: Table) -> dict[str, str]:
    """Each format as what can be read of it."""
    outs = {format: render([table], format, Screen()) for format in TABLE_FORMATS}
    return {format: _cells(out) if isinstance(out, bytes) else out for format, out in outs.items()}


def _cells(book: bytes) -> str:
    sheets = openpyxl.load_workbook(io.BytesIO(book))
    return "\n".join(str(cell.value) for sheet in sheets for row in sheet for cell in row if cell.value is not None)


def test_every_field_that_answers_a_question_is_tried_below() -> None:
    deciding = {(kind, field) for kind, fields in map(decided_by, QUESTIONS) for field in fields}
    assert deciding <= set(WITHHELD)


@pytest.mark.parametrize("field", WITHHELD, ids="-".join)
def test_a_withheld_value_is_in_no_format_though_it_stands_in_the_file(field: tuple[str, str]) -> None:
    """The same answer whatever the file says, so that nothing can be worked out from it; and without the ground all of it is told."""
    kind, name = field
    given, other, secrets = WITHHELD[field]
    tables = [by_index(index(kind, said, name), "camden", everything=True) for said in (given, other)]
    assert tables[0] == tables[1]
    for out in written(tables[0]).values():
        assert "FOIA s.43" in out
        assert [secret for secret in secrets if secret in out.partition("Not held in this register:")[0]] == []
    told = written(by_index(index(kind, given), "camden", everything=True))
    assert any(secret in told["csv"] for secret in secrets)


@pytest.mark.parametrize("field", [each for each in WITHHELD if each[1] not in ("product", "end_basis")], ids="-".join)
def test_it_is_in_no_format_even_if_nobody_took_it_out_before(field: tuple[str, str]) -> None:
    kind, name = field
    given, _, secrets = WITHHELD[field]
    out = written(by_index(index(kind, given, name, published=False), "camden", everything=True))
    for format in ("text", "csv", "json"):
        assert "FOIA s.43" in out[format]
        assert [secret for secret in secrets if secret in out[format].partition('"notes"')[0].partition("Not held in")[0]] == []


def test_a_withheld_end_does_not_come_back_from_start_and_term() -> None:
    given = "start: 2025-01-01\n    term_months: 48\n    value: {amount: 90, for: initial-term}\n    end: 2028-12-31"
    (row,) = by_index(index("contract", given, "end"), "camden").dicts()
    assert (row["end"], row["end_on"]) == ("withheld: FOIA s.43", None)
    assert row["yearly_cost"] == "£90 in total for the initial term"


@pytest.mark.parametrize(
    ("given", "withheld", "end"),
    [
        ("term_months: 24", "", "24 months after a start that is not known"),
        ("term_months: 24\n    unknown: [{field: end, reason: Not in it.}]", "", "24 months after a start that is not known"),
        ("term_months: 24\n    start: 2024-01-01", "", "2025-12-31 (not stated: it follows from start and term)"),
        ("term_months: 24\n    start: 2024-01-01", "start", "24 months after a start that is withheld"),
        ("term_months: 24\n    signed: 2024-01-01", "signed", "24 months after a start that is withheld"),
        (
            "term_months: 24\n    start: 2024-01-01\n    signed: 2023-12-01",
            "signed",
            "2025-12-31 (not stated: it follows from start and term)",
        ),
        ("term_months: 24", "term_months", "withheld: FOIA s.43"),
    ],
)
def test_a_term_is_told_even_where_nobody_says_when_it_began(given: str, withheld: str, end: str) -> None:
    for published in (True, False):
        (row,) = by_index(index("contract", given, withheld, published=published), "camden", everything=True).dicts()
        assert row["end"] == end
        assert (f"to {end}" in row["agreement"]) == (withheld != "term_months")


def test_a_withheld_sum_takes_its_parts_with_it() -> None:
    given = "value: {amount: 900, for: year}\n    parties: [{borough: camden, amount: 345}, {borough: sutton, amount: 555}]"
    out = written(by_index(index("contract", given, "value"), "camden"))
    assert not any(part in text for part in ("345", "555") for text in (out["csv"], out["json"], out["text"]))


@pytest.mark.parametrize("name", ["cost", "Value", "value.sum"])
def test_a_name_that_no_field_has_may_mean_any_of_them(name: str) -> None:
    """Validation calls it an error; should it get through all the same, nothing is told of the record."""
    given = f"value: {{amount: 987654, for: year}}\n    supplier: {SECRET}\n    end: 2031-07-13"
    table = by_index(index("contract", given, name), "camden")
    (row,) = table.dicts()
    told = f'withheld: FOIA s.43 (said of "{name}", which is no field: it may be this one)'
    assert {row[each] for each in ("contract", "supplier", "start", "end", "extensions", "yearly_cost")} == {told}
    assert (row["amount_pence"], row["end_on"], row["product"]) == (None, None, "A thing")
    for out in written(table).values():
        assert not any(secret in out for secret in ("987654", "987,654", SECRET, "2031"))


def test_it_reads_well(root: Path) -> None:
    out = run("--root", str(root), "report", "foi", "camden", "--all", "--as-of", AS_OF).out
    golden("foi.txt", out)
    assert max(len(line) for line in out.splitlines()) <= 80


def test_csv_has_every_question_in_words_and_nothing_that_a_spreadsheet_runs(root: Path) -> None:
    out = run("--root", str(root), "report", "foi", "camden", "--as-of", AS_OF, "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert len(rows) == len(CAMDEN)
    assert all(row[name] for row in rows for name in QUESTIONS)
    assert [row["contract"] for row in rows if row["contract"].startswith(("=", "'="))] == ["'=Advice"]
    assert [row["sources"] for row in rows if row["contract_id"] == "camden/explorer"] == [
        "https://www.example.org/register/very/long/address"
    ]


@pytest.mark.parametrize("format", ["text", "markdown", "html"])
def test_a_source_can_be_looked_up_from_what_people_read(root: Path, format: str) -> None:
    out = run("--root", str(root), "report", "foi", "camden", "--as-of", AS_OF, "--format", format).out
    assert "https://www.example.org/register/very/long/address" in html.unescape(out)
    assert "2026-05-01" in out
