"""The workbook that an officer opens: guidance, headings with hints, lists to choose from, and room for more."""

from __future__ import annotations

import datetime
import io
from typing import Any

import openpyxl
import pytest

from citytools import workbook
from citytools.errors import CitytoolsError
from citytools.workbook import Form, FormColumn, FormSheet

COLUMNS = [
    FormColumn("Id", "id", "A short name.", "unit4-erp", required=True),
    FormColumn("Status", "text", "What has become of it.", "live", choices="status", strict=True),
    FormColumn("Supplier", "text", "Who signed.", "Softcat", choices="supplier"),
    FormColumn("End", "date", "When it ends."),
    FormColumn("Amount", "pounds", "In pounds.", low=0),
    FormColumn("Member", "yesno"),
    FormColumn("Functions", "list", choices="supplier"),
]
ROWS = [["a", "live", "Softcat", datetime.date(2027, 3, 31), 1250.5, True, "x; y"], ["b", None, "=1+1", "2027-03", None, False, None]]
LISTS = {"status": ["live", "retired"], "supplier": ["Softcat", "Unit4, of Sweden", "A" * 200]}


def form(rows: list[list[Any]] | None = None) -> Form:
    sheets = [FormSheet("Systems", "What is in use.", COLUMNS, ROWS if rows is None else rows)]
    return Form("citytools: Camden", [("What to do", ["Fill it in.", "Send it back."])], sheets, LISTS, {"_state": [["path", "text"]]})


@pytest.fixture
def book() -> Any:
    return openpyxl.load_workbook(io.BytesIO(workbook.fill(form())))


def validation(page: Any, column: str) -> Any:
    return next(each for each in page.data_validations.dataValidation if str(each.sqref).startswith(f"{column}2:"))


def test_guidance_comes_first_and_what_only_programs_read_is_out_of_sight(book: Any) -> None:
    assert book.sheetnames == ["Guidance", "Systems", "Columns", "_lists", "_state"]
    assert [page.sheet_state for page in book.worksheets] == ["visible"] * 3 + ["veryHidden"] * 2
    assert [cell.value for cell in book["Guidance"]["A"] if cell.value][1:] == ["What to do", "Fill it in.", "Send it back."]


def test_headings_stay_in_sight_say_what_they_mean_and_show_which_are_needed(book: Any) -> None:
    page = book["Systems"]
    assert [cell.value for cell in page[1]] == [column.title for column in COLUMNS]
    assert (page.freeze_panes, page.auto_filter.ref) == ("B2", "A1:G3")
    assert page["A1"].comment.text == "A short name.\nEvery line must have this.\nExample: unit4-erp"
    assert page["A1"].fill.start_color.rgb != page["B1"].fill.start_color.rgb == page["C1"].fill.start_color.rgb
    rows = [[cell.value for cell in row] for row in book["Columns"].iter_rows(min_row=2)]
    assert rows[0] == ["Systems", None, "What is in use.", None]
    assert rows[1] == ["Systems", "Id", "A short name.", "unit4-erp"]


def test_lists_to_choose_from_are_named_and_only_strict_ones_refuse_other_words(book: Any) -> None:
    page = book["Systems"]
    status, supplier, functions = (validation(page, column) for column in "BCG")
    assert (status.type, status.showErrorMessage, supplier.showErrorMessage, functions.showErrorMessage) == ("list", True, False, False)
    for each, name in ((status, "status"), (supplier, "supplier")):
        area = book.defined_names[each.formula1].attr_text
        sheet, _, cells = area.replace("'", "").replace("$", "").partition("!")
        assert [cell.value for (cell,) in book[sheet][cells]] == LISTS[name]
    assert str(status.sqref) == "B2:B1000"


def test_numbers_have_bounds_and_dates_may_be_less_than_a_day(book: Any) -> None:
    page = book["Systems"]
    amount, end, member = (validation(page, column) for column in "EDF")
    assert (amount.type, amount.formula1, amount.showErrorMessage) == ("decimal", "0", True)
    assert (end.type, end.errorStyle) == ("date", "warning")
    assert (member.type, member.formula1) == ("list", '"Yes,No"')


def test_values_have_their_types_and_text_is_text(book: Any) -> None:
    page = book["Systems"]
    assert [cell.value for cell in page[2]] == ["a", "live", "Softcat", datetime.datetime(2027, 3, 31), 1250.5, "Yes", "x; y"]
    assert [cell.value for cell in page[3]] == ["b", None, "=1+1", "2027-03", None, "No", None]
    assert (page["C3"].data_type, page["C3"].quotePrefix, page["D2"].number_format) == ("s", True, "dd/mm/yyyy")
    assert {page.column_dimensions[column].number_format for column in "ABCG"} == {"@"}
    assert page.column_dimensions["D"].number_format == "General"


def test_the_same_form_is_the_same_file() -> None:
    assert workbook.fill(form()) == workbook.fill(form())


@pytest.mark.parametrize(
    ("value", "words"), [("x" * 32_768, "Systems!B2 would have 32,768 characters"), (float("inf"), "a number without end")]
)
def test_what_no_cell_can_hold_is_refused(value: object, words: str) -> None:
    with pytest.raises(CitytoolsError, match=words):
        workbook.fill(form([["a", value, None, None, None, None, None]]))


def test_what_is_filled_in_and_its_lists_can_be_read_again() -> None:
    book = workbook.read("x.xlsx", workbook.fill(form()))
    assert book.notes == ()
    systems = next(sheet for sheet in book.sheets if sheet.name == "Systems")
    assert [cell.content for cell in systems.rows[1]] == ["a", "live", "Softcat", datetime.date(2027, 3, 31), 1250.5, "Yes", "x; y"]
