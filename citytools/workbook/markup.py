"""The XML inside a workbook, as events; a document type, by which entities are declared, is refused wherever it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any
from xml.parsers import expat

from citytools.workbook.container import Container

_STRICT = "http://purl.oclc.org/ooxml/"

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


class _SeenError(Exception):
    """The first element was reached."""


def read(container: Container, part: str, start: Start, end: End | None = None, text: Callable[[str], None] | None = None) -> None:
    """Call the functions for each element's beginning (name and attributes without namespaces), end and text.

    Raises CitytoolsError for XML that is broken, declares anything, or is of the sort that only newer programs read.
    """

    def started(name: str, attributes: dict[str, str]) -> None:
        if _STRICT in name:
            raise _strict(container)
        start(name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in attributes.items()})

    parser = _parser(container)
    parser.StartElementHandler = started
    if end:
        parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    if text:
        parser.CharacterDataHandler = text
    _feed(container, part, parser, container.chunks(part))


def check(container: Container, part: str) -> None:
    """See that a part that is not read declares nothing. Raises CitytoolsError."""

    def started(name: str, _: dict[str, str]) -> None:
        if _STRICT in name:
            raise _strict(container)
        raise _SeenError

    parser = _parser(container)
    parser.StartElementHandler = started
    with suppress(_SeenError):
        _feed(container, part, parser, container.chunks(part))


def _strict(container: Container) -> Exception:
    return container.refuse('is saved as "Strict Open XML"', 'Save it as an ordinary "Excel Workbook (.xlsx)"')


def _parser(container: Container) -> Any:
    def declared(*_: object) -> None:
        raise container.refuse("has a document type inside, which Excel never writes", "Do not open it; tell the maintainers")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = declared
    parser.EntityDeclHandler = declared
    return parser


def _feed(container: Container, part: str, parser: Any, chunks: Iterable[bytes]) -> None:
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise container.refuse(f"is damaged inside ({part})", "Open it in Excel, save it, and send that") from error
