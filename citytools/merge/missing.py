"""Records that a submission lacks: which they are, and where they stand once they are put back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from citytools import diff, schema
from citytools.model import Dataset, Document


def with_missing(
    kind: str, holder: str, base: Mapping[str, Any] | None, ours: Mapping[str, Any] | None, theirs: dict[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Theirs with the records that it lacks and the base has, and which these are: a missing record may only not have been sent."""
    found, kept = dict(theirs), []
    for listed in schema.record_lists(kind):
        key = listed.path[0]
        sent = found.get(key)
        had = [item for item in (base or {}).get(key) or () if isinstance(item, dict)]
        ids = {item.get("id") for item in sent or () if isinstance(item, dict)}
        missing = [item for item in had if item.get("id") not in ids] if isinstance(sent, list) else []
        renamed = {old.get("id") for old in _renamed(kind, key, had, sent or [])} if missing else set()
        back = [item for item in missing if item.get("id") not in renamed]
        if back:
            found[key] = put_back(sent or [], had, back)
            kept += [f"{holder}/{item.get('id')}" if holder else str(item.get("id")) for item in back]
    return found, tuple(kept)


def put_back(sent: Sequence[Any], had: Sequence[dict[str, Any]], back: Sequence[dict[str, Any]]) -> list[Any]:
    """What was sent with what is put back, each after the record that it stood behind."""
    kept, missing = {str(_id(each)) for each in sent}, {str(_id(each)) for each in back}
    after: dict[str | None, list[Any]] = {}
    last: str | None = None
    for item in had:
        own = str(_id(item))
        if own in missing:
            after.setdefault(last, []).append(item)
        elif own in kept:
            last = own
    return [*after.get(None, ()), *(one for each in sent for one in (each, *after.pop(str(_id(each)), ())))]


def _id(item: Any) -> Any:
    return item.get("id") if isinstance(item, dict) else None


def _renamed(kind: str, key: str, had: Sequence[dict[str, Any]], sent: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Records that were sent under another id, so that the old one is not missing."""
    known = {item.get("id") for item in had}
    new = [item for item in sent if isinstance(item, dict) and item.get("id") not in known]
    gone, come = ([*diff.units(Dataset("", (Document("", kind, {key: items}, "x"),), {}, ()))] for items in ([*had], new))
    left = {item.get("id") for item in sent if isinstance(item, dict)}
    for old, _ in diff.pairs([unit for unit in gone if unit.id not in left], come):
        yield from (item for item in had if item.get("id") == old.id)
