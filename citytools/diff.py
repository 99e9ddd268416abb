"""Two states of the dataset → what happened to which record, field by field; order of keys, comments and layout do not count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from citytools import schema
from citytools.model import Change, Dataset, Document, FieldChange, FieldPath, Location, Sort

# Of the fields of two records of one holder and kind, how many must be alike for the one to be the other under a new id.
ALIKE = 0.7

_SCHEMA_VERSION = "schema"


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
    def name(self) -> str:
        """What people call it; empty where it says nothing of that sort."""
        words = (self.fields.get(key) for key in ("title", "name", "product", "skill"))
        return next((word for word in words if isinstance(word, str)), "")


@dataclass(frozen=True, slots=True)
class Diff:
    """The changes, by holder and kind, and the files of which one state cannot be read, so that nothing is said of their records."""

    changes: tuple[Change, ...]
    unread: tuple[str, ...]


def diff(old: Dataset, new: Dataset) -> Diff:
    """What happened between two datasets, or between the same parts of two."""
    unread = sorted({document.path for side in (old, new) for document in side.documents if document.fields is None})
    before, after = (_units(side, set(unread)) for side in (old, new))
    gone = [unit for key, unit in before.items() if key not in after]
    come = [unit for key, unit in after.items() if key not in before]
    found = [*_changed(before, after), *_elsewhere(gone, come)]
    return Diff(tuple(sorted(found, key=_order)), tuple(unread))


def fields_of(kind: str, path: FieldPath, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """The differences between two states of a record that stands at ``path`` in a file of that kind."""
    return differences(old, new, schema.definition(kind, path))


def differences(old: Mapping[str, Any], new: Mapping[str, Any], definition: schema.Schema) -> tuple[FieldChange, ...]:
    """The differences between two states of a group of fields, by its definition in a schema."""
    return tuple(_mappings(old, new, definition, ""))


def pairs(gone: Sequence[Unit], come: Sequence[Unit]) -> tuple[tuple[Unit, Unit], ...]:
    """Records that are now under another id or with another holder, each as it was and as it is; any record is in one pair only."""
    left, found = list(gone), []
    for unit in come:
        old = _same(unit, left)
        if old:
            left.remove(old)
            found.append((old, unit))
    return tuple(found)


def _order(change: Change) -> tuple[str, str, str, str]:
    return change.holder, change.location.path, change.kind, change.ref


def _units(dataset: Dataset, unread: set[str]) -> dict[tuple[str, str], Unit]:
    """Every unit by kind and reference; one that has the same as another before it is known by its number too."""
    found: dict[tuple[str, str], Unit] = {}
    for document in dataset.documents:
        if document.fields is None or document.path in unread:
            continue
        for unit in (*_records(document), *_remainder(document)):
            number, key = 1, (unit.kind, unit.ref)
            while key in found:
                number += 1
                key = unit.kind, f"{unit.ref} ({number})"
            found[key] = unit
    return found


def _records(document: Document) -> Iterator[Unit]:
    for listed in schema.record_lists(document.kind):
        key, kind = listed.path[0], listed.definition["x-record"]
        items = (document.fields or {}).get(key)
        for number, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                path: FieldPath = (key, number)
                own = str(item.get("id", f"{key} {number + 1}"))
                ref = f"{document.holder}/{own}" if document.holder else own
                yield Unit(kind, ref, document.holder, document.kind, path, document.locate(path), item)


def _remainder(document: Document) -> Iterator[Unit]:
    """What a file says that is in none of its records: a borough's own fields, or that there are no records."""
    lists = {listed.path[0] for listed in schema.record_lists(document.kind)}
    fields = {key: value for key, value in (document.fields or {}).items() if key != _SCHEMA_VERSION and (key not in lists or not value)}
    if fields:
        ref = document.holder or document.kind
        yield Unit(document.kind, ref, document.holder, document.kind, (), Location(document.path), fields)


def _changed(before: Mapping[tuple[str, str], Unit], after: Mapping[tuple[str, str], Unit]) -> Iterator[Change]:
    for key, new in after.items():
        old = before.get(key)
        fields = fields_of(new.file_kind, new.path, old.fields, new.fields) if old and old.fields != new.fields else ()
        if fields:
            yield _change(Sort.CHANGED, old, new, fields)


def _elsewhere(gone: Sequence[Unit], come: Sequence[Unit]) -> Iterator[Change]:
    """Records that are now under another id or with another holder; the others were added or removed."""
    paired = pairs(gone, come)
    for old, new in paired:
        sort = Sort.MOVED if old.holder != new.holder else Sort.RENAMED
        fields = (each for each in fields_of(new.file_kind, new.path, old.fields, new.fields) if each.field != "id")
        yield _change(sort, old, new, tuple(fields))
    known = {id(unit) for pair in paired for unit in pair}
    yield from (_change(Sort.REMOVED, unit, None, ()) for unit in gone if id(unit) not in known)
    for unit in come:
        if id(unit) not in known:
            yield _change(Sort.ADDED, None, unit, fields_of(unit.file_kind, unit.path, {}, unit.fields))


def _same(unit: Unit, candidates: Iterable[Unit]) -> Unit | None:
    """The one record that this one was before: alike in most fields, and of the same holder or the same id."""
    fits = [(_likeness(each, unit), each) for each in candidates if _may_be(each, unit)]
    best = sorted((found for found in fits if found[0] >= ALIKE), key=lambda found: -found[0])
    return best[0][1] if best and (len(best) == 1 or best[0][0] > best[1][0]) else None


def _may_be(old: Unit, new: Unit) -> bool:
    own_id = old.fields.get("id") == new.fields.get("id")
    return old.kind == new.kind and bool(old.path) and bool(new.path) and (own_id != (old.holder == new.holder))


def _likeness(old: Unit, new: Unit) -> float:
    """Of all fields but the id that either has, the share that both have alike; 0 for records that say next to nothing."""
    names = {*old.fields, *new.fields} - {"id"}
    return sum(alike(old.fields.get(name), new.fields.get(name)) for name in names) / len(names) if len(names) > 1 else 0


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
    if alike(old, new):
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
    found = {str(item[key]): item for item in items if isinstance(item, dict) and key in item}
    return found if len(found) == len(items) else None


def _members(old: list[Any], new: list[Any], at: str) -> Iterator[FieldChange]:
    """What is in one list more often than in the other, whatever its place."""
    before, after = (Counter(map(comparable, each)) for each in (old, new))
    for items, more in ((old, before - after), (new, after - before)):
        for item in items:
            if more[comparable(item)] > 0:
                more[comparable(item)] -= 1
                yield FieldChange(at, item, None, item=True) if items is old else FieldChange(at, None, item, item=True)


def alike(old: Any, new: Any) -> bool:
    """Whether two values say the same; 1 and 1.0 do, 1 and true do not."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(alike(value, new[name]) for name, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(alike, old, new))
    return bool(old == new if type(old) is type(new) else comparable(old) == comparable(new))


def comparable(value: Any) -> Any:
    """A value that is equal to, and hashes like, what says the same, whatever the order of its keys."""
    if isinstance(value, dict):
        return frozenset((key, comparable(each)) for key, each in value.items())
    if isinstance(value, list):
        return tuple(comparable(each) for each in value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return "number", value
    return type(value).__name__, value
