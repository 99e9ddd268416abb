"""Workbooks handed back with notes in them: what is wrong is said in its cell and in a list, and nothing of the officer's own is lost."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from support import SHARED, meant

from citytools.errors import CitytoolsError
from citytools.workbook import Form, FormColumn, FormSheet, Note, annotate, fill
from workbooks import office

RED, AMBER = "FFFFC9C2", "FFFFE5A8"
NOTES = (
    Note("Data", "B2", 'write a whole date, such as 31/03/2027, and not "soon" & <then>', "error"),
    Note("Data", "B3", "is this meant?", "warning"),
    Note("Data", "B3", "must be filled in", "error"),
    Note("Data", "AA70", "a row without an id", "warning"),
    Note("Other's", "", "a column is missing", "error"),
    Note("Gone", "C4", "the sheet is missing", "error"),
    Note("", "", "the workbook is an old one", "warning"),
)
Change = bytes | None | Callable[[bytes], bytes]


@cache
def officers() -> bytes:
    """A workbook with much of what people put into theirs."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Data"
    for row in (["id", "date", "=1+1"], ["a", "soon", 3], ["b", None, 4]):
        page.append(row)
    page["A1"].comment = Comment("Theirs, in two\nlines", "An officer")
    page["B2"].comment = Comment("Ask the supplier", "An officer")
    page["B2"].fill = PatternFill("solid", start_color="FF00FF00")
    page["C2"].number_format = "0.00"
    page.conditional_formatting.add("C2:C9", CellIsRule(operator="greaterThan", formula=["3"], fill=PatternFill(bgColor="FF0000FF")))
    check = DataValidation(type="list", formula1='"soon,late"', sqref="B2:B9")
    page.data_validations.append(check)
    page.freeze_panes, page.auto_filter.ref, page.column_dimensions["B"].width = "B2", "A1:C3", 33
    page.print_title_rows = "1:1"
    chart = BarChart()
    chart.add_data(Reference(page, min_col=3, min_row=2, max_row=3))
    page.add_chart(chart, "E5")
    other = book.create_sheet("Other's")
    other.print_title_rows = "1:2"
    book.create_sheet("Hidden").sheet_state = "veryHidden"
    book.defined_names["mine"] = DefinedName("mine", attr_text="Data!$A$1")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(data: bytes, changes: Mapping[str, Change]) -> bytes:
    """A workbook with parts put in, changed or left out."""
    every = parts(data)
    for name, change in changes.items():
        new = change(every[name]) if callable(change) else change
        every.pop(name, None)
        if new is not None:
            every[name] = new
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in every.items():
            archive.writestr(name, content)
    return stream.getvalue()


def put(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert old in data, data
        return data.replace(old, new)

    return change


def comments(data: bytes, sheet: str = "Data") -> dict[str, str]:
    return {cell.coordinate: meant(cell.comment.text) for row in opened(data)[sheet].iter_rows() for cell in row if cell.comment}


def colours(data: bytes, sheet: str = "Data") -> dict[str, str]:
    """The cells that our rule colours, with their colours."""
    found = {}
    for area in opened(data)[sheet].conditional_formatting:
        for rule in area.rules:
            if rule.formula == ['ISTEXT("citytools")']:
                found |= {str(one): rule.dxf.fill.bgColor.rgb for one in area.sqref.ranges}
    return found


def listed(data: bytes, sheet: str = "Issues") -> list[list[Any]]:
    return [[cell.value for cell in row] for row in opened(data)[sheet].iter_rows()]


# ---- what is said


def test_a_note_is_a_comment_beside_what_stood_there() -> None:
    assert comments(annotate(officers(), NOTES).data) == {
        "A1": "Theirs, in two\nlines",
        "B2": 'Ask the supplier\n\n▸ citytools (error): write a whole date, such as 31/03/2027, and not "soon" & <then>',
        "B3": "▸ citytools (warning): is this meant?\n▸ citytools (error): must be filled in",
        "AA70": "▸ citytools (warning): a row without an id",
    }


def test_a_comment_keeps_its_author_and_has_a_box_to_be_seen_in() -> None:
    data = annotate(officers(), NOTES).data
    page = opened(data)["Data"]
    assert (page["B2"].comment.author, page["B3"].comment.author) == ("An officer", "citytools")
    boxes = parts(data)["xl/drawings/commentsDrawing1.vml"].decode()
    places = list(zip(re.findall(r"Row>(\d+)<", boxes), re.findall(r"Column>(\d+)<", boxes), strict=True))
    assert places == [("0", "0"), ("1", "1"), ("2", "1"), ("69", "26")]
    ids = re.findall(r'"(_x0000_s\d+)"', boxes)
    assert len(set(ids)) == 4


def test_a_cell_has_the_colour_of_the_worst_that_is_said_of_it() -> None:
    assert colours(annotate(officers(), NOTES).data) == {"B2:B3": RED, "AA70": AMBER}


def test_our_colour_lies_over_their_rules_which_keep_their_order() -> None:
    rules = [rule for area in opened(annotate(officers(), NOTES).data)["Data"].conditional_formatting for rule in area.rules]
    assert sorted((rule.priority, rule.type) for rule in rules) == [(1, "expression"), (2, "expression"), (3, "cellIs")]


def test_rules_without_a_rank_get_none() -> None:
    """Newer kinds of rules stand at the end of a sheet and take their rank from the beginning of it."""
    end = b'<extLst><ext xmlns:x14="x14"><x14:conditionalFormatting><x14:cfRule type="dataBar" id="{1}"/></x14:conditionalFormatting></ext></extLst>'
    book = changed(officers(), {"xl/worksheets/sheet1.xml": put(b"</worksheet>", end + b"</worksheet>")})
    assert end in parts(annotate(book, NOTES).data)["xl/worksheets/sheet1.xml"]


def test_the_list_stands_at_the_front_and_leads_to_each_cell() -> None:
    data = annotate(officers(), NOTES).data
    book = opened(data)
    assert book.sheetnames == ["Issues", "Data", "Other's", "Hidden"]
    assert book.active.title == "Issues"
    rows = listed(data)
    assert rows[0][0] == "To put right: 4 errors, 3 warnings"
    assert rows[3] == ["Sheet", "Cell", "Kind", "What to put right"]
    assert [row[:3] for row in rows[4:]] == [
        ["Data", "B2", "error"],
        ["Data", "B3", "warning"],
        ["Data", "B3", "error"],
        ["Data", "AA70", "warning"],
        ["Other's", "whole sheet", "error"],
        ["Gone", "C4", "error"],
        [None, None, "warning"],
    ]
    assert [row[3] for row in rows[4:]] == [note.message for note in NOTES]
    links = {cell.coordinate: cell.hyperlink.location for (cell,) in book["Issues"]["B5:B11"] if cell.hyperlink}
    assert links == {"B5": "'Data'!B2", "B6": "'Data'!B3", "B7": "'Data'!B3", "B8": "'Data'!AA70", "B9": "'Other''s'!A1"}


def test_only_the_list_is_shown_as_chosen() -> None:
    """Two sheets chosen at once would both get what is typed into one."""
    book = opened(annotate(officers(), NOTES).data)
    assert [bool(page.sheet_view.tabSelected) for page in book] == [True, False, False, False]


@given(st.text(min_size=1))
def test_whatever_a_message_says_is_text(message: str) -> None:
    data = annotate(officers(), [Note("Data", "B3", message, "error")]).data
    row = listed(data)[4]
    assert meant(row[3] or "") == message
    assert opened(data)["Issues"]["D5"].data_type in ("s", "inlineStr", "n")
    said = comments(data)["B3"]
    assert said.splitlines()[0].startswith("▸ citytools (error): ") or said == "▸ citytools (error):"
    assert said.count("\n") == 0


# ---- what stays


def test_parts_that_no_note_is_about_stay_as_they_were_to_the_byte() -> None:
    before, after = parts(officers()), parts(annotate(officers(), NOTES).data)
    assert {name for name in before if after[name] != before[name]} == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        "xl/comments/comment1.xml",
        "xl/drawings/commentsDrawing1.vml",
    }
    assert after.keys() - before.keys() == {"xl/worksheets/sheet4.xml"}


def test_cells_formulas_and_their_looks_are_untouched_in_a_sheet_with_notes() -> None:
    before, after = (
        re.search(rb"<sheetData>.*</sheetData>", parts(data)["xl/worksheets/sheet1.xml"], re.S)
        for data in (officers(), annotate(officers(), NOTES).data)
    )
    assert before
    assert after
    assert before[0] == after[0]
    page = opened(annotate(officers(), NOTES).data)["Data"]
    assert (page["C1"].value, page["B2"].fill.start_color.rgb, page["C2"].number_format) == ("=1+1", "FF00FF00", "0.00")
    assert (page.freeze_panes, page.auto_filter.ref, page.column_dimensions["B"].width) == ("B2", "A1:C3", 33)
    assert page.data_validations.dataValidation[0].formula1 == '"soon,late"'
    assert len(page._charts) == 1


def test_names_that_belong_to_a_sheet_follow_it() -> None:
    book = opened(annotate(officers(), NOTES).data)
    assert [page.print_title_rows for page in book] == [None, "$1:$1", "$1:$2", None]
    assert book["Data"].auto_filter.ref == "A1:C3"
    assert book.defined_names["mine"].attr_text == "Data!$A$1"


def test_nothing_is_lost_and_nothing_is_said_to_be() -> None:
    assert annotate(officers(), NOTES).lost == ()


# ---- the next round


def test_a_second_round_with_the_same_notes_changes_nothing() -> None:
    once = annotate(officers(), NOTES).data
    assert annotate(once, NOTES).data == once


def test_a_second_round_takes_out_what_the_first_put_in() -> None:
    once = annotate(officers(), NOTES).data
    data = annotate(once, [Note("Data", "A2", "another", "warning")]).data
    assert comments(data) == {"A1": "Theirs, in two\nlines", "B2": "Ask the supplier", "A2": "▸ citytools (warning): another"}
    assert colours(data) == {"A2": AMBER}
    boxes = parts(data)["xl/drawings/commentsDrawing1.vml"].decode()
    assert re.findall(r"Row>(\d+)<", boxes) == ["0", "1", "1"]
    assert opened(data).sheetnames == ["Issues", "Data", "Other's", "Hidden"]
    assert len(listed(data)) == 5


def test_a_round_without_notes_leaves_only_the_news_that_nothing_is_wrong() -> None:
    data = annotate(annotate(officers(), NOTES).data, []).data
    assert (comments(data).keys(), colours(data)) == ({"A1", "B2"}, {})
    assert listed(data) == [["Nothing to put right"]]


def test_our_sheet_is_found_again_when_it_was_renamed_moved_and_hidden() -> None:
    once = annotate(officers(), NOTES).data
    rename = put(b'name="Issues" sheetId="4"', b'name="Faults &amp; &apos;more&apos;" sheetId="4" state="hidden"')
    again = changed(once, {"xl/workbook.xml": lambda data: put(b">'Issues'!", b">'Faults &amp; ''more'''!")(rename(data))})
    book = opened(annotate(again, NOTES).data)
    assert book.sheetnames == ["Faults & 'more'", "Data", "Other's", "Hidden"]
    assert book.worksheets[0].sheet_state == "visible"


def test_a_sheet_of_theirs_that_is_called_issues_is_theirs() -> None:
    book = openpyxl.Workbook()
    book.active.title = "issues"
    book.active["A1"] = "mine"
    stream = io.BytesIO()
    book.save(stream)
    data = annotate(stream.getvalue(), [Note("issues", "A1", "no", "error")]).data
    assert opened(data).sheetnames == ["Issues 2", "issues"]
    assert opened(data)["issues"]["A1"].value == "mine"


def test_when_our_sheet_was_deleted_there_is_a_new_one() -> None:
    once = annotate(officers(), NOTES).data
    entry = rb'<sheet [^>]*name="Issues"[^>]*/>'
    gone = changed(
        once,
        {"xl/workbook.xml": lambda data: put(b">'Issues'!$A$1<", b">#REF!<")(re.sub(entry, b"", data)), "xl/worksheets/sheet4.xml": None},
    )
    data = annotate(gone, NOTES).data
    assert opened(data).sheetnames == ["Issues", "Data", "Other's", "Hidden"]
    assert parts(data)["xl/workbook.xml"].count(b"citytools_issues") == 1


def test_what_an_officer_wrote_below_ours_is_kept() -> None:
    once = annotate(officers(), [Note("Data", "B3", "fill in", "error")]).data
    answered = changed(once, {"xl/comments/comment1.xml": put(b"(error): fill in</t>", b"(error): fill in\nWe have no date for this</t>")})
    assert comments(annotate(answered, []).data)["B3"].strip() == "We have no date for this"


@office.needed
def test_libreoffice_keeps_all_of_it_and_the_next_round_still_finds_it(tmp_path: Path) -> None:
    once = office.resaved(tmp_path, annotate(officers(), NOTES).data)
    assert comments(once).keys() == {"A1", "B2", "B3", "AA70"}
    assert listed(once)[0][0] == "To put right: 4 errors, 3 warnings"
    assert opened(once)["Issues"]["B5"].hyperlink.location in ("'Data'!B2", "Data!B2", "Data.B2")
    data = annotate(once, [Note("Data", "A2", "another", "warning")]).data
    assert opened(data).sheetnames == ["Issues", "Data", "Other's", "Hidden"]
    assert comments(data) == {"A1": "Theirs, in two\nlines", "B2": "Ask the supplier", "A2": "▸ citytools (warning): another"}
    assert colours(data) == {"A2": AMBER}


def test_a_form_of_ours_keeps_its_headings_notes_dropdowns_and_hidden_sheets() -> None:
    columns = (FormColumn("ID", "id", "A short name.", required=True), FormColumn("Status", choices="status", strict=True))
    form = Form("F", [], [FormSheet("Systems", "", columns, [("a", "live")])], {"status": ["live"]}, {"_origin": [["1"]]})
    before, after = opened(fill(form)), opened(annotate(fill(form), [Note("Systems", "A1", "wrong", "error")]).data)
    assert after.sheetnames == ["Issues", *before.sheetnames]
    assert after["Systems"]["A1"].comment.text == before["Systems"]["A1"].comment.text + "\n\n▸ citytools (error): wrong"
    assert [str(one.sqref) for one in after["Systems"].data_validations.dataValidation] == ["A2:A1000", "B2:B1000"]
    assert [page.sheet_state for page in after][-2:] == ["veryHidden"] * 2


# ---- other programs' ways of writing


def test_a_conversation_is_left_alone_and_it_is_said() -> None:
    relation = b'<Relationship Id="t" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment" Target="../threadedComments/t1.xml"/>'
    thread = b'<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"><threadedComment ref="B2" dT="2026-01-01T00:00:00" personId="{1}" id="{2}"><text>Hm</text></threadedComment></ThreadedComments>'
    book = changed(
        officers(),
        {
            "xl/worksheets/_rels/sheet1.xml.rels": put(b"</Relationships>", relation + b"</Relationships>"),
            "xl/threadedComments/t1.xml": thread,
        },
    )
    done = annotate(book, NOTES)
    assert comments(done.data)["B2"] == "Ask the supplier"
    assert colours(done.data)["B2:B3"] == RED
    assert done.lost == (
        "'Data'!B2 holds a conversation, beside which no note can stand; what is wrong is said only in the sheet \"Issues\"",
    )


def test_a_signature_that_would_no_longer_hold_is_taken_out_and_it_is_said() -> None:
    relation = b'<Relationship Id="s" Type="http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin" Target="_xmlsignatures/origin.sigs"/>'
    override = b'<Override PartName="/_xmlsignatures/sig1.xml" ContentType="application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"/>'
    book = changed(
        officers(),
        {
            "_rels/.rels": put(b"</Relationships>", relation + b"</Relationships>"),
            "[Content_Types].xml": put(b"</Types>", override + b"</Types>"),
            "_xmlsignatures/origin.sigs": b"",
            "_xmlsignatures/sig1.xml": b"<Signature/>",
        },
    )
    done = annotate(book, NOTES)
    assert [name for name in parts(done.data) if "signature" in name] == []
    assert b"signature" not in parts(done.data)["_rels/.rels"] + parts(done.data)["[Content_Types].xml"]
    assert len(done.lost) == 1
    assert "digitally signed" in done.lost[0]


def prefixed(data: bytes) -> bytes:
    """XML as some programs write it, with a prefix on every name."""
    return re.sub(rb"<(/?)(?=[A-Za-z])(?![\w]+:)", rb"<\1x:", data).replace(b' xmlns="', b' xmlns:x="')


def utf16(data: bytes) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-16"?>' + data.decode().partition("?>")[2] if data.startswith(b"<?xml") else data.decode()
    ).encode("utf-16")


@pytest.mark.parametrize("write", [prefixed, utf16])
def test_prefixes_and_other_encodings_are_understood(write: Callable[[bytes], bytes]) -> None:
    names = ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/comments/comment1.xml", "xl/styles.xml", "xl/workbook.xml")
    book = changed(officers(), dict.fromkeys(names, write))
    data = annotate(book, [*NOTES, Note("Other's", "A1", "no", "error")]).data
    assert opened(data).sheetnames == ["Issues", "Data", "Other's", "Hidden"]
    assert comments(data).keys() == {"A1", "B2", "B3", "AA70"}
    assert comments(data, "Other's") == {"A1": "▸ citytools (error): no"}
    assert colours(data) == {"B2:B3": RED, "AA70": AMBER}
    assert listed(data)[0][0].startswith("To put right")
    assert annotate(data, [*NOTES, Note("Other's", "A1", "no", "error")]).data == data


def test_a_sheet_without_comments_gets_them_where_the_format_wants_them() -> None:
    tail = b'<pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/><tableParts count="0"/><extLst/></worksheet>'
    book = changed(officers(), {"xl/worksheets/sheet2.xml": lambda data: re.sub(rb"<pageMargins[^>]*/></worksheet>", tail, data)})
    data = annotate(book, [Note("Other's", "A1", "no", "error")]).data
    order = re.findall(
        r"<(\w+)[ />]",
        parts(data)["xl/worksheets/sheet2.xml"].decode().partition("</sheetData>")[2]
        or parts(data)["xl/worksheets/sheet2.xml"].decode().partition("<sheetData")[2],
    )
    assert [name for name in order if name not in ("cfRule", "formula")] == [
        "conditionalFormatting",
        "pageMargins",
        "legacyDrawing",
        "tableParts",
        "extLst",
    ]
    types = parts(data)["[Content_Types].xml"].decode()
    assert 'Extension="vml"' in types
    assert 'PartName="/xl/comments1.xml"' in types
    assert comments(data, "Other's") == {"A1": "▸ citytools (error): no"}


def test_a_workbook_without_a_style_table_gets_one() -> None:
    book = changed(
        officers(),
        {
            "xl/styles.xml": None,
            "xl/_rels/workbook.xml.rels": lambda data: re.sub(rb'<Relationship [^>]*/styles"[^>]*/>', b"", data),
            "[Content_Types].xml": lambda data: re.sub(rb"<Override [^>]*styles[^>]*/>", b"", data),
            "xl/worksheets/sheet1.xml": lambda data: re.sub(rb' (s|dxfId)="\d+"', b"", data),
        },
    )
    data = annotate(book, NOTES).data
    assert colours(data) == {"B2:B3": RED, "AA70": AMBER}
    assert listed(data)[0][0] == "To put right: 4 errors, 3 warnings"


def test_many_notes_are_many_areas_and_runs_of_cells_are_one() -> None:
    scattered = [Note("Data", f"A{row}", "no", "error") for row in range(2, 2002, 2)]
    run = [Note("Data", f"Z{row}", "no", "error") for row in range(9, 3, -1)]
    data = annotate(officers(), [*scattered, *run]).data
    found = colours(data)
    assert len(found) == 1001
    assert found["Z4:Z9"] == RED
    assert annotate(data, [*scattered, *run]).data == data


@pytest.mark.parametrize("cell", ["", "junk", "A0", "A1:B2", "AAAA1", "a1"])
def test_a_note_without_a_real_cell_stands_in_the_list_alone(cell: str) -> None:
    data = annotate(officers(), [Note("Data", cell, "no", "error")]).data
    assert (comments(data).keys(), colours(data)) == ({"A1", "B2"}, {})
    assert opened(data)["Issues"]["B5"].hyperlink.location == "'Data'!A1"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>"}, "part xl/worksheets/sheet1.xml cannot be read"),
        ({"xl/worksheets/sheet1.xml": None}, "part xl/worksheets/sheet1.xml is missing"),
        ({"_rels/.rels": b"<Relationships/>"}, "nothing says which of its parts is the workbook"),
    ],
)
def test_a_damaged_workbook_is_refused_in_words(changes: Mapping[str, Change], words: str) -> None:
    with pytest.raises(CitytoolsError, match=f"^the workbook is damaged: .*{re.escape(words)}"):
        annotate(changed(officers(), changes), NOTES)


def test_what_is_no_zip_is_refused_in_words() -> None:
    with pytest.raises(CitytoolsError, match=r"^the workbook is damaged"):
        annotate(b"PK", NOTES)


SAMPLES = sorted((SHARED / "samples" / "workbooks").glob("*.xlsx"))


@pytest.mark.skipif(not SAMPLES, reason="the sample workbooks are not beside this repository")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_workbooks_as_boroughs_publish_them_keep_every_part(path: Path) -> None:
    before = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl's, of what it does not read
        names = opened(before).sheetnames
        done = annotate(before, [Note(name, "B3", "no", "error") for name in names])
        after = opened(done.data)
    assert done.lost == ()
    assert after.sheetnames == ["Issues", *names]
    assert all("▸ citytools (error): no" in after[name]["B3"].comment.text for name in names)
    assert parts(before).keys() <= parts(done.data).keys()
    touched = {name for name, content in parts(before).items() if parts(done.data)[name] != content}
    assert not any(re.search("sharedStrings|theme|externalLink|docMetadata|docProps|calcChain|table", name) for name in touched)
