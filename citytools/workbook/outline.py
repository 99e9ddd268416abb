"""What a workbook says it consists of: its sheets and their parts, the texts and styles that all of them share."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

from citytools.workbook.container import SAVE, TELL, Container
from citytools.workbook.markup import RELATED, Markup
from citytools.workbook.values import Styles, unescaped

# Texts, and characters of all of them; characters of one as a cell may hold it, and as the file format may have to write it.
MAX_TEXTS, MAX_ALL, MAX_TEXT, MAX_WRITTEN = 1_000_000, 30_000_000, 32_767, 7 * 32_767
EXTERNAL = "external "
_MANY = "Remove what is not data, or send it in several workbooks"
_MACROS = ("xlMacrosheet", "xlIntlMacrosheet")


@dataclass(slots=True)
class Outline:
    """Sheets with their part and whether they are hidden, other parts by their kind, other sheets' names, and which day is the first."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    from_1904: bool = False


def outline(markup: Markup) -> Outline:
    """What stands in the workbook's main part. Raises CitytoolsError where there is none, or it does not hold together."""
    container = markup.container
    _check_kind(markup)
    main = next((target for kind, target in related(markup, "").values() if kind == "officeDocument"), "")
    if main not in container.parts:
        raise container.refuse("has no workbook inside", SAVE)
    beside = related(markup, main)
    found = Outline(parts=dict(beside.values()))

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            found.from_1904 = attributes.get("date1904", "0") in ("1", "true", "on")
        elif name == "sheet":
            _sheet(container, found, beside.get(attributes.get(RELATED, ""), ("", "")), attributes)

    markup.read(main, start)
    if not found.sheets:
        raise container.refuse("has no sheet that can be read", SAVE)
    return found


def _check_kind(markup: Markup) -> None:
    def start(_: str, attributes: dict[str, str]) -> None:
        if "macroenabled" in attributes.get("ContentType", "").casefold():
            raise markup.container.refuse("contains macros", 'Save it as "Excel Workbook (.xlsx)"')

    markup.read("[Content_Types].xml", start)


def _sheet(container: Container, found: Outline, of: tuple[str, str], attributes: Mapping[str, str]) -> None:
    (kind, part), name = of, attributes.get("name", "")
    if kind in _MACROS:
        raise container.refuse("contains macros", 'Save it as "Excel Workbook (.xlsx)"')
    if kind and kind != "worksheet":
        found.others.append(name)
        return
    if part not in container.parts:
        raise container.refuse(f'lacks the content of its sheet "{shown(name)}"', SAVE)
    if any(name.casefold() == other.casefold() or part == taken for other, taken, _ in found.sheets):
        raise container.refuse(f'has its sheet "{shown(name)}" twice', SAVE)
    found.sheets.append((name, part, attributes.get("state", "visible") != "visible"))


def related(markup: Markup, part: str) -> dict[str, tuple[str, str]]:
    """The parts that a part refers to, by the id by which it does: their kind and name; what is elsewhere has a kind that begins so."""
    container = markup.container
    folder, own = posixpath.split(part)
    place = posixpath.join(folder, "_rels", f"{own}.rels")
    found: dict[str, tuple[str, str]] = {}
    if place not in container.parts:
        return found
    names = {name.casefold(): name for name in container.parts}  # in this format, the same name in other letters is the same part

    def start(name: str, attributes: dict[str, str]) -> None:
        if name != "Relationship":
            return
        kind, target = attributes.get("Type", "").rpartition("/")[2], attributes.get("Target", "")
        if attributes.get("TargetMode") == "External":
            found[attributes.get("Id", "")] = (f"{EXTERNAL}{kind}", target)
            return
        whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        if whole.startswith("..") or "\\" in whole:
            raise container.refuse("refers to a file outside itself", TELL)
        found[attributes.get("Id", "")] = (kind, names.get(whole.casefold(), whole))

    markup.read(place, start)
    return found


def texts(markup: Markup, part: str) -> list[str]:
    """The texts that cells refer to by number; how they are to be pronounced is left out."""
    container = markup.container
    found: list[str] = []
    pieces: list[str] = []
    within, aside, size, room = False, 0, 0, MAX_ALL

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal within, aside, size
        if name == "sst" and number(attributes.get("uniqueCount", "0")) > MAX_TEXTS:
            raise container.refuse(f"claims to hold {shown(attributes['uniqueCount'])} texts", SAVE)
        if name == "si":
            pieces.clear()
            size = 0
        within = name == "t" and not aside
        aside += name == "rPh"

    def end(name: str) -> None:
        nonlocal within, aside, room
        within = False
        aside -= name == "rPh"
        if name == "si":
            found.append(unescaped("".join(pieces)))
            room -= size
            if len(found) > MAX_TEXTS or room < 0:
                raise container.refuse("holds more text than an ordinary workbook does", _MANY)

    def text(words: str) -> None:
        nonlocal size
        if within:
            pieces.append(words)
            size += len(words)
            if size > MAX_WRITTEN:
                raise container.refuse(f"holds a text of over {MAX_WRITTEN:,} characters (limit {MAX_TEXT:,})", "Make it shorter")

    if part in container.parts:
        markup.read(part, start, end, text)
    return found


def styles(markup: Markup, part: str) -> Styles:
    """How each style of cell shows a number."""
    formats: dict[int, str] = {}
    cells: list[int] = []
    inside = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if name in ("numFmts", "cellXfs"):
            inside = name
        elif name == "numFmt" and inside == "numFmts":  # others belong to conditional formats
            formats[number(attributes.get("numFmtId", ""))] = attributes.get("formatCode", "")[:255]
        elif name == "xf" and inside == "cellXfs":
            cells.append(number(attributes.get("numFmtId", "0")))

    def end(name: str) -> None:
        nonlocal inside
        inside = "" if name == inside else inside

    if part not in markup.container.parts:
        return Styles(None)
    markup.read(part, start, end)
    return Styles(cells, formats)


def number(text: str) -> int:
    """A count that a workbook states; 0 where it is none."""
    return int(text) if text.isdecimal() and len(text) < 20 else 0


def shown(text: str) -> str:
    """A name of somebody else's for a message: no signs that cannot be seen, and not too long."""
    plain = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:61])
    return plain if len(plain) <= 60 else f"{plain[:59]}…"
