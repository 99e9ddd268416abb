"""What a good file becomes, and what holds for any file at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citytools.model import Document, FieldPath, Finding, Location, Severity
from citytools.yamlfile import read

TEXT_FIELDS = frozenset({"name", "version", "end", "functions"})


def fields(text: str, text_fields: frozenset[str] = TEXT_FIELDS) -> Any:
    document, found = read("file.yaml", text.encode(), text_fields=text_fields)
    assert not found
    assert document.fields is not None
    return document.fields


def document(text: str) -> Document:
    return read("file.yaml", text.encode(), text_fields=TEXT_FIELDS)[0]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12", 12),
        ("0", 0),
        ("-5", -5),
        ("999999999999999999", 10**18 - 1),
        ("19.99", Decimal("19.99")),
        ("20.00", Decimal("20.00")),
        ("-0.5", Decimal("-0.5")),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        *((text, text) for text in ("True", "FALSE", "Null", "yes", "no", "On", "off", "y", "n")),
        *((text, text) for text in ("0123", "1_000", "0x1F", "0o17", "1e3", ".5", "5.", "+44", "-0", ".inf", ".nan", "1:30", "9" * 19)),
        *((text, text) for text in ("2026-01-05", "2026-02-30", "12,000", "£5", "a:b", "https://x.uk/?a=b#c", "--", "<<", "=")),
    ],
)
def test_values_without_quotes(written: str, value: Any) -> None:
    read_value = fields(f"amount: {written}\n")["amount"]
    assert (read_value, type(read_value)) == (value, type(value))


@pytest.mark.parametrize("written", ["2024", "3.10", "007", "2026-01-05", "-1", "1.0"])
def test_where_text_is_due_numbers_stay_as_written(written: str) -> None:
    assert fields(f"name: {written}\n")["name"] == written
    assert fields(f"functions: [{written}]\n")["functions"] == [written]
    assert fields(f"functions:\n  - {written}\n")["functions"] == [written]


@pytest.mark.parametrize("written", ["true", "null", "~", "12", "3.10", "", " x ", "# x", "a: b", "- a", "@x", "it's", "{", "\\"])
def test_quotes_make_text(written: str) -> None:
    assert fields(f"amount: {json.dumps(written)}\n")["amount"] == written
    assert fields("amount: '" + written.replace("'", "''") + "'\n")["amount"] == written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: |\n  one\n   two\n\n  three\n", "one\n two\n\nthree\n"),
        ("a: |-\n  one\n", "one"),
        ("a: |+\n  one\n\n", "one\n\n"),
        ("a: >\n  one\n  two\n\n  three\n", "one two\nthree\n"),
        ("a: >-\n  one\n  two\n", "one two"),
        ("a: |2\n   one\n", " one\n"),
        ("a: one\n  two\n\n  three\n", "one two\nthree"),
        ('a: "one\n  two"\n', "one two"),
        ("a: 'one\n\n  two'\n", "one\ntwo"),
        ('a: "one\\\n  two"\n', "onetwo"),
        (r'a: "\u00e9\t\"\\\/\x41\U0001F3DB"', 'é\t"\\/A🏛'),
        ("a: ''\n", ""),
    ],
)
def test_text_over_several_lines_and_escapes(text: str, value: str) -> None:
    assert fields(text) == {"a": value}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: [1, two, 'three']\n", {"a": [1, "two", "three"]}),
        ("a: [1, 2,]\n", {"a": [1, 2]}),
        ("a: {b: 1, c: [x]}\n", {"a": {"b": 1, "c": ["x"]}}),
        ("a: []\nb: {}\n", {"a": [], "b": {}}),
        ("a: [\n  1,  # one\n  2\n]\n", {"a": [1, 2]}),
        ("a:\n- 1\n- 2\n", {"a": [1, 2]}),
        ("a:\n  -\n    b: 1\n  - - 2\n", {"a": [{"b": 1}, [2]]}),
        ("a:\n  - b: 1\n    c: 2\n  -\n", {"a": [{"b": 1, "c": 2}, None]}),
        ("---\na: 1\n...\n", {"a": 1}),
        ("'a': 1\n\"b c\": 2\nd e: 3\n", {"a": 1, "b c": 2, "d e": 3}),
        ("a : 1\n", {"a": 1}),
        ("\"true\": 1\n'12': 2\n", {"true": 1, "12": 2}),
        ("a: 1 # x\n# y\nb: 'z' # w\n", {"a": 1, "b": "z"}),
    ],
)
def test_lists_groups_and_names(text: str, value: Any) -> None:
    assert fields(text) == value


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_make_no_difference(end: str) -> None:
    text = "schema: 1\nnotes: |\n  one\n  two\nlist:\n  - id: x\n    name: y\n"
    written = document(text.replace("\n", end))
    assert written.fields == fields(text)
    assert written.locate(("list", 0, "name")) == Location("file.yaml", 7, 11)


def test_a_byte_order_mark_is_ignored_with_a_notice() -> None:
    marked, found = read("file.yaml", b"\xef\xbb\xbfname: x\n")
    assert marked.fields == {"name": "x"}
    assert [(finding.rule, finding.severity) for finding in found] == [("byte-order-mark", Severity.NOTICE)]
    assert marked.locate(("name",)) == Location("file.yaml", 1, 7)


PLACES = """\
# Système
"clé": 'é, ü' # x
list: [1, 🏛, {a: b}]
support:
    by: in-house

systems:
  - id: mosaic
    name: |
      Mosaic
    empty:
  -   id: ä
      on: "x"
  - [p,
     q]
"""


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        (("clé",), (2, 8), (2, 1)),
        (("list",), (3, 7), (3, 1)),
        (("list", 0), (3, 8), (3, 8)),
        (("list", 1), (3, 11), (3, 11)),
        (("list", 2), (3, 14), (3, 14)),
        (("list", 2, "a"), (3, 18), (3, 15)),
        (("support",), (5, 5), (4, 1)),
        (("support", "by"), (5, 9), (5, 5)),
        (("systems",), (8, 3), (7, 1)),
        (("systems", 0), (8, 5), (8, 5)),
        (("systems", 0, "id"), (8, 9), (8, 5)),
        (("systems", 0, "name"), (9, 11), (9, 5)),
        (("systems", 0, "empty"), (11, 11), (11, 5)),
        (("systems", 1), (12, 7), (12, 7)),
        (("systems", 1, "on"), (13, 11), (13, 7)),
        (("systems", 2, 1), (15, 6), (15, 6)),
        ((), (1, 1), (1, 1)),
        (("missing",), (1, 1), (1, 1)),
        (("systems", 1, "missing"), (12, 7), (12, 7)),
        (("systems", 9, "id"), (8, 3), (7, 1)),
        (("support", "by", "deeper"), (5, 9), (5, 5)),
    ],
)
def test_places(path: tuple[str | int, ...], value: tuple[int, int], key: tuple[int, int]) -> None:
    written = document(PLACES)
    assert written.locate(path) == Location("file.yaml", *value)
    if path and path[-1] not in ("missing", "deeper") and 9 not in path:
        assert written.locate(path, key=True) == Location("file.yaml", *key)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (("systems", "*", "id"), [(("systems", 0, "id"), "mosaic"), (("systems", 1, "id"), "ä")]),
        (("list", "*"), [(("list", 0), 1), (("list", 1), "🏛"), (("list", 2), {"a": "b"})]),
        (("support", "by"), [(("support", "by"), "in-house")]),
        (("support", "*"), []),
        (("missing", "*", "id"), []),
    ],
)
def test_values_at_a_pattern(pattern: tuple[str, ...], found: list[Any]) -> None:
    assert list(document(PLACES).values(pattern)) == found


@pytest.mark.parametrize(
    ("pattern", "wanted", "found"),
    [
        (("systems", "*", "id"), bool, [(("systems", 0, "id"), "mosaic"), (("systems", 1, "id"), "ä")]),
        (("systems", "*", "id"), "ä".__eq__, [(("systems", 1, "id"), "ä")]),
        (("list", "*"), bool, [(("list", 1), "🏛")]),
        (("systems", "*", "*"), bool, [(("systems", 2, 0), "p"), (("systems", 2, 1), "q")]),
        (("support",), bool, []),
        (("support", "*"), bool, []),
        (("missing", "*", "id"), bool, []),
    ],
)
def test_texts_at_a_pattern(pattern: tuple[str, ...], wanted: Callable[[str], bool], found: list[Any]) -> None:
    assert list(document(PLACES).texts(pattern, wanted)) == found
    assert list(read("file.yaml", b"\xff")[0].texts(pattern, wanted)) == []


def test_a_text_is_asked_about_once() -> None:
    asked: list[str] = []
    assert list(document("list: [x, y, x, x]\n").texts(("list", "*"), asked.append)) == []
    assert sorted(asked) == ["x", "y"]


def test_a_file_that_cannot_be_read_keeps_its_kind_and_holder() -> None:
    unread, found = read("file.yaml", b"\xff", kind="technology", holder="camden")
    assert (unread.path, unread.kind, unread.holder, unread.fields) == ("file.yaml", "technology", "camden", None)
    assert len(found) == 1
    assert unread.locate(("systems", 0)) == Location("file.yaml", 1, 1)


def check_any(data: bytes) -> list[Finding]:
    """What holds for any bytes: fields or an error, a place inside the file, words fit for a screen."""
    written, found = read("file.yaml", data, text_fields=TEXT_FIELDS)
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    assert (written.fields is None) == bool(errors)
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    for finding in found:
        assert finding.rule
        assert "citytools should have said" not in finding.advice, finding.message
        assert 1 <= finding.location.line <= len(lines)
        assert 1 <= finding.location.column <= len(lines[finding.location.line - 1]) + 1
        assert len(finding.message) < 300
    if written.fields is not None:
        check_places(written, written.fields, (), lines)
    return found


def check_places(written: Document, node: Any, path: FieldPath, lines: list[bytes]) -> None:
    """Every key and value has a place of its own inside the file, at its own text, in the order of the file."""
    before = (0, 0)
    for step in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        key, value = (written.locate((*path, step), key=key) for key in (True, False))
        for place in (key, value):
            assert 1 <= place.line <= len(lines)
            assert 1 <= place.column <= len(lines[place.line - 1]) + 1
        assert before < (key.line, key.column) <= (value.line, value.column)
        before = (value.line, value.column)
        if isinstance(step, str) and step.isascii() and step.isalnum():
            assert lines[key.line - 1].decode()[key.column - 1 :].lstrip("'\"").startswith(step)
        check_places(written, node[step], (*path, step), lines)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    check_any(data)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    check_any(text.encode("utf-8", "surrogatepass"))


STRUCTURAL = [
    "\n",
    "\n  ",
    "\n    ",
    "\n\t",
    " ",
    "  ",
    "\t",
    "- ",
    "-",
    ": ",
    ":",
    ", ",
    "[",
    "]",
    "{",
    "}",
    "'",
    '"',
    "\\",
    "# ",
    "#",
    "&a",
    "*a",
    "!",
    "!!str ",
    "|",
    ">",
    "|\n",
    "%",
    "%YAML 1.1",
    "@",
    "`",
    "? ",
    "?",
    "<<",
    "<<: ",
    "---",
    "...",
    "~",
    "=",
    "a",
    "a: ",
    "b: 1",
    "é",
    "\u00a0",
    "“",
    "”",
    "true",
    "12",
    "3.10",
    "name: ",
    "\\u0041",
    "\r\n",
    "/",
    "https://x.uk",
]


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(STRUCTURAL), max_size=30), st.sampled_from(["", "a: ", "schema: 1\nsystems:\n  - id: x\n    notes: "]))
def test_structural_soup_is_read_or_refused(parts: list[str], before: str) -> None:
    check_any((before + "".join(parts)).encode())


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_good_file_with_one_slip_is_read_or_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(PLACES)))
    length = data.draw(st.integers(0, 3))
    inserted = data.draw(st.sampled_from(["", *STRUCTURAL]))
    check_any((PLACES[:at] + inserted + PLACES[at + length :]).encode())


def visible(text: str) -> bool:
    return all(c == "\n" or c.isprintable() for c in text)


plain_text = st.text(st.characters(exclude_categories=("C", "Zl", "Zp"), include_characters="\n"), max_size=20).filter(visible)
names = st.from_regex(r"[a-z_][a-z0-9_]{0,9}", fullmatch=True).filter(lambda name: name not in ("true", "false", "null"))
decimals = st.decimals(-(10**9), 10**9, places=2).filter(lambda number: str(number) != "-0.00")
leaves = plain_text | st.integers(-(10**18) + 1, 10**18 - 1) | decimals | st.booleans() | st.none()
groups = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=12)
files = st.dictionaries(names, groups, min_size=1, max_size=4)


def flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {flow(child)}" for name, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def block(value: Any, indent: int = 0) -> str:
    """The value as lines of their own, below a name or a dash."""
    space = "\n" + " " * indent
    if isinstance(value, dict) and value:
        return "".join(f"{space}{name}:{block(child, indent + 2)}" for name, child in value.items())
    if isinstance(value, list) and value:
        return "".join(f"{space}-{block(child, indent + 2)}" for child in value)
    if isinstance(value, str) and "\n" not in value:
        return " '" + value.replace("'", "''") + "'"
    return " " + flow(value)


@pytest.mark.parametrize("written", [flow, block])
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=files)
def test_what_was_written_is_read_back(written: Callable[[Any], str], value: dict[str, Any]) -> None:
    back, found = read("file.yaml", written(value).encode())
    assert [finding for finding in found if finding.rule != "json-form"] == []
    assert same(back.fields, value)


def same(back: Any, value: Any) -> bool:
    """Equal, and of equal types: 1 is not true and 2.00 is not 2."""
    if isinstance(value, dict):
        return isinstance(back, dict) and list(back) == list(value) and all(same(back[name], value[name]) for name in value)
    if isinstance(value, list):
        return isinstance(back, list) and len(back) == len(value) and all(map(same, back, value))
    return type(back) is type(value) and back == value
