"""Somebody's workbook handed back: notes where something is wrong, everything of their own as it was."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from citytools.workbook import Annotated, Note, annotate, read


def theirs() -> bytes:
    """A workbook of an officer's own, with formats, a formula, a note, a list, a merged cell and a hidden column."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "Our contracts"
    page.append(["Id", "End", "Sum"])
    page.append(["a", "TBC", "=1+1"])
    page["A2"].font = Font(bold=True, color="FF00AA00")
    page["B2"].comment = Comment("ask procurement", "the team")
    page["C3"].fill = PatternFill("solid", start_color="FFABCDEF")
    page.merge_cells("A5:B6")
    page.column_dimensions["C"].hidden = True
    page.column_dimensions["A"].width = 31
    page.add_data_validation(DataValidation(type="list", formula1='"x,y"', sqref="A2:A9"))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


NOTES = [
    Note("Our contracts", "B2", '"TBC" is not a date. Leave the cell empty.'),
    Note("Our contracts", "A2", "look at this", "warning"),
    Note("Our contracts", "B6", "inside merged cells"),
    Note("Our contracts", "", "of the whole sheet"),
]


def opened(done: Annotated) -> Any:
    return openpyxl.load_workbook(io.BytesIO(done.data))


@pytest.fixture
def book() -> Any:
    return opened(annotate(theirs(), NOTES))


def test_each_cell_has_its_note_and_a_colour_and_theirs_are_kept(book: Any) -> None:
    page = book["Our contracts"]
    assert page["B2"].comment.text == 'ask procurement\n\ncitytools check: "TBC" is not a date. Leave the cell empty.'
    assert page["A2"].comment.text == "citytools check: look at this"
    assert page["A5"].comment.text == "citytools check: inside merged cells"
    assert [page[cell].fill.start_color.rgb for cell in ("B2", "A2")] == ["FFFECACA", "FFFDE68A"]


def test_everything_of_their_own_is_as_it_was(book: Any) -> None:
    page = book["Our contracts"]
    assert (page["C2"].value, page["A2"].font.bold, page["A2"].font.color.rgb) == ("=1+1", True, "FF00AA00")
    assert (page["C3"].fill.start_color.rgb, str(page.merged_cells), page.column_dimensions["C"].hidden) == ("FFABCDEF", "A5:B6", True)
    assert (page.column_dimensions["A"].width, len(page.data_validations.dataValidation)) == (31, 1)


def test_all_are_listed_at_the_front_with_links(book: Any) -> None:
    page = book.worksheets[0]
    assert (page.title, book.active.title) == ("Issues", "Issues")
    assert page["A2"].value.startswith("3 to put right, 1 to look at.")
    assert [cell.value for cell in page[5]] == ["Our contracts", "B2", '"TBC" is not a date. Leave the cell empty.', "error"]
    assert page["B5"].hyperlink.location == "'Our contracts'!B2"


def test_a_second_round_takes_away_what_the_first_wrote() -> None:
    again = opened(annotate(annotate(theirs(), NOTES).data, []))
    page = again["Our contracts"]
    assert again.sheetnames == ["Issues", "Our contracts"]
    assert again["Issues"]["A2"].value == "Nothing was found that needs another look."
    assert (page["A2"].comment, page["B2"].comment.text) == (None, "ask procurement")
    assert page["B2"].fill.fill_type is None


def test_a_sheet_of_issues_of_their_own_stays() -> None:
    book = openpyxl.load_workbook(io.BytesIO(theirs()))
    book.create_sheet("Issues")["A1"] = "ours"
    stream = io.BytesIO()
    book.save(stream)
    done = opened(annotate(stream.getvalue(), NOTES))
    assert (done.sheetnames[0], done["Issues"]["A1"].value) == ("Issues (check)", "ours")


def test_what_cannot_be_kept_is_said() -> None:
    assert annotate(theirs(), NOTES).lost == ("Formulas are there, and show their results once the workbook is opened.",)


def test_what_was_handed_back_can_be_read() -> None:
    book = read("x.xlsx", annotate(theirs(), NOTES).data)
    assert [sheet.name for sheet in book.sheets] == ["Issues", "Our contracts"]
