"""Edits as values: what each means for the data alone, and the fewest that turn one value into another."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from citytools.errors import CitytoolsError
from citytools.model import FieldPath


@dataclass(frozen=True, slots=True)
class SetField:
    """Give a field of a group, there or not yet, this value."""

    path: FieldPath
    value: Any


@dataclass(frozen=True, slots=True)
class RemoveField:
    """Remove a field of a group, or the item of a list whose number ends the path."""

    path: FieldPath


@dataclass(frozen=True, slots=True)
class AddItem:
    """Add to the list at a path, which need not be there, before the item that now has this number; None: last."""

    path: FieldPath
    value: Any
    before: int | None = None


@dataclass(frozen=True, slots=True)
class ReplaceItem:
    """Put another value in place of the item whose number ends the path."""

    path: FieldPath
    value: Any


@dataclass(frozen=True, slots=True)
class MoveItem:
    """Move the item ``from_`` of the list at a path before the item that now has the number ``before``; None: last."""

    path: FieldPath
    from_: int
    before: int | None = None


DataEdit = SetField | RemoveField | AddItem | ReplaceItem | MoveItem

FEW = 50

_ABSENT = object()
# By which of its fields an item is known again, should it have no id.
_NAMES = ("id", "field", "url", "ocid", "borough", "to", "kind", "scheme", "supplier", "function", "named", "name")


def applied(fields: Any, edits: Sequence[DataEdit]) -> Any:
    """The data after the edits, one after the other; what was given stays as it was. Raises CitytoolsError where one cannot be made."""
    for edit in edits:
        fields = _applied(fields, edit)
    return fields


def changes(old: Any, new: Any, path: FieldPath = ()) -> list[DataEdit]:
    """Edits that make the value ``old`` at a path the value ``new``, each of them as small as can be."""
    if same(old, new):
        return []
    if isinstance(old, dict) and isinstance(new, dict):
        gone = [RemoveField((*path, name)) for name in old if name not in new]
        return [*gone, *(edit for name, value in new.items() for edit in _field(old.get(name, _ABSENT), value, (*path, name)))]
    if isinstance(old, list) and isinstance(new, list):
        return list(_list(old, new, path))
    return [ReplaceItem(path, new) if isinstance(path[-1], int) else SetField(path, new)]


def same(one: Any, other: Any) -> bool:
    """Whether two values are one: ``true`` is not 1, and neither the order of fields nor the zeros behind a number count."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _field(old: Any, new: Any, path: FieldPath) -> list[DataEdit]:
    return [SetField(path, new)] if old is _ABSENT else changes(old, new, path)


def _applied(fields: Any, edit: DataEdit) -> Any:
    match edit:
        case SetField(path, value) if path and isinstance(path[-1], str):
            return _within(fields, path[:-1], dict, path, lambda group: {**group, path[-1]: value})
        case RemoveField(path) if path:
            return _within(fields, path[:-1], dict if isinstance(path[-1], str) else list, path, lambda node: _without(node, path))
        case AddItem(path, value, before) if path:
            return _within(
                fields, path[:-1], dict if isinstance(path[-1], str) else list, path, lambda node: _added(node, path, value, before)
            )
        case ReplaceItem(path, value) if path and isinstance(path[-1], int):
            return _within(fields, path[:-1], list, path, lambda items: _put(items, _number(items, path[-1], path), value))
        case MoveItem(path, number, before):
            return _within(fields, path, list, path, lambda items: _moved(items, path, number, before))
    raise _impossible(edit.path)


def _within(node: Any, path: FieldPath, sort: type, whole: FieldPath, change: Callable[[Any], Any]) -> Any:
    """A copy of a value in which what stands at a path, of the sort that it must be, is changed."""
    if not path:
        if not isinstance(node, sort):
            raise _impossible(whole)
        return change(node)
    try:
        child = node[path[0]]
    except (KeyError, IndexError, TypeError):
        raise _impossible(whole) from None
    return _put(node, path[0], _within(child, path[1:], sort, whole, change))


def _put(node: Any, step: Any, value: Any) -> Any:
    copied = node.copy()
    copied[step] = value
    return copied


def _without(node: Any, path: FieldPath) -> Any:
    copied = node.copy()
    try:
        del copied[path[-1]]
    except (KeyError, IndexError):
        raise _impossible(path) from None
    return copied


def _added(node: Any, path: FieldPath, value: Any, before: int | None) -> Any:
    step: Any = path[-1]
    items = node.get(step) if isinstance(node, dict) else node[_number(node, step, path)]
    if not isinstance(items, list | None):
        raise _impossible(path)
    items = items or []
    at = len(items) if before is None else _number([*items, None], before, path)
    return _put(node, step, [*items[:at], value, *items[at:]])


def _moved(items: list[Any], path: FieldPath, number: int, before: int | None) -> list[Any]:
    at = len(items) if before is None else _number([*items, None], before, path)
    item = items[_number(items, number, path)]
    rest = [*items[:number], *items[number + 1 :]]
    at -= number < at
    return [*rest[:at], item, *rest[at:]]


def _number(items: Sequence[Any], number: Any, path: FieldPath) -> int:
    if not isinstance(number, int) or not 0 <= number < len(items):
        raise _impossible(path)
    return number


def _impossible(path: FieldPath) -> CitytoolsError:
    return CitytoolsError(f"there is no place for a change of {named(path)}. Nothing was changed")


def named(path: FieldPath) -> str:
    """A path in words of the file: ``contracts 3: value.amount``."""
    parts = "".join(f" {step + 1}:" if isinstance(step, int) else f".{step}" for step in path)
    return parts.replace(": .", ": ").replace(":.", ": ").strip(".:") or "the file"


def _list(old: list[Any], new: list[Any], path: FieldPath) -> Iterator[DataEdit]:
    """Edits for a list: what is gone goes first, then what is left is put in order and added to, then changed inside."""
    origins = _origins(old, new)
    kept = {origin for origin in origins if origin is not None}
    yield from (RemoveField((*path, number)) for number in reversed(range(len(old))) if number not in kept)
    now: list[int | None] = [number for number in range(len(old)) if number in kept]
    staying = _longest_rising([origin for origin in origins if origin is not None])
    at = 0
    for number, origin in enumerate(origins):
        if origin is None:
            yield AddItem(path, new[number], at if at < len(now) else None)
            now.insert(at, None)
        elif origin in staying:
            at = now.index(origin)
        elif (place := now.index(origin)) != at:
            yield MoveItem(path, place, at if at < len(now) else None)
            now.remove(origin)
            at -= place < at
            now.insert(at, origin)
        at += 1
    for number, origin in enumerate(origins):
        if origin is not None:
            yield from changes(old[origin], new[number], (*path, number))


def _origins(old: list[Any], new: list[Any]) -> list[int | None]:
    """For each item of the new list the number of the item of the old list that it was; None for what is new."""
    origins: list[int | None] = [None] * len(new)
    free = dict.fromkeys(range(len(old)))

    def same_place(one: int, other: int) -> bool:
        behind = origins[other - 1] == one - 1 if one and other else one == other
        return behind and type(old[one]) is type(new[other]) and not _has_id(old[one]) and not _has_id(new[other])

    for alike in (lambda one, other: same(old[one], new[other]), lambda one, other: _same_name(old[one], new[other]), same_place):
        for number in (number for number, origin in enumerate(origins) if origin is None):
            found = next((each for each in _nearest(free, number) if alike(each, number)), None)
            if found is not None:
                origins[number] = found
                del free[found]
    return origins


def _nearest(numbers: Collection[int], number: int) -> Iterable[int]:
    """The nearest first where they are few; in long lists most items are the first that is left."""
    return sorted(numbers, key=lambda each: abs(each - number)) if len(numbers) < FEW else numbers


def _same_name(one: Any, other: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    key = next((name for name in _NAMES if name in one and name in other), "")
    return bool(key) and same(one[key], other[key])


def _has_id(item: Any) -> bool:
    return isinstance(item, dict) and "id" in item


def _longest_rising(numbers: list[int]) -> set[int]:
    """The longest choice of these numbers that rises: the items that need not move."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(tails, number)
        before[number] = tails[at - 1] if at else None
        tails[at : at + 1] = [number]
    chain: set[int] = set()
    number_or_none = tails[-1] if tails else None
    while number_or_none is not None:
        chain.add(number_or_none)
        number_or_none = before[number_or_none]
    return chain
