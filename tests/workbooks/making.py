"""Workbooks made piece by piece, so that a test can put into one what no program would write."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
CONTENT_TYPES, WORKBOOK, STYLES, TEXTS = "[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"
SHEET = "xl/worksheets/sheet1.xml"


def text(place: str, words: str) -> str:
    """A cell with text of its own."""
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(words)}</t></is></c>'


def cell(place: str, value: str, kind: str = "n", style: int | None = None, formula: str | None = None) -> str:
    """A cell with what stands in the file as its value."""
    styled = "" if style is None else f' s="{style}"'
    calculated = "" if formula is None else f"<f>{escape(formula)}</f>"
    return f'<c r="{place}" t="{kind}"{styled}>{calculated}<v>{escape(value)}</v></c>'


def row(number: int, *cells: str, more: str = "") -> str:
    """A row of cells."""
    return f'<row r="{number}"{more}>{"".join(cells)}</row>'


def sheet(*rows: str, before: str = "", after: str = "", dimension: str = "A1") -> str:
    """A sheet's part."""
    rest = f'<dimension ref="{dimension}"/>{before}<sheetData>{"".join(rows)}</sheetData>{after}'
    return f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{rest}</worksheet>'


def styles(*formats: str) -> str:
    """The part of styles: style 0 shows numbers as they are, style 1 shows days, the others have the formats."""
    own = "".join(f'<numFmt numFmtId="{number}" formatCode={quoteattr(format)}/>' for number, format in enumerate(formats, start=164))
    cells = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, *range(164, 164 + len(formats))))
    conditional = '<dxfs><dxf><numFmt numFmtId="0" formatCode="dd/mm/yyyy"/></dxf></dxfs>'
    return f'<styleSheet xmlns="{MAIN}"><numFmts>{own}</numFmts><cellXfs>{cells}</cellXfs>{conditional}</styleSheet>'


def texts(*items: str, more: str = "") -> str:
    """The part of texts that cells refer to by number; items are the inside of each."""
    return f'<sst xmlns="{MAIN}"{more}>{"".join(f"<si>{item}</si>" for item in items)}</sst>'


def related(*to: tuple[str, str], more: str = "") -> str:
    """The part that says what a part refers to: kinds and targets, whose ids are r1, r2 …"""
    each = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/{kind}" Target={quoteattr(target)}/>'
        for number, (kind, target) in enumerate(to, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{each}{more}</Relationships>'


def content_types(sheets: int) -> str:
    """The part that says of what type each part is."""
    of = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = {WORKBOOK: "sheet.main", STYLES: "styles", TEXTS: "sharedStrings"}
    types |= {f"xl/worksheets/sheet{number}.xml": "worksheet" for number in range(1, sheets + 1)}
    own = "".join(f'<Override PartName="/{part}" ContentType="{of}.{type}+xml"/>' for part, type in types.items())
    usual = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'<Types xmlns="{PACKAGE}/content-types">{usual}<Default Extension="xml" ContentType="application/xml"/>{own}</Types>'


def book(*names: str, properties: str = "", states: Sequence[str] = ()) -> str:
    """The workbook's own part: its sheets, by the ids r1, r2 …"""
    each = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="r{number}"{f""" state="{state}" """ if state else ""}/>'
        for number, (name, state) in enumerate(zip(names, [*states, *[""] * (len(names) - len(states))], strict=True), start=1)
    )
    return f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}<sheets>{each}</sheets></workbook>'


def parts(*sheets: str, **others: str) -> dict[str, str | bytes]:
    """The parts of a workbook with these sheets, called Data, Data2 …; ``properties`` and ``states`` go into the workbook's own part."""
    names = ["Data", *(f"Data{number}" for number in range(2, len(sheets) + 1))]
    states = others.pop("states", "").split()
    kinds = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(sheets) + 1)]
    return {
        CONTENT_TYPES: content_types(len(sheets)),
        "_rels/.rels": related(("officeDocument", WORKBOOK)),
        WORKBOOK: book(*names, properties=others.pop("properties", ""), states=states),
        "xl/_rels/workbook.xml.rels": related(*kinds, ("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")),
        STYLES: others.pop("styles", styles()),
        TEXTS: others.pop("texts", texts()),
        **{f"xl/worksheets/sheet{number}.xml": content for number, content in enumerate(sheets, start=1)},
        **others,
    }


def packed(content: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The parts as a file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, part in content.items():
            archive.writestr(zipfile.ZipInfo(name), part, method)
    return stream.getvalue()


def workbook(*sheets: str, **others: str) -> bytes:
    """A workbook with these sheets."""
    return packed(parts(*sheets, **others))


def with_parts(content: Mapping[str, str | bytes]) -> bytes:
    """A small sound workbook with other parts in place of its own, or beside them."""
    return packed({**parts(sheet(row(1, text("A1", "id")))), **content})


def listed(data: bytes, number: int) -> int:
    """Where in a file the list of parts begins to speak of one of them."""
    place = int.from_bytes(data[-6:-2], "little")
    for _ in range(number):
        place += 46 + sum(struct.unpack("<HHH", data[place + 28 : place + 34]))
    return place


def patched(data: bytes, place: int, value: bytes) -> bytes:
    """A file in which other bytes stand at a place."""
    return data[:place] + value + data[place + len(value) :]
