"""Rendering: each format by a literal, and data that tries to steer its reader."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from citytools.model import Column, Finding, Location, Severity, Table
from citytools.render import FINDING_FORMATS, Checked, Screen, escape, render
from citytools.render.screen import Hanging, Line, Sheet, styled

TABLE = Table(
    title="A title",
    columns=(Column("name", "Name"), Column("n", "Number", "count"), Column("worth_pence", "Worth", "pence"), Column("who", "Who", "list")),
    rows=(("One", 1, 123456, ["Camden", "Hackney"]), ("Two", None, None, [])),
    coverage=("2 of 33 authorities.",),
    notes=("A note.",),
    facts={"authorities": 33},
)
HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "\x9b31m",
    "\x07bell",
    "\u202e1000",
    "zero\u200bwidth",
    "=1+1",
    "@SUM(A1)",
    "-2+3",
    "+44",
    "|calc",
    "\t=1",
    " =1",
    "\uff1d1",
    "<script>alert(1)</script>",
    "[link](https://example.org)",
    "![image](x)",
    "@camden",
    "https://example.org",
    "www.example.org",
    "a|b",
    "`code`",
    "line\nbreak",
    "::error::x",
    "[bold]x[/bold]",
    ":smile:",
    "&amp;",
    "# heading",
    "~~x~~",
]


def test_text() -> None:
    assert render([TABLE], "text", Screen(60)) == (
        "A title\n"
        "2 of 33 authorities.\n"
        "\n"
        "Name  Number      Worth  Who\n"
        "────────────────────────────────────────\n"
        "One        1  £1,234.56  Camden, Hackney\n"
        "Two\n"
        "\n"
        "A note.\n"
    )


@pytest.mark.parametrize(("most", "more"), [(0, ""), (2, ""), (1, "And 1 more, which --format csv lists.")])
def test_text_has_room_for_so_many_rows_and_says_how_many_there_are_more(most: int, more: str) -> None:
    table = replace(TABLE, text_rows=most)
    text = render([table], "text", Screen(60))
    assert isinstance(text, str)
    assert (more in text, "Two" in text, "One" in text) == (True, not more, True)
    assert [render([table], each, Screen(60)) for each in ("csv", "json")] == [
        render([TABLE], each, Screen(60)) for each in ("csv", "json")
    ]


def test_markdown() -> None:
    assert render([TABLE], "markdown", Screen()) == (
        "## A title\n"
        "\n"
        "2 of 33 authorities.\n"
        "\n"
        "| Name | Number | Worth | Who |\n"
        "|---|--:|--:|---|\n"
        "| One | 1 | £1,234.56 | Camden, Hackney |\n"
        "| Two |  |  |  |\n"
        "\n"
        "- A note.\n"
    )


def test_csv() -> None:
    assert render([TABLE], "csv", Screen()) == "name,n,worth_pounds,who\r\nOne,1,1234.56,Camden; Hackney\r\nTwo,,,\r\n"


def test_json_is_typed() -> None:
    assert json.loads(render([TABLE], "json", Screen())) == {
        "schema_version": 1,
        "title": "A title",
        "coverage": ["2 of 33 authorities."],
        "facts": {"authorities": 33},
        "rows": [
            {"name": "One", "n": 1, "worth_pence": 123456, "who": ["Camden", "Hackney"]},
            {"name": "Two", "n": None, "worth_pence": None, "who": []},
        ],
        "notes": ["A note."],
    }


@pytest.mark.parametrize("width", range(20, 60))
def test_a_number_keeps_its_sign(width: int) -> None:
    said = "All of them, which is 33 of 33 (100 %), are of one supplier (7 %)."
    table = Table(title="", columns=(Column("a", "A"), Column("b", "B")), rows=((said, said),), coverage=(said,))
    out = render([table], "text", Screen(width))
    assert " ".join(out.split("\n\n")[0].split()) == said
    assert not [line for line in out.splitlines() if line.lstrip().startswith("%")]


PIECES = ["word", "a", "é", "12 %", "→ b", "a-longer-word", "", " ", "\xa0"]
PLAIN = st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)
ODD = st.lists(st.sampled_from([*PIECES, "漢字", "e\u0301", "\n", "\t", "\ue000", "😀", "\x1b"]), max_size=8).map("".join)
WORDS = PLAIN | PLAIN | PLAIN | ODD
RUNS = st.lists(st.tuples(WORDS, st.sampled_from(["", "dim", "bold red"])), max_size=2).map(tuple)
ROOM = st.integers(-2, 3)


@settings(max_examples=400)
@example("a   ", (("b", ""),), "", -2, 0, 1, False)
@example("a b c", (("d", ""),), "", -2, 0, 1, False)
@given(WORDS, RUNS, st.sampled_from(["", "bold"]), ROOM, ROOM, st.integers(1, 3), st.sampled_from([False, False, True]))
def test_what_is_plain_is_written_as_rich_would(
    text: str, runs: tuple[tuple[str, str], ...], style: str, room: int, more: int, lines: int, colour: bool
) -> None:
    """Text that just fits on a line or some, and that just does not."""
    first, rest = styled(text, style), Line(runs, style)
    indent = max(len(first.plain) + room, 1)
    for part, width in (
        (first, len(first.plain) // lines + room),
        (rest, len(rest.plain) // lines + more),
        (Hanging(first, rest, indent), indent + max(len(rest.plain) // lines + more, 1)),
    ):
        screen = Screen(max(width, 1), colour)
        sheet, richs = Sheet(screen), Sheet(screen)
        sheet.add(part)
        richs.add(part.__rich__())
        assert sheet.text() == richs.text()


def test_each_character_that_is_not_left_to_rich_is_one_column_wide() -> None:
    alone = [chr(code) for code in range(0x10000) if Line(((chr(code), ""),)).wrapped(1) is not None]
    assert {"a", "é", "£", "→", "…"} <= set(alone)
    assert {cell_len(each) for each in alone} == {1}
    for each in alone:
        sheet, richs = Sheet(Screen(20)), Sheet(Screen(20))
        part = Hanging(styled(f"1{each}%"), styled(f"a {each} b"), 4)
        sheet.add(part)
        richs.add(part.__rich__())
        assert sheet.text() == richs.text(), ascii(each)


def test_nothing_to_show_says_so() -> None:
    assert render([Table("", (Column("a", "A"),), ())], "text", Screen()) == "Nothing to show.\n"


@pytest.mark.parametrize("width", [80, 3])
def test_a_grid_keeps_what_is_for_machines_to_itself(width: int) -> None:
    table = Table("", (Column("a", "Name"), Column("b", "Id", "text", "hidden"), Column("c", "Empty")), (("long name", "secret", ""),))
    shown = str(render([table], "text", Screen(width)))
    assert ("secret" in shown, "Id" in shown, "Empty" in shown) == (False, False, width == 80)
    assert "secret" in str(render([table], "csv", Screen()))


def _with(text: str) -> Table:
    return Table(text, (Column("name", "Name"), Column("who", "Who", "list")), ((text, [text, text]),), coverage=(text,), notes=(text,))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_cannot_steer_a_terminal(text: str) -> None:
    out = render([_with(text)], "text", Screen(200))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e]", out)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_is_never_a_formula(text: str) -> None:
    rows = list(csv.reader(io.StringIO(render([_with(text)], "csv", Screen()), newline="")))
    for cell in rows[1]:
        assert not re.match("[\\s\u200b]*[=+\\-@|\uff1d\uff0b\uff0d\uff20]|[\t\r]", cell)
        assert cell.removeprefix("'").startswith(escape.visible(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_text_as_it_is(text: str) -> None:
    out = render([_with(text)], "markdown", Screen())
    row = next(line for line in out.splitlines() if line.startswith("| ") and "Name" not in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 3
    for mark in ("<", "`", "[", "]", "*", "~"):
        assert not re.search(rf"(?<!\\){re.escape(mark)}", row)
    assert not re.search(r"@\w|https?:|www\.", row)


@given(st.text())
def test_visible_is_idempotent_and_loses_nothing_printable(text: str) -> None:
    shown = escape.visible(text)
    assert escape.visible(shown) == shown
    assert [c for c in text if c.isalnum()] == [c for c in shown if c.isalnum()] or "\\u" in shown


FINDING = Finding(
    Location("data/a,b:c.yaml", 3, 5),
    "unknown-field",
    'there is no field "x"',
    where="one",
    advice="Take it out",
    suggestion="y",
    path=("systems", 0, "x/y"),
)
COUNTS = {"boroughs": 1, "bodies": 1, "catalogue entries": 2}
SENTENCE = 'one: there is no field "x". Take it out. Did you mean y?'
SUMMARY = "1 borough, 1 body, 2 catalogue entries: 1 error in 1 file.\n"
EXPLAIN = "'citytools explain RULE' says why, and how to mend it, for the rule in [brackets].\n"


def test_findings_as_text() -> None:
    text = FINDING_FORMATS["text"](Checked([FINDING], COUNTS))
    assert text == f"data/a,b:c.yaml\n  3:5     error   {SENTENCE} [unknown-field]\n{SUMMARY}{EXPLAIN}"


def test_findings_for_github() -> None:
    text = FINDING_FORMATS["github"](Checked([FINDING], COUNTS))
    assert text == f"::error file=data/a%2Cb%3Ac.yaml,line=3,col=5,title=unknown-field::{SENTENCE}\n{SUMMARY}"


def test_changed_files_and_errors_come_first_for_github() -> None:
    found = [Finding(Location(path, 1, 1), "syntax", str(level), severity=level) for path in ("a", "b") for level in reversed(Severity)]
    lines = FINDING_FORMATS["github"](Checked(found, COUNTS, changed=frozenset({"b"}))).splitlines()
    assert [re.sub(r"::(\w+) file=(\w+).*", r"\2 \1", line) for line in lines[:6]] == [
        *("b error", "b warning", "b notice"),
        *("a error", "a warning", "a notice"),
    ]


def test_what_github_does_not_show_beside_the_files_is_counted() -> None:
    found = [Finding(Location("a", n, 1), "syntax", "x") for n in range(1, 13)]
    assert FINDING_FORMATS["github"](Checked(found, COUNTS)).endswith(
        "\nGitHub shows the first 10 of each severity beside the files. Listed here alone: 2 errors.\n"
    )


def test_findings_as_json() -> None:
    whole = json.loads(FINDING_FORMATS["json"](Checked([FINDING], COUNTS)))
    assert whole == {
        "schema_version": 1,
        "records": COUNTS,
        "findings": [
            {
                "code": "unknown-field",
                "severity": "error",
                "file": "data/a,b:c.yaml",
                "line": 3,
                "column": 5,
                "path": "/systems/0/x~1y",
                "where": "one",
                "message": 'there is no field "x"',
                "advice": "Take it out",
                "suggestion": "y",
                "replaces": "",
            }
        ],
    }


LINE = "    product: " + "x" * 100


def _on_terminal(finding: Finding, line: str, width: int = 60) -> list[str]:
    checked = Checked([finding], COUNTS, lambda _: ["", "", line], screen=Screen(width, terminal=True))
    return FINDING_FORMATS["text"](checked).splitlines()


def test_a_terminal_shows_the_line_and_marks_the_place() -> None:
    assert _on_terminal(FINDING, "    x: 1  # why") == [
        "data/a,b:c.yaml",
        '  line 3     error: one: there is no field "x". Take it out.',
        "             Did you mean y? [unknown-field]",
        "             │     x: 1  # why",
        "             │     ^",
        "",
        *(line.rstrip() for line in ("1 borough, 1 body, 2 catalogue entries: 1 error in 1 file.", EXPLAIN[:58], EXPLAIN[59:])),
    ]


@pytest.mark.parametrize(("column", "mark"), [(5, 5), (14, 14), (60, 24), (112, 24)])
def test_a_long_line_is_cut_round_the_place(column: int, mark: int) -> None:
    finding = replace(FINDING, location=Location("a", 3, column))
    shown, below = [line.partition("│ ")[2] for line in _on_terminal(finding, LINE) if "│" in line]
    assert len(shown) <= 60 - 15
    assert below.index("^") + 1 == mark


def test_a_line_that_holds_a_secret_is_not_shown_again() -> None:
    assert not [line for line in _on_terminal(replace(FINDING, quotable=False), "    x: 07700 900123") if "900123" in line]


def test_a_finding_cannot_start_a_command_line() -> None:
    nasty = Finding(Location("x\n::warning::y", 1, 1), "syntax", "a\n::error::b", severity=Severity.NOTICE)
    for format in ("text", "github", "markdown"):
        lines = FINDING_FORMATS[format](Checked([nasty], {"boroughs": 1})).splitlines()
        assert not [line for line in lines if line.startswith("::") and not line.startswith("::notice")]
