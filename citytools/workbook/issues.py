"""The sheet that lists what is to be put right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from citytools.workbook.elements import quoted, text
from citytools.workbook.looks import HEAD, height
from citytools.workbook.marking import PLACE
from citytools.workbook.names import area
from citytools.workbook.note import Note, colour
from citytools.workbook.styles import Styles
from citytools.workbook.texts import LONGEST, cut

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_HEADINGS, _WIDTHS = ("Sheet", "Cell", "Kind", "What to put right"), (26, 14, 14, 100)
_LINKS = 65_000  # a sheet holds 65,530
_TOP = 4  # the row of the headings
_HOW = "Choose a cell's name to go there: it is coloured, and its note says the same. Put it right, save, and send the workbook again."
_AGAIN = "This sheet, the colours and the notes are made anew each time. Nothing else in your workbook was changed."
_TALL, _TALLER, _AIR = 21, 28, 4  # points of headings and of the title, and between lines


def issues(notes: Sequence[Note], sheets: Collection[str], styles: Styles) -> bytes:
    """The sheet: what is to be put right, cell by cell, with links to the cells of sheets that there are."""
    looks = _Looks(styles)
    rows = [
        _row(1, [(_title(notes), looks.title)], _TALLER),
        *([_row(2, [(_HOW, looks.line)], 0), _row(3, [(_AGAIN, looks.line)], 0)] if notes else []),
    ]
    if notes:
        rows.append(_row(_TOP, [(heading, looks.heading) for heading in _HEADINGS], _TALL))
    links: list[str] = []
    for number, note in enumerate(notes, start=_TOP + 1):
        message = cut(note.message, LONGEST, " …")
        linked = note.sheet in sheets and len(links) < _LINKS
        where = note.cell or ("whole sheet" if note.sheet else "")
        cells = [
            (note.sheet, looks.text),
            (where, looks.link if linked else looks.text),
            (note.severity, looks.weight(note)),
            (message, looks.text),
        ]
        rows.append(_row(number, cells, height([note.sheet, message], [_WIDTHS[0], _WIDTHS[3]]) + _AIR))
        if linked:
            place = area(note.sheet, note.cell if PLACE.fullmatch(note.cell) else "A1")
            links.append(f'<hyperlink ref="B{number}" location={quoted(place)} display={quoted(where)}/>')
    return "".join(_sheet(rows, links, _TOP + len(notes))).encode()


def _title(notes: Sequence[Note]) -> str:
    if not notes:
        return "Nothing to put right"
    counted = Counter(note.severity for note in notes)
    return "To put right: " + ", ".join(f"{number:,} {severity}{'s' * (number > 1)}" for severity, number in counted.items())


class _Looks:
    """The numbers of the looks that the sheet needs."""

    def __init__(self, styles: Styles) -> None:
        plain = styles.font('<sz val="11"/>')
        white = styles.font('<b/><sz val="11"/><color rgb="FFFFFFFF"/>')
        large = styles.font(f'<b/><sz val="16"/><color rgb="{HEAD}"/>')
        blue = styles.font('<u/><sz val="11"/><color rgb="FF0563C1"/>')
        line = 'horizontal="left" vertical="center" indent="1"'
        wrapped = 'horizontal="left" vertical="top" wrapText="1" indent="1"'
        self._styles, self._plain, self._wrapped = styles, plain, wrapped
        self.title, self.line = styles.look(large, 0, line), styles.look(plain, 0, line)
        self.heading = styles.look(white, styles.fill(HEAD), line)
        self.text, self.link = styles.look(plain, 0, wrapped), styles.look(blue, 0, wrapped)

    def weight(self, note: Note) -> int:
        """That of a note's kind, coloured as its cell is."""
        return self._styles.look(self._plain, self._styles.fill(colour(note.severity)), self._wrapped)


def _row(number: int, cells: Sequence[tuple[str, int]], points: int) -> str:
    written = (
        f'<c r="{letter}{number}" s="{look}" t="inlineStr"><is><t xml:space="preserve">{text(content)}</t></is></c>'
        for letter, (content, look) in zip("ABCD", cells, strict=False)
        if content
    )
    return f'<row r="{number}"{f" ht={quoted(str(points))} customHeight={quoted(str(1))}" if points else ""}>{"".join(written)}</row>'


def _sheet(rows: Sequence[str], links: Sequence[str], last: int) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    yield f'<worksheet xmlns="{_MAIN}"><sheetPr><tabColor rgb="{colour("error")}"/><pageSetUpPr fitToPage="1"/></sheetPr>'
    yield '<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0">'
    yield f'<pane ySplit="{_TOP}" topLeftCell="A{_TOP + 1}" activePane="bottomLeft" state="frozen"/>'
    yield '<selection pane="bottomLeft"/></sheetView></sheetViews><cols>'
    for number, wide in enumerate(_WIDTHS, start=1):
        yield f'<col min="{number}" max="{number}" width="{wide}" customWidth="1"/>'
    yield "</cols><sheetData>"
    yield from rows
    yield "</sheetData>"
    if last > _TOP:
        yield f'<autoFilter ref="A{_TOP}:D{last}"/>'
    if links:
        yield "<hyperlinks>"
        yield from links
        yield "</hyperlinks>"
    yield '<pageMargins left="0.5" right="0.5" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
    yield '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
    yield "<headerFooter><oddFooter>&amp;L&amp;A&amp;RPage &amp;P of &amp;N</oddFooter></headerFooter></worksheet>"
