"""XML edited where it has to be: elements with their places in the bytes, so that everything else stays as it was."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from citytools.errors import CitytoolsError
from citytools.workbook.texts import escaped

RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

_START = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_DECLARED = re.compile(r"""^<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["'][^>]*\?>""")


@dataclass(slots=True)
class Element:
    """An element: its name without and with its prefix, its attributes, its depth (0 is the root), and where it stands.

    ``start`` is where its first tag begins, ``inner`` where that ends, ``close`` where its last tag begins, ``end`` what follows it;
    ``empty`` is whether the first tag is the last one too.
    """

    name: str
    tag: str
    attributes: dict[str, str]
    depth: int
    start: int
    inner: int = 0
    close: int = 0
    end: int = 0
    empty: bool = False

    @property
    def prefix(self) -> str:
        """The prefix with its colon, for elements that are put beside or into it."""
        return self.tag[: len(self.tag) - len(self.name)]

    def attribute(self, name: str) -> str:
        """An attribute by its name without a prefix; empty if there is none."""
        return next((value for key, value in self.attributes.items() if key.rpartition(":")[2] == name), "")

    def holds(self, other: Element) -> bool:
        """Whether the other one stands in this one."""
        return self.start < other.start and other.end <= self.end


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Bytes to put in the place of others."""

    start: int
    end: int
    new: bytes = b""


def utf8(data: bytes) -> bytes:
    """A part in UTF-8, which nearly all are; in another encoding no place in it could be found."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16")
    else:
        declared = _DECLARED.match(data[:200].decode("latin-1").removeprefix("ï»¿"))
        if not declared or declared[1].casefold() in ("utf-8", "us-ascii"):
            return data
        text = data.decode(declared[1])
    return _DECLARED.sub('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', text, count=1).encode()


def elements(data: bytes, names: Collection[str] = (), part: str = "") -> list[Element]:
    """The root, its children, and all elements of these names, in the order in which they begin."""
    found: list[Element] = []
    around: list[Element | None] = []

    def begin(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        one = None
        if len(around) < 2 or name in names:
            start = parser.CurrentByteIndex
            first = _START.match(data, start)
            one = Element(name, tag, attributes, len(around), start, first.end() if first else start)
            found.append(one)
        around.append(one)

    def finish(_: str) -> None:
        one = around.pop()
        if one and data[one.inner - 2 : one.inner] == b"/>":
            one.close, one.end, one.empty = one.inner, one.inner, True
        elif one:
            one.close = parser.CurrentByteIndex
            one.end = data.index(b">", one.close) + 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, finish
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise CitytoolsError(f"the workbook is damaged: its part {part} cannot be read ({error})") from error
    return found


def grouped(found: Sequence[Element], name: str) -> Iterator[tuple[Element, list[Element]]]:
    """Each element of a name, with those that follow up to the next of that name."""
    first = [number for number, one in enumerate(found) if one.name == name]
    for begin, after in zip(first, [*first, len(found)][1:], strict=True):
        yield found[begin], list(found[begin + 1 : after])


def edited(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with all edits made; of several at one place the first comes first."""
    pieces, reached = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        pieces += [data[reached : edit.start], edit.new]
        reached = edit.end
    return b"".join([*pieces, data[reached:]])


def into(element: Element, new: str) -> Edit:
    """New elements at the end of an element, also of one that was closed at once."""
    if element.empty:
        return Edit(element.inner - 2, element.inner, f">{new}</{element.tag}>".encode())
    return Edit(element.close, element.close, new.encode())


def before_later(found: Sequence[Element], order: Sequence[str], name: str, new: str) -> Edit:
    """A new child of the root where the file format wants one of its name: before the first that has to come later."""
    later = set(order[order.index(name) + 1 :])
    place = next((one.start for one in found if one.depth == 1 and one.name in later), found[0].close)
    return Edit(place, place, new.encode())


def with_attributes(element: Element, **changed: str | None) -> Edit:
    """The element's first tag with attributes set, or taken away where the value is None."""
    attributes = {**element.attributes, **changed}
    written = "".join(f" {key}={quoted(value)}" for key, value in attributes.items() if value is not None)
    return Edit(element.start, element.inner, f"<{element.tag}{written}{'/' * element.empty}>".encode())


def without(element: Element) -> Edit:
    """The element taken away."""
    return Edit(element.start, element.end)


def content(data: bytes, element: Element) -> str:
    """The text that stands in an element that holds nothing else."""
    return html.unescape(data[element.inner : element.close].decode())


def text(content: str) -> str:
    """Text between tags, as the file format stores it."""
    return escape(escaped(content))


def quoted(content: str) -> str:
    """The value of an attribute with its quotation marks."""
    return quoteattr(content)
