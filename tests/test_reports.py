"""Every report, in every format: on an example register against golden files, on the shipped data, on synthetic data; and a new one dropped in."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import generate
import openpyxl
import pytest
from support import ROOT, golden, run

from citytools import dataset
from citytools.cli.options import TableFormat
from citytools.demo import write as write_demo
from citytools.index import Index, build
from citytools.model import Table
from citytools.render import TABLE_FORMATS, Screen, render, render_other
from citytools.render.others import OTHER_FORMATS
from citytools.reports import Asked, answer, asked, other, question, reports
from citytools.validate import for_reports

AS_OF = datetime.date(2026, 11, 24)
EXAMPLE = Path(__file__).parent / "register"
ABOUT = {
    "example": generate.ABOUT,
    "shipped": {"borough": "camden", "holder": "camden", "supplier": "civica", "product": "moderngov", "function": "finance"},
    "demo": {},
}
NAMES = sorted(reports())
REGISTERS = sorted(ABOUT)


@pytest.fixture(scope="session")
def registers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Index]:
    demo = tmp_path_factory.mktemp("demo") / "register"
    write_demo(demo, ROOT, authorities=4, seed=1)
    roots = {"example": EXAMPLE, "shipped": ROOT, "demo": demo}
    built = {name: build(dataset.load(root), AS_OF) for name, root in roots.items()}
    (first, *_) = built["demo"].dataset.authorities
    ABOUT["demo"] = {**ABOUT["shipped"], "borough": first, "holder": first}
    return built


def _asked(index: Index, register: str, name: str) -> Asked:
    given = {each.name: ABOUT[register][each.kind] for each in question(name).parameters if each.sort == "argument"}
    return asked(index, question(name), given)


_ANSWERS: dict[tuple[str, str], list[Table]] = {}


def _answered(registers: Mapping[str, Index], register: str, name: str) -> list[Table]:
    if (register, name) not in _ANSWERS:
        index = registers[register]
        _ANSWERS[register, name] = answer(index, name, _asked(index, register, name))
    return _ANSWERS[register, name]


def _content(tables: Sequence[Table], format: str) -> str:
    """What a person would read of a format: a workbook as its cells, a page without its style."""
    rendered = render(tables, format, Screen())
    if isinstance(rendered, bytes):
        return "".join(_cells(page) for page in openpyxl.load_workbook(io.BytesIO(rendered)))
    without = re.sub("<style>.*?</style>", "<style>…</style>", rendered, flags=re.S)
    return re.sub(r"citytools \d+\.\d+\.\d+|sha256-[\w+/=]+", "…", without)


def _cells(page: Any) -> str:
    rows = [f"[{page.title}]"]
    rows += [" | ".join("" if cell.value is None else str(cell.value).replace("\n", "⏎") for cell in row).rstrip(" |") for row in page]
    return "".join(f"{row}\n" for row in rows)


def test_the_formats_on_offer_are_those_that_can_be_rendered() -> None:
    assert set(TableFormat) == set(TABLE_FORMATS)
    assert {format for each in reports().values() for format in each.also} == set(OTHER_FORMATS)


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_in_every_format_is_the_golden_one(registers: dict[str, Index], name: str) -> None:
    tables = _answered(registers, "example", name)
    golden(f"reports/{name}.txt", "".join(f"═══ {format}\n{_content(tables, format)}\n" for format in TABLE_FORMATS))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("register", REGISTERS)
def test_a_report_says_what_its_figures_are_of(registers: dict[str, Index], register: str, name: str) -> None:
    tables = _answered(registers, register, name)
    assert tables[0].title
    assert tables[0].title.endswith(f", as of {AS_OF}")
    assert any(re.search(r"\d", sentence) for table in tables for sentence in table.coverage)
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)
    assert all(len({column.name for column in table.columns}) == len(table.columns) for table in tables)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("register", REGISTERS)
def test_text_fits_a_terminal(registers: dict[str, Index], register: str, name: str) -> None:
    text = render(_answered(registers, register, name), "text", Screen(80))
    assert isinstance(text, str)
    assert [line for line in text.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("name", ["duplicates", "opportunities", "pipeline", "renewals"])
def test_text_of_a_long_answer_is_not_endless(registers: dict[str, Index], name: str) -> None:
    """The other formats have every row; text says how many more there are."""
    (table,) = _answered(registers, "demo", name)
    assert len(table.rows) > table.text_rows > 0
    text = str(render([table], "text", Screen()))
    assert f"And {len(table.rows) - table.text_rows:,} more, which --format csv lists." in text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("register", REGISTERS)
def test_every_format_can_be_read_and_holds_every_row(registers: dict[str, Index], register: str, name: str) -> None:
    tables = _answered(registers, register, name)
    rows = sum(len(table.rows) for table in tables)
    outs = {format: render(tables, format, Screen()) for format in TABLE_FORMATS}
    lines = list(csv.reader(io.StringIO(str(outs["csv"]), newline=""), strict=True))
    assert len(lines) == rows + 1
    assert {len(line) for line in lines} == {len(lines[0])}
    parts = json.loads(outs["json"])
    parts = parts if isinstance(parts, list) else [parts]
    assert sum(len(part["rows"]) for part in parts) == rows
    assert [part["title"] for part in parts] == [table.title for table in tables]
    assert len(re.findall(r"^\| (?!---)", str(outs["markdown"]), re.M)) >= rows
    assert str(outs["html"]).count("<article>") + str(outs["html"]).count("<tr>") >= rows
    book = outs["xlsx"]
    assert isinstance(book, bytes)
    assert len(openpyxl.load_workbook(io.BytesIO(book)).sheetnames) == len(tables)


SECRET = "Zebra crossing"


@pytest.mark.parametrize("field", ["title", "supplier", "id", "value.amount", "covers", "end", "start", "sources"])
def test_no_report_gives_or_misses_what_a_contract_withholds(field: str, tmp_path: Path) -> None:
    """Whatever is withheld and stands in the file all the same: every report answers, and none shows it."""
    shutil.copytree(EXAMPLE, tmp_path / "register")
    path = tmp_path / "register/data/boroughs/cedarham/contracts.yaml"
    text = path.read_text("utf-8").replace("title: Ledgerline", f"title: {SECRET}" if field == "title" else "title: Ledgerline")
    path.write_text(text.replace("supplier: alder", f"supplier: alder\n    withheld: [{{field: {field}, reason: FOIA s.43}}]"), "utf-8")
    root = tmp_path / "register"
    whole, _ = for_reports(dataset.load(root), AS_OF)
    index = build(whole, AS_OF)
    for name in NAMES:
        for table in answer(index, name, _asked(index, "example", name)):
            assert SECRET not in str(table)


@pytest.mark.parametrize("name", [name for name in NAMES if question(name).also])
@pytest.mark.parametrize("register", REGISTERS)
def test_formats_that_only_some_reports_have(registers: dict[str, Index], register: str, name: str) -> None:
    index = registers[register]
    for format in question(name).also:
        assert render_other(other(index, name, format, _asked(index, register, name)), format, "A banner.").strip()


@pytest.mark.parametrize("name", NAMES)
def test_its_help_has_an_example_that_works(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    help = " ".join(run("report", name, "--help").out.split())
    example = question(name).example
    assert f"Example: {' '.join(example.split())}" in help
    program, *arguments = shlex.split(example)
    assert (program, arguments[:2]) == ("citytools", ["report", name])
    arguments = [str(tmp_path / each) if before == "--output" else each for before, each in zip(["", *arguments], arguments, strict=False)]
    done = run(*arguments)
    assert (done.code, done.err) == (0, "")
    assert done.out or list(tmp_path.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_its_help_says_what_several_of_a_list_mean(name: str) -> None:
    help = " ".join(run("report", name, "--help").out.split())
    lists = [each for each in question(name).parameters if each.many]
    assert help.count("several: all of them. Can be repeated.") == sum("several: all of them" in each.help for each in lists)
    assert help.count("Can be repeated: any of them.") == sum("several:" not in each.help for each in lists)


def test_report_alone_lists_every_report_with_its_whole_question() -> None:
    done = run("report")
    assert (done.code, done.err) == (0, "")
    said = " ".join(done.out.split())
    for name, each in reports().items():
        assert f"{name} " in said
        assert each.question in said


def test_a_workbook_is_not_written_on_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("support._Stream.isatty", lambda _: True, raising=False)
    done = run("report", "coverage", "--root", str(EXAMPLE), "--format", "xlsx")
    assert (done.code, done.out) == (2, "")
    assert done.err == "citytools: xlsx is not for a screen. Say where to write it with --output answer.xlsx.\n"


# The walk through in CONTRIBUTING.md, as a maintainer would copy it.
(PLAIN,) = re.findall(r"```sql\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.S)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with one more file in its folder of reports."""
    folder = tmp_path_factory.mktemp("program")
    for part in ("citytools", "schemas"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "citytools/reports/hosting.sql").write_text(PLAIN)
    return folder


def _in(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "citytools", *arguments]
    return subprocess.run(command, cwd=copy, env={"PYTHONPATH": str(copy), "COLUMNS": "80"}, capture_output=True, text=True, check=False)


def test_a_report_dropped_into_the_folder_is_a_report(copy: Path) -> None:
    listed, help = _in(copy, "report"), _in(copy, "report", "hosting", "--help")
    assert "hosting     Where do systems run, as far as anyone says?" in listed.stdout
    assert "-b, --borough" in help.stdout
    assert "Example: citytools report hosting --borough camden" in help.stdout
    done = _in(copy, "report", "hosting", "--root", str(EXAMPLE), "--as-of", str(AS_OF))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "Hosting, as of 2026-11-24\n"
        "Of 4 of 18 systems in use it is said where they run; asked of 6 of 6\n"
        "authorities.\n"
        "\n"
        "Runs in          Systems  Boroughs\n"
        "──────────────────────────────────\n"
        "supplier-cloud         2         2\n"
        "own-data-centre        1         1\n"
        "shared-service         1         1\n"
        "\n"
        "A system of which nobody says where it runs is in no row: not reported is not\n"
        "none.\n"
    )


@pytest.mark.parametrize("format", [each for each in TABLE_FORMATS if each != "text"])
def test_a_report_dropped_into_the_folder_has_every_format_and_filter(copy: Path, format: str) -> None:
    arguments = ("--root", str(EXAMPLE), "--borough", "Ashby", "--format", format, "--output", f"out.{format}")
    done = _in(copy, "report", "hosting", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (copy / f"out.{format}").stat().st_size > 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("-- title: Hosting\n", ""), "hosting.sql has no line '-- title: …'"),
        (("borough: borough. Only", "borough: borough, only"), "needs a form, a full stop and what it is for"),
        (("{stated} of", "{stateds} of"), "names 'stateds', which is none of its facts: authorities"),
        (("FROM asked\nWHERE", "FROM askd\nWHERE"), "the database does not understand the query: no such table: askd"),
    ],
)
def test_a_mistake_in_a_report_is_told_in_words(copy: Path, tmp_path: Path, change: tuple[str, str], said: str) -> None:
    broken = tmp_path / "program"
    shutil.copytree(copy, broken)
    (broken / "citytools/reports/hosting.sql").write_text(PLAIN.replace(*change))
    done = _in(broken, "report", "hosting", "--root", str(EXAMPLE))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
