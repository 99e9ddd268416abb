"""What is refused: other files with an Excel name, files made to fill memory, and what no program would have written."""

from __future__ import annotations

import io
import os
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT, SHARED

from citytools.errors import CitytoolsError
from citytools.workbook import Book, markup, outline, read
from citytools.workbook import sheet as sheet_module
from workbooks import making
from workbooks.making import cell, packed, parts, patched, row, sheet, text, with_parts, workbook

GOOD = workbook(sheet(row(1, text("A1", "id"), text("B1", "from")), row(2, text("A2", "S-1"), cell("B2", "46027", style=1))))
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "b">]>'


def refusal(data: bytes) -> str:
    with pytest.raises(CitytoolsError) as refused:
        read("return.xlsx", data)
    words = str(refused.value)
    assert words.startswith("return.xlsx "), words
    assert not words.endswith("."), words
    assert ". " in words, "what to do instead is missing"
    return words


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le") + bytes(600)


def test_the_good_one_is_read() -> None:
    assert [[each.place for each in line] for line in read("return.xlsx", GOOD).sheets[0].rows] == [["A1", "B1"], ["A2", "B2"]]


# Other files

OTHERS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "has no content. Send it again"),
    "old Excel": (ole("Workbook"), 'is in the old format .xls. Open it and save it as "Excel Workbook (.xlsx)"'),
    "password": (ole("EncryptedPackage"), "needs a password. In Excel: File > Info > Protect Workbook > Encrypt; clear the password; save"),
    "old Word": (ole("WordDocument"), "is an old Word document with an Excel name"),
    "old PowerPoint": (ole("PowerPoint Document"), "is an old PowerPoint file with an Excel name"),
    "e-mail": (ole("__properties_version1.0"), "is an e-mail with an Excel name. Send the workbook that was attached to it"),
    "OpenDocument": (packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "is an OpenDocument file (.ods)"),
    "Word": (packed({making.CONTENT_TYPES: "<Types/>", "word/document.xml": "<w/>"}), "is a Word document with an Excel name"),
    "PowerPoint": (packed({"ppt/presentation.xml": "<p/>"}), "is a PowerPoint file with an Excel name"),
    "binary Excel": (with_parts({"xl/workbook.bin": b"\0"}), "is in the binary format .xlsb"),
    "Numbers": (packed({"Index/Document.iwa": b"\0"}), "is an Apple Numbers file with an Excel name. Export it to Excel"),
    "zipped": (packed({"return.xlsx": GOOD}), "is a zip file, not a workbook. Send the workbook itself"),
    "zip of nothing": (packed({}), "is a zip file, not a workbook"),
    "PDF": (b"%PDF-1.7\n", "is a PDF. Send the workbook that it was made from"),
    "RTF": (b"{\\rtf1 x}", "is a text document (RTF)"),
    "HTML": (b"\n <!DOCTYPE html><table><tr><td>1</td></tr></table>", "is a web page with an Excel name"),
    "HTML table": (b"\xef\xbb\xbf<table><tr>", "is a web page with an Excel name"),
    "XML": (b'<?xml version="1.0"?><Workbook/>', "is XML with an Excel name"),
    "JSON": (b'{"systems": []}', "is JSON with an Excel name"),
    "CSV": (b"id,name\r\nS-1,Mosaic\r\n", "is a text file, such as CSV, with an Excel name"),
    "Unicode text": ("id\tname\r\nS-1\tMosaic\r\n".encode("utf-16"), "is a text file, such as CSV, with an Excel name"),
    "LFS": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "is a git-LFS pointer, not the file itself. Run: git lfs pull"),
    "noise": (bytes(range(256)), "is not a workbook"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_other_files_are_called_what_they_are(what: str) -> None:
    data, words = OTHERS[what]
    assert f"return.xlsx {words}" in refusal(data)


@pytest.mark.parametrize(
    "content",
    [
        {"xl/vbaProject.bin": b"\0"},
        {"xl/VBAPROJECT.BIN": b"\0"},
        {"xl/macrosheets/sheet1.xml": "<macrosheet/>"},
        {"xl/_rels/workbook.xml.rels": making.related(("xlMacrosheet", "worksheets/sheet1.xml"))},
        {
            making.CONTENT_TYPES: f'<Types xmlns="{making.PACKAGE}/content-types"><Override PartName="/xl/workbook.xml" '
            'ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
        },
    ],
)
def test_macros_are_refused(content: dict[str, str | bytes]) -> None:
    assert "contains macros" in refusal(with_parts(content))


def test_macros_are_found_in_whatever_encoding_they_are_declared() -> None:
    types = f'<Types xmlns="{making.PACKAGE}/content-types"><Override PartName="/xl/workbook.xml" ContentType="x.macroEnabled.main+xml"/></Types>'
    assert "contains macros" in refusal(with_parts({making.CONTENT_TYPES: types.encode("utf-16")}))


def test_strict_open_xml_is_refused_with_what_to_choose_instead() -> None:
    strict = str(parts(sheet())[making.WORKBOOK]).replace(making.MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
    assert 'is saved as "Strict Open XML". Save it as an ordinary "Excel Workbook (.xlsx)"' in refusal(
        with_parts({making.WORKBOOK: strict})
    )


# The zip file

AT_WORKBOOK = 2  # the workbook's own part is the third


def test_bytes_before_the_file_are_refused() -> None:
    assert "has other data before its beginning" in refusal(b"MZ\x90\x00" + GOOD)


def test_another_zip_file_before_it_is_refused() -> None:
    assert "has other data before its beginning" in refusal(packed({"a.txt": "harmless"}) + GOOD)


def test_bytes_after_the_file_are_refused() -> None:
    assert "has other data after its end" in refusal(GOOD + b"more")


def test_a_remark_of_a_zip_program_is_not_in_the_way() -> None:
    assert read("return.xlsx", patched(GOOD, len(GOOD) - 2, b"\x05\x00") + b"hello").sheets


@pytest.mark.parametrize("tenths", range(1, 10))
def test_a_file_that_was_not_copied_whole_is_refused(tenths: int) -> None:
    assert "is damaged, or was not copied whole. Send it again" in refusal(GOOD[: len(GOOD) * tenths // 10])


@pytest.mark.parametrize("part", parts(sheet()))
def test_one_wrong_byte_is_found_in_whatever_part(part: str) -> None:
    stored = packed(parts(sheet(row(1, text("A1", "id")))), zipfile.ZIP_STORED)
    with zipfile.ZipFile(io.BytesIO(stored)) as archive:
        info = archive.getinfo(part)
    place = info.header_offset + 30 + len(part) + info.file_size - 1
    assert "is damaged" in refusal(patched(stored, place, bytes([stored[place] ^ 1])))


def test_a_picture_that_was_not_copied_whole_is_found_too() -> None:
    stored = packed({"xl/media/image1.png": b"\x89PNG" * 50, **parts(sheet())}, zipfile.ZIP_STORED)
    place = stored.index(b"\x89PNG")
    assert "is damaged" in refusal(patched(stored, place, b"\x88"))


@pytest.mark.parametrize(
    "name",
    ["../evil.xml", "xl/../../evil.xml", "/xl/evil.xml", "\\evil.xml", "xl\\..\\evil.xml", "C:evil.xml", "xl/e\nvil.xml", "xl/e\x01.xml"],
)
def test_dangerous_names_are_refused(name: str) -> None:
    assert "has a part with a dangerous name inside. Do not open it; tell the maintainers" in refusal(with_parts({name: "<x/>"}))


def test_what_stands_behind_the_end_of_a_name_counts() -> None:
    data = with_parts({"xl/a.xml~../e": "<x/>"})
    assert "dangerous name" in refusal(data.replace(b"xl/a.xml~../e", b"xl/a.xml\0../e"))


def test_a_part_that_stands_twice_is_refused() -> None:
    data = with_parts({"xl/worksheets/sheet9.xml": "<other/>"})
    assert "holds the same part twice" in refusal(data.replace(b"sheet9.xml", b"sheet1.xml"))


def test_names_that_differ_in_capitals_are_the_same_part() -> None:
    assert "holds the same part twice" in refusal(with_parts({"xl/Worksheets/Sheet1.xml": "<other/>"}))


def test_a_part_is_found_whatever_capitals_refer_to_it() -> None:
    beside = making.related(("worksheet", "Worksheets/SHEET1.xml"))
    assert read("return.xlsx", with_parts({"xl/_rels/workbook.xml.rels": beside})).sheets[0].rows


def test_names_in_no_encoding_are_refused() -> None:
    data = with_parts({"xl/ä.xml": "<x/>"})
    name = "xl/ä.xml".encode()
    for place in (data.index(name), data.rindex(name)):
        assert "is damaged" in refusal(patched(data, place + 3, b"\xff\xff"))


def test_encrypted_parts_are_refused() -> None:
    place = making.listed(GOOD, AT_WORKBOOK) + 8
    assert "has encrypted parts. Save it without a password" in refusal(patched(GOOD, place, b"\x01\x00"))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_what_excel_packs_with_is_unpacked(method: int) -> None:
    assert "is packed in a way that Excel does not use" in refusal(packed(parts(sheet()), method))


@pytest.mark.parametrize("size", [1, 50_000, 2**32 - 2])
def test_a_wrong_size_is_refused_and_never_unpacked_beyond(size: int) -> None:
    place = making.listed(GOOD, AT_WORKBOOK) + 24
    assert re.search("is damaged|would unpack to 4,295 MB", refusal(patched(GOOD, place, size.to_bytes(4, "little"))))


@pytest.mark.parametrize("offset", [0, 1, 37])
def test_parts_that_lie_over_one_another_are_refused(offset: int) -> None:
    second = making.listed(GOOD, 1) + 42
    assert "lie over one another" in refusal(patched(GOOD, second, offset.to_bytes(4, "little")))


def test_a_part_that_reaches_into_the_list_of_parts_is_refused() -> None:
    last = making.listed(GOOD, len(parts(sheet())) - 1)
    packed_size = int.from_bytes(GOOD[last + 20 : last + 24], "little")
    assert "lie over one another" in refusal(patched(GOOD, last + 20, (packed_size + 1).to_bytes(4, "little")))


def test_more_parts_than_any_workbook_has_are_refused() -> None:
    own = len(parts(sheet()))
    assert read("return.xlsx", with_parts({f"xl/media/{number}.png": b"" for number in range(1_000 - own)})).sheets
    many = with_parts({f"xl/media/{number}.png": b"" for number in range(1_001 - own)})
    assert "has 1,001 parts inside, which no ordinary workbook has" in refusal(many)


def test_what_would_unpack_to_too_much_is_refused_before_it_is() -> None:
    assert "would unpack to 61 MB" in refusal(with_parts({"xl/media/a.bmp": b"\0" * 61_000_000}))
    assert "would unpack to 2 MB" in refusal(with_parts({making.SHEET: sheet(" " * 2_000_000)}))
    place = making.listed(GOOD, AT_WORKBOOK)
    half = with_parts({f"xl/media/{number}.bmp": random.Random(number).randbytes(300_000) for number in range(3)})
    for number in range(3):
        place = making.listed(half, 7 + number) + 24
        half = patched(half, place, (55_000_000).to_bytes(4, "little"))
    assert "would unpack to more than an ordinary workbook holds" in refusal(half)


# The XML

EVERY_PART = [*parts(sheet()), "docProps/core.xml", "xl/theme/theme1.xml", "xl/drawings/vmlDrawing1.vml", "xl/odd.bin"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "iso-8859-1"])
@pytest.mark.parametrize("part", EVERY_PART)
def test_a_document_type_is_refused_in_whatever_part_and_encoding(part: str, encoding: str) -> None:
    own = str(parts(sheet()).get(part, "<x>text</x>"))
    declared = encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
    words = refusal(with_parts({part: f'<?xml version="1.0" encoding="{declared}"?>{DOCTYPE}{own}'.encode(encoding)}))
    if encoding == "utf-32":
        assert "is damaged inside" in words
    else:
        assert "has a document type inside, which Excel never writes. Do not open it; tell the maintainers" in words


@pytest.mark.parametrize("part", parts(sheet()))
def test_broken_xml_is_refused(part: str) -> None:
    whole = str(parts(sheet(row(1, text("A1", "id"))))[part])
    assert f"is damaged inside ({part}). Open it in Excel, save it, and send that" in refusal(with_parts({part: whole[:-3]}))


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-8-sig"])
def test_other_encodings_are_read(encoding: str) -> None:
    content = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>{sheet(row(1, text("A1", "£ café")))}'
    assert read("return.xlsx", with_parts({making.SHEET: content.encode(encoding)})).sheets[0].rows[0][0].content == "£ café"


TOO_MUCH = "holds more than an ordinary workbook does. Copy the lines into a new workbook"


@pytest.mark.parametrize(
    "inside",
    [
        "".join(f"<e{number}/>" for number in range(markup.MAX_NAMES + 1)),
        "".join(f'<row a{number}=""/>' for number in range(markup.MAX_NAMES + 1)),
        "".join(f'<x xmlns:p{number}="u"/>' for number in range(markup.MAX_NAMES + 1)),
        "<x>" * markup.MAX_DEPTH + "</x>" * markup.MAX_DEPTH,
        f'<row a="{random.Random(1).randbytes(markup.MAX_TAG // 2 + 50_000).hex()}"/>',
        f"<!--{random.Random(1).randbytes(markup.MAX_TAG // 2 + 50_000).hex()}-->",
    ],
    ids=["names of elements", "names of attributes", "namespaces", "depth", "a tag", "a comment"],
)
def test_what_would_fill_memory_is_refused(inside: str) -> None:
    assert TOO_MUCH in refusal(with_parts({making.SHEET: sheet(inside)}))


def test_what_would_fill_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read("return.xlsx", workbook(sheet("<row/>" * 2_000), sheet("<row/>" * 2_000))).sheets
    monkeypatch.setattr(markup, "MAX_ELEMENTS", 3_000)
    assert TOO_MUCH in refusal(workbook(sheet("<row/>" * 2_000), sheet("<row/>" * 2_000)))


def test_a_long_beginning_of_a_part_that_is_not_read_is_refused() -> None:
    long = f"<!--{random.Random(1).randbytes(markup.MAX_TAG).hex()}--><x/>"
    assert TOO_MUCH in refusal(with_parts({"docProps/core.xml": long}))


# The workbook

PLACES: list[tuple[str, dict[str, str | bytes], str]] = [
    ("no main part", {"_rels/.rels": making.related()}, "has no workbook inside"),
    ("no sheets", {making.WORKBOOK: making.book()}, "has no sheet that can be read"),
    ("sheet not there", {"xl/_rels/workbook.xml.rels": making.related(("worksheet", "gone.xml"))}, 'lacks the content of its sheet "Data"'),
    ("not referred to", {"xl/_rels/workbook.xml.rels": making.related()}, 'lacks the content of its sheet "Data"'),
    ("outside", {"xl/_rels/workbook.xml.rels": making.related(("worksheet", "../../etc/passwd"))}, "refers to a file outside itself"),
    (
        "one part twice",
        {
            making.WORKBOOK: making.book("Data", "More"),
            "xl/_rels/workbook.xml.rels": making.related(
                ("worksheet", "worksheets/sheet1.xml"), ("worksheet", "/xl/worksheets/sheet1.xml")
            ),
        },
        'has its sheet "More" twice',
    ),
    (
        "one name twice",
        {
            making.WORKBOOK: making.book("Data", "DATA"),
            making.SHEET.replace("1", "2"): sheet(),
            "xl/_rels/workbook.xml.rels": making.related(("worksheet", "worksheets/sheet1.xml"), ("worksheet", "worksheets/sheet2.xml")),
        },
        'has its sheet "DATA" twice',
    ),
    ("count of texts", {making.TEXTS: making.texts(more=' uniqueCount="4000000000"')}, "claims to hold 4000000000 texts"),
    ("long text", {making.TEXTS: making.texts(f"<t>{'a b ' * 60_000}</t>")}, "holds a text of over 229,369 characters"),
]


@pytest.mark.parametrize(("content", "words"), [each[1:] for each in PLACES], ids=[each[0] for each in PLACES])
def test_a_workbook_that_does_not_hold_together_is_refused(content: dict[str, str | bytes], words: str) -> None:
    assert words in refusal(with_parts(content))


# A sheet

WRONG: list[tuple[str, str]] = [
    (row(0), "row number 0 is not possible"),
    ('<row r="-1"/>', "row number -1 is not possible"),
    (row(1_048_577), "row number 1048577 is not possible"),
    (row(4_294_967_296), "row number 4294967296 is not possible"),
    (f'<row r="{"9" * 5_000}"/>', "row number 9999999999"),
    ('<row r="x"/>', "row number x is not possible"),
    (row(1_048_576) + "<row/>", "row number 1048577 is not possible"),
    (row(2) + row(2), "row 2 stands twice, or after row 2"),
    (row(3) + row(2), "row 2 stands twice, or after row 3"),
    (row(1, row(2)), "row 2 stands twice, or after row 1"),
    (row(1, text("B1", "x"), text("B1", "y")), "cell B1 stands twice, or out of order"),
    (row(1, text("B1", "x"), text("A1", "y")), "cell A1 stands twice, or out of order"),
    (row(1, text("A2", "x")), "a cell A2 in row 1 is not possible"),
    (row(2, text("A12", "x")), "a cell A12 in row 2 is not possible"),
    (row(1, text("XFE1", "x")), "a cell XFE1 in row 1 is not possible"),
    (row(1, text("ZZZZ1", "x")), "a cell ZZZZ1 in row 1 is not possible"),
    (row(1, text("a1", "x")), "a cell a1 in row 1 is not possible"),
    (row(1, text("1", "x")), "a cell 1 in row 1 is not possible"),
    (row(1, text("R1C1", "x")), "a cell R1C1 in row 1 is not possible"),
    (row(1, text("\u202eA1", "x")), "a cell \\u202eA1 in row 1 is not possible"),
    (text("A1", "x"), "a cell A1 in row 0 is not possible"),
    (row(1) + text("A1", "x"), "a cell A1 in row 1 is not possible"),
    (row(1, '<c r="A1"><c r="B1"/></c>'), "a cell B1 in row 1 is not possible"),
    (row(1, cell("A1", "0", "s")), "cell A1 points to a text that is not there"),
    (row(1, cell("A1", "-1", "s")), "cell A1 points to a text that is not there"),
    (row(1, cell("A1", "", "s")), "cell A1 points to a text that is not there"),
    (row(1, cell("A1", "1", style=2)), "cell A1 points to a style that is not there, so that dates cannot be told from numbers"),
    (row(1, '<c r="A1" s="-1"><v>1</v></c>'), "cell A1 points to a style that is not there"),
    (row(1, text("A1", "x y " * 8_192)), "cell A1 has 32,768 characters (limit 32,767). Make it shorter"),
    (row(1, text("A1", "x y " * 80_000)), "cell A1 has over 229,369 characters (limit 32,767)"),
    (row(1, cell("A1", "1", formula="A1+" * 80_000)), "cell A1 has over 229,369 characters"),
    (row(50_001, text("A50001", "x")), "content in row 50,001 (limit 50,000)"),
    (row(1, text("GS1", "x")), "content in column GS (limit 200 columns)"),
]


@pytest.mark.parametrize(("inside", "words"), WRONG, ids=[words[:40] for _, words in WRONG])
def test_what_no_program_would_have_written_is_refused(inside: str, words: str) -> None:
    assert f'return.xlsx cannot be used: sheet "Data", {words}' in refusal(workbook(sheet(inside)))


@pytest.mark.parametrize(
    "inside",
    [
        row(50_000, text("A50000", "x")),
        row(1_048_576, '<c r="A1048576" s="1"/>', text("B1048576", "")),
        row(1, text("GR1", "x"), '<c r="XFD1" s="1"/>'),
        row(1, text("A1", "x" * 32_767)),
        row(1, '<c r="A1" s="999"/>'),
        row(1, cell("A1", "1", style=1)),
    ],
    ids=["last row", "blank row far away", "last column", "longest text", "no content", "last style"],
)
def test_what_is_just_possible_is_read(inside: str) -> None:
    assert read("return.xlsx", workbook(sheet(inside))).sheets


MERGED = [
    ("A1:A20000", ""),
    ("A1:A20001", "the merged area A1:A20001 is too large. Undo it"),
    ("A1:XFD1048576", "the merged area A1:XFD1048576 is too large"),
    ("A0:B1", "the merged area A0:B1 is not possible"),
    ("B2:A1", "the merged area B2:A1 is not possible"),
    ("A1:XFE1", "the merged area A1:XFE1 is not possible"),
    ("", "the merged area  is not possible"),
    ("A1:B2:C3", "the merged area A1:B2:C3 is not possible"),
]


@pytest.mark.parametrize(("area", "words"), MERGED)
def test_merged_areas_are_bounded(area: str, words: str) -> None:
    data = workbook(sheet(row(1, text("A1", "x")), after=f'<mergeCells><mergeCell ref="{area}"/></mergeCells>'))
    assert words in refusal(data) if words else read("return.xlsx", data)


def test_all_merged_areas_together_are_bounded() -> None:
    areas = "".join(f'<mergeCell ref="A{number}:A{number + 9_999}"/>' for number in range(1, 210_000, 10_000))
    assert "more than 200,000 cells are merged. Unmerge them" in refusal(workbook(sheet(after=f"<mergeCells>{areas}</mergeCells>")))


LIMITS = [
    (
        sheet_module,
        "MAX_CELLS",
        workbook(*[sheet(row(1, *(cell(f"{column}1", "1") for column in "ABC")))] * 2),
        6,
        "the workbook holds more than 5 cells",
    ),
    (sheet_module, "MAX_ALL", workbook(*[sheet(row(1, text("A1", "abc")))] * 2), 6, "the workbook holds more text"),
    (outline, "MAX_ALL", with_parts({making.TEXTS: making.texts("<t>abc</t>", "<t>def</t>")}), 6, "holds more text"),
    (outline, "MAX_TEXTS", with_parts({making.TEXTS: making.texts(*["<t/>"] * 6)}), 6, "holds more text"),
]


@pytest.mark.parametrize(("module", "limit", "data", "most", "words"), LIMITS, ids=[f"{each[1]} {each[4]}" for each in LIMITS])
def test_all_of_a_workbook_together_is_bounded(
    module: ModuleType, limit: str, data: bytes, most: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, limit, most)
    assert read("return.xlsx", data).sheets
    monkeypatch.setattr(module, limit, most - 1)
    assert words in refusal(data)


def test_a_million_formatted_blank_rows_are_only_skipped() -> None:
    blank = "".join([f'<row r="{number}" s="1" customFormat="1"/>' for number in range(2, 1_048_577)])
    assert [line[0].content for line in read("return.xlsx", workbook(sheet(row(1, text("A1", "id")), blank))).sheets[0].rows] == ["id"]


# Whatever else


def outcome(data: bytes) -> Book | None:
    with suppress(CitytoolsError):
        return read("return.xlsx", data)
    return None


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_any_bytes_changed_end_in_a_book_or_in_words(changes: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD)
    for place, value in changes:
        data[place] = value
    outcome(bytes(data))


RICH = parts(
    sheet(
        row(
            1,
            cell("A1", "0", "s"),
            cell("B1", "46027.5", style=1),
            cell("C1", "#N/A", "e"),
            cell("D1", "1", "b"),
            cell("E1", "123", style=2),
        ),
        row(2, cell("A2", "3", formula="[1]Sheet1!A1"), cell("B2", "2026-01-05", "d"), text("C2", "_x000D_"), more=' hidden="1"'),
        before='<cols><col min="1" max="2" hidden="1"/></cols>',
        after='<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>',
    ),
    texts=making.texts("<r><t>a</t></r><rPh><t>b</t></rPh>"),
    styles=making.styles("00000"),
    properties='<workbookPr date1904="1"/>',
)
SIGNS = st.sampled_from(
    [*'<>"&=/: \n019-AZ_xé\0', "&#0;", "&lt;", "]]>", "<c>", "</row>", "<row>", "99999999999", ' r="A1"', "1e308", "-1"]
)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(sorted(RICH)), st.floats(0, 1), st.integers(0, 6), SIGNS)
def test_any_piece_of_xml_changed_ends_in_a_book_or_in_words(part: str, where: float, length: int, sign: str) -> None:
    whole = str(RICH[part])
    place = int(where * len(whole))
    outcome(packed({**RICH, part: whole[:place] + sign + whole[place + length :]}))


# The hostile folder

HOSTILE = SHARED / "hostile" / "xlsx"
MEASURE = Path(__file__).parents[1] / "reading" / "measure.py"
SECONDS, KILOBYTES = 5, 300_000
HEAD = "A1=id B1=name C1=annual_cost D1=start"
ONE_LINE = f"{HEAD} A2=S-1 B2=Mosaic C2=1250.5 D2=2026-01-05"
SAID = "has a document type inside"
EXPECTED = {
    "bad_ref.xlsx": "row number 0 is not possible",
    "bomb_entries_1500.xlsx": "has 1,500 parts inside",
    "bomb_inline_60MB.xlsx": "would unpack to 60 MB",
    "bomb_overlap.xlsx": "would unpack to 50 MB",
    "bomb_rows_3M.xlsx": "would unpack to 18 MB",
    "bomb_spaces_100MB.xlsx": "would unpack to 100 MB",
    "bomb_ss_60MB.xlsx": "would unpack to 60 MB",
    "cols_bomb.xlsx": ONE_LINE,
    "csv_renamed.xlsx": "is a text file, such as CSV",
    "dates.xlsx": "A2=2026-01-05 B2=46027 C2=2026-01-05 18:00:00 D2!60 E2!0 F2!-5 A3!2958466 B3!9999999 C3!1.5 D3=05/01/2026",
    "dates_1904.xlsx": f"{HEAD} A2=2026-01-05 B2=1904-01-01 | The workbook counts days from 1904",
    "definedname_evil.xlsx": ONE_LINE,
    "dim_none.xlsx": ONE_LINE,
    "docx_renamed.xlsx": "is a Word document",
    "dup_cell.xlsx": "cell A2 stands twice",
    "empty_sheet.xlsx": "read: Data:",
    "external_link.xlsx": f"{ONE_LINE} | The workbook refers to other files; none of them was opened.",
    "far_cell.xlsx": "content in column XFD (limit 200 columns)",
    "far_row.xlsx": "content in row 1,048,576 (limit 50,000)",
    "far_styled_only.xlsx": ONE_LINE,
    "garbage.xlsx": "is not a workbook",
    "header_only.xlsx": HEAD,
    "header_variants.xlsx": "A4=S-1 B4=Mosaic C4=1 D4=dup E4=orphan",
    "html_renamed.xlsx": "is a web page with an Excel name",
    "hyperlink_js.xlsx": 'A2=click | On "Data", links were not kept: javascript:alert(1).',
    "json_renamed.xlsx": "is JSON with an Excel name",
    "lfs_pointer.xlsx": "is a git-LFS pointer",
    "macro_xlsm_as_xlsx.xlsx": "contains macros",
    "merged.xlsx": 'A2=S-1 B2=Mosaic C2=10 B3=Mosaic 2 C3=20 | On "Data", cells are merged, and what they say was read for the first of each alone: A2:A3.',
    "no_sheet_part.xlsx": 'lacks the content of its sheet "Data"',
    "number_nan.xlsx": "A2!NaN",
    "ok_uppercase.XLSX": ONE_LINE,
    "password_protected.xlsx": "needs a password",
    "prefix_junk.xlsx": "has other data before its beginning",
    "real.xls": "is in the old format .xls",
    "ref_beyond.xlsx": "row number 1048577 is not possible",
    "rel_external.xlsx": "has no sheet that can be read",
    "rel_traversal.xlsx": "refers to a file outside itself",
    "row_r_huge.xlsx": "row number 4294967296 is not possible",
    "strict_ooxml.xlsx": 'is saved as "Strict Open XML"',
    "style_missing.xlsx": "cell C2 points to a style that is not there",
    "style_oob.xlsx": "cell A2 points to a style that is not there",
    "suffix_junk.xlsx": "has other data after its end",
    "text.xlsx": "cell F4 has 33,000 characters (limit 32,767)",
    "truncated_half.xlsx": "is damaged, or was not copied whole",
    "truncated_tail.xlsx": "is damaged, or was not copied whole",
    "xls_renamed.xlsx": "is in the old format .xls",
    "xml_broken.xlsx": "is damaged inside (xl/worksheets/sheet1.xml)",
    "xml_utf16.xlsx": ONE_LINE,
    "zero_sheets.xlsx": "has no sheet that can be read",
    "zip_dup_part.xlsx": "holds the same part twice",
    "zip_lying_size_small.xlsx": "is damaged",
    "zip_traversal.xlsx": "has a part with a dangerous name inside",
    **{f"ent_{how}_{where}.xlsx": SAID for how in ("laughs", "pe", "quad", "xxe") for where in ("ct", "sheet", "ss", "wb")},
}
SCRIPT = """
import pathlib, sys
from citytools.errors import CitytoolsError
from citytools.workbook import read
path = pathlib.Path(sys.argv[1])
try:
    book = read(path.name, path.read_bytes())
except CitytoolsError as error:
    print("refused:", error)
else:
    cells = [
        f"{each.place}{'!' if each.trouble else '='}{each.content}" for sheet in book.sheets for row in sheet.rows[:5] for each in row
    ]
    print("read:", book.sheets[0].name + ":", *cells, *(["|", *book.notes] if book.notes else []))
"""


def ended(path: Path) -> tuple[str, int, int]:
    """What is said of a file, the exit code and the largest size of the process in kB."""
    command = [sys.executable, "-c", SCRIPT, str(path)]
    run = subprocess.run([sys.executable, "-S", str(MEASURE), str(SECONDS), *command], cwd=ROOT, capture_output=True, check=True)
    said, _, measured = run.stdout.decode("utf-8", "replace").rpartition("\n")
    code, size = map(int, measured.split())
    return said, code, size


def hostile_files() -> list[Path]:
    return sorted(HOSTILE.iterdir()) if HOSTILE.is_dir() and hasattr(os, "wait4") else []


@pytest.fixture(scope="module")
def measured() -> Iterator[Callable[[Path], tuple[str, int, int]]]:
    files = hostile_files()
    with ThreadPoolExecutor(max(2, (os.cpu_count() or 2) // 2)) as pool:
        yield dict(zip(files, pool.map(ended, files), strict=True)).__getitem__


@pytest.mark.parametrize(
    "path",
    hostile_files() or [pytest.param(None, marks=pytest.mark.skip(f"there is no folder {HOSTILE}"))],
    ids=lambda path: path and path.name,
)
def test_given(path: Path, measured: Callable[[Path], tuple[str, int, int]]) -> None:
    said, code, size = measured(path)
    assert code == 0, said
    assert EXPECTED.get(path.name, "a line in the table of this test") in said
    assert size <= KILOBYTES


def test_a_link_over_half_the_sheet_is_refused() -> None:
    """What hands workbooks back would make a cell of each place that it lies over."""
    sheet = making.sheet('<row r="1"><c r="A1"><v>1</v></c></row>', after='<hyperlinks><hyperlink ref="A1:XFD1048576"/></hyperlinks>')
    with pytest.raises(CitytoolsError, match="a link over A1:XFD1048576 is too large"):
        read("x.xlsx", making.workbook(sheet))
