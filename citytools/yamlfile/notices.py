"""What a person may not have meant, although YAML reads it: told, never changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from citytools.model import Finding, Location, Severity

MAX_TOLD = 100

_HASH = re.compile(r"[ \t]#(?=[^\s#!])")
_NUMBER_SIGN = re.compile(r" #(?= [0-9]{1,3}(?![0-9.:/-]))")
_BEFORE_TEXT = re.compile(r"[ ]*(?:- +)*(?:[\w-]+: +)?")
_CURLY = re.compile(r"[:-] +(“[^“”]*”|‘[^‘’]*’)[ \t]*$")


def worth_watching(text: str) -> bool:
    """Whether ``notices`` has anything to look for in this text, so that most files need not pay for it."""
    return "“" in text or "‘" in text or _HASH.search(text) is not None or _NUMBER_SIGN.search(text) is not None


def notices(path: str, text: str, plain_ends: dict[int, int], *, as_json: bool) -> Iterator[Finding]:
    """Findings on a file that was read. ``plain_ends``: line → column where its last text without quotes ended, both from 1."""
    if as_json:
        yield Finding(
            Location(path, 1, 1),
            "json-form",
            "the file is written as one group in braces, as JSON is; it was read all the same",
            advice="One field a line, as in schema: 1, is easier to read and to compare",
            severity=Severity.NOTICE,
        )
    told = 0
    lines = text.split("\n")
    for number, column in plain_ends.items():
        for finding in _on_line(path, number, column, lines[number - 1]):
            told += 1
            if told > MAX_TOLD:
                message = f"there are more than {MAX_TOLD} places of this kind; the others are not listed"
                yield Finding(finding.location, finding.rule, message, severity=finding.severity)
                return
            yield finding


def _on_line(path: str, number: int, column: int, line: str) -> Iterator[Finding]:
    yield from _swallowed_comment(path, number, column, line)
    if (found := _CURLY.search(line)) and found.end(1) == column - 1:
        yield Finding(
            Location(path, number, found.start(1) + 1),
            "curly-quotes",
            f"the curly quotes {found[1][0]} and {found[1][-1]} are read as part of the text",
            advice="""Use straight quotes (" or ') if they are only meant to hold the value together""",
            severity=Severity.NOTICE,
        )


def _swallowed_comment(path: str, number: int, column: int, line: str) -> Iterator[Finding]:
    """``item #5``: YAML takes ``#5`` as a comment."""
    found = _HASH.search(line, column - 1)
    if found and not line[column - 1 : found.start()].strip():
        lost = line[found.end() - 1 :].split()[0]
        yield Finding(
            Location(path, number, found.end()),
            "swallowed-comment",
            f'"{lost[:40]}" is read as a comment and is not part of the value',
            advice="Put quotes round the whole value if # belongs to it, or two spaces before # and one after it if it is a comment",
            severity=Severity.WARNING,
        )
    elif _NUMBER_SIGN.match(line, column - 1) and len(_BEFORE_TEXT.sub("", line[: column - 1], count=1).split()) >= 3:
        yield Finding(
            Location(path, number, column + 1),
            "swallowed-comment",
            f'"{line[column:][:40].rstrip()}" is read as a comment and is not part of the value',
            advice="Put quotes round the whole value if # belongs to it, or two spaces before # and one after it if it is a comment",
            severity=Severity.NOTICE,
        )
