"""The XML inside a workbook, as events. What could fill memory or time is counted and refused, whatever it is meant to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from citytools.errors import CitytoolsError
from citytools.workbook.container import SAVE, TELL, Container

# Elements, of all parts that are read; how deep they may stand; names of elements and attributes, which the parser keeps; and bytes
# of a single tag, which it goes through again with every piece.
MAX_ELEMENTS, MAX_DEPTH, MAX_NAMES, MAX_TAG = 4_000_000, 100, 2_000, 1_000_000

_STRICT = "http://purl.oclc.org/ooxml/"
_OURS = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://schemas.openxmlformats.org/package/2006/relationships",
    "http://schemas.openxmlformats.org/package/2006/content-types",
)
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


def _nothing(*_: object) -> None:
    pass


class Markup:
    """The parts of a container that are XML; the bounds hold for all that is read of them together."""

    def __init__(self, container: Container) -> None:
        self.container = container
        self._left = MAX_ELEMENTS

    def read(self, part: str, start: Start, end: End = _nothing, text: Callable[[str], None] | None = None) -> None:
        """Call the functions for each element's beginning, its end and text.

        Elements of the workbook's own come by their plain names, those of others with their namespace. Raises CitytoolsError for XML
        that is broken, declares anything, is of the sort that only newer programs read, or is too much.
        """
        names: dict[str, str] = {}
        known: set[str] = set()
        depth = 0

        def started(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            self._left -= 1
            known.update(attributes)
            if depth > MAX_DEPTH or self._left < 0 or len(known) > MAX_NAMES:
                raise self._too_much()
            called = names.get(name)
            if called is None:
                called = names[name] = self._called(name)
                if len(names) > MAX_NAMES:
                    raise self._too_much()
            start(called, attributes)

        def ended(name: str) -> None:
            nonlocal depth
            depth -= 1
            end(names[name])

        parser = self._parser()
        parser.StartElementHandler, parser.EndElementHandler = started, ended
        if text:
            parser.CharacterDataHandler = text
        fed = 0
        for chunk in self.container.chunks(part):
            self._feed(part, parser, chunk)
            fed += len(chunk)
            if fed - max(0, parser.CurrentByteIndex) > MAX_TAG:
                raise self._too_much()
        self._feed(part, parser, b"", last=True)

    def check(self, part: str) -> None:
        """See that a part that is not read is whole, and declares nothing if it is XML. Raises CitytoolsError."""
        rooted = False

        def started(name: str, _: object) -> None:
            nonlocal rooted
            rooted = True
            self._called(name)
            parser.StartElementHandler = None

        parser = self._parser()
        parser.StartElementHandler = started
        xml, fed = part.casefold().endswith((".xml", ".rels", ".vml")), 0
        for number, chunk in enumerate(self.container.chunks(part)):
            xml = xml or (number == 0 and _is_markup(chunk))
            if xml and not rooted:
                self._feed(part, parser, chunk)
                fed += len(chunk)
                if fed > MAX_TAG:
                    raise self._too_much()

    def _called(self, name: str) -> str:
        if _STRICT in name:
            raise self.container.refuse('is saved as "Strict Open XML"', 'Save it as an ordinary "Excel Workbook (.xlsx)"')
        space, _, local = name.rpartition(" ")
        return local if space in _OURS else name

    def _too_much(self) -> CitytoolsError:
        return self.container.refuse("holds more than an ordinary workbook does", "Copy the lines into a new workbook")

    def _parser(self) -> Any:
        spaces: set[str | None] = set()

        def declared(*_: object) -> None:
            raise self.container.refuse("has a document type inside, which Excel never writes", TELL)

        def spaced(prefix: str | None, _: object) -> None:
            spaces.add(prefix)
            if len(spaces) > MAX_NAMES:
                raise self._too_much()

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = declared
        parser.StartNamespaceDeclHandler = spaced
        return parser

    def _feed(self, part: str, parser: Any, chunk: bytes, *, last: bool = False) -> None:
        try:
            parser.Parse(chunk, last)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise self.container.refuse(f"is damaged inside ({part})", SAVE) from error


def _is_markup(beginning: bytes) -> bool:
    """Whether a part is XML whatever its name: in any encoding, a bracket is the first that stands there."""
    return beginning.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n").startswith(b"<")
