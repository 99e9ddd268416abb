"""The parts of a workbook's file: only what is asked for is unpacked, and only what was changed is different afterwards."""

from __future__ import annotations

import io
import posixpath
from dataclasses import dataclass
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from citytools.errors import CitytoolsError
from citytools.workbook.elements import RELATIONSHIPS, Element, edited, elements, into, quoted, utf8, without
from citytools.workbook.saving import EPOCH

_TYPES = "[Content_Types].xml"
_NO_RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part refers to: the reference's id, its kind (the last word of its type), and the part referred to."""

    id: str
    kind: str
    part: str


class Parts:
    """The parts of a workbook's file by name; those put or dropped take effect in ``packed``."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = ZipFile(io.BytesIO(data))
        except BadZipFile as error:
            raise CitytoolsError(f"the workbook is damaged: {error}") from error
        self._names = {info.filename.casefold(): info.filename for info in self._zip.infolist()}
        self._changed: dict[str, bytes | None] = {}

    def _key(self, name: str) -> str:
        """The name as the file writes it: references may differ from it in capitals."""
        return self._names.get(name.casefold(), name)

    def __contains__(self, name: str) -> bool:
        key = self._key(name)
        return self._changed[key] is not None if key in self._changed else name.casefold() in self._names

    def read(self, name: str) -> bytes:
        """A part's bytes in UTF-8."""
        key = self._key(name)
        if name not in self:
            raise CitytoolsError(f"the workbook is damaged: its part {name} is missing")
        changed = self._changed.get(key)
        if changed is not None:
            return changed
        try:
            return utf8(self._zip.read(key))
        except (BadZipFile, ValueError, LookupError) as error:
            raise CitytoolsError(f"the workbook is damaged: its part {name} cannot be read ({error})") from error

    def put(self, name: str, data: bytes) -> None:
        """A part's new bytes."""
        self._changed[self._key(name)] = data

    def add(self, name: str, data: bytes, kind: str = "") -> str:
        """A new part under the first free name (``name`` has {} for its number), and its content type if it is not its extension's."""
        number = 1
        while self._key(name.format(number)) in self._changed or name.format(number) in self:
            number += 1
        free = name.format(number)
        self.put(free, data)
        if kind:
            types = elements(self.read(_TYPES), part=_TYPES)
            self._type(types, f'<{types[0].prefix}Override PartName={quoted("/" + free)} ContentType="{kind}"/>')
        return free

    def drop(self, name: str) -> None:
        """A part taken away, with its content type and what it refers to."""
        self.drop_relations(name)
        self._changed[self._key(name)] = None
        types = self.read(_TYPES)
        known = [one for one in elements(types, part=_TYPES) if one.attribute("PartName").casefold() == f"/{name}".casefold()]
        self.put(_TYPES, edited(types, map(without, known)))

    def drop_relations(self, name: str) -> None:
        """Have a part refer to nothing."""
        relations = _relations_of(name)
        if relations in self:
            self._changed[self._key(relations)] = None

    def default_type(self, extension: str, kind: str) -> None:
        """The content type of all parts with an extension."""
        types = elements(self.read(_TYPES), part=_TYPES)
        if not any(one.attribute("Extension").casefold() == extension for one in types):
            self._type(types, f'<{types[0].prefix}Default Extension="{extension}" ContentType="{kind}"/>')

    def _type(self, types: list[Element], new: str) -> None:
        self.put(_TYPES, edited(self.read(_TYPES), [into(types[0], new)]))

    def names(self, beginning: str) -> list[str]:
        """The names of parts that begin so."""
        return [name for name in self._names.values() if name.startswith(beginning) and name in self]

    def relations(self, part: str) -> list[Relation]:
        """What a part refers to within the workbook; the workbook as a whole is the part without a name."""
        name = _relations_of(part)
        if name not in self:
            return []
        return [
            Relation(one.attribute("Id"), one.attribute("Type").rpartition("/")[2], _resolved(part, one.attribute("Target")))
            for one in elements(self.read(name), part=name)
            if one.name == "Relationship" and one.attribute("TargetMode") != "External"
        ]

    def relate(self, part: str, kind: str, target: str) -> str:
        """Have a part refer to another one; the id of the reference."""
        name = _relations_of(part)
        data = self.read(name) if name in self else _NO_RELATIONS
        found = elements(data, part=name)
        taken = {one.attribute("Id") for one in found}
        free = next(f"rId{number}" for number in range(1, len(taken) + 2) if f"rId{number}" not in taken)
        new = f'<{found[0].prefix}Relationship Id="{free}" Type="{RELATIONSHIPS}/{kind}" Target={quoted("/" + target)}/>'
        self.put(name, edited(data, [into(found[0], new)]))
        return free

    def unrelate(self, part: str, kind: str) -> None:
        """Take away a part's references of a kind."""
        name = _relations_of(part)
        data = self.read(name)
        gone = [without(one) for one in elements(data, part=name) if one.attribute("Type").rpartition("/")[2] == kind]
        self.put(name, edited(data, gone))

    def packed(self) -> bytes:
        """The file with all changes; new parts have no time."""
        stream = io.BytesIO()
        with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
            for info in self._zip.infolist():
                data = self._changed[info.filename] if info.filename in self._changed else self._zip.read(info)
                if data is not None and not info.is_dir():
                    archive.writestr(_like(info), data, ZIP_DEFLATED)
            for name, new in self._changed.items():
                if new is not None and name.casefold() not in self._names:
                    archive.writestr(ZipInfo(name, EPOCH), new, ZIP_DEFLATED)
        return stream.getvalue()


def _like(info: ZipInfo) -> ZipInfo:
    same = ZipInfo(info.filename, info.date_time)
    same.external_attr, same.create_system = info.external_attr, info.create_system
    return same


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _resolved(part: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")
