"""New ids, and two catalogue entries made one: every reference in every file follows."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from citytools import planned, schema, suggest
from citytools.catalogue import Catalogue, all_names, normalise
from citytools.errors import CitytoolsError
from citytools.model import Dataset, Document, FieldPath, Finding, Record, Severity, full_ref
from citytools.planned import Plan, Register
from citytools.reports import select
from citytools.validate import added, counted
from citytools.wording import field_name, worded
from citytools.yamlfile import AddItem, DataEdit, RemoveField, ReplaceItem, SetField, same

CATALOGUE = {"product": "product", "supplier": "supplier", "function": "function", "skill": "skill-name", "framework": "framework"}
HELD = ("system", "contract")
_UNCHANGED = "Nothing was changed"
_SHOWN = 3


def rename(register: Register, kind: str, old: str, new: str, today: datetime.date) -> Plan:
    """Give a record another id. Raises CitytoolsError where the id cannot be its, or the register would have new findings."""
    (word,) = select.words("kind of record", (*CATALOGUE, *HELD), [kind])
    _check_read(register.dataset)
    record = _named(register.dataset, word, old)
    fresh = _new_id(register.dataset, word, record, new)
    ref = f"{record.holder}/{fresh}" if word in HELD else fresh
    edits = dict(references(register.dataset, _sort(word), record.ref, ref))
    number = _number(edits)
    own = [SetField((*record.path, "id"), fresh), *(() if word in HELD else _alias(record, fresh))]
    edits[record.document.path] = [*edits.get(record.document.path, ()), *own]
    changed = _edited(register, edits)
    _check(added(register.dataset, register.after(changed), today))
    kept = f"{old} stays as an alias" if word not in HELD else f"links to {record.ref} from outside the register no longer lead anywhere"
    return Plan(changed, (f"The {word} {record.ref} is now {ref}: {counted(number, 'references')} rewritten; {kept}.",))


def merge(register: Register, kind: str, old: str, into: str, today: datetime.date) -> Plan:
    """Make a catalogue entry part of another, whose own fields stand where both have them; what is not kept is said.

    Raises CitytoolsError where one is known not to be the other, or the register would have new errors.
    """
    (word,) = select.words("kind of entry", tuple(CATALOGUE), [kind])
    _check_read(register.dataset)
    gone, kept = (_named(register.dataset, word, name) for name in (old, into))
    if gone.ref == kept.ref:
        raise CitytoolsError(f"{old} is one entry already. Name two. {_UNCHANGED}")
    _check_different(word, gone, kept)
    edits = {
        path: [each for each in found if path != gone.document.path or each.path[: len(gone.path)] != gone.path]
        for path, found in references(register.dataset, _sort(word), gone.ref, kept.ref)
    }
    number = _number(edits)
    taken, said = _taken_over(gone, kept)
    own = _own_references(kept, edits.get(gone.document.path, []))
    edits[gone.document.path] = _in_turn([*own, *taken, RemoveField(gone.path)])
    changed = _edited(register, {path: found for path, found in edits.items() if found})
    found = added(register.dataset, register.after(changed), today)
    _check(finding for finding in found if finding.severity is Severity.ERROR)
    first = f"The {word} {old} is now part of {into}: {counted(number, 'references')} rewritten; its names are aliases of {into}."
    return Plan(changed, (first, *said, *(f"To look at: {_told(finding)}." for finding in found)))


def references(dataset: Dataset, kind: str, old: str, new: str) -> Iterator[tuple[str, list[DataEdit]]]:
    """For each file that refers to a record, the edits by which it refers to another; what would then be listed twice stands once.

    ``old`` and ``new`` are full references; one within a holder's own file stays as short as it was.
    """
    for document in dataset.documents:
        edits = [edit for field in schema.properties(document.kind) for edit in _rewritten(document, field, kind, old, new)]
        if edits:
            yield document.path, _in_turn(edits)


def _rewritten(document: Document, field: schema.Property, kind: str, old: str, new: str) -> Iterator[DataEdit]:
    if field.definition.get("x-refers-to", "").partition("-or-")[0] != kind:
        return
    for path, value in document.texts(field.path, lambda text: old in (text, full_ref(document.holder, text) if kind in HELD else text)):
        short = kind in HELD and "/" not in value
        yield _pointed(document, path, new.partition("/")[2] if short else new)


def _pointed(document: Document, path: FieldPath, new: str) -> DataEdit:
    """The edit that puts a reference in place of another; the removal of its item where the list has the like already."""
    if isinstance(path[-1], int):
        return RemoveField(path) if new in document.value(path[:-1]) else ReplaceItem(path, new)
    item = {**document.value(path[:-1]), path[-1]: new}
    repeats = len(path) > 2 and isinstance(path[-2], int) and item in document.value(path[:-2])
    return RemoveField(path[:-1]) if repeats else SetField(path, new)


def _in_turn(edits: Sequence[DataEdit]) -> list[DataEdit]:
    """The edits in an order in which each finds its place: what goes, goes last, and the last first."""
    gone = sorted((each for each in edits if isinstance(each, RemoveField)), key=lambda each: tuple(map(_rank, each.path)), reverse=True)
    return [*(each for each in edits if not isinstance(each, RemoveField)), *gone]


def _rank(step: str | int) -> tuple[int, str]:
    return (step, "") if isinstance(step, int) else (-1, step)


def _sort(word: str) -> str:
    """The kind of record, as the schemas call it."""
    return CATALOGUE.get(word, word)


def _number(edits: Mapping[str, Sequence[DataEdit]]) -> int:
    return sum(map(len, edits.values()))


def _edited(register: Register, edits: Mapping[str, Sequence[DataEdit]]) -> dict[str, bytes]:
    documents = {document.path: document for document in register.dataset.documents}
    return {path: planned.edited(documents[path], register.files[path], found) for path, found in edits.items()}


def _check_read(dataset: Dataset) -> None:
    """See that no file is left out, in which references might stand. Raises CitytoolsError."""
    unread = next((document.path for document in dataset.documents if document.fields is None), "")
    if unread:
        raise CitytoolsError(f"{unread} cannot be read, so that references in it would be missed. Run: citytools validate. {_UNCHANGED}")


def _check(wrong: Iterable[Finding]) -> None:
    """Raises CitytoolsError for findings that were not there before, with the first of them."""
    found = list(wrong)
    if found:
        told = "; ".join(map(_told, found[:_SHOWN])) + (f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else "")
        raise CitytoolsError(f"citytools validate would then find what it does not find now: {told}. {_UNCHANGED}")


def _told(finding: Finding) -> str:
    return f"{finding.location.path}: {finding.where + ': ' if finding.where else ''}{finding.message}"


def _named(dataset: Dataset, word: str, ref: str) -> Record:
    """The only record that is so named, by its exact id. Raises CitytoolsError."""
    found = [record for record in dataset.of(_sort(word)) if record.ref == ref]
    if len(found) > 1:
        raise CitytoolsError(f"{ref} stands more than once. Give each an id of its own first. Run: citytools validate. {_UNCHANGED}")
    if found:
        if found[0].document.departures:
            path = found[0].document.path
            raise CitytoolsError(f"{path} has faults, and must be put right first. Run: citytools validate. {_UNCHANGED}")
        return found[0]
    refs = [record.ref for record in dataset.of(_sort(word))]
    meant = Catalogue(dataset).suggestion(_sort(word), ref) if word in CATALOGUE else suggest.closest(ref, refs)
    how = "" if word in CATALOGUE or "/" in ref else f"; a {word} is named as holder/id"
    hint = f"Did you mean {meant}?" if meant else f'To look for it: citytools find "{ref}"'
    raise CitytoolsError(f'there is no {word} with the id "{ref}"{how}. {hint}')


def _new_id(dataset: Dataset, word: str, record: Record, new: str) -> str:
    """The new id, without its holder. Raises CitytoolsError where it cannot be the record's."""
    holder, _, rest = new.rpartition("/") if word in HELD else ("", "", new)
    if holder and holder != record.holder:
        raise CitytoolsError(f"{record.ref} stays with {record.holder}: a new id does not move it to {holder}. {_UNCHANGED}")
    check_id(record.document.kind, str(record.path[0]), word, rest)
    others = [each for each in dataset.of(_sort(word)) if each.holder == record.holder and each is not record]
    if rest in (record.id, *(each.id for each in others)):
        both = f"To make the two one: citytools catalogue merge {word} {record.id} into {rest}" if word in CATALOGUE else "Choose another"
        raise CitytoolsError(f"{new} is its id already. {_UNCHANGED}" if rest == record.id else f"{new} is there already. {both}")
    for other in others:
        for name in (other.id, *(all_names(other) if word in CATALOGUE else ())):
            if normalise(name) == normalise(rest):
                raise CitytoolsError(f'{rest} would be taken for {other.ref}, which is called "{name}". Choose another. {_UNCHANGED}')
    alike = Catalogue(dataset).look_alike(_sort(word), record.id, rest) if word in CATALOGUE else ""
    if alike:
        raise CitytoolsError(f"{record.id} is known not to be {alike}, which {rest} would make it. Choose another. {_UNCHANGED}")
    if word == "function" and rest.partition("/")[0] not in Catalogue(dataset).ids("area"):
        raise CitytoolsError(f'there is no area "{rest.partition("/")[0]}" for the function {rest}. {_UNCHANGED}')
    return rest


def check_id(kind: str, listed: str, word: str, id: str) -> None:
    """See that this can be the id of a record in that list of a kind of file. Raises CitytoolsError."""
    field = schema.definition(kind, (listed, 0, "id"))
    if not re.fullmatch(str(field["pattern"]), id, re.ASCII) or len(id) > field.get("maxLength", len(id)):
        form = "area/function, each of " if "/" in field["pattern"] else ""
        example = field["examples"][0]
        raise CitytoolsError(
            f'"{schema.shown(id)}" cannot be the id of a {word}: it is {form}lower-case letters and digits, words joined by hyphens, '
            f"as in {example}. {_UNCHANGED}"
        )


def _alias(record: Record, new: str) -> Iterator[DataEdit]:
    """The old id among the aliases, and the new one no longer there."""
    aliases = record.items("aliases")
    yield from (RemoveField((*record.path, "aliases", number)) for number, each in reversed(list(enumerate(aliases))) if each == new)
    if record.id not in aliases:
        yield AddItem((*record.path, "aliases"), record.id)


def _check_different(word: str, gone: Record, kept: Record) -> None:
    """See that neither entry is known not to be the other. Raises CitytoolsError."""
    for one, other in ((gone, kept), (kept, gone)):
        names = {normalise(name) for name in (other.id, *all_names(other))}
        said = next((name for name in one.texts("not") if normalise(name) in names), "")
        if said:
            raise CitytoolsError(
                f'the {word} {one.id} is known not to be "{said}", which is {other.id}. If that is wrong, take it out of '
                f"{one.document.path} first. {_UNCHANGED}"
            )


def _own_references(record: Record, edits: Sequence[DataEdit]) -> Iterator[DataEdit]:
    """The edits, without those by which the record would refer to itself: what held such a reference goes, the list when it is empty."""
    for edit in edits:
        inside = edit.path[: len(record.path)] == record.path and isinstance(edit, SetField | ReplaceItem)
        item = edit.path if isinstance(edit.path[-1], int) else edit.path[:-1]
        if not inside or item == record.path:
            yield edit if not inside else RemoveField(edit.path)
        else:
            yield RemoveField(item if len(record.document.value(item[:-1])) > 1 else item[:-1])


def _taken_over(gone: Record, kept: Record) -> tuple[list[DataEdit], list[str]]:
    """What the entry that stays has from the other, and a sentence for each of the other's fields but the names."""
    known = {kept.id, *all_names(kept)}
    edits: list[DataEdit] = [
        AddItem((*kept.path, "aliases"), name) for name in dict.fromkeys((gone.id, *all_names(gone))) if name not in known
    ]
    said: list[str] = []
    for field, value in gone.fields.items():
        if field not in ("id", "name", "aliases") and not same(kept.fields.get(field), value):
            more, sentence = _field_taken(gone, kept, field, _without(value, kept.id))
            edits += more
            said += [sentence] if sentence else []
    return edits, said


def _field_taken(gone: Record, kept: Record, field: str, value: Any) -> tuple[list[DataEdit], str]:
    own, path, name = kept.fields.get(field), (*kept.path, field), field_name(field)
    if value == [] and gone.fields[field]:
        return [], ""
    if field not in kept.fields:
        return [SetField(path, value)], f'Taken over from {gone.id}: "{name}" {worded(value)}.'
    if isinstance(own, list) and not schema.ordered(schema.definition(gone.document.kind, (*gone.path, field))):
        more = [item for item in value if not any(same(item, each) for each in own)]
        return [AddItem(path, item) for item in more], f'Added to "{name}" of {kept.id}: {worded(more)}.' if more else ""
    return [], f'Not kept from {gone.id}: "{name}" {worded(value)}. {kept.id} stays with {worded(own)}.'


def _without(value: Any, id: str) -> Any:
    """A list of groups without those that refer to this entry: none is its own parent."""
    return [item for item in value if not isinstance(item, dict) or item.get("supplier") != id] if isinstance(value, list) else value
