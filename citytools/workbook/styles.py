"""Looks added to a workbook's style table, where they do not stand in it already."""

from __future__ import annotations

import re

from citytools.workbook.elements import Edit, Element, before_later, edited, elements, with_attributes
from citytools.workbook.looks import FONT
from citytools.workbook.parts import Parts

_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_NONE = f"""<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">\
<fonts count="1"><font><sz val="11"/><name val="{FONT}"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>""".encode()
_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst")
_TAG = re.compile("<(/?)")


class Styles:
    """A workbook's style table; ``save`` puts in what was added."""

    def __init__(self, parts: Parts, workbook: str) -> None:
        self._parts = parts
        self._name = next((one.part for one in parts.relations(workbook) if one.kind == "styles"), "")
        if not self._name:
            self._name = parts.add("xl/styles{}.xml" if "xl/styles.xml" in parts else "xl/styles.xml", _NONE, _KIND)
            parts.relate(workbook, "styles", self._name)
        self._data = parts.read(self._name)
        self._found = elements(self._data, {"font", "fill", "border", "xf", "dxf"}, self._name)
        self._groups = {one.name: one for one in self._found if one.depth == 1}
        self._known = {name: [*self._inside(group)] for name, group in self._groups.items()}
        self._added: dict[str, list[str]] = {}

    def _inside(self, group: Element) -> list[str]:
        inside = (one for one in self._found if one.depth == 2 and group.holds(one))
        return [self._data[one.start : one.end].decode() for one in inside]

    def font(self, inside: str) -> int:
        """The number of a font."""
        return self._add("fonts", f'<font>{inside}<name val="{FONT}"/></font>')

    def fill(self, colour: str) -> int:
        """The number of a background."""
        return self._add(
            "fills", f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor indexed="64"/></patternFill></fill>'
        )

    def look(self, font: int, fill: int, alignment: str) -> int:
        """The number of a cell's look; its text stays as it is."""
        return self._add(
            "cellXfs",
            f'<xf numFmtId="49" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" '
            f'applyFill="1" applyAlignment="1"><alignment {alignment}/></xf>',
        )

    def colour(self, colour: str) -> int:
        """The number of a look that lies over another one and changes nothing but its background."""
        solid = f'<patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor rgb="{colour}"/></patternFill>'
        return self._add("dxfs", f"<dxf><fill>{solid}</fill></dxf>")

    def _add(self, group: str, new: str) -> int:
        written = _TAG.sub(rf"<\1{self._found[0].prefix}", new)
        known = self._known.setdefault(group, [])
        if written not in known:
            known.append(written)
            self._added.setdefault(group, []).append(written)
        return known.index(written)

    def save(self) -> None:
        """Put the table with its additions into the workbook."""
        edits = [self._grown(name, "".join(added)) for name, added in self._added.items()]
        if edits:
            self._parts.put(self._name, edited(self._data, edits))

    def _grown(self, name: str, added: str) -> Edit:
        count = str(len(self._known[name]))
        group = self._groups.get(name)
        if not group:
            tag = self._found[0].prefix + name
            return before_later(self._found, _ORDER, name, f'<{tag} count="{count}">{added}</{tag}>')
        first = with_attributes(group, count=count).new.removesuffix(b"/>").removesuffix(b">")
        inside = self._data[group.inner : group.close]
        return Edit(group.start, group.end, first + b">" + inside + f"{added}</{group.tag}>".encode())
