"""Three states of the same fields → one that has what either side did, and where the two cannot both be had.

Values only: neither text nor git. "Ours", in sentences "here", is what is merged into; "theirs", "there", is what comes in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, NamedTuple

from citytools import diff, orders, schema
from citytools.model import Change, Dataset, Document, FieldChange, FieldPath, Location
from citytools.yamlfile import same as alike


class Absent(Enum):
    """That there is no such field, item, record or file: something other than null, ``[]`` and ``{}``."""

    ABSENT = ""


ABSENT = Absent.ABSENT


class Side(StrEnum):
    """Of which of the three states a value is."""

    BASE = "base"
    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Where not both sides can be had: whose field, as ``diff`` words it, the three values (``ABSENT`` for none), and why.

    ``field`` is empty for a whole record, and for a whole file. ``path`` and ``their_path`` lead from the top of ours and theirs
    to the value, or to where it would stand. Until somebody decides, ``kept`` says which value the result has.
    """

    kind: str
    ref: str
    field: str
    path: FieldPath
    their_path: FieldPath
    base: Any
    ours: Any
    theirs: Any
    reason: str
    kept: Side = Side.OURS

    @property
    def key(self) -> tuple[str, str, str]:
        """Kind, reference and field: no two conflicts of a file have the same."""
        return self.kind, self.ref, self.field


Take = Callable[[Conflict], Side | None]
"""Which side a conflict is decided for; None where nobody has decided."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A group of fields with what both sides did, the conflicts left, and what differs from ours."""

    fields: dict[str, Any]
    conflicts: tuple[Conflict, ...]
    taken: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class MergedFile:
    """A file's fields (None where there is to be no such file), and the conflicts left."""

    fields: dict[str, Any] | None
    conflicts: tuple[Conflict, ...]
    ours: Dataset
    merged: Dataset

    @property
    def taken(self) -> tuple[Change, ...]:
        """What differs from ours, by record."""
        return diff.diff(self.ours, self.merged).changes


def undecided(conflict: Conflict) -> Side | None:
    """Leave every conflict to a person."""
    return None


def merge_fields(
    base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any], definition: schema.Schema, take: Take = undecided
) -> Merged:
    """Merge one group of fields by its definition in a schema. No value is changed in place."""
    court = _Court(take)
    fields = _value(_Three(dict(base), dict(ours), dict(theirs)), definition, _Place(), court)
    return Merged(fields, tuple(court.conflicts), diff.differences(ours, fields, definition))


def merge_files(
    kind: str,
    base: Mapping[str, Any] | None,
    ours: Mapping[str, Any] | None,
    theirs: Mapping[str, Any] | None,
    take: Take = undecided,
    *,
    holder: str = "",
    path: str = "",
) -> MergedFile:
    """Merge the fields of a file of a kind, its records by id; None where there is no such file. No value is changed in place."""
    court = _Court(take)
    three = _Three(*(ABSENT if side is None else dict(side) for side in (base, ours, theirs)))
    merged = _value(three, schema.load(kind), _Place(kind, holder or kind, holder=holder), court)
    fields = None if merged is ABSENT else merged
    before, after = (_dataset(Document(path, kind, dict(side), holder)) if side is not None else _dataset() for side in (ours, fields))
    return MergedFile(fields, tuple(court.conflicts), before, after)


def _dataset(*documents: Document) -> Dataset:
    return Dataset("", documents, {}, ())


class _Three(NamedTuple):
    """The same thing in the three states."""

    base: Any
    ours: Any
    theirs: Any

    def at(self, key: Any) -> _Three:
        """What each of three mappings has under a key."""
        return _Three(*(side.get(key, ABSENT) for side in self))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the merge is: in which record, at which field of it, and by which way in either file."""

    kind: str = ""
    ref: str = ""
    field: str = ""
    ours: FieldPath = ()
    theirs: FieldPath = ()
    holder: str = ""

    def within(self, name: str) -> _Place:
        """At a field of the group of fields here."""
        field = f"{self.field}.{name}" if self.field else name
        return replace(self, field=field, ours=(*self.ours, name), theirs=(*self.theirs, name))

    def item(self, numbers: _Three) -> _Place:
        """At an item of the list here, or at the list where a side has no such item."""
        steps = [() if number is ABSENT else (number,) for number in numbers]
        return replace(self, ours=(*self.ours, *steps[1]), theirs=(*self.theirs, *steps[2]))


class _Court:
    """Where what cannot be merged is decided, or noted."""

    def __init__(self, take: Take) -> None:
        self.take = take
        self.conflicts: list[Conflict] = []

    def decide(self, place: _Place, three: _Three, reason: str) -> Any:
        """The value of the side that is chosen; ours where none is, but never the loss of a whole record or file."""
        kept = Side.THEIRS if three.ours is ABSENT and not place.field else Side.OURS
        conflict = Conflict(place.kind, place.ref, place.field, place.ours, place.theirs, *three, reason, kept)
        chosen = self.take(conflict)
        if chosen is None:
            self.conflicts.append(conflict)
        return getattr(three, chosen or kept)


def _value(three: _Three, definition: schema.Schema, place: _Place, court: _Court) -> Any:
    if alike(three.base, three.theirs) or alike(three.ours, three.theirs):
        return three.ours
    if alike(three.base, three.ours):
        return three.theirs
    if isinstance(three.ours, dict) and isinstance(three.theirs, dict):
        return _group(three, definition, place, court)
    if isinstance(three.ours, list) and isinstance(three.theirs, list):
        return _list(three, definition, place, court)
    if _only_reordered(three, definition):
        return ABSENT
    return court.decide(place, three, _why(three))


def _only_reordered(three: _Three, definition: schema.Schema) -> bool:
    """Whether one side removed what the other did not change, but for the order of what has none."""
    if three.ours is not ABSENT and three.theirs is not ABSENT:
        return False
    left = three.theirs if three.ours is ABSENT else three.ours
    return bool(_meaning(left, definition) == _meaning(three.base, definition))


def _meaning(value: Any, definition: schema.Schema) -> Any:
    """What is equal for values that say the same, whatever the order of what has none."""
    if isinstance(value, dict):
        known = definition.get("properties", {})
        return frozenset((name, _meaning(each, known.get(name, {}))) for name, each in value.items())
    if isinstance(value, list):
        items = [_meaning(each, definition.get("items", {})) for each in value]
        return "list", tuple(items) if schema.ordered(definition) else frozenset(Counter(items).items())
    return comparable(value)


def _why(three: _Three) -> str:
    match [side is ABSENT for side in three]:
        case [True, *_]:
            return "it was added both here and there, and not alike"
        case [_, True, _]:
            return "it was removed here, and changed there"
        case [_, _, True]:
            return "it was changed here, and removed there"
    return "it was changed both here and there, and not alike"


def _group(three: _Three, definition: schema.Schema, place: _Place, court: _Court) -> dict[str, Any]:
    sides = _Three(*(side if isinstance(side, dict) else {} for side in three))
    known = definition.get("properties", {})
    merged = {name: _value(sides.at(name), known.get(name, {}), place.within(name), court) for name in {**sides.ours, **sides.theirs}}
    there = {name for name, value in merged.items() if value is not ABSENT}
    return {name: merged[name] for name in orders.arranged(list(sides.ours), list(sides.theirs), there)}


def _list(three: _Three, definition: schema.Schema, place: _Place, court: _Court) -> Any:
    if not isinstance(three.base, list):
        if not (three.ours and three.theirs):
            return court.decide(place, three, "one side says that there are none, and the other says which")
        three = three._replace(base=[])
    if "x-record" in definition:
        return _records(three, definition, place, court)
    if schema.ordered(definition):
        return _sequence(three, place, court)
    key = schema.item_key(definition)
    by_key = [diff.keyed(side, key) if key else None for side in three]
    if None in by_key:
        return _multiset(three, place, court)
    return _items(
        _Three(*by_key),
        definition.get("items", {}),
        lambda name, numbers: replace(place.item(numbers), field=f"{place.field}[{name}]"),
        court,
    )


def _items(
    sides: _Three, definition: schema.Schema, place_of: Callable[[str, _Three], _Place], court: _Court, *, lead: Side = Side.OURS
) -> list[Any]:
    """Merge items that are known by a word, in the order of the side that leads."""
    numbers = _Three(*({name: number for number, name in enumerate(side)} for side in sides))
    merged = {name: _value(sides.at(name), definition, place_of(name, numbers.at(name)), court) for name in {**sides.ours, **sides.theirs}}
    there = {name for name, value in merged.items() if value is not ABSENT}
    first, second = (sides.ours, sides.theirs) if lead is Side.OURS else (sides.theirs, sides.ours)
    return [merged[name] for name in orders.arranged(list(first), list(second), there)]


def _records(three: _Three, definition: schema.Schema, place: _Place, court: _Court) -> Any:
    """Merge records by id. One that has another id now is still the same; of two orders, the one that was changed wins."""
    problem = _not_told_apart(three)
    if problem:
        return court.decide(place, three, problem)
    kind = definition["x-record"]
    by_id = _Three(*({str(item["id"]): item for item in side} for side in three))
    sides = _as_before(by_id, kind, place.kind)

    def place_of(name: str, numbers: _Three) -> _Place:
        own = str((sides.theirs if numbers.ours is ABSENT else sides.ours)[name]["id"])
        ref = f"{place.holder}/{own}" if place.holder else own
        return replace(place.item(numbers), kind=kind, ref=ref, field="")

    moved = [orders.reordered(list(sides.base), list(side)) for side in sides[1:]]
    lead = Side.THEIRS if moved == [False, True] else Side.OURS
    return _items(sides, definition["items"], place_of, court, lead=lead)


def _not_told_apart(three: _Three) -> str:
    """Why records cannot be matched; empty where they can."""
    for side, where in ((three.ours, "here"), (three.theirs, "there"), (three.base, "in what both began with")):
        if not all(isinstance(item, dict) and "id" in item for item in side):
            return f"{where} something in the list has no id, so that the records cannot be matched"
        times = Counter(str(item["id"]) for item in side)
        twice = next((own for own in times if times[own] > 1), None)
        if twice is not None:
            return f'two records have the id "{schema.shown(twice)}" {where}, so that it cannot be told which is meant'
    return ""


def _as_before(by_id: _Three, kind: str, file_kind: str) -> _Three:
    """The records under the ids that they had in the base, where they had another.

    What one side shows to be a new id is one on the other side too; where the other has it for something else, it is none.
    """
    ours = _renamed(by_id.base, by_id.ours, by_id.theirs, kind, file_kind)
    theirs = _renamed(by_id.base, by_id.theirs, by_id.ours, kind, file_kind)
    ours, theirs = ours | _also(theirs, by_id.ours, ours), theirs | _also(ours, by_id.theirs, theirs)
    unclear = {new for new in {**ours, **theirs} if new in by_id.ours and new in by_id.theirs and ours.get(new) != theirs.get(new)}
    was = [{new: old for new, old in names.items() if new not in unclear} for names in (ours, theirs)]
    return _Three(by_id.base, *({old.get(own, own): item for own, item in side.items()} for old, side in zip(was, by_id[1:], strict=True)))


def _renamed(base: Mapping[str, Any], side: Mapping[str, Any], other: Mapping[str, Any], kind: str, file_kind: str) -> dict[str, str]:
    """The new ids of records so alike to one that is gone, as it was or as the other side has it, that they must be the same: new → old."""
    gone = {own: item for own, item in base.items() if own not in side}
    come = {own: item for own, item in side.items() if own not in base}
    found = _pairs(gone, come, kind, file_kind)
    left = {own: other[own] for own in gone if own in other and own not in found.values()}
    return found | _pairs(left, {own: item for own, item in come.items() if own not in found}, kind, file_kind)


def _pairs(gone: Mapping[str, Any], come: Mapping[str, Any], kind: str, file_kind: str) -> dict[str, str]:
    units = ([diff.Unit(kind, own, "", file_kind, ("", 0), Location(""), item) for own, item in side.items()] for side in (gone, come))
    return {new.ref: old.ref for old, new in diff.pairs(*units)}


def _also(names: Mapping[str, str], records: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    """The new ids of another side that hold for these records too."""
    told = {*known, *known.values()}
    return {new: old for new, old in names.items() if new in records and old not in records and not told & {new, old}}


def _multiset(three: _Three, place: _Place, court: _Court) -> Any:
    """Merge a list of words, or of what cannot be told apart: what a side took out is out, what a side put in is in."""
    sides = _Three(*(_numbered(side) for side in three))
    counts = _Three(*(Counter(each for each, _ in side) for side in sides))
    wanted = {each: _how_many(*(count[each] for count in counts)) for each in {*counts.ours, *counts.theirs}}
    if None in wanted.values():
        return court.decide(place, three, "something was taken out of the list on one side, and listed again on the other")
    values = {**sides.theirs, **sides.ours}
    there = {(each, number) for each, number in values if number < wanted[each]}
    return [values[each] for each in orders.arranged(list(sides.ours), list(sides.theirs), there)]


def _numbered(items: Iterable[Any]) -> dict[tuple[Any, int], Any]:
    """Items by what they say and how many alike stand before them."""
    seen = Counter[Any]()
    found = {}
    for item in items:
        said = comparable(item)
        found[said, seen[said]] = item
        seen[said] += 1
    return found


def _how_many(base: int, ours: int, theirs: int) -> int | None:
    """How often something is listed; None where one side listed it more often, and the other less."""
    more, less = max(ours, theirs), min(ours, theirs)
    if less < base < more:
        return None
    return less if less < base else more


def _sequence(three: _Three, place: _Place, court: _Court) -> Any:
    """Merge a list whose order has a meaning, where the two sides were at work in different places of it."""
    woven = orders.woven(*([comparable(item) for item in side] for side in three))
    if woven is None:
        return court.decide(place, three, "its order has a meaning, and the same place in it was changed both here and there")
    values = {comparable(item): item for item in (*three.theirs, *three.ours)}
    return [values[each] for each in woven]


def comparable(value: Any) -> Any:
    """A value that is equal to, and hashes like, what is the same to the letter but for the order of keys; 1 is 1.0 and not true."""
    if isinstance(value, dict):
        return frozenset((key, comparable(each)) for key, each in value.items())
    if isinstance(value, list):
        return tuple(comparable(each) for each in value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return "number", value
    return type(value).__name__, value
