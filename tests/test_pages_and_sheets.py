"""Answers as a workbook and as a page: typed, formatted, whole, and harmless whatever stands in the data."""

from __future__ import annotations

import base64
import datetime
import hashlib
import io
import re
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from shutil import which
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support import meant
from test_render import HOSTILE

from citytools.model import Bars, Chart, Column, HeatMap, Table, Timeline
from citytools.render import Screen, escape, render
from citytools.render.charts import picture

COLUMNS = (
    Column("name", "Name"),
    Column("n", "Number", "count"),
    Column("worth_pence", "Worth", "pence"),
    Column("day", "Day", "date"),
    Column("who", "Who", "list"),
    Column("other", "NAME", "text", "hidden"),
    Column("nothing", "Never filled", "text", "hidden"),
)
TABLE = Table(
    "Contracts: to decide by 2028, as of 2026-11-24",
    COLUMNS,
    (("One", 1234, 123456, "2027-03-31", ["Camden", "Hackney"], "x", None), ("Two", None, None, "2027-03", [], "007", "")),
    coverage=("2 of 33 authorities.",),
    notes=("A note.",),
)
BARS = Bars("Share", (("One & Co", 3, "3 of 4 (75 %)"), ("<Two>", 1, "1 of 4 (25 %)")))
TIMELINE = Timeline("Exits", "2026-11-24", (("One", (("2026-01-31", "decide by"), ("2028-02", "exit"))), ("Two", (("2030", "exit"),))))
HEAT = HeatMap(
    "Fresh", ("Systems", "Skills"), (("Camden", ((1.0, "3 of 3"), (None, ""))), ("Hackney", ((0.25, "1 of 4"), (0.0, "0 of 2"))))
)


def sheet(*tables: Table) -> Any:
    content = render(tables, "xlsx", Screen())
    assert isinstance(content, bytes)
    return openpyxl.load_workbook(io.BytesIO(content))


def test_a_sheet_has_coverage_above_typed_cells_and_notes_below() -> None:
    page = sheet(TABLE).active
    assert page.title == "Contracts to decide by 2028"
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert [row[0] for row in rows] == [TABLE.title, "2 of 33 authorities.", None, "Name", "One", "Two", None, "A note."]
    assert rows[3] == ["Name", "Number", "Worth", "Day", "Who", "NAME (other)"]
    assert rows[4] == ["One", 1234, 1234.56, datetime.datetime(2027, 3, 31), "Camden, Hackney", "x"]
    assert rows[5] == ["Two", None, None, "2027-03", None, "007"]
    assert [page.cell(5, column).number_format for column in (2, 3, 4)] == ["#,##0", "£#,##0.00", "dd/mm/yyyy"]


def test_a_share_keeps_its_tenths() -> None:
    page = sheet(Table("Shares", (Column("share", "%", "count"),), ((9.4,), (100.0,)))).active
    assert [(cell.value, cell.number_format) for (cell,) in page["A4:A5"]] == [(9.4, "#,##0.0"), (100, "#,##0")]


def test_a_sheet_is_a_table_with_filters_under_a_frozen_header() -> None:
    page = sheet(TABLE).active
    (table,) = page.tables.values()
    assert (table.ref, table.autoFilter.ref, page.freeze_panes, page.print_title_rows) == ("A4:F6", "A4:F6", "A5", "$4:$4")


def test_each_table_has_a_sheet_of_a_name_of_its_own() -> None:
    book = sheet(TABLE, TABLE, replace(TABLE, title="A/B [c]*? and a name that is far too long for a sheet"), replace(TABLE, title=""))
    assert book.sheetnames == ["Contracts to decide by 2028", "Contracts to decide by 2028 2", "A B c and a name that is far", "Answer"]
    assert len({table for page in book for table in page.tables}) == 4


def test_a_sheet_without_rows_says_so() -> None:
    page = sheet(replace(TABLE, rows=())).active
    assert [cell.value for cell in page["A"]] == [TABLE.title, "2 of 33 authorities.", None, "Name", None, "A note.", "Nothing to show."]
    assert not page.tables


def _with(text: str) -> Table:
    return Table(text, (Column("name", text), Column("who", "Who", "list")), ((text, [text, text]),), coverage=(text,), notes=(text,))


@example(" ")
@example("_x0041_")
@example("WHO")
@given(st.one_of(st.sampled_from(HOSTILE), st.text()))
def test_whatever_stands_in_a_cell_is_text_and_no_formula(text: str) -> None:
    page = sheet(_with(text)).active
    for row in page.iter_rows():
        for cell in row:
            assert cell.data_type in ("s", "n", "inlineStr")
            assert cell.value is None or isinstance(cell.value, str)
    if text:
        heads = [cell.value for cell in page[4]]
        assert heads[-1] == ("Who" if text.casefold() != "who" else "Who (who)")
        assert meant(page.cell(5, 1).value) == escape.visible(text)


def test_text_longer_than_a_cell_says_that_it_was_cut() -> None:
    value = sheet(_with("x" * 40_000)).active.cell(5, 1).value
    assert len(value) == 32_767
    assert value.endswith(" … (cut: see --format csv)")


@pytest.mark.skipif(not which("soffice"), reason="LibreOffice is not installed: the workbook is not opened with it")
def test_libreoffice_reads_the_same_values(tmp_path: Path) -> None:
    content = render([TABLE], "xlsx", Screen())
    assert isinstance(content, bytes)
    (tmp_path / "a.xlsx").write_bytes(content)
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "csv", "a.xlsx"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=120,
    )
    read = (tmp_path / "a.csv").read_text("utf-8")
    # Which of its own forms it writes numbers and dates in depends on the version and the locale.
    found = re.search(r'^One,"?1,?234"?,"?£?1,?234.56"?,[\d/-]{10},"Camden, Hackney",x\nTwo,,,2027-03,,007$', read, re.M)
    assert found, read


class _Page(HTMLParser):
    """The tags and texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend(attrs)

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def html(*tables: Table) -> str:
    text = render(tables, "html", Screen())
    assert isinstance(text, str)
    return text


def test_a_page_shows_title_coverage_rows_and_notes() -> None:
    page = _Page(html(TABLE))
    for text in (TABLE.title, "2 of 33 authorities.", "Name", "One", "£1,234.56", "Camden, Hackney", "A note."):
        assert text in page.texts
    assert "Never filled" not in page.texts


def test_rows_in_blocks_are_cards() -> None:
    places = ("heading", "lead", "body", "detail", "detail", "hidden", "hidden")
    columns = tuple(replace(column, place=place) for column, place in zip(COLUMNS, places, strict=True))
    page = _Page(html(replace(TABLE, columns=columns)))
    assert page.tags.count("article") == 2
    assert page.tags.count("table") == 0
    assert page.texts[page.texts.index("Day") + 1] == "2027-03-31"


def test_several_tables_are_one_page_with_a_list_of_its_parts() -> None:
    page = _Page(html(TABLE, replace(TABLE, title="Another")))
    assert (page.tags.count("h1"), page.tags.count("h2"), page.tags.count("nav")) == (1, 1, 1)
    links = {value for name, value in page.attributes if name == "href"}
    assert links == {"#part-1", "#part-2"}
    assert links <= {f"#{value}" for name, value in page.attributes if name == "id"}


def test_a_page_fetches_nothing_and_its_policy_allows_only_its_own_style() -> None:
    text = html(replace(TABLE, chart=BARS))
    style = re.search("<style>(.*)</style>", text, re.S)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in text
    page = _Page(text)
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert not [name for name, value in page.attributes if name in ("src", "style") or name.startswith("on") or "http" in (value or "")]


@given(st.one_of(st.sampled_from(HOSTILE), st.text()))
def test_whatever_stands_in_the_data_is_text_of_the_page(text: str) -> None:
    charts: tuple[Chart, ...] = (
        Bars(text, ((text, 1, text),)),
        Timeline(text, "2026-11-24", ((text, (("2026-11-24", text),)),)),
        HeatMap(text, (text,), ((text, ((0.5, text),)),)),
    )
    plain = [_Page(html(replace(_with("x"), chart=_named(chart, "x")))).tags for chart in charts]
    shown = [_Page(html(replace(_with(text or "x"), chart=chart))).tags for chart in charts]
    assert [[tag for tag in tags if tag != "br"] for tags in shown] == plain  # long items have lines of their own


def _named(chart: Chart, text: str) -> Chart:
    if isinstance(chart, Bars):
        return Bars(text, ((text, 1, text),))
    if isinstance(chart, Timeline):
        return Timeline(text, "2026-11-24", ((text, (("2026-11-24", text),)),))
    return HeatMap(text, (text,), ((text, ((0.5, text),)),))


@pytest.mark.parametrize("chart", [BARS, TIMELINE, HEAT], ids=["bars", "timeline", "heat"])
def test_a_chart_is_well_formed_and_inside_its_frame(chart: Chart) -> None:
    drawn = re.search("<svg viewBox.*?</svg>", html(replace(TABLE, chart=chart)), re.S)
    assert drawn
    svg = ET.fromstring(drawn[0])
    _, _, width, height = (float(number) for number in svg.attrib["viewBox"].split())
    for shape in svg.iter():
        right = float(shape.get("x", shape.get("cx", 0))) + float(shape.get("width", 0))
        assert 0 <= right <= width
        assert 0 <= float(shape.get("y", shape.get("cy", 0))) <= height


def test_bars_are_as_long_as_their_figures_say() -> None:
    drawn = picture(BARS)
    assert drawn
    assert [box["width"] / drawn.boxes[0]["width"] for box in drawn.boxes] == [1, pytest.approx(1 / 3, abs=0.01)]


def test_days_stand_in_order_on_the_line() -> None:
    drawn = picture(TIMELINE)
    assert drawn
    today = max(line["x1"] for line in drawn.lines if line["width"] == 2 and line["x1"] == line["x2"])
    assert drawn.dots[0]["cx"] < today < drawn.dots[1]["cx"] < drawn.dots[2]["cx"]


def test_what_is_not_reported_is_neither_none_nor_pale() -> None:
    drawn = picture(HEAT)
    assert drawn
    fills = [box["fill"] for box in drawn.boxes]
    assert fills[1] == "#f1f1f1"
    assert len(set(fills)) == 4
    assert drawn.boxes[1]["said"] == "Camden, Skills: not reported"


def test_a_chart_without_rows_is_left_out_and_a_long_one_says_what_is_missing() -> None:
    assert picture(Bars("x", ())) is None
    long = picture(Bars("x", tuple((str(n), n, str(n)) for n in range(100))))
    assert long
    assert (len(long.boxes), long.more) == (40, 60)
