"""libyaml's event stream through a YAML 1.2 constructor of our own, every value with its place.

Scalars: ``true``/``false``, ``null``/``~``/empty, plain decimal numbers; all else is text. Fields that the
schema knows as text keep what was written (``2024``, ``3.10``). Anchors, aliases, tags, merge keys,
directives, ``?`` keys and second documents are refused, as are depth and size beyond the limits.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from citytools.model import Fields, Items
from citytools.yamlfile.refusal import Refusal
from citytools.yamlfile.syntax import explain

MAX_DEPTH = 20
MAX_VALUES = 200_000
MAX_VALUE = 20_000
MAX_KEY = 100

_LOADER = getattr(yaml, "CLoader", yaml.Loader)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?", re.ASCII)
_ESCAPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


def read_fields(path: str, text: str, text_fields: frozenset[str]) -> tuple[Fields, dict[int, int]]:
    """The file's fields, and where plain text ended (line → column, both from 1). Raises Refusal."""
    reader = _Reader(path, text, text_fields)
    try:
        return reader.document(), reader.plain_ends
    except yaml.MarkedYAMLError as error:
        raise explain(path, text, error) from None
    finally:
        reader.close()


class _Reader:
    def __init__(self, path: str, text: str, text_fields: frozenset[str]) -> None:
        self.path = path
        self.text_fields = text_fields
        self.loader = _LOADER(text)
        self.next = self.loader.get_event
        self.asks = text.split("\n") if "? " in text else []
        self.values = 0
        self.plain_ends: dict[int, int] = {}

    def close(self) -> None:
        self.loader.dispose()

    def refuse(self, event: Any, rule: str, message: str, advice: str = "") -> Refusal:
        mark = event.start_mark
        return Refusal(self.path, mark.line + 1, mark.column + 1, rule, message, advice)

    def document(self) -> Fields:
        event = self.next()
        while isinstance(event, StreamStartEvent):
            event = self.next()
        if isinstance(event, StreamEndEvent):
            raise Refusal(self.path, 1, 1, "empty-file", "the file holds only comments", "Delete the file or add at least one record")
        assert isinstance(event, DocumentStartEvent)
        if event.version or event.tags:
            raise Refusal(self.path, 1, 1, "yaml-feature", "a line that starts with % is not used here", "Remove that line")
        event = self.next()
        if not isinstance(event, MappingStartEvent):
            raise self.not_fields(event)
        fields = self.fields(event, 1)
        self.end()
        return fields

    def not_fields(self, event: Any) -> Refusal:
        advice = 'A file is a set of fields such as "schema: 1", with a space after the colon'
        if isinstance(event, SequenceStartEvent):
            return self.refuse(event, "not-fields", "the file starts with a list", advice)
        if isinstance(event, AliasEvent) or event.tag or event.anchor:
            self.check(event)
        if event.value in ("", "null", "~") and event.implicit[0]:
            return self.refuse(event, "empty-file", "the file has nothing in it", "Delete the file or add at least one record")
        return self.refuse(event, "not-fields", f'the file holds only the text "{event.value[:40]}"', advice)

    def end(self) -> None:
        event = self.next()
        assert isinstance(event, DocumentEndEvent)
        event = self.next()
        if not isinstance(event, StreamEndEvent):
            raise self.refuse(event, "yaml-feature", 'a second "---" begins another document', "One file holds one document: remove it or use two files")

    def check(self, event: Any) -> None:
        """Refuse what is not used here, before it can cost anything."""
        self.values += 1
        if self.values > MAX_VALUES:
            raise self.refuse(event, "too-large", f"more than {MAX_VALUES} values in the file", "Split it, or ask the maintainers")
        if isinstance(event, AliasEvent):
            raise self.refuse(event, "yaml-feature", f'"*{event.anchor}" would copy another part of the file',
                              "Put quotes round text that starts with *, or write the fields out")
        if event.anchor:
            raise self.refuse(event, "yaml-feature", f'"&{event.anchor}" would mark a part of the file for copying',
                              "Put quotes round text that starts with &, or write the fields out")
        if event.tag:
            raise self.refuse(event, "yaml-feature", f'"{_short_tag(event.tag)}" is read as a tag',
                              "Remove it, or put quotes round text that starts with !")

    def value(self, event: Any, depth: int, key: str) -> Any:
        self.check(event)
        if isinstance(event, ScalarEvent):
            return self.scalar(event, key)
        if depth > MAX_DEPTH:
            raise self.refuse(event, "too-large", f"more than {MAX_DEPTH} levels inside one another", "Use fewer levels")
        return self.fields(event, depth) if isinstance(event, MappingStartEvent) else self.items(event, depth, key)

    def scalar(self, event: ScalarEvent, key: str) -> Any:
        text: str = event.value
        if len(text) > MAX_VALUE:
            raise self.refuse(event, "too-large", f"a text of {len(text)} characters; the limit is {MAX_VALUE}", "Shorten it")
        if not event.implicit[0]:
            found = _ESCAPED.search(text)
            if found:
                raise self.refuse(event, "invisible-character", f"the value holds the invisible character U+{ord(found.group()):04X}", "Remove it")
            return text
        end = event.end_mark
        self.plain_ends[end.line + 1] = end.column + 1
        if text in _WORDS:
            return _WORDS[text]
        if key not in self.text_fields and _NUMBER.fullmatch(text):
            return Decimal(text) if "." in text else int(text)
        return text

    def items(self, start: Any, depth: int, key: str) -> Items:
        items = Items(start.start_mark.line + 1, start.start_mark.column + 1)
        event = self.next()
        while not isinstance(event, SequenceEndEvent):
            mark = event.start_mark
            items.marks.append((mark.line + 1, mark.column + 1))
            items.append(self.value(event, depth + 1, key))
            event = self.next()
        return items

    def fields(self, start: Any, depth: int) -> Fields:
        if depth == 1:
            self.check(start)
        fields = Fields(start.start_mark.line + 1, start.start_mark.column + 1)
        names: dict[str, str] = {}
        event = self.next()
        while not isinstance(event, MappingEndEvent):
            key = self.key(event)
            same = unicodedata.normalize("NFC", key)
            if same in names:
                line = fields.marks[names[same]][0]
                raise self.refuse(event, "duplicate-key", f'"{key}" was already given on line {line}', "Keep one of them")
            names[same] = key
            value = self.next()
            mark, at = event.start_mark, value.start_mark
            fields.marks[key] = (mark.line + 1, mark.column + 1, at.line + 1, at.column + 1)
            fields[key] = self.value(value, depth + 1, key)
            event = self.next()
        return fields

    def key(self, event: Any) -> str:
        self.check(event)
        if self.asks and self.asks[event.start_mark.line][: event.start_mark.column].endswith("? "):
            raise self.refuse(event, "yaml-feature", '"?" before a field name is not used here', 'Write "name: value"')
        if not isinstance(event, ScalarEvent):
            raise self.refuse(event, "key-form", "a field name must be text", 'Put quotes round a value that starts with { or [')
        key: str = event.value
        if key == "<<" and event.implicit[0]:
            raise self.refuse(event, "yaml-feature", '"<<" would merge other fields in', "Write the fields out")
        if len(key) > MAX_KEY:
            raise self.refuse(event, "key-form", f"a field name of {len(key)} characters", "Shorten it")
        if _ESCAPED.search(key):
            raise self.refuse(event, "invisible-character", "the field name holds an invisible character", "Type the name again")
        if event.implicit[0] and (key in _WORDS or _NUMBER.fullmatch(key)):
            raise self.refuse(event, "key-form", f'a field name must be text; "{key}" is not', "Use one of the field names of the schema")
        return key


def _short_tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")[:60]
