"""What is read of a workbook: contents with their types, what cannot be used and why, and what a person should know of it."""

from __future__ import annotations

import datetime
import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from support import SHARED

from citytools.workbook import Book, Cell, ReadSheet, read
from workbooks import making
from workbooks.making import cell, row, sheet, text, with_parts, workbook

DAY = 46_027  # 5 January 2026
SAMPLES = SHARED / "samples" / "workbooks"


def first(data: bytes) -> ReadSheet:
    return read("return.xlsx", data).sheets[0]


def only(content: str, **others: str) -> Cell:
    """The one cell with content on a sheet of one row."""
    [[found]] = first(workbook(sheet(row(1, content)), **others)).rows
    return found


def contents(data: bytes) -> dict[str, Any]:
    return {each.place: each.content for line in first(data).rows for each in line}


def notes(*sheets: str, **others: str) -> tuple[str, ...]:
    return read("return.xlsx", workbook(*sheets, **others)).notes


# Texts

TEXTS = [
    ("<t>plain</t>", "plain"),
    ('<t xml:space="preserve"> kept </t>', " kept "),
    ("<r><t>one</t></r><r><rPr><b/></rPr><t> two</t></r>", "one two"),
    ('<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>', "東京"),
    ("<r><t>a</t></r><rPh><t>x</t></rPh><r><t>b</t></r>", "ab"),
    ("<t>line_x000D_\nnext</t>", "line\r\nnext"),
    ("<t>_x0041_ _x00e9_</t>", "A é"),
    ("<t>_x005F_x000D_</t>", "_x000D_"),
    ("<t>_xD83D_ _x12_ _x000g_ x000D_</t>", "_xD83D_ _x12_ _x000g_ x000D_"),
    ("<t>=1+1</t>", "=1+1"),
    ("<t>00123</t>", "00123"),
    ("<t>&lt;b&gt; &amp; &#163;</t>", "<b> & £"),
    ("<t>😀</t>", "😀"),
]


@pytest.mark.parametrize(("item", "words"), TEXTS)
def test_texts_are_what_excel_shows(item: str, words: str) -> None:
    assert only(cell("A1", "1", "s"), texts=making.texts("<t>other</t>", item)) == Cell(1, 1, words)
    assert only(f'<c r="A1" t="inlineStr"><is>{item}</is></c>') == Cell(1, 1, words)


def test_a_long_text_comes_in_one_piece() -> None:
    words = "é<&>" * 8_000
    assert only(text("A1", words)).content == words


@pytest.mark.parametrize(
    "empty", ['<c r="A1"/>', '<c r="A1" s="1"/>', '<c r="A1"><v/></c>', cell("A1", " "), text("A1", ""), cell("A1", "0", "s")]
)
def test_cells_without_content_are_left_out_and_rows_of_nothing_else(empty: str) -> None:
    data = workbook(sheet(row(1, empty), row(2), row(3, text("B3", "x"))), texts=making.texts("<t/>"))
    assert first(data).rows == ((Cell(3, 2, "x"),),)


def test_places_are_counted_where_they_are_not_named() -> None:
    data = workbook(
        sheet(
            "<row><c><v>1</v></c><c/><c><v>2</v></c></row>",
            '<row r="5"><c r="C5"><v>3</v></c><c><v>4</v></c></row>',
            "<row><c><v>5</v></c></row>",
        )
    )
    assert contents(data) == {"A1": 1, "C1": 2, "C5": 3, "D5": 4, "A6": 5}


def test_a_dimension_that_is_too_small_hides_nothing() -> None:
    assert contents(workbook(sheet(row(1, text("A1", "a")), row(9, text("GR9", "b")), dimension="A1:A1"))) == {"A1": "a", "GR9": "b"}


# Numbers

NUMBERS: list[tuple[str, str, Any, str]] = [
    ("5", "General", 5, ""),
    ("5.0", "General", 5, ""),
    ("-5", "General", -5, ""),
    ("-0", "General", 0, ""),
    ("1250.5", "0.00", 1250.5, ""),
    ("1.2345E3", "General", 1234.5, ""),
    ("1E+3", "General", 1000, ""),
    (".5", "0%", 0.5, ""),
    ("0.30000000000000004", "General", 0.30000000000000004, ""),
    ("999999999999999", "0", 999_999_999_999_999, ""),
    ("1000000000000000", "0", "1000000000000000", "15 digits"),
    ("1.23456789012345E+18", "0", "1.23456789012345E+18", "15 digits"),
    ("123", "00000", "123", "only shown as 00123"),
    ("123", "000", 123, ""),
    ("123", "0", 123, ""),
    ("7", "00-00", "7", "only shown as 0007"),
    ("2079460000", '"0"00000000000', "2079460000", "only shown as 02079460000"),
    ("7", "[$-809]000;-000", "7", "only shown as 007"),
    ("7", "0.00", 7, ""),
    ("0", "#,##0.00", 0, ""),
    ("7.5", "000.0", 7.5, ""),
    ("NaN", "General", "NaN", '"NaN" is not a number'),
    ("INF", "General", "INF", '"INF" is not a number'),
    ("-INF", "General", "-INF", "is not a number"),
    ("1e999", "General", "1e999", "is not a number that can be used"),
    ("1e9999", "General", "1e9999", "is not a number"),
    ("1,250", "General", "1,250", "is not a number"),
    ("0x10", "General", "0x10", "is not a number"),
    ("1_000", "General", "1_000", "is not a number"),
    ("١٢", "General", "١٢", "is not a number"),
    ("1" * 5_000, "General", "1" * 60, "is not a number"),
]


@pytest.mark.parametrize(
    ("value", "format", "content", "trouble"), NUMBERS, ids=[f"{value[:20]} as {format}" for value, format, *_ in NUMBERS]
)
def test_numbers(value: str, format: str, content: Any, trouble: str) -> None:
    found = only(cell("A1", value, style=2), styles=making.styles(format))
    assert (found.content, type(found.content)) == (content, type(content))
    assert trouble in found.trouble
    assert bool(trouble) == bool(found.trouble)


OTHER_KINDS: list[tuple[str, str, Any, str]] = [
    ("b", "1", True, ""),
    ("b", "0", False, ""),
    ("b", "yes", "yes", '"yes" is neither TRUE nor FALSE'),
    ("e", "#N/A", "#N/A", "it shows the error #N/A"),
    ("e", "#REF!", "#REF!", "it shows the error #REF!"),
    ("d", "2026-01-05", datetime.date(2026, 1, 5), ""),
    ("d", "2026-01-05T00:00:00Z", datetime.date(2026, 1, 5), ""),
    ("d", "2026-01-05T18:30:00", datetime.datetime(2026, 1, 5, 18, 30), ""),
    ("d", "2026-02-30", "2026-02-30", '"2026-02-30" is not a date'),
    ("d", "2026-01-05T18:30:00+01:00", "2026-01-05T18:30:00+01:00", "is not a date"),
    ("d", "20260105", "20260105", "is not a date"),
]


@pytest.mark.parametrize(("kind", "value", "content", "trouble"), OTHER_KINDS)
def test_other_kinds(kind: str, value: str, content: Any, trouble: str) -> None:
    found = only(cell("A1", value, kind))
    assert (found.content, type(found.content)) == (content, type(content))
    assert trouble in found.trouble
    assert bool(trouble) == bool(found.trouble)


# Dates

SHOWS_DAYS = [
    "dd/mm/yyyy",
    "d mmm yyyy",
    "yyyy-mm-dd",
    "[$-809]dd mmmm yyyy;@",
    "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
    "DD/MM/YY",
    'd" of "mmmm" "yyyy',
    "d/m/yy h:mm",
    "[Red]dd/mm/yyyy",
]
SHOWS_NUMBERS = [
    "General",
    "0",
    "#,##0.00",
    '0 "days"',
    "0\\d",
    '"y"0',
    "[Red]0;[Blue]-0",
    "[$USD] #,##0",
    '_-£* #,##0.00_-;-£* #,##0.00_-;_-£* "-"??_-;_-@_-',
    "0_d",
    "0*d",
    "0.00E+00",
    "[>100]0;0.0",
    "@",
    "0;yyyy",
]


@pytest.mark.parametrize("format", SHOWS_DAYS)
def test_a_number_that_is_shown_as_a_day_is_a_date(format: str) -> None:
    assert only(cell("A1", str(DAY), style=2), styles=making.styles(format)) == Cell(1, 1, datetime.date(2026, 1, 5))


@pytest.mark.parametrize("format", SHOWS_NUMBERS)
def test_a_number_that_is_shown_as_one_is_a_number(format: str) -> None:
    assert only(cell("A1", str(DAY), style=2), styles=making.styles(format)) == Cell(1, 1, DAY)


@pytest.mark.parametrize(("format", "shown"), [("mmm-yy", "2026-01"), ("mmmm yyyy", "2026-01"), ("yyyy-mm", "2026-01"), ("yyyy", "2026")])
def test_a_month_or_year_is_read_as_shown(format: str, shown: str) -> None:
    assert only(cell("A1", str(DAY), style=2), styles=making.styles(format)) == Cell(1, 1, shown)


@pytest.mark.parametrize("number", [*range(14, 17), 22, 30, 57])
def test_formats_that_have_only_a_number_may_show_days(number: int) -> None:
    part = f'<styleSheet xmlns="{making.MAIN}"><cellXfs><xf numFmtId="{number}"/></cellXfs></styleSheet>'
    assert only(cell("A1", str(DAY)), styles=part).content == datetime.date(2026, 1, 5), "a cell without a style has the first"


@pytest.mark.parametrize("number", [*range(1, 14), *range(37, 45), 48, 49, 999])
def test_formats_that_have_only_a_number_may_show_numbers(number: int) -> None:
    part = f'<styleSheet xmlns="{making.MAIN}"><cellXfs><xf numFmtId="{number}"/></cellXfs></styleSheet>'
    assert only(cell("A1", str(DAY)), styles=part).content == DAY


@pytest.mark.parametrize("format", ["[h]:mm", "[hh]:mm:ss", "[mm]:ss", "[s]"])
def test_a_length_of_time_is_no_date(format: str) -> None:
    assert "a length of time, not a date" in only(cell("A1", "1.5", style=2), styles=making.styles(format)).trouble


DATES: list[tuple[str, bool, Any, str]] = [
    ("46027", False, datetime.date(2026, 1, 5), ""),
    ("46027.75", False, datetime.datetime(2026, 1, 5, 18), ""),
    ("46027.000001", False, datetime.date(2026, 1, 5), ""),
    ("46027.9999999", False, datetime.date(2026, 1, 6), ""),
    ("46027.5208333333", False, datetime.datetime(2026, 1, 5, 12, 30), ""),
    ("1", False, datetime.date(1900, 1, 1), ""),
    ("59", False, datetime.date(1900, 2, 28), ""),
    ("60", False, "60", "none of a day"),
    ("59.9999999", False, "59.9999999", "none of a day"),
    ("61", False, datetime.date(1900, 3, 1), ""),
    ("2958465", False, datetime.date(9999, 12, 31), ""),
    ("2958465.9999999", False, "2958465.9999999", "none of a day"),
    ("2958466", False, "2958466", "none of a day"),
    ("1e300", False, "1e300", "none of a day"),
    ("-1e308", False, "-1e308", "none of a day"),
    ("0", False, "0", "none of a day"),
    ("0.75", False, "0.75", "a time without a date"),
    ("-5", False, "-5", "none of a day"),
    ("44565", True, datetime.date(2026, 1, 5), ""),
    ("0", True, datetime.date(1904, 1, 1), ""),
    ("0.5", True, datetime.datetime(1904, 1, 1, 12), ""),
    ("-1", True, "-1", "none of a day"),
    ("2957003", True, datetime.date(9999, 12, 31), ""),
    ("2957004", True, "2957004", "none of a day"),
]


@pytest.mark.parametrize(("value", "from_1904", "content", "trouble"), DATES)
def test_dates(value: str, from_1904: bool, content: Any, trouble: str) -> None:
    properties = '<workbookPr date1904="1"/>' if from_1904 else ""
    found = only(cell("A1", value, style=1), properties=properties)
    assert (found.content, type(found.content)) == (content, type(content))
    assert trouble in found.trouble
    assert bool(trouble) == bool(found.trouble)


def test_a_format_of_a_conditional_format_is_not_the_cells_own() -> None:
    assert 'formatCode="dd/mm/yyyy"' in making.styles()
    assert only(cell("A1", str(DAY), style=0)).content == DAY


def test_without_styles_numbers_are_read_only_where_none_is_named() -> None:
    plain = {**making.parts(sheet(row(1, cell("A1", "5"), '<c r="B1" t="inlineStr" s="3"><is><t>x</t></is></c>')))}
    del plain[making.STYLES]
    assert contents(making.packed(plain)) == {"A1": 5, "B1": "x"}


# Formulas


def test_a_formula_is_its_last_result() -> None:
    assert only(cell("A1", "7", formula="SUM(B1:B9)")) == Cell(1, 1, 7, formula=True)
    assert only(cell("A1", str(DAY), style=1, formula="TODAY()")) == Cell(1, 1, datetime.date(2026, 1, 5), formula=True)
    assert only(cell("A1", "words", "str", formula='"wor"&"ds"')) == Cell(1, 1, "words", formula=True)
    assert only(cell("A1", "#N/A", "e", formula="NA()")) == Cell(1, 1, "#N/A", formula=True, trouble="it shows the error #N/A")


@pytest.mark.parametrize("inside", ["<f>A2*2</f>", "<f>A2*2</f><v></v>", "<f>A2*2</f><v/>"])
def test_a_formula_without_a_result_is_said(inside: str) -> None:
    found = only(f'<c r="A1">{inside}</c>')
    assert found == Cell(1, 1, "=A2*2", formula=True, trouble="a formula without a result; open it in Excel and save it")


def test_a_formula_whose_result_is_no_text_holds_nothing() -> None:
    assert first(workbook(sheet(row(1, cell("A1", "", "str", formula='IF(B1="","",B1)'))))).rows == ()
    assert only('<c r="A1" t="str"><f>B1</f></c>').trouble, "no result at all"


def test_what_a_program_writes_as_a_formula_is_none() -> None:
    assert only(cell("A1", "1", "b", formula="TRUE()")) == Cell(1, 1, True)


ELSEWHERE = [
    "[1]Sheet1!A1",
    "'[1]My sheet (2)'!A1",
    "'[1]Bob''s sheet'!A1",
    "SUM(A1,[12]Sheet1!A1:B2)",
    "[1]!Name",
    "'C:\\costs\\[costs.xlsx]Sheet1'!A1",
    "[costs.xlsx]Sheet1!A1",
    "'file:///home/x/costs.ods'#$Sheet1.A1",
    'WEBSERVICE("https://example.org/?"&A1)',
    '_xlfn.WEBSERVICE("https://example.org/")',
    '_xlfn.IMAGE("https://example.org/a.png")',
    'RTD("x",,"y")',
    "cmd|' /C calc'!A0",
    "cmd |'/C calc'!A0",
    'CUBEVALUE("x","y")',
    'CALL("Kernel32","WinExec")',
]
HERE = [
    "Table1[2024]",
    "Table1[[2024]:[2025]]",
    "Table1[[#All],[2024]]+Sheet2!A1",
    "Table1[2024]+Sheet2!A1",
    "SUM(Table1[[2024]],Sheet2!A1)",
    "'My sheet'!A1",
    'HYPERLINK("https://example.org/","more")',
    '"see [1]Sheet1!A1"',
    '"a|b ""RTD("""',
    "IF(A1>5,{1,2;3,4},0)",
    "INDIRECT(A1)",
    'A1&"\'"&B1',
]


@pytest.mark.parametrize("formula", ELSEWHERE)
def test_a_formula_that_asks_elsewhere_is_not_used(formula: str) -> None:
    found = only(cell("A1", "7", formula=formula))
    assert (found.content, found.formula) == ("7", True)
    assert found.trouble == "a formula that asks another file or site for its value; nothing was fetched"


@pytest.mark.parametrize("formula", HERE)
def test_a_formula_that_stays_in_the_workbook_is_used(formula: str) -> None:
    assert only(cell("A1", "7", formula=formula)) == Cell(1, 1, 7, formula=True)


def test_what_a_group_of_formulas_asks_each_of_them_asks() -> None:
    shared = '<c r="{0}"><f t="shared" si="{1}">{2}</f><v>7</v></c>'
    rows = [
        row(1, shared.format("A1", 0, "[1]Sheet1!A1"), shared.format("B1", 1, "C1*2")),
        row(2, shared.format("A2", 0, ""), shared.format("B2", 1, "")),
    ]
    found = {each.place: bool(each.trouble) for line in first(workbook(sheet(*rows))).rows for each in line}
    assert found == {"A1": True, "B1": False, "A2": True, "B2": False}


def test_quotes_without_end_take_no_time() -> None:
    for formula in ("'" * 30_001, '"' * 30_001, "'[a]''" * 5_000, "[" * 30_000, "'[a]'" * 6_000):
        assert only(cell("A1", "7", formula=formula)).content


# What a person should know


def test_a_plain_workbook_needs_no_word() -> None:
    assert notes(sheet(row(1, text("A1", "x")))) == ()


def test_days_from_1904_are_told() -> None:
    assert notes(sheet(), properties='<workbookPr date1904="true"/>') == (
        "The workbook counts days from 1904, and its dates were read accordingly.",
    )


def test_what_is_hidden_is_read_and_told() -> None:
    rows = [row(1, text("A1", "a"), text("B1", "b")), row(2, text("A2", "c"), more=' hidden="1"'), row(3, more=' hidden="true"')]
    hidden = '<cols><col min="2" max="16384" hidden="1"/></cols>'
    found = read("return.xlsx", workbook(sheet(*rows, before=hidden), sheet(), sheet(), states="visible hidden veryHidden"))
    assert contents(workbook(sheet(*rows, before=hidden))) == {"A1": "a", "B1": "b", "A2": "c"}
    assert [each.hidden for each in found.sheets] == [False, True, True]
    assert found.notes == (
        'On "Data", hidden rows were read as well: 2.',
        'On "Data", hidden columns were read as well: B.',
        'The hidden sheet "Data2" was read as well.',
        'The hidden sheet "Data3" was read as well.',
    )


def test_a_sheet_that_the_program_hides_itself_needs_no_word() -> None:
    assert read("return.xlsx", with_parts({making.WORKBOOK: making.book("_lists", states=["veryHidden"])})).notes == ()


def test_many_hidden_rows_are_counted() -> None:
    rows = [row(number, text(f"A{number}", "x"), more=' hidden="1"') for number in range(1, 21)]
    assert notes(sheet(*rows)) == ('On "Data", hidden rows were read as well: 1, 2, 3, 4, 5, 6, 7, 8 and 12 more.',)


def test_a_filter_that_hides_rows_is_told() -> None:
    rows = [row(1, text("A1", "a")), row(2, text("A2", "c"), more=' hidden="1"')]
    choice = '<autoFilter ref="A1:A2"><filterColumn colId="0"><filters><filter val="a"/></filters></filterColumn></autoFilter>'
    assert notes(sheet(*rows, after=choice)) == ('On "Data", a filter hides rows, and all were read.',)
    assert notes(sheet(*rows, after='<autoFilter ref="A1:A2"/>')) == ('On "Data", hidden rows were read as well: 2.',)
    assert notes(sheet(rows[0], after=choice)) == ()


def test_merged_areas_with_content_are_named_and_what_they_cover_is_not_read() -> None:
    rows = [
        row(1, text("A1", "a"), text("B1", "b")),
        row(2, text("A2", "under")),
        row(4, text("D4", "d")),
        row(5, text("C5", "also under")),
    ]
    areas = '<mergeCells><mergeCell ref="A1:A3"/><mergeCell ref="C4:C6"/><mergeCell ref="D4"/><mergeCell ref="F1:G2"/></mergeCells>'
    data = workbook(sheet(*rows, after=areas))
    assert contents(data) == {"A1": "a", "B1": "b", "D4": "d"}
    assert len(first(data).rows) == 2
    assert read("return.xlsx", data).notes == (
        'On "Data", cells are merged, and what they say was read for the first of each alone: A1:A3, D4.',
        'On "Data", cells that merged ones cover have content, which was not read: A2, C5.',
    )


BESIDE: list[tuple[str, str | bytes, tuple[str, ...]]] = [
    ("xl/externalLinks/externalLink1.xml", "<x/>", ("The workbook refers to other files; none of them was opened.",)),
    ("xl/connections.xml", "<x/>", ("The workbook fetches data from elsewhere; nothing was fetched.",)),
    ("xl/media/image1.png", b"\x89PNG", ("Pictures and charts were not read.",)),
    ("xl/charts/chart1.xml", "<x/>", ("Pictures and charts were not read.",)),
    ("xl/drawings/drawing1.xml", "<x/>", ()),  # LibreOffice writes one for notes
    ("xl/drawings/vmlDrawing1.vml", "<x/>", ()),
    ("docProps/core.xml", "<creator>A Person</creator>", ()),
    ("xl/threadedComments/threadedComment1.xml", "<x/>", ("Notes on cells, and who wrote them, were not read.",)),
]


@pytest.mark.parametrize(("part", "content", "said"), BESIDE, ids=[each[0] for each in BESIDE])
def test_what_is_beside_the_cells_is_told(part: str, content: str | bytes, said: tuple[str, ...]) -> None:
    assert read("return.xlsx", with_parts({part: content})).notes == said


@pytest.mark.parametrize(("author", "told"), [("citytools", False), ("citytools check", False), ("Head of Digital", True), ("", False)])
def test_notes_on_cells_are_told_where_they_are_not_the_programs_own(author: str, told: bool) -> None:
    part = f'<comments xmlns="{making.MAIN}"><authors><author>citytools</author><author>{author}</author></authors></comments>'
    found = read("return.xlsx", with_parts({"xl/comments1.xml": part}))
    assert found.notes == (("Notes on cells, and who wrote them, were not read.",) if told else ())
    assert "Head of Digital" not in str(found)


def test_sheets_that_are_charts_are_told() -> None:
    content = {
        making.WORKBOOK: making.book("Data", "Costs"),
        "xl/_rels/workbook.xml.rels": making.related(("worksheet", "worksheets/sheet1.xml"), ("chartsheet", "chartsheets/sheet1.xml")),
    }
    found = read("return.xlsx", with_parts(content))
    assert [each.name for each in found.sheets] == ["Data"]
    assert found.notes == ("Not read, as these are charts and not sheets of cells: Costs.",)


def test_links_are_dropped_and_odd_ones_named() -> None:
    links = "".join(
        f'<Relationship Id="x{number}" Type="{making.OFFICE}/hyperlink" Target="{target}" TargetMode="External"/>'
        for number, target in enumerate(["https://example.org/", "mailto:it@camden.example", "javascript:alert(1)", "file:///etc/passwd"])
    )
    found = read("return.xlsx", with_parts({"xl/worksheets/_rels/sheet1.xml.rels": making.related(more=links)}))
    assert found.notes == ('On "Data", links were not kept: javascript:alert(1), file:///etc/passwd.',)
    assert found.sheets[0].rows == ((Cell(1, 1, "id"),),)


def test_names_are_shown_without_signs_that_cannot_be_seen() -> None:
    found = read("return.xlsx", with_parts({making.WORKBOOK: making.book("a\u202eb" + "x" * 100, states=["hidden"])}))
    assert found.notes == (f'The hidden sheet "a\\u202eb{"x" * 51}…" was read as well.',)
    assert found.sheets[0].name == "a\u202eb" + "x" * 100


# Other programs' workbooks

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), min_size=1, max_size=40).filter(
    lambda words: "_x" not in words
)
FILLED = st.one_of(
    WORDS,
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(-1e12, 1e12).map(lambda number: round(number, 2)),
    st.dates(datetime.date(1900, 3, 1), datetime.date(9999, 12, 31)),
    st.datetimes(datetime.datetime(1900, 3, 1), datetime.datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
)


def as_read(content: Any) -> Any:
    if isinstance(content, datetime.datetime):
        return content if content.time() != datetime.time() else content.date()
    return int(content) if isinstance(content, float) and content == int(content) else content


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(FILLED, min_size=1, max_size=6), min_size=1, max_size=6), st.booleans())
def test_what_openpyxl_writes_is_read(rows: list[list[Any]], from_1904: bool) -> None:
    written = Workbook()
    if from_1904:
        written.epoch = datetime.datetime(1904, 1, 1)
        rows = [[each for each in line if not isinstance(each, datetime.date) or each.year > 1904] for line in rows]
    for number, line in enumerate(rows, start=1):
        for column, content in enumerate(line, start=1):
            to = written.active.cell(number, column, content)
            if isinstance(content, str):
                to.data_type = "s"
    stream = io.BytesIO()
    written.save(stream)
    found = {(each.row, each.column): (each.content, each.trouble) for line in first(stream.getvalue()).rows for each in line}
    expected = {
        (number, column): (as_read(each), "") for number, line in enumerate(rows, start=1) for column, each in enumerate(line, start=1)
    }
    assert found == expected


def made() -> bytes:
    """A workbook with a bit of everything."""
    written = Workbook()
    page = written.active
    page.title = "Data"
    page.append(["id", "from", "cost", "twice", "broken", "live", "seen"])
    page.append(["S-1", datetime.date(2026, 1, 5), 1250.5, "=C2*2", "=1/0", True, datetime.datetime(2026, 1, 5, 18, 30)])
    page["A3"], page["C3"], page["D3"] = "over two", "line\nnext", "=1+1"
    page["A4"], page["A4"].number_format = 123, "00000"
    page["A5"], page["A5"].hyperlink = "more", "https://example.org/"
    page["A2"].comment = Comment("why?", "Head of Digital")
    page.merge_cells("A3:B3")
    page.row_dimensions[2].hidden = page.column_dimensions["C"].hidden = True
    secret = written.create_sheet("Secret")
    secret["A1"], secret.sheet_state = "s", "hidden"
    stream = io.BytesIO()
    written.save(stream)
    return stream.getvalue()


SAID = (
    "Notes on cells, and who wrote them, were not read.",
    'On "Data", hidden rows were read as well: 2.',
    'On "Data", hidden columns were read as well: C.',
    'On "Data", cells are merged, and what they say was read for the first of each alone: A3:B3.',
    'The hidden sheet "Secret" was read as well.',
)


def saved_by_libreoffice(data: bytes, folder: Path, to: str) -> bytes:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("there is no LibreOffice (soffice) to save a workbook with")
    (folder / "made.xlsx").write_bytes(data)
    command = [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        to,
        "--outdir",
        str(folder / "saved"),
    ]
    subprocess.run([*command, str(folder / "made.xlsx")], check=True, capture_output=True, timeout=120)
    return next((folder / "saved").iterdir()).read_bytes()


def test_before_it_is_calculated_formulas_have_no_result() -> None:
    found: Book = read("return.xlsx", made())
    assert found.notes == SAID
    assert {each.place for line in found.sheets[0].rows for each in line if "without a result" in each.trouble} == {"D2", "E2", "D3"}


def test_what_libreoffice_saves_is_read(tmp_path: Path) -> None:
    found = read("return.xlsx", saved_by_libreoffice(made(), tmp_path, "xlsx:Calc MS Excel 2007 XML"))
    cells = {each.place: each for line in found.sheets[0].rows for each in line}
    assert found.notes == SAID
    assert cells["B2"].content == datetime.date(2026, 1, 5)
    assert cells["D2"] == Cell(2, 4, 2501, formula=True)
    assert cells["E2"] == Cell(2, 5, "#DIV/0!", formula=True, trouble="it shows the error #DIV/0!")
    assert cells["F2"] == Cell(2, 6, True)
    assert cells["G2"].content == datetime.datetime(2026, 1, 5, 18, 30)
    assert cells["C3"].content == "line\nnext"
    assert "only shown as 00123" in cells["A4"].trouble
    assert cells["A5"].content == "more"


@pytest.mark.parametrize(
    ("to", "words"),
    [("ods", "is an OpenDocument file"), ("xls", "is in the old format .xls"), ("csv", "is a text file, such as CSV"), ("pdf", "is a PDF")],
)
def test_what_libreoffice_saves_as_something_else_is_told(to: str, words: str, tmp_path: Path) -> None:
    data = saved_by_libreoffice(made(), tmp_path, to)
    with pytest.raises(Exception, match=words):
        read("return.xlsx", data)


@pytest.mark.parametrize(
    "path",
    sorted(SAMPLES.glob("*.xlsx")) or [pytest.param(None, marks=pytest.mark.skip(f"there is no folder {SAMPLES}"))],
    ids=lambda path: path and path.name,
)
def test_published_workbooks_are_read_as_openpyxl_reads_them(path: Path) -> None:
    """Except for what it takes for something else: a month for its first day, a length of time for a day."""
    data = path.read_bytes()
    theirs = load_workbook(io.BytesIO(data), data_only=True)
    for ours in read(path.name, data).sheets:
        found = {each.place: each for line in ours.rows for each in line}
        filled = {each.coordinate: each for line in theirs[ours.name].iter_rows() for each in line if each.value not in (None, "")}
        assert found.keys() == filled.keys()
        for place, each in found.items():
            if not each.trouble and not (isinstance(filled[place].value, datetime.date) and isinstance(each.content, str)):
                assert each.content == as_read(filled[place].value), place
