"""Edits that touch only the characters concerned: replace them, read again, and refuse if anything else changed."""

from __future__ import annotations

import copy
from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml
from yaml.events import MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

from citytools.errors import CitytoolsError
from citytools.model import FieldPath, Fields, Replaces
from citytools.yamlfile.reader import read_fields
from citytools.yamlfile.refusal import RefusalError
from citytools.yamlfile.text import decode

_LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)
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


def _read(data: bytes, text_fields: frozenset[str]) -> Fields:
    return read_fields("", decode("", data)[0], text_fields).fields


def _meant(fields: Fields, edits: Collection[Edit], text: str, spans: Mapping[FieldPath, Span], text_fields: frozenset[str]) -> Fields:
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
    loader = _LOADER(text)
    try:
        for _ in range(2):
            loader.get_event()
        return {path: span for path, span in _walk(loader, loader.get_event(), ()) if path in paths}
    finally:
        loader.dispose()


def _walk(loader: Any, event: Any, path: FieldPath) -> Generator[tuple[FieldPath, Span], None, int]:
    """Every field and item inside the value that an event begins; returns where the value ends."""
    if isinstance(event, MappingStartEvent):
        key: Any
        while isinstance(key := loader.get_event(), ScalarEvent):
            yield from _value(loader, loader.get_event(), (*path, key.value), _start(key), _end(key))
        return _end(key)
    if isinstance(event, SequenceStartEvent):
        number = 0
        item: Any
        while not isinstance(item := loader.get_event(), SequenceEndEvent):
            yield from _value(loader, item, (*path, number), -1, -1)
            number += 1
        return _end(item)
    return _end(event)


def _start(event: Any) -> int:
    return int(event.start_mark.index)


def _end(event: Any) -> int:
    return int(event.end_mark.index)


def _value(loader: Any, event: Any, path: FieldPath, key: int, key_end: int) -> Generator[tuple[FieldPath, Span], None, None]:
    start = _start(event)
    end = yield from _walk(loader, event, path)
    yield path, Span(key, key_end, start, end)
