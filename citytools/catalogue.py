"""Names → ids: exact, alias, normalised; similarity only ever suggests.

Normalising takes away case, accents, punctuation and legal forms. A text may also be two names joined by "t/a"
or "formerly", or a name cut at 30 to 32 characters, as registers cut them. Look-alikes (``not:``) never match, and
a text that fits more than one entry names none.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from citytools import suggest
from citytools.model import Dataset, FieldPath, Record

KINDS = ("product", "supplier", "function", "area", "skill-name", "framework", "borough", "body", "authority-group")

_LEGAL_FORMS = ("ltd", "limited", "plc", "llp", "llc", "inc", "incorporated")
_LEGAL = re.compile(rf"\b({'|'.join(_LEGAL_FORMS)}|p l c|public limited company)\b")
_JOINED = re.compile(r"\s+(?:t/as?|trading as|(?:formerly|previously)(?: known as)?|fka)\s+", re.I)
_CUT_AT = range(30, 33)
_CUT_LETTERS = 20


@dataclass(frozen=True, slots=True)
class Match:
    """The entry that a text names, and how: ``id``, ``alias`` (a name or alias as written) or ``normalised``."""

    id: str
    how: str


@dataclass(slots=True)
class _Names:
    ids: dict[str, Record] = field(default_factory=dict)
    written: dict[str, set[str]] = field(default_factory=dict)
    normal: dict[str, set[str]] = field(default_factory=dict)
    spelt: dict[str, set[str]] = field(default_factory=dict)
    lookalikes: dict[str, set[str]] = field(default_factory=dict)
    ordered: list[str] = field(default_factory=list)

    def add(self, name: str, id: str) -> None:
        """Let the name's forms, without and with its legal form, stand for the entry."""
        for forms, form in ((self.normal, normalise(name)), (self.spelt, _spelt(name))):
            if form:
                forms.setdefault(form, set()).add(id)

    def beginning(self, start: str) -> Iterator[str]:
        """The forms that begin so."""
        for form in islice(self.ordered, bisect_left(self.ordered, start), None):
            if not form.startswith(start):
                return
            yield form

    def without(self, forms: Iterable[str], ids: Iterable[str]) -> set[str]:
        """The ids, less those of entries that a form of the text is a look-alike of."""
        return {each for each in ids if self.lookalikes[each].isdisjoint(forms)}


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

    def holder_name(self, id: str) -> str:
        """The name of a borough or body, or the id itself where there is none."""
        return self.name("borough" if self.entry("borough", id) else "body", id)

    def resolve(self, kind: str, text: str) -> Match | None:
        """The entry that a text certainly names; None where it names none or more than one."""
        names = self._names[kind]
        if text in names.ids:
            return Match(text, "id")
        if text in names.written:
            return _single(names.written[text], "alias")
        forms = _forms(text)
        whole = names.without(forms, names.normal.get(forms[0], ()))
        joined = {each for form in forms[1:] for each in names.normal.get(form, ())}
        for found in (whole, joined, _cut_short(names, text)):
            if found:
                # What a look-alike leaves over of several is still in doubt.
                return _single(found, "normalised") if names.without(forms, found) == found else None
        return None

    def suggestion(self, kind: str, text: str) -> str:
        """The id that was probably meant; empty where nothing is alike enough."""
        found = self.resolve(kind, text)
        if found:
            return found.id
        names, forms = self._names[kind], _forms(text)
        by_name = {form: next(iter(ids)) for form, ids in names.normal.items() if len(ids) == 1} | {each: each for each in names.ids}
        by_name = {name: each for name, each in by_name.items() if names.without(forms, [each])}
        best = suggest.containing(text, names.ids, whole=True) or suggest.closest(text, by_name) or suggest.containing(text, by_name)
        return by_name.get(best, best)

    def look_alike(self, kind: str, id: str, text: str) -> str:
        """The known look-alike of an entry, as its ``not`` list has it, that a text names in whole words; empty for none."""
        entry = self.entry(kind, id)
        names = entry.texts("not") if entry else []
        words = f" {_words(text).strip()} " if names else ""
        return next((name for name in names if f" {_words(name).strip()} " in words), "")

    def shared_names(self, kind: str) -> Iterator[tuple[str, list[Record]]]:
        """Normalised names that more than one entry claims, with the entries."""
        names = self._names[kind]
        for form, ids in names.normal.items():
            if len(ids) > 1:
                yield form, [record for each, record in names.ids.items() if each in ids]


@lru_cache(maxsize=20_000)  # the same names stand on many records
def normalise(text: str) -> str:
    """A name without what people write differently: case, accents, punctuation, legal forms."""
    words = _words(text)
    return _LEGAL.sub(" ", words).replace(" ", "") or words.replace(" ", "")


def _spelt(text: str) -> str:
    return _words(text).replace(" ", "")


def _words(text: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("&", " and ")
    return re.sub(r"[\W_]+", " ", plain)


def _forms(text: str) -> list[str]:
    """The text's normalised form, then those of the names that it joins."""
    joined = _JOINED.split(re.sub(r"\(([^)]*)\)", r" \1 ", text))
    return [normalise(text), *(map(normalise, joined) if len(joined) > 1 else ())]


def _cut_short(names: _Names, text: str) -> set[str]:
    """The entries whose name the text may be the beginning of; none where it may as well be that of a look-alike."""
    text = text.strip()
    starts = (normalise(text), _spelt(text))
    if len(text) not in _CUT_AT or len(starts[0]) < _CUT_LETTERS:
        return set()
    found = {
        each for start in starts for form in names.beginning(start) for forms in (names.normal, names.spelt) for each in forms.get(form, ())
    }
    before, _, last = text.casefold().rpartition(" ")
    if len(last) >= 3 and any(legal.startswith(last) for legal in _LEGAL_FORMS):
        found |= names.normal.get(normalise(before), set())
    doubtful = any(form.startswith(starts) for each in found for form in names.lookalikes[each])
    return set() if doubtful else found


def _single(ids: set[str], how: str) -> Match | None:
    return Match(next(iter(ids)), how) if len(ids) == 1 else None


def _collect(dataset: Dataset, kind: str) -> _Names:
    names = _Names()
    for record in dataset.of(kind):
        if not record.id:
            continue
        names.ids.setdefault(record.id, record)
        names.add(record.id, record.id)
        for _, name in named(record):
            names.written.setdefault(name, set()).add(record.id)
            names.add(name, record.id)
        lookalikes = {form for name in record.items("not") if isinstance(name, str) for form in (normalise(name), _spelt(name))}
        names.lookalikes.setdefault(record.id, set()).update(lookalikes)
    names.ordered = sorted({*names.normal, *names.spelt})
    return names


def named(record: Record) -> Iterator[tuple[FieldPath, str]]:
    """Each name of a catalogue entry or holder with its path: name, official name, aliases and dated names."""
    yield from (((key,), record.text(key)) for key in ("name", "official_name") if record.text(key))
    for key, inner in (("aliases", ()), ("names", ("name",))):
        for number, item in enumerate(record.items(key)):
            name = item.get("name") if inner and isinstance(item, dict) else item
            if isinstance(name, str):
                yield (key, number, *inner), name


def all_names(record: Record) -> Iterator[str]:
    """The names alone."""
    return (name for _, name in named(record))
