"""Known faults: those of an earlier check stand, so that only new ones count.

The same fault is known again by its file, rule, record, field and words, wherever in the file it stands by now.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from citytools.errors import CitytoolsError
from citytools.model import Finding

MAX_BYTES = 50_000_000
_NAMES = ("file", "code", "where", "message")
# What a message says of other lines, and of the day of the check, differs from check to check although the fault does not.
_PASSING = re.compile(r"(?<=\.yaml:)\d+:\d+|(?<=\bline )\d+|(?<= is after )\d{4}-\d\d-\d\d(?=, the day)")


@dataclass(frozen=True, slots=True)
class Known:
    """A fault that was known: its file, its rule, its record and field in words, and what is wrong."""

    file: str
    rule: str
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class Told:
    """The findings that are new, how many known ones stand, and which known ones are gone."""

    new: tuple[Finding, ...]
    standing: int
    gone: tuple[Known, ...]


def read(name: str, data: bytes) -> tuple[Known, ...]:
    """The known faults, from what ``validate --format json`` wrote. Raises CitytoolsError for what is something else."""
    try:
        content = json.loads(data.decode("utf-8-sig")) if len(data) <= MAX_BYTES else None
        listed = content["findings"] if isinstance(content, dict) else None
        if not isinstance(listed, list):
            raise ValueError
        return tuple(_known(entry) for entry in listed)
    except (ValueError, KeyError, RecursionError):
        raise CitytoolsError(
            f"{name} is not a list of known faults. Make one with: citytools validate --format json --output {name}"
        ) from None


def apart(findings: Iterable[Finding], known: Iterable[Known]) -> Told:
    """Tell new findings from known ones; of several alike, as many as were known stand."""
    by_likeness: dict[tuple[str, str, str, str], list[Known]] = {}
    for each in known:
        by_likeness.setdefault(_lasting(each), []).append(each)
    left = {likeness: len(alike) for likeness, alike in by_likeness.items()}
    new = []
    standing = 0
    for finding in findings:
        likeness = _lasting(Known(finding.location.path, finding.rule, finding.where, finding.message))
        if left.get(likeness):
            left[likeness] -= 1
            standing += 1
        else:
            new.append(finding)
    return Told(tuple(new), standing, tuple(each for likeness, number in left.items() for each in by_likeness[likeness][:number]))


def _lasting(known: Known) -> tuple[str, str, str, str]:
    return known.file, known.rule, known.where, _PASSING.sub("…", known.message)


def _known(entry: Any) -> Known:
    found = [entry[name] for name in _NAMES] if isinstance(entry, dict) else []
    if not found or not all(isinstance(each, str) for each in found):
        raise ValueError
    return Known(*found)
