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


def read(
    container: Container,
    part: str,
    start: Start,
    end: End | None = None,
    text: Callable[[str], None] | None = None,
    *,
    prefixed: bool = False,
) -> None:
    """Call the functions for each element's beginning (name without its namespace, and attributes), end and text.

    Attributes may have namespaces only where they are said to be ``prefixed``, and are given without.

    Raises CitytoolsError for XML that is broken, declares anything, or is of the sort that only newer programs read.
    """

    known: dict[str, str] = {}

    def local(name: str) -> str:
        if _STRICT in name:
            raise _strict(container)
        return known.setdefault(name, name.rpartition(" ")[2])

    def started(name: str, attributes: dict[str, str]) -> None:
        start(known.get(name) or local(name), attributes)

    def started_with_prefixes(name: str, attributes: dict[str, str]) -> None:
        started(name, {key.rpartition(" ")[2]: value for key, value in attributes.items()})

    parser = _parser(container)
    parser.StartElementHandler = started_with_prefixes if prefixed else started
    if end:
        parser.EndElementHandler = lambda name: end(known.get(name) or local(name))
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
