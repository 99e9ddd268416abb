"""The text layer: what a file's bytes must be before anything parses them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from citytools.model import Finding, Location, Severity
from citytools.yamlfile.refusal import Refusal

MAX_BYTES = 1_000_000
MAX_LINE = 20_000

_BOMS = {b"\xff\xfe\x00\x00": "UTF-32", b"\x00\x00\xfe\xff": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_SAVE = 'Save the file as "UTF-8"'
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_ZERO_WIDTH = "\u00ad\u200b-\u200d\u2060\ufeff"
_FORBIDDEN = re.compile(
    f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff{_BIDI}{_ZERO_WIDTH}\\U000e0000-\\U000e007f]"
)
_CONFLICT = re.compile(r"^[ \t]*(<{7}|>{7})( |\r?$)", re.M)
_NBSP = re.compile(r"^[ -]*\u00a0|^[ -]*[\w-]+:\u00a0", re.M)
_TAB_INDENT = re.compile(r"^[ -]*\t[ \t-]*(?=\S)", re.M)
_TAB_AFTER_COLON = re.compile(r"^[^#'\"\n]*:[ ]*\t", re.M)
_HASH = re.compile(r"[ \t]#(?=[^\s#!])")


def decode(path: str, data: bytes) -> tuple[str, Finding | None]:
    """The text of a file and a notice on its byte-order mark; raises Refusal where it is not plain UTF-8 text."""
    _refuse_other_things(path, data)
    if len(data) > MAX_BYTES:
        raise Refusal(path, 1, 1, "too-large", f"the file is larger than {MAX_BYTES // 1_000_000} MB", "Split it, or ask the maintainers")
    notice = None
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        notice = Finding(Location(path, 1, 1), "byte-order-mark", "the file starts with an invisible mark (BOM); it was ignored",
                         advice='Save the file as "UTF-8" without BOM', severity=Severity.NOTICE)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(path, data, error) from None
    _refuse_characters(path, text)
    if not text.strip():
        raise Refusal(path, 1, 1, "empty-file", "the file has nothing in it", "Delete the file or add at least one record")
    return text.replace("\r\n", "\n").replace("\r", "\n"), notice


def swallowed_comments(path: str, text: str, plain_ends: dict[int, int]) -> Iterator[Finding]:
    """Notices for ``item #5``: YAML takes ``#5`` as a comment. ``plain_ends``: line → column where plain text ended."""
    if not _HASH.search(text):
        return
    for number, line in enumerate(text.split("\n"), start=1):
        found = _HASH.search(line, max(plain_ends.get(number, 1) - 1, 0)) if number in plain_ends else None
        if found and not line[plain_ends[number] - 1 : found.start()].strip():
            lost = line[found.end() - 1 :].split()[0]
            yield Finding(
                Location(path, number, found.end()), "swallowed-comment", f'"{lost}" is read as a comment and is not part of the value',
                advice="Put quotes round the whole value if # belongs to it, or a space after # if it is a comment",
                severity=Severity.WARNING,
            )


def _refuse_other_things(path: str, data: bytes) -> None:
    head = data[:400].lstrip().lower()
    for mark, name in _BOMS.items():
        if data.startswith(mark):
            raise Refusal(path, 1, 1, "encoding", f"the file is saved as {name}", _SAVE)
    if data.startswith(b"PK\x03\x04"):
        raise Refusal(path, 1, 1, "not-yaml", "the file is an Excel workbook or zip file, not YAML", "Save its content as YAML")
    if head.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise Refusal(path, 1, 1, "not-yaml", "the file is a web page, not YAML", "Download the file itself and not the page that shows it")
    if data.startswith(b"version https://git-lfs"):
        raise Refusal(path, 1, 1, "not-yaml", "the file is a git-LFS pointer, not the file itself", "Run: git lfs pull")


def _not_utf8(path: str, data: bytes, error: UnicodeDecodeError) -> Refusal:
    before = data[: error.start]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    if data[:200].count(b"\0") > len(data[:200]) // 4:
        return Refusal(path, 1, 1, "encoding", "the file is not UTF-8 text", _SAVE)
    byte = data[error.start]
    likely = bytes([byte]).decode("cp1252", "ignore")
    hint = f' (in old Windows text this is "{likely}")' if likely.isprintable() and likely else ""
    return Refusal(path, line, column, "encoding", f"byte 0x{byte:02X} is not UTF-8{hint}", _SAVE)


def _refuse_characters(path: str, text: str) -> None:
    for pattern, rule, say in (
        (_FORBIDDEN, "invisible-character", _name_character),
        (_CONFLICT, "merge-conflict", _name_conflict),
        (_NBSP, "no-break-space", lambda _: ("a no-break space (U+00A0) stands where an ordinary space is needed", "Type an ordinary space")),
        (_TAB_INDENT, "tab", lambda _: ("a tab at the start of the line", "Use spaces, two for each level")),
        (_TAB_AFTER_COLON, "tab", lambda _: ("a tab after the colon", "Use one space")),
    ):
        found = pattern.search(text)
        if found:
            line, column = _place(text, found.end() - 1 if rule in ("tab", "no-break-space") else found.start())
            message, advice = say(found)  # type: ignore[no-untyped-call]
            raise Refusal(path, line, column, rule, message, advice)
    _refuse_long_lines(path, text)


def _refuse_long_lines(path: str, text: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_LINE:
            raise Refusal(path, number, 1, "too-large", f"a line of {len(line)} characters; the limit is {MAX_LINE}", "Shorten it")


def _name_character(found: re.Match[str]) -> tuple[str, str]:
    character = found.group()
    name = unicodedata.name(character, "control character").lower()
    effect = ", which changes the order in which text is read" if re.match(f"[{_BIDI}]", character) else ""
    return f"an invisible character, U+{ord(character):04X} ({name}){effect}", "Delete it"


def _name_conflict(found: re.Match[str]) -> tuple[str, str]:
    mark = found.group().strip()
    return f'a merge was not finished ("{mark[:7]}")', "Choose one side and delete the lines of <<<<<<<, ======= and >>>>>>>"


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1
