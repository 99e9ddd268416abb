"""Workbooks to fill in: what was put in stands there to the letter, and a person is told and asked the right things."""

from __future__ import annotations

import datetime
import io
import math
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support import meant

from citytools.errors import CitytoolsError
from citytools.workbook import Form, FormColumn, FormSheet, fill
from workbooks import office

DAY = datetime.date(2027, 3, 31)
COLUMNS = (
    FormColumn("ID", "id", "A short name that never changes.", "uniform"),
    FormColumn("Product", "text", "As it is called in the catalogue.", "Uniform", True, "products"),
    FormColumn("Status", "text", "Where it stands.", "live", True, "status", True),
    FormColumn("Functions", "list", "Several, with semicolons between them.", "hr/payroll", choices="functions", strict=True),
    FormColumn("Since", "date", "When it went live.", "2014"),
    FormColumn("Shared", "yesno"),
    FormColumn("Users", "count", "About how many.", low=0, high=100_000),
    FormColumn("Share", "number", low=0.5),
    FormColumn("Worth", "pounds", high=10),
    FormColumn("Notes", "long"),
)
ROWS = (
    ("uniform", "Uniform", "live", "hr/payroll; hr/rota", DAY, True, 250, 12.5, 1250.5, "One\nTwo"),
    (7, "=1+1", "retired", None, "2027-03", False, None, None, "about 5", ""),
)
FORM = Form(
    "Camden: what we run",
    [("What this is", ["One.", "Two."]), ("Please do not", ["Write names of people."])],
    [FormSheet("Systems", "One row for each system.", COLUMNS, ROWS), FormSheet("Contracts", "Another.", COLUMNS[:2])],
    {"products": ["Uniform", "Mosaic"], "status": ["live", "retired"], "functions": ["hr/payroll", "hr/rota"], "nothing": []},
    {"_origin": [["citytools", "1"], ["", "x" * 32_767]]},
)
HOSTILE = (
    *("=1+1", "+44 20 7974 4444", "-1", "@SUM(A1)", "|calc", "'quoted", "007", "12345678901234567890", "TRUE", "#N/A", "1e3", "1/2", "5%"),
    *("2027", "2027-03", "2027-03-31", "31/03/2027", "_x000D_", "_x005F_", "_x005F_x000D_", "x005F_", "_x0041", "__x0041__"),
    *(
        " ",
        "  \n ",
        " before",
        "after ",
        "two  spaces",
        "a\nb",
        "\na\n",
        "a\tb",
        "\r\n",
        "a\rb",
        "<b>&amp;</b>",
        "]]>",
        "🏙",
        "e\u0301",
        "\u00a0x",
    ),
    *("\u200b", "x" * 32_767, "_x0041_" * 4_681, "\ufffe", "_x0041\x01", "£5", "null", "Yes"),
)


def book(form: Form) -> Any:
    return openpyxl.load_workbook(io.BytesIO(fill(form)))


def of_texts(*texts: str, kind: str = "text") -> Form:
    return Form("Texts", [], [FormSheet("Sheet", "", (FormColumn("Text", kind),), [(text,) for text in texts])])


def texts(opened: Any, sheet: str = "Sheet") -> list[str]:
    return [meant(cell.value) for (cell,) in opened[sheet].iter_rows(min_row=2, max_col=1)]


def rule(opened: Any, title: str) -> Any:
    page = opened["Systems"]
    letter = next(cell.column_letter for cell in page[1] if cell.value == title)
    (found,) = (check for check in page.data_validations.dataValidation if str(check.sqref).startswith(f"{letter}2:"))
    return found


# ---- the sheets


def test_guidance_comes_first_then_the_sheets_and_what_is_hidden_cannot_be_brought_to_sight_by_a_slip() -> None:
    assert [(page.title, page.sheet_state) for page in book(FORM)] == [
        ("Guidance", "visible"),
        ("Systems", "visible"),
        ("Contracts", "visible"),
        ("_lists", "veryHidden"),
        ("_origin", "veryHidden"),
    ]


def test_guidance_says_all_that_an_officer_needs_to_know() -> None:
    page = book(FORM)["Guidance"]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0][0] == "Camden: what we run"
    assert [row[:2] for row in rows[2:6]] == [
        ["What this is", "One."],
        [None, "Two."],
        [None, None],
        ["Please do not", "Write names of people."],
    ]
    assert ["Blue heading", "Must be filled in, in every row that you use.", None] in rows
    assert ["Systems", "One row for each system.", None] in rows
    assert ["Column", "What to write", "Example"] in rows
    assert ["Product", "Must be filled in. As it is called in the catalogue.", "Uniform"] in rows
    assert ["Since", "When it went live.", "2014"] in rows
    assert (page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToWidth) == ("portrait", 9, 1)
    assert not page.merged_cells.ranges


def test_guidance_speaks_of_dates_money_and_dropdowns_only_where_there_are_any() -> None:
    def said(form: Form) -> str:
        return "\n".join(str(cell.value) for row in book(form)["Guidance"].iter_rows() for cell in row)

    assert all(word in said(FORM) for word in ("31/03/2027", "pounds", "arrow"))
    assert not any(word in said(of_texts("x")) for word in ("31/03/2027", "pounds", "arrow"))


def test_values_have_their_types_and_formats() -> None:
    page = book(FORM)["Systems"]
    first, second = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    midnight = datetime.datetime(2027, 3, 31)
    assert first == ["uniform", "Uniform", "live", "hr/payroll; hr/rota", midnight, "Yes", 250, 12.5, 1250.5, "One\nTwo"]
    assert second == ["7", "=1+1", "retired", None, "2027-03", "No", None, None, "about 5", None]
    assert [cell.number_format for cell in page[2]] == ["@", "@", "@", "@", "dd/mm/yyyy", "@", "#,##0", "General", "£#,##0.00", "@"]


def test_empty_rows_are_formatted_by_their_columns_so_that_ids_never_become_dates() -> None:
    page = book(FORM)["Contracts"]
    assert page.max_row == 1
    assert page.column_dimensions["A"].number_format == "@"
    assert book(FORM)["Systems"].column_dimensions["E"].number_format == "General", "or 2027 is a day of 1905"
    assert page.auto_filter.ref == "A1:B1000"


def test_rows_that_are_ready_go_on_after_many_that_are_filled() -> None:
    sheet = replace(FORM.sheets[1], rows=[("a", "b")] * 900)
    assert book(replace(FORM, sheets=[sheet]))["Contracts"].auto_filter.ref == "A1:B1401"


def test_headings_are_titles_alone_and_show_by_colour_what_must_be_filled_in() -> None:
    page = book(FORM)["Systems"]
    heads = {cell.value: cell for cell in page[1]}
    assert list(heads) == [column.title for column in COLUMNS]
    assert heads["Product"].fill.start_color.rgb == heads["Status"].fill.start_color.rgb != heads["ID"].fill.start_color.rgb
    assert heads["Product"].comment.text == "Must be filled in.\n\nAs it is called in the catalogue.\n\nFor example: Uniform"
    assert heads["Shared"].comment is None
    assert (page.freeze_panes, page.print_title_rows) == ("C2", "$1:$1")


def test_a_row_is_as_tall_as_its_text_and_still_grows() -> None:
    with zipfile.ZipFile(io.BytesIO(fill(FORM))) as parts:
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
    assert '<row r="2" ht="30">' in sheet
    assert '<row r="3">' in sheet


# ---- dropdowns, prompts and checks


def test_dropdowns_show_the_lists() -> None:
    opened = book(FORM)
    shown = {}
    for title in ("Product", "Status", "Functions", "Shared"):
        area = opened.defined_names[rule(opened, title).formula1].attr_text
        (place,) = re.findall(r"^'_lists'!(.+)$", area)
        shown[title] = [cell.value for (cell,) in opened["_lists"][place]]
    assert shown == {
        "Product": ["Uniform", "Mosaic"],
        "Status": ["live", "retired"],
        "Functions": ["hr/payroll", "hr/rota"],
        "Shared": ["Yes", "No"],
    }


def test_strict_lists_refuse_in_plain_words_and_others_only_suggest() -> None:
    opened = book(FORM)
    status = rule(opened, "Status")
    assert (status.showErrorMessage, status.errorStyle) == (True, "stop")
    assert status.error.startswith("Choose from the list: live, retired.")
    assert rule(opened, "Shared").showErrorMessage
    assert not rule(opened, "Product").showErrorMessage
    assert not rule(opened, "Functions").showErrorMessage, "several may stand in the cell, of which a dropdown knows nothing"


def test_a_list_of_nothing_makes_no_dropdown_that_would_refuse_everything() -> None:
    sheet = FormSheet("Systems", "", [FormColumn("Status", choices="nothing", strict=True)])
    page = book(replace(FORM, sheets=[sheet]))["Systems"]
    assert not page.data_validations.dataValidation


def test_numbers_are_checked_with_their_bounds() -> None:
    opened = book(FORM)
    found = {title: rule(opened, title) for title in ("Users", "Share", "Worth")}
    assert {title: (one.type, one.formula1, one.formula2) for title, one in found.items()} == {
        "Users": ("whole", "0", "100000"),
        "Share": ("decimal", "0.5", "1000000000000000"),
        "Worth": ("decimal", "-1000000000000000", "10"),
    }
    assert found["Users"].error == "Type a whole number from 0 to 100,000, without words. Leave the cell empty if it is not known."
    assert found["Share"].error.startswith("Type a number, 0.5 or more, ")
    assert found["Worth"].error.startswith("Type pounds as a plain number, 10 or less, ")


def test_dates_are_asked_about_and_never_refused() -> None:
    since = rule(book(FORM), "Since")
    assert (since.type, since.errorStyle) == ("custom", "warning")
    assert "2027-03" in since.error


def test_prompts_have_room_in_their_boxes() -> None:
    column = FormColumn("A title that is a good deal longer than its box", "text", "Word " * 100, "🏙" * 50)
    (check,) = book(replace(FORM, sheets=[FormSheet("S", "", [column])]))["S"].data_validations.dataValidation
    assert len(check.promptTitle) <= 32
    assert 200 < len(check.prompt) <= 255
    assert check.prompt.endswith("Word …")
    assert rule(book(FORM), "Product").prompt == "Must be filled in. As it is called in the catalogue. For example: Uniform"


# ---- text to the letter


@given(
    st.lists(st.text(min_size=1), min_size=1, max_size=5),
    st.sampled_from(["text", "id", "long", "list", "date", "count", "pounds", "yesno"]),
)
@example(list(HOSTILE), "text")
@example(list(HOSTILE), "date")
def test_any_text_comes_back_exactly_and_is_no_formula(given_texts: list[str], kind: str) -> None:
    opened = book(of_texts(*given_texts, kind=kind))
    assert texts(opened) == given_texts
    assert {cell.data_type for (cell,) in opened["Sheet"].iter_rows(min_row=2)} == {"s"}


def test_text_where_days_or_numbers_are_due_stays_text_when_it_is_edited() -> None:
    page = book(FORM)["Systems"]
    assert page["E3"].quotePrefix
    assert page["I3"].quotePrefix
    assert page["B3"].quotePrefix
    assert not page["B2"].quotePrefix
    assert not page["E2"].quotePrefix


def test_spaces_alone_are_marked_as_to_be_kept() -> None:
    with zipfile.ZipFile(io.BytesIO(fill(of_texts("  ", " \n", "\xa0", "a ")))) as parts:
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
    assert re.findall(r"<t[^<]*</t>", sheet)[1:] == [
        '<t xml:space="preserve">  </t>',
        '<t xml:space="preserve"> \n</t>',
        "<t>\xa0</t>",
        '<t xml:space="preserve">a </t>',
    ]


@office.needed
def test_libreoffice_shows_the_same_text(tmp_path: Path) -> None:
    rows = office.shown(tmp_path, fill(of_texts(*HOSTILE)), "Sheet")
    assert [text for (text,) in rows[1:]] == [text.replace("\r\n", "\n") for text in HOSTILE]


@office.needed
def test_libreoffice_keeps_values_dropdowns_and_what_is_hidden(tmp_path: Path) -> None:
    opened = openpyxl.load_workbook(io.BytesIO(office.resaved(tmp_path, fill(FORM))))
    page = opened["Systems"]
    assert [[cell.value for cell in row] for row in page] == [[cell.value for cell in row] for row in book(FORM)["Systems"]]
    assert page["B3"].data_type == "s"
    assert (rule(opened, "Status").type, rule(opened, "Status").errorStyle) == ("list", "stop")
    assert opened.defined_names[rule(opened, "Status").formula1].attr_text.endswith("!$B$2:$B$3")
    assert (rule(opened, "Users").type, rule(opened, "Users").formula2) == ("whole", "100000")
    assert rule(opened, "Since").errorStyle == "warning"
    assert rule(opened, "Since").formula1 == rule(book(FORM), "Since").formula1
    assert page["B1"].comment.text.startswith("Must be filled in.")
    assert opened["Contracts"].column_dimensions["A"].number_format == "@"
    assert [sheet.sheet_state for sheet in opened] == ["visible", "visible", "visible", "hidden", "hidden"], (
        "it knows no very hidden sheets"
    )
    assert [[cell.value for cell in row] for row in opened["_origin"].iter_rows()] == [["citytools", "1"], [None, "x" * 32_767]]


# ---- what cannot be written


@pytest.mark.parametrize("value", ["x" * 32_768, "🏙" * 16_384])
def test_text_longer_than_a_cell_is_refused_with_its_place(value: str) -> None:
    with pytest.raises(CitytoolsError, match=r'^sheet "Sheet", cell A3: the text has 32,768 characters; a cell holds 32,767'):
        fill(of_texts("x", value))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(CitytoolsError, match=r'^sheet "S", cell A2: (nan|-?inf) is no number'):
        fill(Form("F", [], [FormSheet("S", "", [FormColumn("N", "number")], [(value,)])]))


def test_hidden_text_longer_than_a_cell_is_refused() -> None:
    with pytest.raises(CitytoolsError, match=r'^sheet "_origin", cell B1: '):
        fill(replace(FORM, hidden={"_origin": [["", "x" * 32_768]]}))


@pytest.mark.parametrize("name", ["", "x" * 32, "a/b", "a:b", "'a", "[a]", "a?"])
def test_a_name_that_no_sheet_may_have_is_refused(name: str) -> None:
    with pytest.raises(CitytoolsError, match=r"^no sheet can be called"):
        fill(replace(FORM, sheets=[FormSheet(name, "", COLUMNS)]))


@pytest.mark.parametrize("name", ["guidance", "_LISTS", "_origin", "CONTRACTS"])
def test_a_name_that_another_sheet_has_is_refused(name: str) -> None:
    with pytest.raises(CitytoolsError, match=r"^two sheets cannot both be called"):
        fill(replace(FORM, sheets=[FormSheet(name, "", COLUMNS), FORM.sheets[1]]))


@pytest.mark.parametrize(
    ("value", "kind", "stands"),
    [
        (datetime.date(1900, 3, 1), "date", datetime.datetime(1900, 3, 1)),
        (datetime.date(1900, 2, 28), "date", "1900-02-28"),
        (datetime.date(1066, 10, 14), "date", "1066-10-14"),
        (DAY, "text", "2027-03-31"),
        (datetime.datetime(2027, 3, 31, 12), "date", "2027-03-31T12:00:00"),
        (10**15 - 1, "count", 10**15 - 1),
        (12_345_678_901_234_567, "count", "12345678901234567"),
        (True, "count", "Yes"),
        (0, "count", 0),
        (12, "id", "12"),
    ],
)
def test_what_a_cell_cannot_hold_with_its_type_is_text(value: Any, kind: str, stands: Any) -> None:
    form = Form("F", [], [FormSheet("S", "", [FormColumn("N", kind)], [(value,)])])
    assert book(form)["S"]["A2"].value == stands


# ---- the same form, the same bytes


def test_the_same_form_gives_the_same_bytes_without_a_time_in_them() -> None:
    data = fill(FORM)
    assert fill(FORM) == data
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert re.findall(r"\d{4}-\d\d-\d\dT", parts.read("docProps/core.xml").decode()) == ["1980-01-01T"] * 2
