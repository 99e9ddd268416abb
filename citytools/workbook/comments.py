"""Notes of ours in the comments of a sheet: put beside what people wrote themselves, and found again to be taken away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from citytools.workbook.elements import RELATIONSHIPS, Edit, Element, before_later, content, edited, elements, grouped, into, text, without
from citytools.workbook.marking import ORDER, PLACE
from citytools.workbook.parts import Parts

MARK = "▸ citytools "
"""What each line of ours begins with, so that a later round finds it."""

_AUTHOR = "citytools"
_NAMES = {"author", "comment", "text", "t", "r"}
_BREAK = r"(?:\r|\n|&#1[03];|_x000[aAdD]_)"
_LINE_OF_OURS = re.compile(f"{_BREAK}*{MARK}(?:(?!{_BREAK}).)*")

_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_NONE = b'<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors/><commentList/></comments>'
_LANGUAGES = {"v": "vml", "o": "office:office", "x": "office:excel"}
_SPACES = " ".join(f'xmlns:{prefix}="urn:schemas-microsoft-com:{name}"' for prefix, name in _LANGUAGES.items())
_NO_SHAPES = f'<xml {_SPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'.encode()
_BOX = f"""<v:shapetype {_SPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">\
<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>"""
_SHAPE = """<v:shape {spaces} id="_x0000_s{id}" type="#_x0000_t202" fillcolor="#ffffe1" o:insetmode="auto" \
style="position:absolute;margin-left:60pt;margin-top:2pt;width:240pt;height:{points}pt;z-index:1;visibility:hidden">\
<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>\
<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>\
<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>\
<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"""
_SHAPES = re.compile(rb"<((?:\w+:)?)shape\b[^>]*(?<!/)>.*?</\1shape>", re.S)
_ROW, _COLUMN = (re.compile(rb"<(?:\w+:)?" + name + rb"\s*>\s*(\d+)\s*<") for name in (b"Row", b"Column"))
_WIDE, _LINE = 42, 15  # characters and points of a line in the box


def comment(parts: Parts, sheet: str, notes: Mapping[str, Sequence[str]]) -> list[str]:
    """Put lines into the comments of a sheet's cells, in the place of those of an earlier round.

    Returns the cells that hold a conversation: that is another kind of comment, which would hide ours.
    """
    there = parts.relations(sheet)
    held = set(_conversations(parts, [one.part for one in there if one.kind == "threadedComment"]))
    wanted = {cell: "\n".join(MARK + " ".join(line.split()) for line in lines) for cell, lines in notes.items() if cell not in held}
    part = next((one.part for one in there if one.kind == "comments"), "")
    if wanted and not part:
        part = parts.add("xl/comments{}.xml", _NONE, _COMMENTS)
        parts.relate(sheet, "comments", part)
    if part:
        cleared, gone = _cleared(parts.read(part), part)
        data, new = _written(cleared, wanted, part)
        parts.put(part, data)
        _draw(parts, sheet, {cell: wanted[cell] for cell in new if cell not in gone}, gone - set(new))
    return [cell for cell in notes if cell in held]


def _conversations(parts: Parts, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from (one.attribute("ref") for one in elements(parts.read(name), part=name) if one.name == "threadedComment")


# ---- what the comments say


def _cleared(data: bytes, part: str) -> tuple[bytes, set[str]]:
    """The part without lines of ours, and the cells of which then no comment is left."""
    found = elements(data, _NAMES, part)
    edits: list[Edit] = []
    gone = set()
    for one, inside in grouped(found, "comment"):
        texts = [(each, data[each.inner : each.close].decode()) for each in inside if each.name == "t"]
        left = [(each, _LINE_OF_OURS.sub("", before), before) for each, before in texts]
        if all(after == before for _, after, before in left):
            continue
        if any(after.strip() for _, after, _ in left):
            edits += [edit for each, after, before in left if after != before for edit in _shortened(each, after, inside)]
        else:
            edits.append(without(one))
            gone.add(one.attribute("ref"))
    return edited(data, edits), gone


def _shortened(each: Element, left: str, inside: Sequence[Element]) -> list[Edit]:
    """A text without our lines; nothing at all of a piece that is empty then."""
    around = [one for one in inside if one.name == "r" and one.holds(each)]
    return [without(around[0])] if around and not left else [Edit(each.inner, each.close, left.encode())]


def _written(data: bytes, wanted: Mapping[str, str], part: str) -> tuple[bytes, list[str]]:
    """The part with our lines, and the cells that had no comment before."""
    found = elements(data, _NAMES, part)
    there = {one.attribute("ref"): (one, inside) for one, inside in grouped(found, "comment")}
    edits = [edit for cell, said in wanted.items() if cell in there for edit in _appended(*there[cell], said)]
    new = [cell for cell in wanted if cell not in there]
    if new:
        prefix, (author, added) = found[0].prefix, _author(found, data)
        every = next(one for one in found if one.name == "commentList")
        said = (f"{_comment(prefix, cell, author, wanted[cell])}" for cell in new)
        edits += [*added, into(every, "".join(said))]
    return edited(data, edits), new


def _author(found: Sequence[Element], data: bytes) -> tuple[int, list[Edit]]:
    authors = [content(data, one) for one in found if one.name == "author"]
    if _AUTHOR in authors:
        return authors.index(_AUTHOR), []
    prefix = found[0].prefix
    every = next(one for one in found if one.name == "authors")
    return len(authors), [into(every, f"<{prefix}author>{_AUTHOR}</{prefix}author>")]


def _comment(prefix: str, cell: str, author: int, said: str) -> str:
    return (
        f'<{prefix}comment ref="{cell}" authorId="{author}" shapeId="0"><{prefix}text>{_run(prefix, said)}</{prefix}text></{prefix}comment>'
    )


def _run(prefix: str, said: str) -> str:
    return f'<{prefix}r><{prefix}t xml:space="preserve">{text(said)}</{prefix}t></{prefix}r>'


def _appended(one: Element, inside: Sequence[Element], said: str) -> list[Edit]:
    """Our lines after theirs, as a piece of its own; theirs becomes one as well where it is plain text."""
    around = next((each for each in inside if each.name == "text"), None)
    if around is None:
        return [into(one, f"<{one.prefix}text>{_run(one.prefix, said)}</{one.prefix}text>")]
    pieces = [each for each in inside if each.name in ("r", "t") and each.depth == around.depth + 1]
    run = _run(one.prefix, f"\n\n{said}" if pieces else said)
    if not pieces:
        return [into(around, run)]
    plain = [each for each in pieces if each.name == "t"]
    wrapped = [edit for each in plain for edit in _wrapped(each)]
    end = pieces[-1].end
    return [*wrapped, Edit(end, end, run.encode())]


def _wrapped(each: Element) -> list[Edit]:
    return [Edit(each.start, each.start, f"<{each.prefix}r>".encode()), Edit(each.end, each.end, f"</{each.prefix}r>".encode())]


# ---- the boxes they are shown in


def _draw(parts: Parts, sheet: str, new: Mapping[str, str], gone: set[str]) -> None:
    """Boxes for new comments, and none for those that are gone."""
    data = parts.read(sheet)
    found = elements(data, part=sheet)
    drawn = next((one.attribute("id") for one in found if one.name == "legacyDrawing"), "")
    name = next((one.part for one in parts.relations(sheet) if one.id == drawn), "")
    if not name and new:
        name = parts.add("xl/drawings/vmlDrawing{}.vml", _NO_SHAPES)
        parts.default_type("vml", _DRAWING)
        refers = f'xmlns:r="{RELATIONSHIPS}" r:id="{parts.relate(sheet, "vmlDrawing", name)}"'
        parts.put(sheet, edited(data, [before_later(found, ORDER, "legacyDrawing", f"<{found[0].prefix}legacyDrawing {refers}/>")]))
    if name and (new or gone):
        parts.put(name, _drawn(parts.read(name), new, gone))


def _drawn(data: bytes, new: Mapping[str, str], gone: set[str]) -> bytes:
    places = {_row_and_column(cell) for cell in gone}
    kept = _SHAPES.sub(lambda found: b"" if _place(found[0]) in places else found[0], data)
    first = max([1024, *(int(number) for number in re.findall(rb'"_x0000_s(\d{1,9})"', kept))]) + 1
    shapes = "".join(_shape(number, cell, said) for number, (cell, said) in enumerate(new.items(), start=first))
    box = _BOX if new and b'id="_x0000_t202"' not in kept else ""
    end = kept.rindex(b"</")
    return kept[:end] + (box + shapes).encode() + kept[end:]


def _place(shape: bytes) -> tuple[int, int] | None:
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    return (int(row[1]), int(column[1])) if row and column else None


def _row_and_column(cell: str) -> tuple[int, int]:
    """Counted from 0, as boxes have them."""
    found = PLACE.fullmatch(cell)
    if not found:
        return -1, -1
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


def _shape(number: int, cell: str, said: str) -> str:
    row, column = _row_and_column(cell)
    lines = sum(1 + len(line) // _WIDE for line in said.split("\n")) + 1
    anchor = f"{column + 1}, 15, {max(row - 1, 0)}, 4, {column + 4}, 15, {max(row - 1, 0) + lines + 1}, 4"
    return _SHAPE.format(spaces=_SPACES, id=number, points=_LINE * lines, anchor=anchor, row=row, column=column)
