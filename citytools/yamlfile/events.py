"""libyaml's event stream, and what stands between its events where tabs or question marks could matter."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent, ScalarEvent, StreamEndEvent

from citytools.yamlfile.refusal import RefusalError

_LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)
# A pattern that begins with the character itself is found some fifty times faster than one that begins with what stands before it.
_ASKS = re.compile(r"\?(?<![^\s\[{,]\?)(?!\S)")
_COMMENT = re.compile(r"(?:[ \t]+|(?<=\n)|^)#[^\n]*")


def events(path: str, text: str) -> tuple[Callable[[], Any], Callable[[], None]]:
    """A function that gives the next event, and one that frees the parser."""
    loader = _LOADER(text)
    if "\t" in text or _ASKS.search(text):
        return _Watched(path, text, loader.get_event).next, loader.dispose
    return loader.get_event, loader.dispose


def last_scalar(text: str) -> Any:
    """The last key or value before the place where libyaml stumbles."""
    loader = _LOADER(text)
    last = None
    try:
        while not isinstance(event := loader.get_event(), StreamEndEvent):
            last = event if isinstance(event, ScalarEvent) else last
    except yaml.YAMLError:
        pass
    finally:
        loader.dispose()
    return last


class _Watched:
    """Refuses tabs outside text and ``?`` before a field name, both of which libyaml would let pass."""

    def __init__(self, path: str, text: str, next: Callable[[], Any]) -> None:
        self.path = path
        self.text = text
        self.get = next
        self.end = 0
        self.flow: list[bool] = []

    def next(self) -> Any:
        event = self.get()
        inside = bool(self.flow) and self.flow[-1]
        if isinstance(event, CollectionStartEvent):
            self.flow.append(inside or bool(event.flow_style))
            if not event.flow_style:
                return event
        elif isinstance(event, CollectionEndEvent):
            if not self.flow.pop():
                return event
        elif not isinstance(event, (ScalarEvent, StreamEndEvent)):
            return event
        self.gap(min(event.start_mark.index, len(self.text)), inside, isinstance(event, StreamEndEvent))
        self.end = max(self.end, event.end_mark.index)
        return event

    def gap(self, start: int, inside: bool, last: bool) -> None:
        gap = _COMMENT.sub(lambda found: " " * len(found.group()), self.text[self.end : start])
        if "?" in gap:
            raise self.refuse(gap.index("?"), "yaml-feature", '"?" before a field name is not used here', 'Write "name: value"')
        if "\t" not in gap or inside:
            return
        lines = gap.split("\n")
        offset = 0
        for number, line in enumerate(lines):
            whole = number > 0 and (number < len(lines) - 1 or last)
            if "\t" in line and not (whole and not line.strip()):
                raise self.tab(offset + line.index("\t"))
            offset += len(line) + 1

    def tab(self, offset: int) -> RefusalError:
        at = self.end + offset
        line = self.text[self.text.rfind("\n", 0, at) + 1 :].partition("\n")[0]
        before = self.text[self.text.rfind("\n", 0, at) + 1 : at]
        if not line[len(before) :].strip():
            return self.refuse(offset, "tab", "a tab at the end of the line", "Delete it")
        return self.refuse(offset, "tab", *tab_words(before))

    def refuse(self, offset: int, rule: str, message: str, advice: str) -> RefusalError:
        at = self.end + offset
        line = self.text.count("\n", 0, at) + 1
        return RefusalError(self.path, line, at - self.text.rfind("\n", 0, at), rule, message, advice)


def tab_words(before: str) -> tuple[str, str]:
    """What to say of a tab, by what stands before it on its line: message and advice."""
    if not before.strip(" \t-"):
        return "a tab at the start of the line", "Use spaces, two for each level"
    if before.rstrip(" \t").endswith(":"):
        return "a tab after the colon", "Use one space"
    return "a tab where YAML needs spaces", "Use one space"
