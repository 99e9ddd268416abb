"""Mistakes of an officer who knows Excel and not YAML: each is told once, where it is, and how to mend it."""

from __future__ import annotations

import pytest

from citytools import schema
from citytools.yamlfile import read

TEXT = """\
schema: 1

systems:
  - id: confirm
    product: confirm
    functions: [environment/grounds-assets]
    sources:
      - {url: "https://a.example", kind: code, confidence: medium}
      - {url: "https://b.example", kind: code, confidence: medium}

  - id: fixmystreet
    product: fixmystreet
    status: live
    sources:
      - {url: "https://c.example", kind: code, confidence: high}

  - id: planx
    product: planx
    functions: [planning/forms]
"""
SYNTAX, TWICE, KEY = "syntax", "duplicate-key", "key-form"
UNDER_NOTHING = "this list item stands under no field name. Write the name of its field on a line of its own above it, as in "

# Name, what stood in the file, what stands there now, rule, line, column, words.
EDITS = (
    ("id-line-deleted", "  - id: fixmystreet\n", "", TWICE, 11, 5, 'line 5. If another record begins here, the line "- id: …" above it is'),
    ("dash-lost", "  - id: planx", "    id: planx", TWICE, 17, 5, 'its first line needs "- ", as in "- id: planx"; otherwise keep one'),
    ("given-twice", "status: live", "product: x", TWICE, 13, 5, "otherwise keep one of them"),
    ("colon-at-end", "product: planx", "product: planx:", SYNTAX, 18, 19, "a colon at the end of the line. Write product: planx"),
    ("colon-after-list", "forms]", "forms]:", SYNTAX, 19, 32, "a colon at the end of the line. Write functions: [planning/forms]"),
    ("colon-after-quotes", "product: planx", 'product: "planx":', SYNTAX, 18, 21, 'Write product: "planx"'),
    (
        "colon-after-text",
        "status: live",
        "notes: As follows:",
        SYNTAX,
        13,
        22,
        'Write notes: As follows, or notes: "As follows:" if the colon',
    ),
    ("field-1", "    product: planx", " product: planx", SYNTAX, 18, 2, "starts 1 space in", "Start it 4 spaces in, like line 19"),
    ("field-3", "    product: planx", "   product: planx", SYNTAX, 18, 4, "starts 3 spaces in", "Start it 4 spaces in, like line 19"),
    ("field-5", "    product: planx", "     product: planx", SYNTAX, 18, 6, "starts 5 spaces in", "Start it 4 spaces in, like line 19"),
    ("field-6", "    product: planx", "      product: planx", SYNTAX, 18, 7, "starts 6 spaces in", "Start it 4 spaces in, like line 19"),
    ("later-field-3", "    status", "   status", SYNTAX, 13, 4, "Start it 4 spaces in, like line 12"),
    ("later-field-6", "    status", "      status", SYNTAX, 13, 7, "Start it 4 spaces in, like line 12"),
    ("last-field-2", "    functions: [planning", "  functions: [planning", SYNTAX, 19, 3, "Start it 4 spaces in, like line 18"),
    ("unknown-field-2", "    status", "  status", SYNTAX, 13, 3, "Start it 4 spaces in, like line 12, if it belongs", 'starts with "- "'),
    ("item-1", "  - id: planx", " - id: planx", SYNTAX, 17, 2, "Start it 2 spaces in, like line 11"),
    ("item-3", "  - id: planx", "   - id: planx", SYNTAX, 17, 4, "this list item starts 3 spaces in", "Start it 2 spaces in, like line 11"),
    ("item-0", "  - id: planx", "- id: planx", SYNTAX, 17, 1, "this list item starts 0 spaces in", "Start it 2 spaces in, like line 11"),
    ("item-4", "  - id: planx", "    - id: planx", SYNTAX, 17, 5, "Start it 2 spaces in, like line 11"),
    ("first-item-0", "  - id: confirm", "- id: confirm", SYNTAX, 4, 1, "items below it. Start it 2 spaces in, like line 11"),
    ("first-item-3", "  - id: confirm", "   - id: confirm", SYNTAX, 4, 4, "items below it. Start it 2 spaces in, like line 11"),
    ("first-item-4", "  - id: confirm", "    - id: confirm", SYNTAX, 4, 5, "items below it. Start it 2 spaces in, like line 11"),
    ("two-spaces-after-dash", "  - id: planx", "  -  id: planx", SYNTAX, 17, 3, "more than one space", "Write - id: planx"),
    ("source-5", '      - {url: "https://b', '     - {url: "https://b', SYNTAX, 9, 6, "Start it 6 spaces in, like line 8"),
    ("source-4", '      - {url: "https://b', '    - {url: "https://b', SYNTAX, 9, 5, "Start it 6 spaces in, like line 8"),
    (
        "source-begins-otherwise",
        '      - {url: "https://b',
        '       - {on: 2024, url: "b',
        SYNTAX,
        9,
        8,
        "Start it 6 spaces in, like line 8",
    ),
    ("source-without-dash", '      - {url: "https://b', '      {url: "https://b', SYNTAX, 9, 7, "without its dash. Write - {url:"),
    ("source-without-dash-5", '      - {url: "https://b', '     {url: "https://b', SYNTAX, 9, 6, "Start it 6 spaces in, like line 8"),
    ("no-sources", "assets]\n    sources:\n", "assets]\n", SYNTAX, 7, 7, UNDER_NOTHING + "sources:"),
    ("no-sources-under-text", "    status: live\n    sources:\n", "    status: live\n", SYNTAX, 14, 7, UNDER_NOTHING + "sources:"),
    ("no-systems", "systems:\n", "", SYNTAX, 3, 3, UNDER_NOTHING + "systems:"),
    ("no-dash", "  - id: planx", "  id: planx", SYNTAX, 17, 3, "a field stands where a list item should be. Write - id: planx"),
    ("no-dash-3", "  - id: planx", "   id: planx", SYNTAX, 17, 4, ". Write - id: planx, 2 spaces in, like line 11"),
    ("no-dash-first", "  - id: confirm", "  id: confirm", SYNTAX, 4, 3, "a field stands where a list item should be. Write - id: confirm"),
    (
        "no-indent",
        "    product: planx",
        "product: planx",
        SYNTAX,
        18,
        1,
        "this line starts 0 spaces in",
        "Start it 4 spaces in, like line 19",
    ),
    (
        "no-indent-later",
        "    status: live",
        "status: live",
        SYNTAX,
        13,
        1,
        "this line starts 0 spaces in",
        "Start it 4 spaces in, like line 14",
    ),
    (
        "between-name-and-list",
        "status: live\n    sources:\n",
        "sources:\n    status: live\n",
        SYNTAX,
        14,
        5,
        'this line stands between "sources:" and its list. Move it above line 13, or below the list',
    ),
    (
        "colon-in-braces",
        "kind: code, confidence: high}",
        "kind: Not seen: the notice is old}",
        SYNTAX,
        15,
        50,
        'a second ": " without a comma before it. If it is text, write kind: "Not seen: the notice is old"; if another field',
    ),
    (
        "number-sign-in-braces",
        '{url: "https://c.example", kind: code, confidence: high}',
        "{field: value, reason: Not seen #5}",
        SYNTAX,
        15,
        41,
        '"#5}" is read as a comment, so that this "{" is never closed. Put quotes round the whole value if # belongs to it',
    ),
    (
        "comma-in-braces",
        '{url: "https://c.example", kind: code, confidence: high}',
        "{field: value, reason: Not seen, the notice is old}",
        SYNTAX,
        15,
        42,
        'there is no colon after "the notice is old". If it belongs to the text before the comma',
        'reason: "Not seen, the notice is old"',
    ),
    ("number-sign", "status: live", "notes: Moved in phase # 2 of it", "swallowed-comment", 13, 27, '"# 2 of it" is read as a comment'),
)

SPLIT = (
    ("£1,250,000, currency: GBP", "1250000"),
    ("1,250,000", "1250000"),
    ("1,250", "1250"),
    ("£1,025,000 ", "1025000"),
    ("1,000,000", "1000000"),
    ("1, 250, 000", "1250000"),
    ("12,500.50", "12500.50"),
    ("12,50", "as in 1250000 or 19.99"),
    ("1,250k", "as in 1250000 or 19.99"),
)


def one_finding(data: bytes, kind: str = "technology") -> tuple[str, int, int, str]:
    document, found = read("file.yaml", data, kind=kind, text_fields=schema.text_fields(kind))
    (finding,) = [*found, *schema.departures(document)] if document.fields is None else found
    assert len(finding.message) < 200
    assert len(finding.advice) < 200
    return finding.rule, finding.location.line, finding.location.column, f"{finding.message}. {finding.advice}"


def test_the_text_itself_is_read_without_a_finding() -> None:
    assert not read("file.yaml", TEXT.encode())[1]


@pytest.mark.parametrize(("old", "new", "rule", "line", "column", "words"), [pytest.param(*e[1:6], e[6:], id=e[0]) for e in EDITS])
def test_an_edit_gone_wrong(old: str, new: str, rule: str, line: int, column: int, words: tuple[str, ...]) -> None:
    assert TEXT.count(old) == 1
    *place, said = one_finding(TEXT.replace(old, new).encode())
    assert place == [rule, line, column], said
    for each in words:
        assert each in said


@pytest.mark.parametrize(("amount", "advice"), SPLIT, ids=[amount for amount, _ in SPLIT])
def test_a_number_with_commas_in_braces(amount: str, advice: str) -> None:
    data = f"schema: 1\ncontracts:\n  - id: mosaic\n    value: {{amount: {amount}}}\n".encode()
    *place, said = one_finding(data, "contracts")
    assert place == [KEY, 4, 21], said
    assert said.startswith("the comma splits the number. Write the number without commas")
    assert said.endswith(advice)


def test_a_number_that_is_a_name_is_not_a_split_number() -> None:
    assert one_finding(b"a: {b: 1, 250: 2}\n")[0:3] == (KEY, 1, 11)


@pytest.mark.parametrize(("data", "words"), [(b"PK\x03\x04\x14\0", "not in Excel"), (b"\xd0\xcf\x11\xe0\xa1\xb1", "not in Excel or Word")])
def test_a_workbook(data: bytes, words: str) -> None:
    *place, said = one_finding(data)
    assert place == ["not-yaml", 1, 1]
    assert said.endswith(f"Put the earlier file back and edit it in a text editor, {words}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("s:\n  - id: x\n   name: y\n", 'Start it 4 spaces in, below the "id" of line 2'),
        ("s:\n  - id: w\n    name: v\n  - id: x\n     name: y\n     notes: z\n", "Start it 4 spaces in, like line 3"),
        ("a:\n  b: x\n c: y\n", "Start it 0 or 2 spaces in, like line 1 or like line 2"),
    ],
)
def test_the_line_that_shows_where_to_start(text: str, words: str) -> None:
    assert one_finding(text.encode())[3].endswith(words)


@pytest.mark.parametrize(
    "line",
    [
        "status: live  # as of March",
        "status: live # 2 of 3",
        "notes: one two three  # 2 of 3",
        "notes: a b c # as of",
        "notes: a b c # 2020 on",
    ],
)
def test_an_ordinary_comment_is_left_alone(line: str) -> None:
    assert not read("file.yaml", f"s:\n  - id: x   # a short name\n    {line}\n".encode())[1]
