"""What officers send back: only what they changed changes, nothing is lost, and every doubt is a question at its cell."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pytest
from registers import AS_OF, changed_lines, committed_register, contents, replaced
from support import Run, run

from citytools.dataset import load
from workbooks.desk import Desk


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return committed_register(tmp_path)


@pytest.fixture
def desk(root: Path, tmp_path: Path) -> Desk:
    """Ashby's workbook."""
    return Desk(template(root, tmp_path / "ashby.xlsx", "--borough", "ashby"))


def template(root: Path, place: Path, *arguments: str) -> Path:
    assert run("template", *arguments, "--output", str(place), "--root", str(root), "--as-of", AS_OF).code == 0
    return place


def merge(root: Path, *arguments: object) -> Run:
    return run("merge", *map(str, arguments), "--root", str(root), "--as-of", AS_OF, columns=200)


def check(root: Path, *arguments: object) -> Run:
    return run("check", *map(str, arguments), "--root", str(root), "--as-of", AS_OF, columns=200)


@pytest.mark.parametrize("whose", [["--borough", "ashby"], ["--borough", "joint-libraries"], ["--borough", "birchwood"]])
def test_a_workbook_that_nobody_touched_changes_nothing(root: Path, tmp_path: Path, whose: list[str]) -> None:
    done = merge(root, template(root, tmp_path / "book.xlsx", *whose), "--write", "--allow-removals")
    assert (done.code, done.err) == (0, "")
    assert "No record differs." in done.out


def test_everything_goes_out_and_nothing_changes_when_it_comes_back(root: Path, tmp_path: Path) -> None:
    assert run("export", "xlsx", str(tmp_path / "all.xlsx"), "--root", str(root), "--as-of", AS_OF).code == 0
    done = merge(root, tmp_path / "all.xlsx", "--write", "--allow-removals")
    assert (done.code, "No record differs." in done.out) == (0, True)


def test_a_changed_cell_is_a_changed_line_and_nothing_else(root: Path, desk: Desk) -> None:
    cell = desk.type("Systems", "Users", 900, Id="ledgerline")
    before = contents(root)
    plan = merge(root, desk.save())
    assert f"users: 850 → 900 [{cell}]" in plan.out
    assert "Nothing is written yet. With --write it is." in plan.out
    assert contents(root) == before
    assert merge(root, desk.path, "--write").code == 0
    assert changed_lines(before, contents(root)) == {
        "data/boroughs/ashby/technology.yaml": (["    users: 850"], ["    users: 900"]),
    }


def test_a_new_line_is_a_new_record_with_what_stands_on_other_sheets_of_it(root: Path, desk: Desk) -> None:
    contract = {
        "Id": "repairs-2026",
        "Title": "Repairs Diary support",
        "Supplier": "larch and sons limited",
        "Covers": "repairs; ledgerline",
        "Start": datetime.date(2026, 4, 1),
        "End": "31/03/2028",
        "Initial term": 24,
        "What the end date is": "Committed",
        "Value: amount": 19.99,
        "Value: includes": "support; hosting",
    }
    desk.add("Contracts", contract)
    desk.add("Extensions", {"Record": "repairs-2026", "Months": 12, "Notice": 3})
    desk.add("Extensions", {"Record": "repairs-2026", "Months": 6})
    desk.add("Parties", {"Record": "repairs-2026", "Party": "Birchwood", "Amount": 7.5})
    desk.add("Sources", {"Sheet": "Contracts", "Record": "repairs-2026", "Address": "https://example.org/new", "Date": "2026-03"})
    done = merge(root, desk.save(), "--write")
    assert (done.code, done.err) == (0, "")
    assert '"31/03/2028" read as 2028-03-31' in done.out
    text = (root / "data/boroughs/ashby/contracts.yaml").read_text()
    record = text[text.index("  - id: repairs-2026") :]
    assert record.splitlines()[:7] == [
        "  - id: repairs-2026",
        "    title: Repairs Diary support",
        "    supplier: larch and sons limited",
        "    covers: [repairs, ledgerline]",
        "    parties:",
        "      - {borough: birchwood, amount: 7.5}",
        "    start: 2026-04-01",
    ]
    for line in (
        "    end: 2028-03-31",
        "    end_basis: committed",
        "    extensions: [{months: 12, notice_months: 3}, {months: 6}]",
        "    value: {amount: 19.99, includes: [support, hosting]}",
    ):
        assert line in record.splitlines()
    assert run("validate", "--root", str(root), "--as-of", AS_OF).code == 0


def test_what_changed_in_the_register_since_stays(root: Path, desk: Desk) -> None:
    replaced(root / "data/boroughs/ashby/technology.yaml", "hosting: own-data-centre", "hosting: supplier-cloud")
    desk.type("Systems", "Users", 225, Id="homestead")
    assert merge(root, desk.save(), "--write").code == 0
    text = (root / "data/boroughs/ashby/technology.yaml").read_text()
    assert "hosting: supplier-cloud\n    users: 225" in text


@pytest.mark.parametrize(("take", "users"), [("mine", 300), ("theirs", 225)])
def test_the_same_field_changed_in_both_places_waits_for_a_person(root: Path, desk: Desk, take: str, users: int) -> None:
    replaced(root / "data/boroughs/ashby/technology.yaml", "users: 220", "users: 300")
    cell = desk.type("Systems", "Users", 225, Id="homestead")
    done = merge(root, desk.save(), "--write")
    assert done.code == 1
    assert all(words in done.out for words in ("220", "300", "225", f"ashby.xlsx [{cell}]", "--take"))
    assert "users: 300" in (root / "data/boroughs/ashby/technology.yaml").read_text()
    assert merge(root, desk.path, "--write", "--take", take).code == 0
    assert f"users: {users}\n" in (root / "data/boroughs/ashby/technology.yaml").read_text()


def test_missing_lines_and_emptied_cells_remove_nothing_unless_that_is_allowed(root: Path, desk: Desk) -> None:
    desk.delete("Systems", Id="committees")
    desk.delete("Sources", Record="committees")
    emptied = desk.type("Systems", "Users", None, Id="homestead")
    desk.delete("Extensions", Record="ledgerline-2023")
    before = contents(root)
    done = merge(root, desk.save(), "--write")
    assert done.code == 0
    assert "Not in the submission, and kept: ashby/committees." in done.out
    assert f"{emptied} is empty; 220 stays" in done.out
    assert "Extensions of ashby/ledgerline-2023: 1 is no longer there; what the register has stays" in done.out
    assert contents(root) == before
    assert merge(root, desk.path, "--write", "--allow-removals").code == 0
    after = changed_lines(before, contents(root))
    assert "  - id: committees" in after["data/boroughs/ashby/technology.yaml"][0]
    assert "    users: 220" in after["data/boroughs/ashby/technology.yaml"][0]
    assert after["data/boroughs/ashby/contracts.yaml"][1] == [
        "    extensions: [{months: 12, notice_months: 6, status: available}]",
    ]


def test_none_is_not_the_same_as_nothing(root: Path, desk: Desk) -> None:
    """An empty cell is not stated; none is an empty list, in a cell and on a sheet of its own."""
    desk.type("Contracts", "Covers", "None", Id="homestead-2021")
    desk.add("Extensions", {"Record": "homestead-2021", "Months": "none"})
    assert merge(root, desk.save(), "--write", "--allow-removals").code == 0
    text = (root / "data/boroughs/ashby/contracts.yaml").read_text()
    record = text[text.index("  - id: homestead-2021") :]
    assert "    covers: []" in record
    assert "    extensions: []" in record
    again = Desk(template(root, desk.path, "--borough", "ashby"))
    assert again.cell("Contracts", "Covers", Id="homestead-2021").value == "none"
    assert again.cell("Extensions", "Months", Record="homestead-2021").value == "none"
    assert "No record differs." in merge(root, again.path).out


DOUBTS = [
    ("Contracts", "End", "03/04/27", "may be", "Which of them is it?"),
    ("Contracts", "End", "TBC", "is not a date", "Leave the cell empty"),
    ("Contracts", "End", "31/02/2027", "is not a date", "Type the day as"),
    ("Contracts", "Signed", 46027, "is a number, not a date", "05/01/2026"),
    ("Contracts", "End", 2029, "the day 21/07/1905 stands here", "If the year 2029 is meant"),
    ("Contracts", "End", datetime.datetime(2027, 3, 31, 18, 0), "a time of day", "the day alone"),
    ("Contracts", "Initial term", "2 years", "is not a plain number", "number of months"),
    ("Contracts", "Initial term", 2.5, "is not a whole number", "whole number"),
    ("Contracts", "Value: amount", "about 5k", "is not a plain number", "plain number"),
    ("Contracts", "Value: amount", "1.250,00", "is not a plain number", "plain number"),
    ("Contracts", "What the end date is", "firm", "not one of the words to choose from", "committed"),
    ("Contracts", "Title", datetime.date(2027, 3, 31), "text is due", "Format the cell as text"),
    ("Contracts", "Covers", '"ledgerline; repairs', "is never closed", "End it with another"),
    ("Contracts", "Supplier", "no-such-supplier", "no supplier", "full name"),
    ("Contracts", "Value: amount", -5, "less than can be right", ""),
    ("Contracts", "Supplier", "TBC", "is not what is asked for", "Leave the cell empty"),
    ("Contracts", "Title", "n/a", "is not what is asked for", "Leave the cell empty"),
    ("Contracts", "CPV codes", "72210000-0", "does not have the form", "Eight digits"),
    ("Contracts", "End", "=TODAY()", "a formula without a result", "Type the value itself"),
]


@pytest.mark.parametrize(("sheet", "title", "typed", "what", "advice"), DOUBTS, ids=[f"{d[1]} {d[2]}"[:40] for d in DOUBTS])
def test_what_can_be_meant_in_several_ways_is_a_question_at_its_cell(
    root: Path, desk: Desk, sheet: str, title: str, typed: object, what: str, advice: str
) -> None:
    cell = desk.type(sheet, title, typed, Id="ledgerline-2023")
    before = contents(root)
    for done in (check(root, desk.save()), merge(root, desk.path, "--write")):
        said = " ".join(done.out.split())
        assert done.code == 1
        assert all(words in said for words in (f"ashby.xlsx [{cell}]", what, advice))
    assert contents(root) == before


MEANT = [
    ("End", "31/03/2029", "end: 2029-03-31"),
    ("End", datetime.date(2029, 3, 31), "end: 2029-03-31"),
    ("End", "2029-03", "end: 2029-03"),
    ("Signed", 2019, "signed: 2019"),
    ("End", "March 2029", "end: 2029-03"),
    ("End", " 2029\u201003\u201031\u00a0", "end: 2029-03-31"),
    ("What the end date is", "Includes options", "end_basis: includes-options"),
    ("Value: amount", "£1,250,000", "amount: 1250000"),
    ("Value: amount", 0.30000000000000004, "amount: 0.3"),
    ("Initial term", "36", "term_months: 36"),
    ("Initial term", 36.0, "term_months: 36"),
    ("Title", "\u201cHousing\u201d:\u00a0phase 2 ", 'title: "“Housing”: phase 2"'),
    ("Title", "zero\u200bwidth", "title: zerowidth"),
    ("Functions", "General ledger and ERP, Income and payments", "functions: [finance/ledger, finance/income]"),
    ("Value: includes", "licences, support", "includes: [licences, support]"),
    ("Notice period", "6 months", "notice_months: 6"),
    ("Value: amount", "1,250.50", "amount: 1250.5"),
    ("Supplier", "BEECH SOFTWARE LTD.", "supplier: beech"),
]


@pytest.mark.parametrize(("title", "typed", "line"), MEANT, ids=[f"{title} {typed}"[:40] for title, typed, _ in MEANT])
def test_what_can_only_be_meant_in_one_way_is_taken_for_it(root: Path, desk: Desk, title: str, typed: object, line: str) -> None:
    desk.type("Contracts", title, typed, Id="ledgerline-2023")
    done = merge(root, desk.save(), "--write")
    assert (done.code, done.err) == (0, ""), done.out
    assert line in (root / "data/boroughs/ashby/contracts.yaml").read_text()


def test_headings_may_be_titles_or_names_in_any_order_and_case_below_other_lines(root: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "Return 2026"
    for row in (["London Borough of Ashby: our return"], [], ["users", "ID ", "end_of_support", "In  use\nsince", "product"]):
        page.append(row)
    page.append([901, "ledgerline", "keep", None, None])
    page.append([5, "minutes-2", None, "2024", "Minutes"])
    book.save(tmp_path / "return.xlsx")
    done = merge(root, tmp_path / "return.xlsx", "--borough", "Ashby", "--write")
    said = " ".join(done.out.split())
    assert done.code == 0
    assert 'The sheet "Return 2026" was read as Systems, whose headings it has.' in said
    assert "headings were found in row 3" in said
    assert '"end_of_support" is no heading here, so that its column was not read (1 filled cell)' in said
    text = (root / "data/boroughs/ashby/technology.yaml").read_text()
    assert "users: 901" in text
    assert "  - id: minutes-2\n    product: minutes\n    since: 2024\n    users: 5\n" in text


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["Id", "Users", "users"], ["ledgerline", 1, 2]], "columns B and C are both users"),
        ([["Id", "Users"], ["ledgerline", 1, "lost"]], '"lost" is under no heading, so that it would be lost'),
        ([["Id", "Users"], [None, 5]], "this line has no id"),
        ([["Id", "Users"], ["ledgerline", 1], ["ledgerline", 2]], 'the id "ledgerline" stands in row 2 too'),
        ([["Nothing", "Known"], [1, 2]], "no headings were found on this sheet"),
    ],
)
def test_a_sheet_that_would_lose_something_is_refused(root: Path, tmp_path: Path, rows: list[list[object]], words: str) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Systems"
    for row in rows:
        book.worksheets[0].append(row)
    other = book.create_sheet("Contracts")
    other.append(["Id", "Title"])
    book.save(tmp_path / "x.xlsx")
    before = contents(root)
    done = merge(root, tmp_path / "x.xlsx", "--borough", "ashby", "--write")
    assert (done.code, words in " ".join(done.out.split())) == (1, True), done.out
    assert contents(root) == before


def test_one_bad_line_stops_only_itself_where_that_is_asked_for(root: Path, desk: Desk) -> None:
    desk.type("Contracts", "End", "TBC", Id="ledgerline-2023")
    desk.type("Contracts", "Supplier", "no-such-supplier", Id="ledgerline-2019")
    desk.type("Contracts", "Title", "Homestead licences", Id="homestead-2021")
    desk.type("Systems", "Users", 900, Id="ledgerline")
    done = merge(root, desk.save(), "--write", "--partial")
    said = " ".join(done.out.split())
    assert done.code == 1
    assert "Left out, as something in them is wrong or in conflict: ashby/ledgerline-2019, ashby/ledgerline-2023." in said
    assert "title: Homestead licences\n" in (root / "data/boroughs/ashby/contracts.yaml").read_text()
    assert "users: 900" in (root / "data/boroughs/ashby/technology.yaml").read_text()
    assert "no-such-supplier" not in (root / "data/boroughs/ashby/contracts.yaml").read_text()


def unknown(root: Path) -> list[str]:
    """The fields that Ashby's contracts say are not known."""
    return [field for record in load(root).of("contract") if record.holder == "ashby" for field in record.texts("unknown", "field")]


@pytest.mark.parametrize("deleted", [True, False])
def test_what_was_unknown_and_is_given_is_no_longer_unknown(root: Path, desk: Desk, tmp_path: Path, deleted: bool) -> None:
    """Whether or not the officer thought of the line on the other sheet."""
    for field in ("Awarded", "value", "Signed"):
        desk.add("Unknown", {"Sheet": "Contracts", "Record": "ledgerline-2019", "Field": field, "Reason": "Not in our register."})
    desk.type("Contracts", "Value: amount", None, Id="ledgerline-2019")
    assert merge(root, desk.save(), "--write").code == 1, "the value is given, and cannot be unknown too"
    desk.delete("Unknown", Field="value")
    assert merge(root, desk.save(), "--write").code == 0
    assert unknown(root) == ["awarded", "signed"]
    again = Desk(template(root, tmp_path / "again.xlsx", "--borough", "ashby"))
    again.type("Contracts", "Awarded", 2019, Id="ledgerline-2019")
    if deleted:
        again.delete("Unknown", Field="awarded")
    done = merge(root, again.save(), "--write")
    assert done.code == 0, done.out
    assert "ashby/ledgerline-2019: awarded now known, and no longer on the sheet Unknown" in done.out
    assert unknown(root) == ["signed"]


def test_a_reference_to_a_line_with_a_fault_is_no_mistake_of_its_own(root: Path, desk: Desk) -> None:
    row = desk.add("Systems", {"Id": "planning", "Name": "Planning", "Users": "lots"})
    other = desk.add("Systems", {"Id": "Liquid Logic", "Name": "Liquid Logic"})
    desk.type("Contracts", "Covers", "homestead; planning", Id="homestead-2021")
    desk.type("Systems", "Users", 900, Id="ledgerline")
    done = merge(root, desk.save(), "--write", "--partial")
    said = " ".join(done.out.split())
    assert f'ashby.xlsx [Systems!L{row}] planning: Users: "lots" is not a plain number' in said
    assert f"ashby.xlsx [Systems!A{other}]" in said
    assert '"planning" has a fault itself. Put that right first. [unknown-reference]' in said
    assert said.count("Did you mean") == 1
    assert "Did you mean liquid-logic?" in said
    assert "Left out, as something in them is wrong or in conflict: ashby/Liquid Logic, ashby/homestead-2021, ashby/planning." in said
    assert "users: 900" in (root / "data/boroughs/ashby/technology.yaml").read_text()


def test_two_who_add_the_same_are_asked_at_their_cell_and_nothing_else_waits(root: Path, desk: Desk, tmp_path: Path) -> None:
    other = Desk(template(root, tmp_path / "other.xlsx", "--borough", "ashby"))
    desk.add("Systems", {"Id": "notify", "Name": "Notify", "Users": 40})
    assert merge(root, desk.save(), "--write").code == 0
    row = other.add("Systems", {"Id": "notify", "Name": "Notify", "Users": 70})
    other.type("Systems", "Users", 225, Id="homestead")
    done = merge(root, other.save(), "--write", "--partial")
    said = " ".join(done.out.split())
    assert done.code == 1
    assert f"other.xlsx [Systems!L{row}]" in said
    assert "Left out, as something in them is wrong or in conflict: ashby/notify." in said
    text = (root / "data/boroughs/ashby/technology.yaml").read_text()
    assert "users: 225" in text
    assert "users: 40" in text


def test_all_faults_are_told_at_once_in_the_order_of_the_sheets_and_what_is_sound_is_planned(root: Path, desk: Desk) -> None:
    first = desk.type("Systems", "Users", "lots", Id="ledgerline")
    second = desk.type("Systems", "Product", "no-such-product", Id="homestead")
    third = desk.type("Contracts", "End", "2019-01", Id="homestead-2021")
    desk.type("Systems", "In use since", "2024", Id="committees")
    done = check(root, desk.save())
    places = [done.out.index(f"[{cell}]") for cell in (first, second, third)]
    assert places == sorted(places)
    assert "since: not stated → 2024" in merge(root, desk.path).out


def test_personal_data_is_repeated_nowhere(root: Path, desk: Desk) -> None:
    desk.type("Boroughs", "Role mailbox", "jane.smith@islington.gov.uk", Name="Ashby")
    desk.type("Systems", "Notes", "call Jane on 07700 900123", Id="homestead")
    for done in (merge(root, desk.save()), check(root, desk.path)):
        assert done.code == 1
        assert "jane.smith" not in done.out
        assert "900123" not in done.out


def test_a_sheet_whose_lines_are_all_gone_is_not_read_as_none(root: Path, desk: Desk) -> None:
    desk.book["Systems"].delete_rows(2, 50)
    desk.book["Sources"].delete_rows(2, 50)
    done = merge(root, desk.save())
    assert "Systems: all 5 lines of ashby are gone; what the register has stays" in done.out
    refused = merge(root, desk.path, "--allow-removals")
    assert (refused.code, "all 5 lines of ashby are gone. If there are none, write none" in " ".join(refused.out.split())) == (1, True)


def test_columns_may_be_named_on_the_sheets_of_what_is_unknown_and_withheld(root: Path, desk: Desk) -> None:
    desk.add("Withheld", {"Sheet": "Contracts", "Record": "ledgerline-2019", "Field": "Notice period", "Ground": "FOIA s.43"})
    assert merge(root, desk.save(), "--write").code == 0
    assert "withheld: [{field: notice_months, reason: FOIA s.43}]" in (root / "data/boroughs/ashby/contracts.yaml").read_text()


def test_a_list_with_a_comma_is_told_to_be_one(root: Path, desk: Desk) -> None:
    cell = desk.type("Boroughs", "Aliases", "LB Ashby, Ashby Council", Name="Ashby")
    assert f"{cell}: LB Ashby, Ashby Council read as one; semicolons part several" in merge(root, desk.save()).out


def test_of_a_workbook_handed_in_for_one_borough_no_other_line_is_read(root: Path, tmp_path: Path) -> None:
    place = tmp_path / "submissions/ashby/all.xlsx"
    place.parent.mkdir(parents=True)
    assert run("export", "xlsx", str(place), "--root", str(root), "--as-of", AS_OF).code == 0
    desk = Desk(place)
    desk.type("Systems", "Users", 900, Borough="Ashby", Id="ledgerline")
    desk.type("Systems", "Users", 901, Borough="Birchwood", Id="ledgerline")
    desk.type("Products", "Name", "Another", Id="homestead")
    done = merge(root, desk.save(), "--write")
    assert "lines are of others than ashby, and were not read." in done.out
    assert "users: 900" in (root / "data/boroughs/ashby/technology.yaml").read_text()
    assert "users: 901" not in (root / "data/boroughs/birchwood/technology.yaml").read_text()
    assert "Another" not in (root / "data/catalogue/products.yaml").read_text()


def test_a_borough_without_files_begins_with_a_workbook(root: Path, tmp_path: Path) -> None:
    folder = root / "data/boroughs/fernhill"
    for path in folder.iterdir():
        if path.name != "borough.yaml":
            path.unlink()
    desk = Desk(template(root, tmp_path / "fernhill.xlsx", "--borough", "fernhill"))
    desk.add("Systems", {"Id": "minutes", "Product": "Minutes"})
    desk.add("Skills", {"Id": "none"})
    done = merge(root, desk.save(), "--write")
    assert done.code == 0, done.out
    assert (folder / "technology.yaml").read_text().endswith("schema: 1\n\nsystems:\n  - id: minutes\n    product: minutes\n")
    assert "skills: []" in (folder / "skills.yaml").read_text()
    assert not (folder / "contracts.yaml").exists()


def test_a_workbook_of_another_borough_is_not_taken_for_ours(root: Path, desk: Desk) -> None:
    done = merge(root, desk.path, "--borough", "birchwood")
    assert (done.code, "was made for ashby, and was handed in for birchwood" in done.err) == (2, True)


def test_a_workbook_in_a_boroughs_folder_of_submissions_is_its(root: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Systems"
    book.worksheets[0].append(["Id", "Users"])
    book.worksheets[0].append(["ledgerline", 901])
    place = root / "submissions/ashby/return.xlsx"
    place.parent.mkdir(parents=True)
    book.save(place)
    assert "users: 850 → 901" in merge(root, place).out
    book.save(tmp_path / "return.xlsx")
    done = merge(root, tmp_path / "return.xlsx")
    assert (done.code, "does not say whose it is" in done.err) == (2, True)


def test_damaged_hidden_sheets_are_no_base_to_merge_from(root: Path, desk: Desk) -> None:
    desk.book["_citytools"].cell(5, 2).value = "0" * 64
    done = merge(root, desk.save())
    assert (done.code, "damaged" in done.err) == (2, True)
    desk.type("Systems", "Users", 900, Id="ledgerline")
    assert "users: 850 → 900" in merge(root, desk.save(), "--base", "HEAD").out


def test_check_hands_the_workbook_back_with_notes_and_a_second_check_takes_them_away(root: Path, desk: Desk, tmp_path: Path) -> None:
    cell = desk.type("Contracts", "End", "TBC", Id="ledgerline-2023")
    done = check(root, desk.save(), "--annotate", tmp_path / "back.xlsx")
    assert done.code == 1
    back = openpyxl.load_workbook(tmp_path / "back.xlsx")
    place = back["Contracts"][cell.partition("!")[2]]
    assert place.comment is not None
    assert "is not a date" in place.comment.text
    assert back.sheetnames[0] == "Issues"
    again = Desk(tmp_path / "back.xlsx")
    again.type("Contracts", "End", datetime.date(2027, 3, 31), Id="ledgerline-2023")
    again.save()
    fine = check(root, tmp_path / "back.xlsx", "--annotate", tmp_path / "fine.xlsx")
    assert (fine.code, "Nothing is wrong in it." in fine.out) == (0, True)
    clean = openpyxl.load_workbook(tmp_path / "fine.xlsx")
    assert clean["Contracts"][cell.partition("!")[2]].comment is None
    assert "No record differs." in merge(root, tmp_path / "fine.xlsx").out


def test_what_came_back_is_never_written_over(root: Path, desk: Desk) -> None:
    done = check(root, desk.path, "--annotate", desk.path)
    assert (done.code, "not written over" in done.err) == (2, True)


def test_a_template_is_not_written_over_one_that_is_there(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("template", "--borough", "ashby", "--root", str(root)).out.startswith("Written: ashby.xlsx.")
    done = run("template", "--borough", "ashby", "--root", str(root))
    assert (done.code, "is there already" in done.err) == (2, True)


def test_a_name_that_the_catalogue_has_changed_since_changes_no_record(root: Path, desk: Desk) -> None:
    """The cell says what it was filled with, by the names of then."""
    suppliers = root / "data/catalogue/suppliers.yaml"
    replaced(suppliers, "{id: rowan, name: Rowan Resellers}", "{id: rowan, name: Rowan Group}\n  - {id: other, name: Rowan Resellers}")
    replaced(suppliers, "{id: oak, name: Oak Digital}", "{id: oak, name: Acorn}")
    desk.type("Systems", "Users", 900, Id="ledgerline")
    desk.type("Contracts", "Supplier", "Oak Digital", Id="ledgerline-2019")
    before = contents(root)
    assert merge(root, desk.save(), "--write").code == 0
    changed = changed_lines(before, contents(root))
    assert changed["data/boroughs/ashby/technology.yaml"] == (["    users: 850"], ["    users: 900"])
    assert changed["data/boroughs/ashby/contracts.yaml"][1] == ["    supplier: oak"]


def test_a_new_line_takes_nothing_over_from_one_that_was_deleted(root: Path, desk: Desk) -> None:
    desk.delete("Sources", Record="ledgerline", Sheet="Systems")
    desk.add("Sources", {"Sheet": "Systems", "Record": "ledgerline", "Address": "https://example.org/new"})
    assert merge(root, desk.save(), "--write").code == 0
    (record,) = (each for each in load(root).of("system") if each.ref == "ashby/ledgerline")
    assert [source for source in record.items("sources") if source["url"].endswith("/new")] == [{"url": "https://example.org/new"}]
    assert [source["url"] for source in record.items("sources")] == ["https://example.org/a1", "https://example.org/new"]


def test_a_corrected_address_is_the_same_source(root: Path, desk: Desk) -> None:
    desk.type("Sources", "Address", "https://example.org/corrected", Sheet="Systems", Record="ledgerline")
    assert merge(root, desk.save(), "--write").code == 0
    (record,) = (each for each in load(root).of("system") if each.ref == "ashby/ledgerline")
    assert [(source["url"], source["kind"]) for source in record.items("sources")] == [("https://example.org/corrected", "register")]


@pytest.mark.parametrize(
    ("sheet", "title", "typed", "known"),
    [
        ("Systems", "Id", None, {"Id": "committees"}),
        ("Systems", "Id", "Committees", {"Id": "committees"}),
        ("Sources", "Record", "committes", {"Record": "committees"}),
        ("Sources", "Sheet", "Sytems", {"Record": "committees"}),
    ],
)
def test_what_a_slip_hides_is_not_taken_for_removed(
    root: Path, desk: Desk, sheet: str, title: str, typed: object, known: dict[str, object]
) -> None:
    desk.type(sheet, title, typed, **known)
    before = contents(root)
    done = merge(root, desk.save(), "--write", "--partial", "--allow-removals")
    assert done.code == 1
    assert contents(root) == before


def test_nothing_understood_is_not_none(root: Path, tmp_path: Path) -> None:
    (root / "data/boroughs/fernhill/technology.yaml").unlink()
    desk = Desk(template(root, tmp_path / "fernhill.xlsx", "--borough", "fernhill"))
    desk.add("Systems", {"Id": "minutes", "Users": "lots"})
    desk.add("Systems", {"Name": "Something"})
    assert merge(root, desk.save(), "--write", "--partial").code == 1
    assert not (root / "data/boroughs/fernhill/technology.yaml").exists()


def test_a_boroughs_workbook_changes_nobody_else(root: Path, desk: Desk) -> None:
    page = desk.book["Systems"]
    page.cell(1, page.max_column + 1).value = "Borough"
    row = desk.add("Systems", {"Id": "evil", "Name": "Evil"})
    page.cell(row, page.max_column).value = "Birchwood"
    other = desk.book.create_sheet("Suppliers")
    other.append(["Id", "Name"])
    other.append(["evil", "Evil"])
    before = contents(root)
    done = merge(root, desk.save(), "--write")
    assert "2 lines are of others than ashby, and were not read." in done.out
    assert contents(root) == before


@pytest.mark.parametrize("holder", ["../../x", "a/b", ".", "zzz", "con"])
def test_a_forged_holder_is_refused(root: Path, desk: Desk, holder: str) -> None:
    for row in desk.book["_citytools"].iter_rows():
        if row[0].value == "borough":
            row[1].value = holder
    done = merge(root, desk.save())
    assert (done.code, "no borough or body of that name is here" in done.err) == (2, True)


def test_a_register_with_faults_makes_no_workbook_and_is_not_blamed_on_one_that_was_made_before(root: Path, desk: Desk) -> None:
    replaced(root / "data/boroughs/ashby/technology.yaml", "    since: 2019", "    since: [1, 2]")
    done = run("template", "--borough", "ashby", "--root", str(root), "--output", str(desk.path))
    assert (done.code, "has faults" in done.err) == (2, True)
    desk.type("Systems", "Users", 225, Id="homestead")
    done = merge(root, desk.save(), "--write")
    assert (done.code, "users: 220 → 225" in done.out) == (0, True), done.out


def test_a_text_that_no_file_can_hold_is_told_by_check(root: Path, desk: Desk) -> None:
    cell = desk.type("Systems", "Notes", "x" * 24_000, Id="homestead")
    done = check(root, desk.save())
    assert (done.code, f"[{cell}]" in done.out, "a file holds 20,000" in done.out) == (1, True, True)


def test_a_blank_workbook_may_name_what_is_there(root: Path, tmp_path: Path) -> None:
    desk = Desk(template(root, tmp_path / "blank.xlsx"))
    desk.add("Systems", {"Borough": "Ashby", "Id": "ledgerline", "Users": 901})
    assert "users: 850 → 901" in merge(root, desk.save()).out


def test_a_conflict_over_what_was_renamed_here_stops_only_itself(root: Path, desk: Desk) -> None:
    path = root / "data/boroughs/ashby/technology.yaml"
    replaced(path, "  - id: homestead\n", "  - id: homes\n")
    replaced(path, "users: 220", "users: 300")
    for name in ("contracts.yaml", "technology.yaml"):
        other = root / "data/boroughs/ashby" / name
        other.write_text(other.read_text().replace("[homestead]", "[homes]").replace("to: homestead", "to: homes"))
    desk.type("Systems", "Users", 225, Id="homestead")
    desk.type("Systems", "Users", 900, Id="ledgerline")
    done = merge(root, desk.save(), "--write", "--partial")
    assert done.code == 1
    assert "users: 900" in path.read_text()
    assert "users: 300" in path.read_text()


@pytest.mark.parametrize("kind", ["technology", "contracts", "skills", "borough", "catalogue-skills", "catalogue-products"])
def test_one_kind_alone_comes_back_too(root: Path, tmp_path: Path, kind: str) -> None:
    assert run("export", "xlsx", str(tmp_path / "one.xlsx"), "--kind", kind, "--root", str(root)).code == 0
    done = merge(root, tmp_path / "one.xlsx", "--allow-removals")
    assert (done.code, "No record differs." in done.out) == (0, True)


def test_a_plan_counts_what_is_unchanged(root: Path, desk: Desk) -> None:
    desk.type("Systems", "Users", 900, Id="ledgerline")
    assert "1 changed in 1 file. 10 unchanged." in merge(root, desk.save()).out


def test_what_can_be_written_in_part_says_so_and_advice_speaks_of_columns(root: Path, desk: Desk) -> None:
    desk.type("Contracts", "Initial term", "2 years", Id="ledgerline-2019")
    desk.add("Contracts", {"Id": "more", "Title": "More", "End": "2029-03-31", "Start": "2028-04-01"})
    said = " ".join(merge(root, desk.save(), "--partial").out.split())
    assert "Nothing is written yet. With --write it is." in said
    assert "before that is settled" not in said
    assert "In the column What the end date is write committed" in said
    assert "Nothing is written before that is settled" in " ".join(merge(root, desk.path).out.split())
