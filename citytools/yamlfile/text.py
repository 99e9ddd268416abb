"""The text layer: what a file's bytes must be before anything parses them."""

from __future__ import annotations

import re
import unicodedata

from citytools.model import Finding, Location, Severity
from citytools.yamlfile.refusal import NOTHING, RefusalError
from citytools.yamlfile.syntax import merge_words

MAX_BYTES = 1_000_000
MAX_LINE = 20_000

_SAVE = 'Save the file as "UTF-8"'
_EXPORT = "Save its content as plain text in YAML"
_PUT_BACK = "Put the earlier file back and edit it in a text editor"
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_ZERO_WIDTH = "\u00ad\u180e\u200b-\u200d\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"
_NEVER = f"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff{_BIDI}{_ZERO_WIDTH}\\U000e0000-\\U000e007f"
_FORBIDDEN = re.compile(f"[{_NEVER}]")
# In a value, unlike in a file, even a carriage return can only come from an escape.
INVISIBLE = re.compile(f"[\r{_NEVER}]")
_CONFLICT = re.compile(r"^[ \t]*(<{7}|>{7})(?: |$)", re.M)
_BOMS = {b"\xff\xfe\x00\x00": "UTF-32", b"\x00\x00\xfe\xff": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_UTF8_BOM = b"\xef\xbb\xbf"
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype|html|head|body|\?xml|!--)", re.I)
_OTHER_THINGS = (
    (b"PK\x03\x04", "an Excel workbook or zip file", f"{_PUT_BACK}, not in Excel"),
    (b"PK\x05\x06", "an empty zip file", _EXPORT),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file", f"{_PUT_BACK}, not in Excel or Word"),
    (b"%PDF-", "a PDF", _EXPORT),
    (b"{\\rtf", "a formatted document (RTF)", _EXPORT),
    (b"version https://git-lfs", "a git-LFS pointer and not the file itself", "Run: git lfs pull"),
)


def decode(path: str, data: bytes) -> tuple[str, Finding | None]:
    """The text of a file and a notice on its byte-order mark; raises RefusalError where it is not plain UTF-8 text."""
    if len(data) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 1_000_000} MB"
        raise RefusalError(path, 1, 1, "too-large", message, "Split it, or ask the maintainers")
    notice = None
    if data.startswith(_UTF8_BOM):
        data = data[len(_UTF8_BOM) :]
        notice = Finding(
            Location(path, 1, 1),
            "byte-order-mark",
            "the file starts with an invisible mark (BOM); it was ignored",
            advice='Save the file as "UTF-8" without BOM',
            severity=Severity.NOTICE,
        )
    _refuse_other_things(path, data)
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(path, data, error) from None
    _refuse_characters(path, text)
    _refuse_long_lines(path, text)
    if not text.strip():
        raise RefusalError(path, 1, 1, "empty-file", *NOTHING)
    return text, notice


def _refuse_other_things(path: str, data: bytes) -> None:
    for mark, name in _BOMS.items():
        if data.startswith(mark):
            raise RefusalError(path, 1, 1, "encoding", f"the file is saved as {name}", _SAVE)
    for mark, name, advice in _OTHER_THINGS:
        if data.startswith(mark):
            raise RefusalError(path, 1, 1, "not-yaml", f"the file is {name}, not YAML", advice)
    if _WEB_PAGE.match(data[:400]):
        advice = "Download the file itself and not the page that shows it"
        raise RefusalError(path, 1, 1, "not-yaml", "the file is a web page, not YAML", advice)
    head = data[:200]
    if head.count(b"\0") > len(head) // 4:
        raise RefusalError(path, 1, 1, "encoding", "the file is not UTF-8 text", _SAVE)


def _not_utf8(path: str, data: bytes, error: UnicodeDecodeError) -> RefusalError:
    before = data[: error.start]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8")) + 1
    byte = data[error.start]
    following = data[error.start + 1 : error.start + 2]
    if error.reason == "unexpected end of data" or (following and 0x80 <= following[0] < 0xC0):
        return RefusalError(
            path,
            line,
            column,
            "encoding",
            f"damaged text: byte 0x{byte:02X} does not belong to a whole character",
            f"Type the character again. {_SAVE}",
        )
    likely = bytes([byte]).decode("cp1252", "ignore")
    found = f'"{likely}" is saved as in old Windows text, and not as UTF-8' if likely.isprintable() and likely else "text is not UTF-8"
    return RefusalError(path, line, column, "encoding", f"{found} (byte 0x{byte:02X})", _SAVE)


def _refuse_characters(path: str, text: str) -> None:
    if found := _FORBIDDEN.search(text):
        message = f"an invisible character, {_named(found[0])}"
        raise RefusalError(path, *_place(text, found.start()), "invisible-character", message, "Delete the word or line and type it again")
    if found := _CONFLICT.search(text):
        raise RefusalError(path, *_place(text, found.start(1)), "merge-conflict", *merge_words(found[1]))


def _refuse_long_lines(path: str, text: str) -> None:
    for number, line in enumerate(text.split("\n") if len(text) > MAX_LINE else (), start=1):
        if len(line) > MAX_LINE:
            raise RefusalError(path, number, 1, "too-large", f"a line of {len(line)} characters; the limit is {MAX_LINE}", "Shorten it")


def _named(character: str) -> str:
    name = unicodedata.name(character, "control character").lower()
    effect = ", which changes the order in which text is read" if re.match(f"[{_BIDI}]", character) else ""
    return f"U+{ord(character):04X} ({name}){effect}"


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
