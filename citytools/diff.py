"""Two states of the dataset → what happened to which record, field by field; order, comments and layout do not count."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from citytools import schema
from citytools.errors import CitytoolsError
from citytools.model import Change, Dataset, Document, FieldChange, FieldPath, Location, Sort

# Of the fields of two records of one holder and kind, how many must be alike for the one to be the other under a new id.
ALIKE = 0.7

_SCHEMA_VERSION = "schema"

Files = Mapping[str, Document]


@dataclass(frozen=True, slots=True)
class Unit:
    """What is compared as a whole: a record, or what a file says beside its records."""

    kind: str
    ref: str
    holder: str
    file_kind: str
    path: FieldPath
    location: Location
    fields: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Its own id; empty where it has none."""
        found = self.fields.get("id") if self.path else None
        return "" if found is None else str(found)

    @property
    def name(self) -> str:
        """What people call it; empty where it says nothing of that sort."""
        words = (self.fields.get(key) for key in ("title", "name", "product", "skill"))
        return next((word for word in words if isinstance(word, str)), "")


Pair = tuple[Unit, Unit]


@dataclass(frozen=True, slots=True)
class Diff:
    """The changes, by holder and kind, and the files of which one state cannot be read, so that nothing is said of their records."""

    changes: tuple[Change, ...]
    unread: tuple[str, ...]


def diff(old: Dataset, new: Dataset) -> Diff:
    """What happened between two datasets, or between the same parts of two."""
    unread = {document.path for side in (old, new) for document in side.documents if document.fields is None}
    before, after = ({d.path: d for d in side.documents if d.path not in unread} for side in (old, new))
    pairs, gone, come = _paired(_units(before, after), _units(after, before))
    found = [*_changed(pairs), *_elsewhere(gone, come)]
    return Diff(tuple(sorted(found, key=_order)), tuple(sorted(unread)))


def units(dataset: Dataset) -> Iterator[Unit]:
    """Every record, and what files say beside them, of the files that can be read."""
    return _units({document.path: document for document in dataset.documents if document.fields is not None}, {})


def only(changes: Iterable[Change], holders: Iterable[str], kinds: Iterable[str]) -> tuple[Change, ...]:
    """The changes of these holders and kinds; nothing for all. Raises CitytoolsError for a kind there is none of."""
    wanted, sorts = set(holders), {kind.lower() for kind in kinds}
    unknown = sorts - set(record_kinds())
    if unknown:
        raise CitytoolsError(f'there is no kind of record called "{min(unknown)}". There are: {", ".join(record_kinds())}')
    return tuple(each for each in changes if (not wanted or {each.holder, _holder(each)} & wanted) and (not sorts or each.kind in sorts))


def _holder(change: Change) -> str:
    """Whose a record was before it moved."""
    return change.old.partition("/")[0] if change.sort is Sort.MOVED else change.holder


def record_kinds() -> tuple[str, ...]:
    """Every kind of record, in the order of the schemas, with the files that say something beside their records."""
    found = (listed.definition["x-record"] for kind in schema.kinds() for listed in schema.record_lists(kind))
    return tuple(dict.fromkeys((*found, *schema.kinds())))


def fields_of(kind: str, path: FieldPath, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """The differences between two states of a record that stands at ``path`` in a file of that kind."""
    return differences(old, new, schema.definition(kind, path))


def differences(old: Mapping[str, Any], new: Mapping[str, Any], definition: schema.Schema) -> tuple[FieldChange, ...]:
    """The differences between two states of a group of fields, by its definition in a schema."""
    return tuple(_mappings(old, new, definition, ""))


def _order(change: Change) -> tuple[str, str, str, str]:
    return change.holder, change.location.path, change.kind, change.ref


def _units(files: Files, others: Files) -> Iterator[Unit]:
    for path, document in files.items():
        yield from _records(document)
        yield from _remainder(document, others.get(path))


def _records(document: Document) -> Iterator[Unit]:
    for listed in schema.record_lists(document.kind):
        key, kind = listed.path[0], listed.definition["x-record"]
        items = (document.fields or {}).get(key)
        for number, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                path: FieldPath = (key, number)
                own = f"{key} {number + 1}" if item.get("id") is None else str(item["id"])
                ref = f"{document.holder}/{own}" if document.holder else own
                yield Unit(kind, ref, document.holder, document.kind, path, document.locate(path), item)


def _remainder(document: Document, other: Document | None) -> Iterator[Unit]:
    """What a file says that is in none of its records: a borough's own fields, or that there are no records."""
    lists = {listed.path[0] for listed in schema.record_lists(document.kind)}
    beside = (other.fields if other else None) or {}
    said = {
        key: _without_records(value, beside.get(key)) if key in lists else value
        for key, value in (document.fields or {}).items()
        if key != _SCHEMA_VERSION
    }
    fields = {key: value for key, value in said.items() if value is not None}
    if fields:
        ref = document.holder or document.kind
        yield Unit(document.kind, ref, document.holder, document.kind, (), Location(document.path), fields)


def _without_records(value: Any, beside: Any) -> Any:
    """What a list of records is beside its records; None for nothing, and where the other state has records, which speak for themselves."""
    if not isinstance(value, list):
        return value
    rest = [item for item in value if not isinstance(item, dict)]
    return rest if rest or not (value or beside) else None


def _paired(before: Iterable[Unit], after: Iterable[Unit]) -> tuple[list[Pair], list[Unit], list[Unit]]:
    """The units of both that are one by kind, holder and id, and those of either that are left."""
    groups: dict[tuple[str, str, str], tuple[list[Unit], list[Unit]]] = {}
    for number, units in enumerate((before, after)):
        for unit in units:
            groups.setdefault((unit.kind, unit.holder, unit.id), ([], []))[number].append(unit)
    pairs: list[Pair] = []
    gone: list[Unit] = []
    come: list[Unit] = []
    for old, new in groups.values():
        if len(old) > 1 or len(new) > 1:
            old, new = _without_same(old, new)
        pairs += zip(old, new, strict=False)
        gone += old[len(new) :]
        come += new[len(old) :]
    return pairs, gone, come


def _without_same(old: list[Unit], new: list[Unit]) -> tuple[list[Unit], list[Unit]]:
    """Of units that share an id, or have none, those that say what none of the other state says, whatever their place."""
    before, after = (Counter(comparable(unit.fields) for unit in units) for units in (old, new))
    return _surplus(old, before - after), _surplus(new, after - before)


def _surplus(units: Iterable[Unit], more: Counter[Any]) -> list[Unit]:
    found = []
    for unit in units:
        said = comparable(unit.fields)
        if more[said] > 0:
            more[said] -= 1
            found.append(unit)
    return found


def _changed(pairs: Iterable[Pair]) -> Iterator[Change]:
    for old, new in pairs:
        # Python takes true for 1, so that comparing the two would not do; most are written alike.
        if repr(old.fields) != repr(new.fields) and (fields := _fields(old, new)):
            yield _change(Sort.CHANGED, old, new, fields)


def _elsewhere(gone: Sequence[Unit], come: Sequence[Unit]) -> Iterator[Change]:
    """Records that are now under another id or with another holder; the others were added or removed."""
    paired = pairs(gone, come)
    for old, new in paired:
        sort = Sort.MOVED if old.holder != new.holder else Sort.RENAMED
        yield _change(sort, old, new, tuple(each for each in _fields(old, new) if each.field != "id"))
    known = {id(unit) for pair in paired for unit in pair}
    for unit in gone:
        if id(unit) not in known:
            yield _change(Sort.REMOVED, unit, None, fields_of(unit.file_kind, unit.path, unit.fields, {}))
    for unit in come:
        if id(unit) not in known:
            yield _change(Sort.ADDED, None, unit, fields_of(unit.file_kind, unit.path, {}, unit.fields))


def pairs(gone: Sequence[Unit], come: Sequence[Unit]) -> tuple[Pair, ...]:
    """Records that are now under another id or with another holder, each as it was and as it is.

    Each is the one most like the other, and no third is as like.
    """
    if not gone or not come:
        return ()
    said = {id(unit): _said(unit) for unit in (*gone, *come)}
    saying: dict[tuple[str, Any], list[Unit]] = {}
    for unit in gone:
        for each in said[id(unit)]:
            saying.setdefault((unit.kind, each), []).append(unit)
    best: dict[int, list[tuple[float, Unit]]] = {}
    for new in come:
        for old in _likely(new, said[id(new)], saying):
            likeness = _likeness(old, new, len(said[id(old)] & said[id(new)]))
            if likeness >= ALIKE:
                best.setdefault(id(new), []).append((likeness, old))
                best.setdefault(id(old), []).append((likeness, new))
    most = {key: _most_like(found) for key, found in best.items()}
    return tuple((was, new) for new in come if (was := most.get(id(new))) and most.get(id(was)) is new)


def _said(unit: Unit) -> frozenset[tuple[str, Any]]:
    """A record's fields but its id, to be compared as a whole."""
    return frozenset((name, comparable(value)) for name, value in unit.fields.items() if name != "id" and value is not None)


def _likely(new: Unit, said: frozenset[tuple[str, Any]], saying: Mapping[tuple[str, Any], list[Unit]]) -> Iterable[Unit]:
    """The records that may be the one, found by what the fewest say; to be like enough, one of so many has to be shared."""
    if not new.path:
        return ()
    postings = sorted((saying.get((new.kind, each), []) for each in said), key=len)
    few = postings[: len(said) - math.ceil(ALIKE * len(said)) + 1]
    return {id(unit): unit for found in few for unit in found if unit.path and _may_be(unit, new)}.values()


def _may_be(old: Unit, new: Unit) -> bool:
    return (old.id == new.id) != (old.holder == new.holder)


def _likeness(old: Unit, new: Unit, same: int) -> float:
    """Of all fields but the id that either has, the share that both have alike; 0 for records that say next to nothing."""
    names = {name for unit in (old, new) for name, value in unit.fields.items() if value is not None} - {"id"}
    return same / len(names) if len(names) > 1 else 0


def _most_like(found: list[tuple[float, Unit]]) -> Unit | None:
    ranked = sorted(found, key=lambda each: -each[0])
    return ranked[0][1] if len(ranked) == 1 or ranked[0][0] > ranked[1][0] else None


def _fields(old: Unit, new: Unit) -> tuple[FieldChange, ...]:
    return fields_of(new.file_kind, new.path, old.fields, new.fields)


def _change(sort: Sort, old: Unit | None, new: Unit | None, fields: tuple[FieldChange, ...]) -> Change:
    shown = new or old
    assert shown is not None
    return Change(sort, shown.kind, old.ref if old else "", new.ref if new else "", shown.holder, shown.name, shown.location, fields)


def _mappings(old: Mapping[str, Any], new: Mapping[str, Any], definition: schema.Schema, at: str) -> Iterator[FieldChange]:
    """Differences of two groups of fields, in the schema's order; ``at`` is what leads to them."""
    known = definition.get("properties", {})
    for name in (*(key for key in known if key in old or key in new), *(key for key in {**old, **new} if key not in known)):
        yield from _values(old.get(name), new.get(name), known.get(name, {}), f"{at}.{name}" if at else name)


def _values(old: Any, new: Any, definition: schema.Schema, at: str) -> Iterator[FieldChange]:
    if _alike(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _mappings(old, new, definition, at)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, definition, at)
    else:
        yield FieldChange(at, old, new)


def _lists(old: list[Any], new: list[Any], definition: schema.Schema, at: str) -> Iterator[FieldChange]:
    key, item = schema.item_key(definition), definition.get("items", {})
    if schema.ordered(definition):
        if len(old) == len(new) and all(isinstance(each, dict) for each in (*old, *new)):
            for number, (one, other) in enumerate(zip(old, new, strict=True), start=1):
                yield from _values(one, other, item, f"{at} {number}")
        else:
            yield FieldChange(at, old, new)
    elif key and (pair := keyed(old, key)) is not None and (other := keyed(new, key)) is not None:
        for name in dict.fromkeys((*pair, *other)):
            yield from _items(pair.get(name), other.get(name), item, at, name)
    else:
        yield from _members(old, new, at)


def _items(old: Any, new: Any, definition: schema.Schema, at: str, name: str) -> Iterator[FieldChange]:
    if old is None or new is None:
        yield FieldChange(at, old, new, item=True)
    else:
        yield from _values(old, new, definition, f"{at}[{name}]")


def keyed(items: list[Any], key: str) -> dict[str, Any] | None:
    """Items by the field that they are known by; None where one has none, or two have the same."""
    found = {str(item[key]): item for item in items if isinstance(item, dict) and item.get(key) is not None}
    return found if len(found) == len(items) else None


def _members(old: list[Any], new: list[Any], at: str) -> Iterator[FieldChange]:
    """What is in one list more often than in the other, whatever its place."""
    if None in old or None in new:  # an item that is nothing cannot be said to come or go
        yield FieldChange(at, old, new)
        return
    before, after = (Counter(map(comparable, each)) for each in (old, new))
    for items, more in ((old, before - after), (new, after - before)):
        for item in items:
            if more[comparable(item)] > 0:
                more[comparable(item)] -= 1
                yield FieldChange(at, item, None, item=True) if items is old else FieldChange(at, None, item, item=True)


def _alike(old: Any, new: Any) -> bool:
    """Whether two values say the same; 1 and 1.0 do, 1 and true do not."""
    return bool(comparable(old) == comparable(new))


def comparable(value: Any) -> Any:
    """Equal to, and hashing like, what says the same: keys and words have no order, a key without a value says nothing."""
    if isinstance(value, dict):
        return frozenset((key, comparable(each)) for key, each in value.items() if each is not None)
    if isinstance(value, list):
        items = tuple(comparable(each) for each in value)
        return items if any(isinstance(each, dict | list) for each in value) else frozenset(Counter(items).items())
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return "number", value
    return type(value).__name__, value
