"""libyaml's event stream through a YAML 1.2 constructor of our own, every value with its place.

Scalars: ``true``/``false``, ``null``/``~``/empty, plain decimal numbers; all else is text. Fields that the
schema knows as text keep what was written (``2024``, ``3.10``). Anchors, aliases, tags, merge keys,
directives, ``?`` keys and second documents are refused, as are depth and size beyond the limits.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from array import array
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from citytools.model import Marks
from citytools.yamlfile.events import events
from citytools.yamlfile.notices import worth_watching
from citytools.yamlfile.records import given_twice, split_number
from citytools.yamlfile.refusal import NOTHING, RefusalError
from citytools.yamlfile.syntax import explain, no_break_space, percent_words, space_after_colon, space_after_dash
from citytools.yamlfile.text import INVISIBLE
from citytools.yamlfile.trouble import cut

MAX_DEPTH = 20
MAX_VALUES = 200_000
MAX_VALUE = 20_000
MAX_KEY = 100

# A minus before nothing but zeros is no number that anyone means.
_NUMBER = re.compile(r"(?!-0(?:\.0+)?\Z)-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][\w-]{0,99}", re.ASCII)
_GLUED = re.compile(r"([\w-]+):((?!//)\S.*)")
_NBSP_FIELD = re.compile(r"(?:-|[\w-]+:)?(?=\u00a0)")
_WINDOWS_PATH = re.compile(r'"(?:[A-Za-z]:|\\\\[\w.$-]+)(\\[bfnrtv0aeN])')
# Where an anchor or tag may stand: never inside a word, as in most addresses.
_TAGGED = re.compile(r"[&!](?<![^\s,\[\]{}:?\"'-].)")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_QUOTE_OR_WRITE = "Put quotes round the whole value, or write the fields out"


@dataclass(frozen=True, slots=True)
class Reading:
    """A file's fields and marks, where its text without quotes ended if that matters (line → column), whether it is one ``{…}``."""

    fields: dict[str, Any]
    marks: Marks
    plain_ends: dict[int, int]
    as_json: bool


def read_fields(path: str, text: str, text_fields: frozenset[str]) -> Reading:
    """What the text says. Raises RefusalError."""
    reader = _Reader(path, text, text_fields)
    try:
        fields = reader.document()
        return Reading(fields, reader.marks(), reader.plain_ends, reader.as_json)
    except yaml.MarkedYAMLError as error:
        raise explain(path, text, error) from None
    finally:
        reader.close()


class _Reader:
    def __init__(self, path: str, text: str, text_fields: frozenset[str]) -> None:
        self.path = path
        self.text = text
        self.text_fields = text_fields
        self.next, self.close = events(path, text)
        self.values = 0
        self.offsets: list[int] = []
        # Of each field's name, once checked: the one copy of it that is kept, and what plain text means in the field.
        self.names: dict[str, tuple[str, dict[str, Any]]] = {}
        self.watching = worth_watching(text)
        self.plain_ends: dict[int, int] = {}
        self.as_json = False
        self.no_break_spaces = "\u00a0" in text
        self.backslashes = "\\" in text
        self.tagged = _TAGGED.search(text) is not None
        # Every value has at least one character of its own: a short text cannot hold too many.
        self.counting = len(text) > MAX_VALUES

    def marks(self) -> Marks:
        ends = accumulate(len(line) + 1 for line in self.text.split("\n"))
        return Marks(array("I", self.offsets), array("I", [0, *ends]))

    def refuse(self, event: Any, rule: str, message: str, advice: str = "") -> RefusalError:
        mark = event.start_mark
        return RefusalError(self.path, mark.line + 1, mark.column + 1, rule, message, advice)

    def document(self) -> dict[str, Any]:
        self.next()
        event = self.next()
        if isinstance(event, StreamEndEvent):
            raise RefusalError(self.path, 1, 1, "empty-file", "the file holds only comments", NOTHING[1])
        if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
            raise self.refuse(event, "yaml-feature", *percent_words())
        event = self.next()
        if not isinstance(event, MappingStartEvent):
            raise self.not_fields(event)
        self.check(event)
        self.as_json = bool(event.flow_style)
        fields = self.fields(event, 1)
        self.end()
        return fields

    def not_fields(self, event: Any) -> RefusalError:
        advice = 'A file is a set of fields such as "schema: 1", with a space after the colon'
        if isinstance(event, SequenceStartEvent):
            return self.refuse(
                event, "not-fields", "the file starts with a list", "Put its name on a line of its own above it, as in systems:"
            )
        self.check(event)
        self.next()
        self.next()  # what follows may be a syntax error, which says more than that there are no fields
        text: str = event.value
        if event.implicit[0]:
            self.check_space(event, text)
            if text in ("", "null", "~"):
                message = f'the file says only "{text}"' if text else NOTHING[0]
                return RefusalError(self.path, 1, 1, "empty-file", message, NOTHING[1])
            if glued := _GLUED.fullmatch(text):
                return self.refuse(event, "not-fields", *space_after_colon(glued[1], glued[2]))
        return self.refuse(event, "not-fields", f'the file holds only the text "{text[:40]}"', advice)

    def end(self) -> None:
        self.next()
        event = self.next()
        if not isinstance(event, StreamEndEvent):
            raise self.refuse(
                event, "yaml-feature", 'a second "---" begins another document', "One file holds one document: remove it or use two files"
            )

    def check(self, event: Any) -> None:
        """Refuse what is not used here, before it can cost anything."""
        if isinstance(event, AliasEvent):
            raise self.refuse(event, "yaml-feature", _copies("*", str(event.anchor), "copies another part of the file"), _QUOTE_OR_WRITE)
        if event.anchor:
            raise self.refuse(event, "yaml-feature", _copies("&", event.anchor, "marks a part to be copied"), _QUOTE_OR_WRITE)
        if event.tag:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")[:60]
            raise self.refuse(event, "yaml-feature", f'"{tag}" is read as a tag, and tags are not used here', _instead_of_tag(event))

    def value(self, event: Any, depth: int, key: str, meanings: dict[str, Any]) -> Any:
        if self.counting:
            self.count(event)
        if type(event) is ScalarEvent:  # most values are: they take the short way
            if self.tagged:
                self.check(event)
            if not event.implicit[0]:
                return self.quoted(event)
            text = event.value
            return meanings[text] if text in meanings else self.plain(event, key, meanings)
        self.check(event)
        if depth > MAX_DEPTH:
            raise self.refuse(event, "too-large", f"more than {MAX_DEPTH} levels inside one another", "Use fewer levels")
        return self.fields(event, depth) if isinstance(event, MappingStartEvent) else self.items(depth, key, meanings)

    def count(self, event: Any) -> None:
        self.values += 1
        if self.values > MAX_VALUES:
            raise self.refuse(event, "too-large", f"more than {MAX_VALUES} values in the file", "Split it, or ask the maintainers")

    def plain(self, event: Any, key: str, meanings: dict[str, Any]) -> Any:
        text: str = event.value
        if text in _WORDS:
            value: Any = _WORDS[text]
        elif key not in self.text_fields and _NUMBER.fullmatch(text):
            meanings[text] = Decimal(text) if "." in text else int(text)
            return meanings[text]
        else:
            value = text
            if self.no_break_spaces:
                self.check_space(event, text)
            if len(text) > MAX_VALUE:
                raise self.refuse(event, "too-large", f"a text of {len(text)} characters; the limit is {MAX_VALUE}", "Shorten it")
        if self.watching and value not in (True, False):
            self.plain_ends[event.end_mark.line + 1] = event.end_mark.column + 1
        elif not self.no_break_spaces:
            meanings[text] = value
        return value

    def check_colon(self, event: Any, begin: Any, key: str, fields: dict[str, Any]) -> None:
        """Refuse a name without a value that is more likely a value: ``name:value``, or the rest of a text after a comma in braces."""
        if glued := _GLUED.fullmatch(key):
            raise self.refuse(event, "syntax", *space_after_colon(glued[1], glued[2]))
        if not begin.flow_style or len(fields) < 2 or self.text[event.end_mark.index :].lstrip().startswith(":"):
            return
        before, text = list(fields.items())[-2]
        if isinstance(text, str):
            advice = f'If it belongs to the text before the comma, put quotes round the whole: {before}: "{cut(f"{text}, {key}")}"'
            raise self.refuse(event, "syntax", f'there is no colon after "{cut(key)}"', advice)

    def quoted(self, event: Any) -> str:
        text: str = event.value
        if len(text) > MAX_VALUE:
            advice = "Shorten it; if it is not so long, its closing quote is missing" if event.style in ("'", '"') else "Shorten it"
            raise self.refuse(event, "too-large", f"a text of {len(text)} characters; the limit is {MAX_VALUE}", advice)
        if self.backslashes and event.style == '"':
            self.check_escapes(event, text)
        return text

    def items(self, depth: int, key: str, meanings: dict[str, Any]) -> list[Any]:
        following, value, offsets = self.next, self.value, self.offsets
        items: list[Any] = []
        start = len(offsets)
        offsets.append(0)
        while type(event := following()) is not SequenceEndEvent:
            offsets.append(event.start_mark.index)
            items.append(value(event, depth + 1, key, meanings))
        offsets[start] = len(offsets)
        return items

    def fields(self, begin: Any, depth: int) -> dict[str, Any]:
        following, value, names, offsets = self.next, self.value, self.names, self.offsets
        fields: dict[str, Any] = {}
        start = len(offsets)
        offsets.append(0)
        while type(event := following()) is not MappingEndEvent:
            known = names.get(event.value) if type(event) is ScalarEvent and not self.tagged else None
            key, meanings = known or self.name(event)
            if key in fields or (not known and not key.isascii() and self.same_name(key, fields)):
                raise self.given_twice(event, begin, key, fields, start)
            after = following()
            offsets.append(event.start_mark.index)
            offsets.append(after.start_mark.index)
            fields[key] = read = value(after, depth + 1, key, meanings)
            if read is None:
                self.check_colon(event, begin, key, fields)
        offsets[start] = len(offsets)
        return fields

    def given_twice(self, event: Any, begin: Any, key: str, fields: dict[str, Any], start: int) -> RefusalError:
        marks = self.marks()
        line, _ = marks.place(marks.inside(fields, start)[self.same_name(key, fields)] - 1)
        advice = given_twice(self.text, event, begin, key, next(iter(fields)))
        return self.refuse(event, "duplicate-key", f'"{key}" was already given on line {line}', advice)

    def same_name(self, key: str, fields: dict[str, Any]) -> str:
        """The name among the fields that looks the same, although it may be other characters; empty for none."""
        same = unicodedata.normalize("NFC", key)
        return next((name for name in fields if unicodedata.normalize("NFC", name) == same), "")

    def name(self, event: Any) -> tuple[str, dict[str, Any]]:
        if type(event) is not ScalarEvent or event.tag or event.anchor:
            self.check(event)
            raise self.refuse(event, "key-form", "a field name must be text", "Put quotes round a value that starts with { or [")
        key: str = event.value
        if key not in self.names:
            if not _NAME.fullmatch(key) or key in _WORDS:
                self.check_name(event, key)
                return key, {}
            self.names[key] = sys.intern(key), {}
        return self.names[key]

    def check_name(self, event: Any, key: str) -> None:
        if len(key) > MAX_KEY:
            raise self.refuse(event, "key-form", f"a field name of {len(key)} characters", "Shorten it")
        if INVISIBLE.search(key):
            raise self.refuse(event, "invisible-character", "the field name holds an invisible character", "Type the name again")
        if "\u00a0" in key:
            raise self.refuse(event, "no-break-space", *no_break_space())
        if not event.implicit[0]:
            return
        if key == "<<":
            raise self.refuse(event, "yaml-feature", '"<<" would merge other fields in', "Write the fields out")
        if split := split_number(self.text, event):
            mark = event.start_mark
            raise RefusalError(self.path, mark.line + 1, split.column, "key-form", "the comma splits the number", split.advice)
        if key in _WORDS or _NUMBER.fullmatch(key):
            raise self.refuse(event, "key-form", f'a field name must be text; "{key}" is not', "Use one of the field names of the schema")
        if key.startswith("-"):
            raise self.refuse(event, "syntax", *space_after_dash(f"{key[1:]}: …"))

    def check_escapes(self, event: Any, text: str) -> None:
        """Refuse in double quotes what can only come from an escape, or from a path that was taken for one."""
        if found := INVISIBLE.search(text):
            raise self.refuse(
                event,
                "invisible-character",
                f"the value holds the invisible character U+{ord(found[0]):04X}",
                "Remove it; a Windows path needs single quotes",
            )
        if path := _WINDOWS_PATH.match(self.text, event.start_mark.index):
            raise self.refuse(event, "syntax", f'"{path[1]}" means something else in double quotes', "Use single quotes round the text")

    def check_space(self, event: Any, text: str) -> None:
        """Refuse ``name:`` and a no-break space where a field should be; inside text a no-break space is text."""
        mark = event.start_mark
        line = self.text[mark.index - mark.column : mark.index]
        found = _NBSP_FIELD.match(text)
        if found and not line.strip(" -"):
            raise RefusalError(self.path, mark.line + 1, mark.column + 1 + found.end(), "no-break-space", *no_break_space())


def _copies(mark: str, name: str, effect: str) -> str:
    return f'text that starts with "{mark}" needs quotes: "{mark}{name[:40]}" {effect}'


def _instead_of_tag(event: Any) -> str:
    if "python" in event.tag:
        return "Remove it. It could be an attack: tell the maintainers"
    value = getattr(event, "value", "")
    if value and event.tag.startswith("tag:yaml.org"):
        return f'Write "{value[:40]}" in quotes instead'
    return "Put quotes round text that starts with !"
