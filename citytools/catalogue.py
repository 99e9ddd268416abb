"""Names → ids: exact, alias, normalised; similarity only ever suggests.

Normalising takes away case, accents, punctuation and legal forms, reads through "t/a" and "formerly", and
accepts a name cut at 30 to 32 characters, as registers cut them. Look-alikes (``not:``) never match.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from citytools import suggest
from citytools.model import Dataset, Record

KINDS = ("product", "supplier", "function", "area", "skill-name", "framework", "borough", "body", "authority-group")

_LEGAL = re.compile(r"\b(ltd|limited|plc|llp|llc|inc|incorporated)\b")
_TRADING = re.compile(r"\s+(?:t/a|trading as|formerly|formerly known as|previously|fka)\s+", re.I)


@dataclass(frozen=True, slots=True)
class Match:
    """The entry that a text names, and how: ``id``, ``alias`` (a name or alias as written) or ``normalised``."""

    id: str
    how: str


@dataclass(slots=True)
class _Names:
    ids: dict[str, Record] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    normal: dict[str, set[str]] = field(default_factory=dict)
    excluded: set[tuple[str, str]] = field(default_factory=set)


class Catalogue:
    """The shared vocabulary of a dataset, ready for looking names up."""

    def __init__(self, dataset: Dataset) -> None:
        self._names = {kind: _collect(dataset, kind) for kind in KINDS}

    def entry(self, kind: str, id: str) -> Record | None:
        """The entry with exactly this id."""
        return self._names[kind].ids.get(id)

    def ids(self, kind: str) -> tuple[str, ...]:
        """The ids of a kind, in file order."""
        return tuple(self._names[kind].ids)

    def name(self, kind: str, id: str) -> str:
        """The entry's name, or the id itself where there is none."""
        entry = self.entry(kind, id)
        return (entry.text("name") or id) if entry else id

    def resolve(self, kind: str, text: str) -> Match | None:
        """The entry that a text certainly names; None where it names none or more than one."""
        names = self._names[kind]
        if text in names.ids:
            return Match(text, "id")
        if text in names.written:
            return Match(names.written[text], "alias")
        for form in _forms(text):
            found = {id for id in names.normal.get(form, ()) if (id, normalise(text)) not in names.excluded}
            if len(found) == 1:
                return Match(found.pop(), "normalised")
        return self._cut_short(names, text)

    def suggestion(self, kind: str, text: str) -> str:
        """The id that was probably meant; empty where nothing is alike enough."""
        found = self.resolve(kind, text)
        if found:
            return found.id
        names = self._names[kind]
        by_name = {**{form: next(iter(ids)) for form, ids in names.normal.items() if len(ids) == 1}, **{id: id for id in names.ids}}
        best = suggest.closest(text, by_name) or _containing(text, by_name)
        return by_name.get(best, "")

    def shared_names(self, kind: str) -> Iterator[tuple[str, list[Record]]]:
        """Normalised names that more than one entry claims, with the entries."""
        names = self._names[kind]
        for form, ids in names.normal.items():
            if len(ids) > 1:
                yield form, [names.ids[id] for id in names.ids if id in ids]

    @staticmethod
    def _cut_short(names: _Names, text: str) -> Match | None:
        if not 30 <= len(text.strip()) <= 32:
            return None
        start = normalise(text)
        found = {id for form, ids in names.normal.items() if form.startswith(start) for id in ids}
        return Match(found.pop(), "normalised") if len(found) == 1 else None


def normalise(text: str) -> str:
    """A name without what people write differently: case, accents, punctuation, legal forms."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("&", " and ")
    words = re.sub(r"[\W_]+", " ", plain)
    return re.sub(r"\s+", "", _LEGAL.sub(" ", words)) or words.replace(" ", "")


def _containing(text: str, names: Iterable[str]) -> str:
    """The shortest name that the text is part of: ``erp`` → ``financial/erp``."""
    plain = normalise(text)
    found = [name for name in names if len(plain) >= 3 and plain in normalise(name)]
    return min(found, key=lambda name: (len(name), name), default="")


def _forms(text: str) -> Iterator[str]:
    yield normalise(text)
    unbracketed = re.sub(r"\(([^)]*)\)", r" \1 ", text)
    parts = _TRADING.split(unbracketed)
    if len(parts) > 1:
        yield from (normalise(part) for part in parts if part.strip())


def _collect(dataset: Dataset, kind: str) -> _Names:
    names = _Names()
    for record in dataset.of(kind):
        if not record.id:
            continue
        names.ids.setdefault(record.id, record)
        names.normal.setdefault(normalise(record.id), set()).add(record.id)
        for name in all_names(record):
            names.written.setdefault(name, record.id)
            names.normal.setdefault(normalise(name), set()).add(record.id)
        names.excluded.update((record.id, normalise(name)) for name in record.items("not") if isinstance(name, str))
    return names


def all_names(record: Record) -> Iterator[str]:
    """Name, official name, aliases and dated names of a catalogue entry or holder."""
    yield from (name for name in (record.text("name"), record.text("official_name")) if name)
    yield from (alias for alias in record.items("aliases") if isinstance(alias, str))
    dated = (entry.get("name") for entry in record.items("names") if isinstance(entry, dict))
    yield from (name for name in dated if isinstance(name, str))
