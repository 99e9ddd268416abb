"""Edits that touch only the characters concerned: replace them, read again, and refuse if anything else changed."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from citytools.errors import CitytoolsError
from citytools.model import FieldPath, Replaces
from citytools.yamlfile.layout import Node, layout
from citytools.yamlfile.reader import read_fields
from citytools.yamlfile.refusal import RefusalError
from citytools.yamlfile.text import decode

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Edit:
    """What to put in place of the value, the key or the whole field at a path; ``text`` is as it stands in a file."""

    path: FieldPath
    replaces: Replaces
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """Where a field stands in a text: its key (-1 in a list) and its value, as offsets."""

    key: int
    key_end: int
    start: int
    end: int

    def of(self, replaces: Replaces) -> tuple[int, int]:
        """The offsets between which an edit of this sort puts its text."""
        match replaces:
            case Replaces.KEY:
                return self.key, self.key_end
            case Replaces.FIELD:
                return self.key, self.end
            case _:
                return self.start, self.end


def splice(data: bytes, edits: Collection[Edit], *, text_fields: frozenset[str] = frozenset()) -> bytes:
    """The file with the edits made, no two of them at one path, and every other byte as it was; only a BOM goes.

    Raises CitytoolsError where the file would then say anything but what was meant; ``text_fields`` as in ``read``.
    """
    before = text = data.decode("utf-8").removeprefix(_BOM)
    spans = _spans(text, {edit.path for edit in edits})
    try:
        for (start, end), edit in sorted(
            ((spans[edit.path].of(edit.replaces), edit) for edit in edits), key=lambda each: each[0], reverse=True
        ):
            text = text[:start] + edit.text + text[end:]
        new = text.encode()
        meant = _meant(_read(data, text_fields), edits, before, spans, text_fields)
        if _read(new, text_fields) != meant:
            raise CitytoolsError("an edit would have changed more than it was meant to. Nothing was changed")
    except (KeyError, RefusalError) as error:
        raise CitytoolsError("an edit could not be made in the file as it is. Nothing was changed") from error
    return new


def _read(data: bytes, text_fields: frozenset[str]) -> dict[str, Any]:
    return read_fields("", decode("", data)[0], text_fields).fields


def _meant(
    fields: dict[str, Any], edits: Collection[Edit], text: str, spans: Mapping[FieldPath, Span], text_fields: frozenset[str]
) -> dict[str, Any]:
    """What the file must say after the edits: first new values, then new names, the innermost first."""
    whole = copy.deepcopy(fields)
    for edit in sorted(edits, key=lambda edit: (edit.replaces is not Replaces.VALUE, -len(edit.path))):
        *above, last = edit.path
        node: Any = whole
        for step in above:
            node = node[step]
        if edit.replaces is Replaces.VALUE:
            name = next(step for step in reversed(edit.path) if isinstance(step, str))
            node[last] = _read(f"{name}: {edit.text}".encode(), text_fields)[name]
        else:
            new: dict[str, Any] = {edit.text: node[last]} if edit.replaces is Replaces.KEY else _read(edit.text.encode(), text_fields)
            if edit.text in text_fields and isinstance(node[last], int | Decimal):
                new = {edit.text: text[spans[edit.path].start : spans[edit.path].end]}  # what was a number is text under its new name
            pairs = [pair for name, value in node.items() for pair in (new.items() if name == last else [(name, value)])]
            node.clear()
            node.update(pairs)
    return whole


def _spans(text: str, paths: Collection[FieldPath]) -> dict[FieldPath, Span]:
    """The spans of the fields and items at these paths; without those that are not there."""
    return {path: span for path, span in _all_spans(layout(text), ()) if path in paths}


def _all_spans(node: Node, path: FieldPath) -> Iterator[tuple[FieldPath, Span]]:
    for entry in node.entries:
        own = (*path, entry.name)
        key = (entry.start, entry.key_end) if node.sort == "map" else (-1, -1)
        yield own, Span(*key, entry.value.start, entry.value.end)
        yield from _all_spans(entry.value, own)
