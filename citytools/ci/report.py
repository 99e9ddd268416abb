"""What the untrusted half of a check hands to the trusted half: plain facts, no markup.

They travel as a file that whoever proposes a change may have written. So it is cut to measure when it is written, and when it
is read nothing is taken on trust: exact names and types, every list and text within its limit, or none of it.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from types import GenericAlias
from typing import Any, TypeVar, get_args, get_type_hints

from citytools.errors import CitytoolsError

VERSION = 1
SIZE = 1_000_000
TEXT = 2_000
MOST = {"files": 300, "faults": 500, "refusals": 300, "impact": 50, "submissions": 50, "lines": 300}
_COMMIT = "[0-9a-f]{40}|[0-9a-f]{64}"
_FORMS = {
    "base": _COMMIT,
    "head": _COMMIT,
    "what": "added|removed|renamed|changed",
    "severity": "error|warning|notice",
    "rule": "[a-z][a-z0-9-]{0,59}",
    "replaces": "(value|key|field)?",
}
# What a report that is too large is cut to: the length of a text, and how many of each list, until it fits.
_CUTS = ((TEXT, 500), (500, 500), (200, 200), (200, 60), (100, 20))


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding: where it stands (0 for no line; ``cell`` in a workbook), what is wrong, what to write instead."""

    path: str
    line: int
    column: int
    cell: str
    severity: str
    rule: str
    where: str
    message: str
    advice: str
    suggestion: str
    replaces: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that the change touches, and whether it is added, removed, renamed or changed."""

    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of plain text under a heading: what the change means, or the plan of a workbook."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check of a proposed change from commit ``base`` to commit ``head``.

    ``faults`` are the first of ``errors`` + ``warnings`` many, errors and changed files first. ``refusals`` are sentences on what
    may not be changed so (another borough's folder, a link, a file that has no place). ``impact`` says what the change means;
    ``submissions`` what workbooks handed in would do. ``data_only`` is whether nothing but data of boroughs is touched.
    """

    base: str
    head: str
    passed: bool
    data_only: bool
    files: tuple[File, ...]
    faults: tuple[Fault, ...]
    errors: int
    warnings: int
    refusals: tuple[str, ...]
    summary: str
    impact: tuple[Section, ...]
    submissions: tuple[Section, ...]


def dumps(report: Report) -> bytes:
    """The report as JSON, with texts and lists cut where they are longer than can be read back. Raises CitytoolsError."""
    for text, many in _CUTS:
        data = (json.dumps({"version": VERSION, **_plain(_cut(report, text, many))}, ensure_ascii=False, indent=1) + "\n").encode()
        if len(data) <= SIZE:
            loads(data)
            return data
    raise CitytoolsError("the report is too large to hand on")


def loads(data: bytes) -> Report:
    """The report that JSON holds. Raises CitytoolsError, which quotes nothing of it, for anything that ``dumps`` would not have written."""
    if len(data) > SIZE:
        raise _refused(f"it has more than {SIZE:,} bytes")
    try:
        found = json.loads(data.decode(), object_pairs_hook=_object, parse_int=_integer)
    except (ValueError, RecursionError):
        raise _refused("it is not JSON") from None
    version = found.pop("version", None) if isinstance(found, dict) else None
    if type(version) is not int or version != VERSION:
        raise _refused(f"it is not version {VERSION}")
    report = _made(Report, found)
    if sum(fault.severity != "notice" for fault in report.faults) > report.errors + report.warnings:
        raise _refused("its counts do not agree")
    if report.passed and (report.errors or report.refusals):
        raise _refused("it has passed with something wrong")
    return report


def unpacked(data: bytes) -> bytes:
    """What the site keeps of a report: itself, or a zip archive with nothing but ``report.json`` in it. Raises CitytoolsError."""
    if not data.startswith(b"PK"):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            (only,) = archive.infolist()
            if only.filename != "report.json" or only.file_size > SIZE:
                raise ValueError
            with archive.open(only) as stream:
                return stream.read(SIZE + 1)
    except Exception:
        raise _refused("its archive holds something else than one report.json of its size") from None


def shortened(text: str, length: int) -> str:
    """A text that is no longer than that; what is cut off leaves three dots."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


_Noun = TypeVar("_Noun", Report, Fault, File, Section)


def _cut(noun: _Noun, text: int, many: int) -> _Noun:
    new: dict[str, Any] = {}
    for each in fields(noun):
        value = getattr(noun, each.name)
        if isinstance(value, str):
            new[each.name] = _legible(value, text)
        elif isinstance(value, tuple):
            few = value[: min(many, MOST[each.name])]
            new[each.name] = tuple(_legible(item, text) if isinstance(item, str) else _cut(item, text, many) for item in few)
    return replace(noun, **new)


def _legible(text: str, length: int) -> str:
    """A text that can be written as UTF-8: names in git need not be."""
    return shortened(text.encode("utf-8", "backslashreplace").decode(), length)


def _plain(noun: Any) -> dict[str, Any]:
    def value(found: Any) -> Any:
        return [each if isinstance(each, str) else _plain(each) for each in found] if isinstance(found, tuple) else found

    return {each.name: value(getattr(noun, each.name)) for each in fields(noun)}


def _made(noun: type[_Noun], found: Any) -> _Noun:
    hints = get_type_hints(noun)
    if not isinstance(found, dict) or found.keys() != hints.keys():
        raise _refused(f"a {noun.__name__.casefold()} in it has not the fields that it must have")
    return noun(**{name: _checked(name, hint, found[name]) for name, hint in hints.items()})


def _checked(name: str, hint: Any, value: Any) -> Any:
    """A value that is of its type, and within the limits of its name."""
    if isinstance(hint, GenericAlias):
        return tuple(_checked(name, get_args(hint)[0], each) for each in _list(name, value))
    if hint in (Fault, File, Section):
        return _made(hint, value)
    if type(value) is not hint:
        raise _refused(f'"{name}" in it is of the wrong type')
    if isinstance(value, str) and (len(value) > TEXT or not _encodable(value)):
        raise _refused(f'"{name}" in it is longer than {TEXT:,} characters, or no text')
    if name in _FORMS and not re.fullmatch(_FORMS[name], value):
        raise _refused(f'"{name}" in it is not in its form')
    return value


def _list(name: str, value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise _refused(f'"{name}" in it is no list')
    if len(value) > MOST[name]:
        raise _refused(f'"{name}" in it has more than {MOST[name]}')
    return value


def _encodable(text: str) -> bool:
    return not re.search("[\ud800-\udfff]", text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise _refused("a name in it stands twice")
    return dict(pairs)


def _integer(digits: str) -> int:
    if len(digits) > 9 or digits.startswith("-"):
        raise _refused("a number in it is too large or below 0")
    return int(digits)


def _refused(why: str) -> CitytoolsError:
    return CitytoolsError(f"the report of the check cannot be used: {why}")
