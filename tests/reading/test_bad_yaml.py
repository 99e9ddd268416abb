"""Rows 1-95 of the catalogue of bad inputs: what each does to a borough's file, what it is told, and with what exit code.

A case is: row and name, the file, the outcome, the rule, line and column, and words of the message or advice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import run, write

from citytools import schema
from citytools.model import Finding, Severity
from citytools.yamlfile import MAX_BYTES, read

REFUSED, FINDING, NOTICE, ACCEPTED = "refused", "finding", "notice", "accepted"

# Where this register's data model makes another outcome right than the catalogue's.
OTHERWISE = {
    31: "line ends of every kind are read alike; a file is only written line by line, so they are kept",
    42: "there is no command that rewrites a file, so the notice only says what was seen",
    67: "a field that the schema does not know, like any other",
    74: "a warning: it does not fail validation unless --strict is given",
    80: "a word such as NO or On is text where text is due",
    81: "where the schema has text, 3.10 is kept as it was written and needs no quotes",
    82: "0123 or 1e3 is text where text is due, and a finding only where a number is",
    90: "a date may be as precise as its source: 2026 and 2026-01 are dates; 2026-1-5 and 20260105 are not",
    92: "an id is plain letters by its pattern; a name may use any alphabet",
}


@dataclass(frozen=True)
class Case:
    row: int
    name: str
    data: bytes
    outcome: str
    rule: str = ""
    place: tuple[int, int] = (1, 1)
    words: tuple[str, ...] = ()
    kind: str = "technology"


def case(row: int, name: str, data: str | bytes, outcome: str, rule: str = "", place: tuple[int, int] = (1, 1), *words: str) -> Case:
    return Case(row, name, data if isinstance(data, bytes) else data.encode(), outcome, rule, place, words)


def refused(row: int, name: str, data: str | bytes, rule: str, place: tuple[int, int], *words: str) -> Case:
    return case(row, name, data, REFUSED, rule, place, *words)


def system(row: int, name: str, line: str, outcome: str, rule: str = "", column: int = 1, *words: str) -> Case:
    """A line of a system in technology.yaml; it is line 4 of the file and starts four spaces in."""
    return case(row, name, f"schema: 1\nsystems:\n  - id: mosaic\n    {line}\n", outcome, rule, (4, column), *words)


def contract(row: int, name: str, line: str, outcome: str, rule: str = "", column: int = 1, *words: str) -> Case:
    """A line of a contract in contracts.yaml; it is line 4 of the file and starts four spaces in."""
    data = f"schema: 1\ncontracts:\n  - id: mosaic-2025\n    {line}\n    title: Mosaic\n    supplier: access\n".encode()
    return Case(row, name, data, outcome, rule, (4, column), words, "contracts")


GOOD = "schema: 1\nsystems: []\n"
UTF8 = 'Save the file as "UTF-8"'

TEXT_LAYER = (
    refused(1, "empty", b"", "empty-file", (1, 1), "has nothing in it", "Delete the file"),
    refused(2, "blank-lines", "\n  \n\n", "empty-file", (1, 1), "has nothing in it"),
    refused(3, "only-comments", "# systems\n# of Camden\n", "empty-file", (1, 1), "only comments"),
    refused(4, "dashes", "---\n", "empty-file", (1, 1), "has nothing in it"),
    refused(4, "dots", "...\n", "empty-file", (1, 1), "has nothing in it"),
    refused(5, "null", "null\n", "empty-file", (1, 1), 'says only "null"'),
    refused(6, "one-word", "hello\n", "not-fields", (1, 1), 'only the text "hello"', '"schema: 1"'),
    refused(6, "number", "42\n", "not-fields", (1, 1), 'only the text "42"'),
    refused(7, "list", "- id: mosaic\n", "not-fields", (1, 1), "starts with a list"),
    refused(8, "two-documents", "schema: 1\n---\nschema: 1\n", "yaml-feature", (2, 1), 'second "---"', "two files"),
    refused(9, "second-empty-document", "schema: 1\n---\n", "yaml-feature", (2, 1), 'second "---"', "remove it"),
    refused(10, "text-after-end", "schema: 1\n...\nsystems: []\n", "yaml-feature", (3, 1), 'after the end mark "..."'),
    refused(11, "yaml-1.1", "%YAML 1.1\n---\nschema: 1\n", "yaml-feature", (1, 1), "starts with %", "Remove that line"),
    refused(11, "below-a-comment", "# x\n%YAML 1.2\n---\nschema: 1\n", "yaml-feature", (2, 1), "starts with %"),
    refused(12, "yaml-2.0", "%YAML 2.0\n---\nschema: 1\n", "yaml-feature", (1, 1), "starts with %"),
    refused(13, "tag-directive", "%TAG ! tag:a.example,2026:\n---\nschema: 1\n", "yaml-feature", (1, 1), "starts with %"),
    refused(13, "unknown-directive", "%FOO bar\n---\nschema: 1\n", "yaml-feature", (1, 1), "starts with %"),
    case(14, "bom", b"\xef\xbb\xbf" + GOOD.encode(), NOTICE, "byte-order-mark", (1, 1), "invisible mark (BOM)"),
    refused(15, "two-boms", b"\xef\xbb\xbf" * 2 + GOOD.encode(), "invisible-character", (1, 1), "U+FEFF"),
    refused(16, "utf-16-le", b"\xff\xfe" + GOOD.encode("utf-16-le"), "encoding", (1, 1), "saved as UTF-16", UTF8),
    refused(16, "utf-16-be", b"\xfe\xff" + GOOD.encode("utf-16-be"), "encoding", (1, 1), "saved as UTF-16", UTF8),
    refused(17, "utf-16-without-bom", GOOD.encode("utf-16-le"), "encoding", (1, 1), "not UTF-8", UTF8),
    refused(18, "utf-32", b"\xff\xfe\0\0" + GOOD.encode("utf-32-le"), "encoding", (1, 1), "saved as UTF-32"),
    refused(18, "utf-32-without-bom", GOOD.encode("utf-32-be"), "encoding", (1, 1), "not UTF-8"),
    refused(19, "latin-1-e", "schema: 1\nname: Café\n".encode("latin-1"), "encoding", (2, 10), "0xE9", '"é"', UTF8),
    refused(19, "latin-1-pound", "a: £5".encode("latin-1"), "encoding", (1, 4), "0xA3", '"£"'),
    refused(19, "after-many-bytes", "a: éé ".encode() + b"\xa3", "encoding", (1, 7), "0xA3"),
    refused(20, "cp1252-quote", "name: ‘Mosaic’".encode("cp1252"), "encoding", (1, 7), "0x91", "‘"),
    refused(21, "overlong", b"a: \xc0\xafb\n", "encoding", (1, 4), "damaged", "0xC0"),
    refused(21, "cut-off", b"a: caf\xc3", "encoding", (1, 7), "damaged", "0xC3"),
    refused(21, "surrogate-bytes", b"a: \xed\xa0\x80\n", "encoding", (1, 4), "damaged", "0xED"),
    refused(22, "nul", "name: a\0b", "invisible-character", (1, 8), "U+0000", "Delete the word or line"),
    refused(23, "escape", "schema: 1\nname: \x1b[31mred", "invisible-character", (2, 7), "U+001B"),
    *(
        refused(24, f"u{ord(c):04x}", f"name: {c}x", "invisible-character", (1, 7), f"U+{ord(c):04X}")
        for c in "\x07\x7f\x85\x9b\u2028\u2029\ufffe\uffff\U000e0041"
    ),
    refused(25, "escaped-nul", r'name: "a\0b"', "invisible-character", (1, 7), "U+0000"),
    refused(25, "escaped-escape", r'name: "\e[31m"', "invisible-character", (1, 7), "U+001B"),
    refused(25, "escaped-return", r'name: "a\rb"', "invisible-character", (1, 7), "U+000D"),
    refused(25, "in-a-name", r'"na\u200bme": x', "invisible-character", (1, 1), "field name"),
    refused(26, "surrogate", r'name: "x \ud800"', "invisible-character", (1, 10), "half of a character", "U+D800"),
    refused(26, "beyond-unicode", r'name: "\U0011FFFF"', "syntax", (1, 8), r"\U0011FFFF"),
    refused(27, "right-to-left", "amount: \u202e1000", "invisible-character", (1, 9), "U+202E", "order"),
    refused(28, "zero-width", "na\u200bme: x", "invisible-character", (1, 3), "U+200B"),
    refused(28, "soft-hyphen", "name: soft\u00adware", "invisible-character", (1, 11), "U+00AD", "soft hyphen"),
    refused(29, "nbsp-after-colon", "name:\u00a0Mosaic", "no-break-space", (1, 6), "U+00A0", "ordinary space"),
    refused(29, "further-down", "schema: 1\nname:\u00a0Mosaic\nid: x\n", "no-break-space", (2, 6)),
    refused(29, "above-a-field", "s:\n  - id:\u00a0x\n    name: y\n", "no-break-space", (2, 8)),
    refused(29, "in-a-list", "s:\n  - id:\u00a0x\n", "no-break-space", (2, 8)),
    refused(30, "nbsp-indent", "support:\n\u00a0\u00a0by: x\n", "no-break-space", (2, 1)),
    refused(30, "nbsp-after-dash", "s:\n  -\u00a0id: x\n", "no-break-space", (2, 3)),
    case(31, "crlf", GOOD.replace("\n", "\r\n"), ACCEPTED),
    case(31, "cr", GOOD.replace("\n", "\r"), ACCEPTED),
    case(31, "mixed", "schema: 1\r\n# x\rsystems: []\n", ACCEPTED),
    case(32, "no-final-newline", GOOD.rstrip(), ACCEPTED),
    refused(33, "tab-indent", "schema: 1\nsupport:\n\tby: x\n", "tab", (3, 1), "start of the line", "two for each level"),
    refused(33, "tab-after-spaces", "a:\n  \tb: 1\n", "tab", (2, 3), "start of the line"),
    refused(33, "tab-below-a-value", "a: 1\n\tb: 2\n", "tab", (2, 1)),
    refused(33, "tab-after-dash", "a:\n  -\tb\n", "tab", (2, 4)),
    refused(33, "tab-in-block-indent", "a: |\n\tx\n", "tab", (2, 1)),
    refused(34, "tab-after-colon", "name:\tMosaic\n", "tab", (1, 6), "after the colon", "one space"),
    refused(34, "space-and-tab-after-colon", "name: \tMosaic\n", "tab", (1, 7), "after the colon"),
    refused(34, "tab-before-colon", "name\t: Mosaic\n", "tab", (1, 5)),
    refused(34, "tab-at-line-end", "name: Mosaic\t\nid: x\n", "tab", (1, 13), "end of the line"),
    refused(34, "tab-at-file-end", "name: Mosaic\t", "tab", (1, 13), "end of the line"),
    refused(35, "indent", "support:\n  by: x\n on: y\n", "syntax", (3, 2), "starts 1 space in", "Start it 0 or 2 spaces in"),
    refused(35, "too-deep", "schema: 1\n  name: x\n", "syntax", (2, 3), "starts 2 spaces in", "Start it 0 spaces in"),
    refused(35, "first-line-deep", "  schema: 1\nname: x\n", "syntax", (2, 1), "starts 0 spaces in", "2 spaces"),
    refused(36, "item-field", "s:\n  - id: x\n   name: y\n", "syntax", (3, 4), "starts 3 spaces in", "Start it 4 spaces in"),
    refused(36, "item-field-deep", "s:\n  - id: x\n     name: y\n", "syntax", (3, 6), "starts 5 spaces in", "Start it 4 spaces in"),
    refused(36, "under-the-dash", "s:\n  - id: x\n  name: y\n", "syntax", (3, 3), "field stands where a list item", "4 spaces in"),
    refused(36, "list-without-name", "schema: 1\n- id: x\n", "syntax", (2, 1), "list item stands under no field name", "systems:"),
    refused(36, "dash-without-space", "s:\n  - id: x\n  -id: y\n", "syntax", (3, 4), "no space after the dash", "- id: y"),
    refused(36, "only-dash-without-space", "s:\n  -id: x\n    \n", "syntax", (2, 3), "no space after the dash"),
    refused(37, "conflict", "a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> x\n", "merge-conflict", (2, 1), "merge was not finished"),
    refused(37, "last-mark-left", "a: 1\n>>>>>>> main\n", "merge-conflict", (2, 1), ">>>>>>>"),
    refused(37, "middle-mark-left", "a: 1\n=======\nb: 3\n", "merge-conflict", (2, 1), "======="),
    refused(37, "base-mark-left", "a: 1\n||||||| 1a2b3c\nb: 3\n", "merge-conflict", (2, 1), "|||||||"),
    refused(38, "indented-conflict", "a:\n  b: 1\n  <<<<<<< HEAD\n", "merge-conflict", (3, 3), "merge was not finished"),
    refused(38, "conflict-in-block-text", "notes: |\n  x\n  <<<<<<< HEAD\n", "merge-conflict", (3, 3)),
    refused(39, "web-page", "<!DOCTYPE html>\n<html></html>\n", "not-yaml", (1, 1), "web page"),
    refused(39, "web-page-with-bom", b"\xef\xbb\xbf\n <HTML>", "not-yaml", (1, 1), "web page"),
    refused(40, "xlsx", b"PK\x03\x04\x14\0", "not-yaml", (1, 1), "Excel workbook"),
    refused(40, "xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "not-yaml", (1, 1), "old Excel"),
    refused(40, "pdf", b"%PDF-1.7\n%\xe2\xe3", "not-yaml", (1, 1), "PDF"),
    refused(41, "git-lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "not-yaml", (1, 1), "git lfs pull"),
    case(42, "json", '{\n\t"schema": 1,\n\t"systems": [\n\t]\n}\n', NOTICE, "json-form", (1, 1), "as JSON is"),
)

DEEP_BLOCK = "".join(f"{'  ' * level}a:\n" for level in range(30))

STRUCTURE = (
    refused(43, "laughs", "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "yaml-feature", (1, 4), '"&a"', "write the fields out"),
    refused(44, "long-text-copied", f"a: &a {'x' * 9_000}\nb: [{'*a, ' * 900}]\n", "yaml-feature", (1, 4), '"&a"'),
    refused(45, "recursive", "a: &a [*a]\n", "yaml-feature", (1, 4), '"&a"'),
    refused(46, "undefined", "a: *nope\n", "yaml-feature", (1, 4), '"*nope"', "quotes"),
    refused(46, "undefined-name", "*nope : x\n", "yaml-feature", (1, 1), '"*nope"'),
    refused(47, "merge-key", "support:\n  <<: 5\n", "yaml-feature", (2, 3), '"<<"', "Write the fields out"),
    refused(47, "merge-key-with-alias", "a: {by: x}\nsupport:\n  <<: *a\n", "yaml-feature", (3, 3), '"<<"'),
    refused(48, "merge-chain", "m0: &m0 {k: 1}\nm1: &m1 {<<: [*m0, *m0]}\n", "yaml-feature", (1, 5), '"&m0"'),
    refused(49, "python-tag", 'a: !!python/object/apply:os.system ["id"]\n', "yaml-feature", (1, 4), "!!python", "attack", "maintainers"),
    refused(50, "bang", "status: !urgent now\n", "yaml-feature", (1, 9), '"!urgent" is read as a tag', "quotes"),
    refused(51, "str-tag", "name: !!str 123\n", "yaml-feature", (1, 7), "!!str", '"123" in quotes'),
    *(refused(52, tag[2:], f"a: {tag} x\n", "yaml-feature", (1, 4), tag) for tag in ("!!binary", "!!set", "!!omap", "!!pairs")),
    *(refused(53, tag[2:5], f"a: {tag}\n", "yaml-feature", (1, 4), tag[:5]) for tag in ('!!int "abc"', "!!bool maybe", "!!timestamp x")),
    refused(54, "flow-21", f"a: {'[' * 21}{']' * 21}\n", "too-large", (1, 23), "20 levels"),
    refused(54, "flow-250", f"a: {'{a: ' * 250}{'}' * 250}\n", "too-large", (1, 80), "20 levels"),
    refused(54, "block-30", DEEP_BLOCK + "  " * 30 + "a: 1\n", "too-large", (21, 41), "20 levels"),
    refused(54, "never-closed-20000", "a: " + "[" * 19_000, "too-large", (1, 23), "20 levels"),
    refused(55, "brackets-on-a-line", "a: " + "[" * 100_000, "too-large", (1, 1), "100003 characters", "20000"),
    refused(55, "brackets-on-lines", "a:\n" + " [\n" * 300_000, "too-large", (21, 2), "20 levels"),
    refused(56, "file-of-2-mb", f"notes: {'x' * 100}\n" * 20_000, "too-large", (1, 1), "larger than 1 MB"),
    refused(57, "long-line", f"schema: 1\n\n\nnotes: {'x' * 50_000}\n", "too-large", (4, 1), "50007 characters", "20000"),
    refused(57, "long-block-text", "schema: 1\nnotes: |\n" + f"  {'x' * 99}\n" * 500, "too-large", (2, 8), "50000 characters", "Shorten"),
    refused(57, "long-quoted-text", 'notes: "' + f"{'x' * 99}\n  " * 500 + '"', "too-large", (1, 8), "closing quote is missing"),
    refused(58, "values", "systems:\n" + "- 1\n" * 200_001, "too-large", (200_001, 3), "200000 values"),
    refused(59, "twice", "id: a\nname: one\nname: two\n", "duplicate-key", (3, 1), '"name" was already given on line 2', "Keep one"),
    refused(60, "twice-deeper", "a:\n  cost: 1\n  cost: 2\n", "duplicate-key", (3, 3), "on line 2"),
    refused(60, "twice-in-braces", "a: {b: 1, b: 2}\n", "duplicate-key", (1, 11), "on line 1"),
    refused(60, "twice-quoted", 'a: 1\n"a": 2\n', "duplicate-key", (2, 1), "on line 1"),
    refused(62, "composed-and-not", "caf\u00e9: 1\ncafe\u0301: 2\n", "duplicate-key", (2, 1), "on line 1"),
    *(
        refused(63, f"name-{key}", f"a: 1\n{key}: 2\n", "key-form", (2, 1), "must be text", f'"{key}"')
        for key in ("true", "false", "null", "~", "12", "1.5", "-3")
    ),
    refused(63, "list-as-name", "[a, b]: 1\n", "key-form", (1, 1), "must be text"),
    refused(63, "group-as-name", "{{a: b}: c}\n", "key-form", (1, 2), "must be text"),
    *(
        refused(64, name, data, "yaml-feature", (line, column), '"?"', '"name: value"')
        for name, data, line, column in (
            ("asked", "? name\n: x\n", 1, 1),
            ("asked-list", "? [a, b]\n: x\n", 1, 1),
            ("asked-below", "?\n  name\n: x\n", 1, 1),
            ("asked-deeper", "a: 1\nb:\n  ?   c\n  : 1\n", 3, 3),
            ("asked-in-braces", "a: {? b}\n", 1, 5),
        )
    ),
    refused(65, "whole-file", "name:value\n", "not-fields", (1, 1), "no space after the colon", "name: value"),
    refused(65, "first-line", "schema:1\nsystems: []\n", "syntax", (1, 8), "no space after the colon", "schema: 1"),
    refused(65, "middle-line", "s:\n  - id: x\n    name:y\n    since: 2020\n", "syntax", (3, 10), "no space after the colon", "name: y"),
    refused(65, "item", "s:\n  - id:x\n    name: y\n", "syntax", (2, 8), "no space after the colon", "id: x"),
    refused(65, "last-line", "a: 1\nname:y\n", "syntax", (2, 6), "no space after the colon"),
    refused(65, "in-braces", "a: {by:x, on: 2020}\n", "syntax", (1, 5), "no space after the colon", "by: x"),
    refused(65, "no-colon", "schema: 1\nMosaic\nname: x\n", "syntax", (2, 1), "neither a field nor", '"name: value"'),
    refused(66, "long-name", f"{'k' * 101}: 1\n", "key-form", (1, 1), "101 characters"),
    refused(66, "long-name-1100", f"a: 1\n{'k' * 1_100}: 1\n", "key-form", (2, 1), "1100 characters"),
    refused(66, "long-name-quoted", f'"{"k" * 1_100}": 1\n', "key-form", (1, 1), "characters"),
    refused(68, "double-quote", 'schema: 1\nname: "Mosaic\nid: x\n', "syntax", (2, 7), "quote is never closed"),
    refused(68, "single-quote", "name: 'Mosaic\nid: x\n", "syntax", (1, 7), "quote is never closed", "apostrophe twice"),
    refused(68, "closed-by-the-next", 'name: "Mosaic\nid: "x"\n', "syntax", (1, 7), "quote is never closed"),
    refused(68, "closed-by-the-next-single", "s:\n  - name: 'Mosaic\n    notes: 'x y'\n", "syntax", (2, 11), "quote is never closed"),
    refused(68, "in-braces", 's:\n  - {url: "https://x.uk, kind: "code"}\n', "syntax", (2, 33), "after the closing quote", "each quote"),
    refused(68, "in-a-name", "a: 1\n'x: 1\nb: 'y'\n", "syntax", (2, 1), "quote is never closed"),
    refused(68, "up-to-dashes", 'a: "x\n---\nb: 1\n', "syntax", (1, 4), "quote is never closed"),
    refused(69, "bracket", "schema: 1\na: [1, 2\nb: 3\n", "syntax", (2, 4), '"[" is never closed'),
    refused(69, "brace", "a: {b: 1\nc: 2\n", "syntax", (1, 4), '"{" is never closed'),
    refused(69, "bracket-at-end", "a: [1, [2]", "syntax", (1, 4), '"[" is never closed'),
    refused(69, "three-brackets", "a: [[[", "syntax", (1, 6), '"[" is never closed'),
    refused(69, "wrong-bracket", "a: [1, 2}\n", "syntax", (1, 4), '"[" is never closed'),
    refused(69, "missing-comma", "a: {b: 1 c: 2}\n", "syntax", (1, 11), "without a comma", "put a comma between"),
    refused(70, "windows-path", r'notes: "C:\Users\x"', "syntax", (1, 11), r'"\U" means something else', "single quotes"),
    refused(70, "unknown-escape", r'notes: "50\% of it"', "syntax", (1, 11), r'"\%" means something else', "single quotes"),
    refused(70, "tab-in-a-path", r'notes: "C:\temp"', "syntax", (1, 8), r'"\t" means something else', "single quotes"),
    refused(70, "new-line-in-a-path", r'notes: "\\server\new"', "syntax", (1, 8), r'"\n" means something else'),
    refused(71, "apostrophe", "name: 'St James's'", "syntax", (1, 17), "after the closing quote", "'St James''s'"),
    refused(72, "after-quotes", 'name: "Adult" social care', "syntax", (1, 15), "after the closing quote", "'\"Adult\" social care'"),
    refused(
        72, "after-single-quotes", "name: 'Adult' social care", "syntax", (1, 15), "after the closing quote", '''"'Adult' social care"'''
    ),
)

TEXT_THAT_NEEDS_QUOTES = (
    refused(73, "colon", "title: Housing: phase 2", "syntax", (1, 15), 'text with ": " inside needs quotes', 'title: "Housing: phase 2"'),
    refused(73, "colon-at-the-end", "s:\n  - notes: As follows:\n    id: x\n", "syntax", (2, 22), 'notes: "As follows:"'),
    refused(73, "colon-and-quote", 'notes: The "new": one', "syntax", (1, 17), "notes: 'The \"new\": one'"),
    refused(73, "colon-in-curly-quotes", "title: “Housing: phase 2”", "syntax", (1, 16), 'title: "Housing: phase 2"'),
    refused(73, "colon-in-a-second-line", "s:\n  - notes: one\n      two\n      see: three\n", "syntax", (4, 10), 'text with ": "'),
    case(74, "hash", "schema: 1\nref: item #5\n", NOTICE, "swallowed-comment", (2, 11), '"#5"', "Put quotes"),
    case(74, "hash-first", "schema: 1\nref: #5\n", NOTICE, "swallowed-comment", (2, 6), '"#5"'),
    case(74, "comment", "schema: 1\nref: a#b # x\nref2: # nothing\n", ACCEPTED),
    refused(75, "ampersand", "name: &Partners Ltd", "yaml-feature", (1, 7), 'starts with "&" needs quotes', "quotes"),
    refused(75, "ampersand-and-space", "name: & Partners", "syntax", (1, 7), 'starts with "&" needs quotes'),
    refused(76, "star", "notes: *important*", "syntax", (1, 8), 'starts with "*" needs quotes'),
    refused(76, "star-and-space", "notes: * important", "syntax", (1, 8), 'starts with "*" needs quotes'),
    *(
        refused(
            77, f"starts-with-{ord(text[0]):02x}", f"schema: 1\nowner: {text}\n", "syntax", (2, 8), f'starts with "{text[0]}" needs quotes'
        )
        for text in ("@camden", "`x`", "%5", ">5000", "|x", "?", "? x", "-", "- b", "]", "}", ",x", "| x")
    ),
    case(77, "two-dashes", "a: --\nb: -x\nc: ?x\nd: :x\n", ACCEPTED),
    refused(79, "bracketed", "notes: [redacted] text", "syntax", (1, 19), 'starts with "[" needs quotes', 'notes: "[redacted] text"'),
    refused(79, "braced", "notes: {tbc}, see below", "syntax", (1, 13), 'starts with "{" needs quotes'),
)

VALUES = (
    case(61, "case-only", "schema: 1\nSchema: 1\nsystems: []\n", FINDING, "unknown-field", (2, 1), '"Schema"', "schema"),
    case(67, "proto", "schema: 1\n__proto__: 1\nconstructor: 2\nsystems: []\n", FINDING, "unknown-field", (2, 1), '"__proto__"'),
    system(63, "date-as-name", "2026-01-05: x", FINDING, "unknown-field", 5, '"2026-01-05"'),
    system(78, "braces", "notes: {tbc}", FINDING, "wrong-type", 12, "is not text"),
    system(79, "brackets", "notes: [redacted]", FINDING, "wrong-type", 12, "is not text"),
    *(system(80, word, f"name: {word}", ACCEPTED) for word in ("Null", "NO", "On", "yes", "True", "NULL", "y")),
    *(system(81, text, f"name: {text}", ACCEPTED) for text in ("3.10", "2024", "1e3", "007")),
    *(
        system(82, f"users-{text}", f"users: {text}", FINDING, "wrong-type", 12, f'"{text}"', "whole number")
        for text in ("0123", "12_000", "0x1F", "0o17", "1e3", "1:30", "12,000")
    ),
    *(system(82, f"name-{text}", f"name: {text}", ACCEPTED) for text in ("0123", "12_000", "0x1F", "0o17", "1:30", ".inf")),
    *(
        Case(
            83,
            word,
            f"schema: 1\nname: Camden\ngss: E09000007\nloti: {{member: {word}}}\n".encode(),
            FINDING,
            "wrong-type",
            (4, 16),
            (f'"{word}" is not true or false', meant),
            "borough",
        )
        for word, meant in (("yes", "true"), ("no", "false"), ("on", "true"), ("Off", "false"), ("maybe", "true or false"))
    ),
    *(
        contract(84, name, f"value: {{amount: {text}}}", FINDING, "wrong-type", 21, f'"{text.strip(QUOTES)}"', "a plain number", *words)
        for name, text, *words in (
            ("pounds", "£1250", "1250"),
            ("thousands", '"1,250,000"', "1250000"),
            ("percent", "50%"),
            ("brackets", "(500)"),
            ("with-k", "1250k", "1250000"),
            ("tbc", "TBC"),
            ("european", '"1.250,00"'),
        )
        for QUOTES in ('"',)
    ),
    *(
        contract(85, text, f"value: {{amount: {text}}}", FINDING, "wrong-type", 21, "a plain number")
        for text in (".inf", "-.inf", ".nan", "1e400")
    ),
    contract(86, "4301-digits", f"value: {{amount: {'9' * 4_301}}}", FINDING, "wrong-type", 21, "99999…", "a plain number"),
    contract(86, "hex", f"value: {{amount: 0x{'F' * 15_000}}}", FINDING, "wrong-type", 21, "a plain number"),
    contract(86, "19-digits", f"value: {{amount: {'9' * 19}}}", FINDING, "wrong-type", 21, "a plain number"),
    *(
        contract(87, f"amount-{text}", f"value: {{amount: {text}}}", FINDING, "wrong-type", 21, f'"{text}"', "a plain number")
        for text in ("-0", "-0.0", "+44", "5.", ".5", "00", "1.2.3")
    ),
    *(system(87, f"name-{text}", f"name: {text}", ACCEPTED) for text in ("-0", "+44", "5.", ".5")),
    *(
        contract(88, text, f"end: {text}", FINDING, "wrong-date", 10, f'"{text}" is not ')
        for text in ("2026-02-30", "2026-13-01", "0000-01-01")
    ),
    contract(88, "29-february", "end: 2027-02-29", FINDING, "wrong-date", 10, "2027-02-29"),
    contract(89, "slashes", "end: 05/01/2026", FINDING, "wrong-date", 10, '"05/01/2026"', "year-month-day"),
    *(contract(90, text, f"end: {text}", FINDING, "wrong-date", 10, "year-month-day") for text in ("2026-1-5", "20260105")),
    *(contract(90, text, f"end: {text}", ACCEPTED) for text in ("2026", "2026-01", "2026-01-05", '"2026-01-05"')),
    contract(91, "with-time", "end: 2026-01-05T10:00:00Z", FINDING, "wrong-date", 10, "2026-01-05T10:00:00Z", "year-month-day"),
    contract(91, "with-time-and-space", "end: 2026-01-05 10:00:00", FINDING, "wrong-date", 10, "year-month-day"),
    case(
        92, "cyrillic-id", "schema: 1\nsystems:\n  - id: \u0441amden\n", FINDING, "wrong-form", (3, 9), "\u0441amden", "lower-case letters"
    ),
    system(92, "cyrillic-name", "name: \u0421amden", ACCEPTED),
    system(93, "full-width", "users: １２３", FINDING, "wrong-type", 12, "１２３", "whole number"),
    system(93, "arabic", "users: ٣٤", FINDING, "wrong-type", 12, "whole number"),
    contract(93, "arabic-date", "end: ٢٠٢٦", FINDING, "wrong-date", 10),
    contract(94, "pence", "value: {amount: 19.99}", ACCEPTED),
    contract(94, "whole-pounds", "value: {amount: 20.00}", ACCEPTED),
    case(95, "line-break", 'schema: 1\nsystems:\n  - id: "mosaic\\n"\n', FINDING, "wrong-form", (3, 9), "mosaic↵"),
    case(95, "block-text", "schema: 1\nsystems:\n  - id: |\n      mosaic\n", FINDING, "wrong-form", (3, 9), "mosaic↵"),
    contract(95, "date-with-line-break", 'end: "2026\\n"', FINDING, "wrong-date", 10, "2026↵"),
)


def findings(case: Case) -> Iterator[Finding]:
    document, problems = read("file.yaml", case.data, kind=case.kind, text_fields=schema.text_fields(case.kind))
    yield from problems
    if case in VALUES:
        yield from schema.departures(document)


def names(cases: tuple[Case, ...]) -> list[object]:
    return [pytest.param(case, id=f"{case.row}-{case.name}") for case in cases]


@pytest.mark.parametrize("case", names(TEXT_LAYER + STRUCTURE + TEXT_THAT_NEEDS_QUOTES + VALUES))
def test_row(case: Case) -> None:
    document, _ = read("file.yaml", case.data, kind=case.kind, text_fields=schema.text_fields(case.kind))
    found = list(findings(case))
    if case.outcome == ACCEPTED:
        assert not found
        assert document.fields is not None
        return
    first = found[0]
    assert (first.rule, first.location.line, first.location.column) == (case.rule, *case.place), first.message
    said = f"{first.message} {first.advice} {first.suggestion}"
    for words in case.words:
        assert words in said
    assert (document.fields is None) == (case.outcome == REFUSED)
    assert (first.severity is Severity.ERROR) == (case.outcome in (REFUSED, FINDING))


@pytest.mark.parametrize("case", names(TEXT_LAYER + STRUCTURE + TEXT_THAT_NEEDS_QUOTES + VALUES))
def test_the_command_says_so_and_changes_nothing(case: Case, tmp_path: Path) -> None:
    path = f"data/boroughs/camden/{case.kind}.yaml"
    root = write(tmp_path, {"data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: [camden]\n", path: case.data})
    done = run("--root", str(root), "validate", str(root / path), "--format", "json", "--as-of", "2026-11-23")
    told = [finding for finding in json.loads(done.out)["findings"] if finding["code"] == case.rule and finding["line"] == case.place[0]]
    assert (root / path).read_bytes() == case.data
    assert bool(told) == (case.outcome != ACCEPTED)
    if case.outcome in (REFUSED, FINDING):
        assert done.code == 1
        assert run("--root", str(root), "fix", str(root / path), "--dry-run").code == 1 or told[0]["replaces"]
    else:
        assert not [finding for finding in told if finding["severity"] == "error"]


def test_every_row_has_a_case() -> None:
    rows = {case.row for case in TEXT_LAYER + STRUCTURE + TEXT_THAT_NEEDS_QUOTES + VALUES}
    assert rows == set(range(1, 96))
    assert rows.issuperset(OTHERWISE)


@pytest.mark.parametrize("case", names(TEXT_LAYER + STRUCTURE + TEXT_THAT_NEEDS_QUOTES))
def test_one_mistake_is_told_once_and_shortly(case: Case) -> None:
    found = list(findings(case))
    assert len(found) <= 1
    assert all(len(finding.message) < 200 and len(finding.advice) < 200 for finding in found)


@pytest.mark.parametrize(
    "line",
    [
        "notes: see https://example.org/a:b?c=d&e#f, and St James's",
        "notes: it's < 5, << 6 or <<< 7",
        "notes: a-b - c; d | e > f * g & h ! i % j @ k ? l",
        'notes: the "Mosaic" system: it\'s live'.replace(": it", " - it"),
        "notes: \"Housing: phase 2 #5 [x] {y} 'z' & * ! %\"",
        "notes: 'C:\\temp\\new: 5'",
        "notes: A\u00a0B and café 🏛",
        "notes: |\n      x\n      \ttab, # no comment: 'quote\" [ {\n\n      Note:\u00a0see\n      \u00a0x",
        "notes: |\n      Heading\n      =======\n      ? y\n      - z\tw",
        "notes: >-\n      folded: text\n        with\ttabs\t\n      and # more",
        "notes: one\n      two's\n      three",
        'notes: "one\n      \ttwo\t\n      three: four"',
        "notes: really ?  # a comment\twith a tab, and ? more\n    name: x",
        "notes: x\t# after a tab",
        "users: 450 #counted",
        "functions:\n    - a/b\n    - c/d\n    name: x",
        "functions: [\n      a/b,\n      c/d,\n    ]",
        "connects_to:\n    - to: x\n\n    # comment\n    - to: y\n    name: z",
        "name : Mosaic",
        'notes: "a line\\nand a \\"quote\\" and a\\ttab \\u00e9"',
        "notes: Q&A: none".replace(": none", ""),
    ],
)
def test_ordinary_text_is_left_alone(line: str) -> None:
    document, found = read(
        "file.yaml",
        f"schema: 1\nsystems:\n  - id: x\n    {line}\n".encode(),
        kind="technology",
        text_fields=schema.text_fields("technology"),
    )
    assert not found
    assert not list(schema.departures(document))


def test_curly_quotes_round_a_value_are_part_of_it_and_this_is_said() -> None:
    document, found = read("file.yaml", "schema: 1\nname: “Mosaic”\n".encode())
    assert document.fields == {"schema": 1, "name": "“Mosaic”"}
    assert [(f.rule, f.severity, f.location.line, f.location.column) for f in found] == [("curly-quotes", Severity.NOTICE, 2, 7)]


def test_the_size_limit_is_exact() -> None:
    line = b"# " + b"x" * 997 + b"\n"
    data = line * (MAX_BYTES // len(line) - 1)
    full = data + b"a: " + b"x" * (MAX_BYTES - len(data) - 4) + b"\n"
    assert len(full) == MAX_BYTES
    assert read("file.yaml", full)[0].fields is not None
    assert read("file.yaml", full + b"\n")[1][0].rule == "too-large"
