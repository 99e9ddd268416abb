"""What a person named on the command line → ids; an unknown name is an error with a suggestion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from citytools import schema, suggest
from citytools.catalogue import Catalogue
from citytools.errors import CitytoolsError
from citytools.index import Index
from citytools.reports.words import enumerated

# Kinds that are words of a fixed list, and the field of a system that lists them.
_WORDS = {"technology": "technologies", "method": "method"}


def one_of(catalogue: Catalogue, kind: str, names: Iterable[str]) -> tuple[str, ...]:
    """Ids of catalogue entries given by id, name or alias. Raises CitytoolsError for a name there is none of."""
    return tuple(_resolved(catalogue, (kind,), name) for name in names)


def holders(catalogue: Catalogue, names: Iterable[str]) -> tuple[str, ...]:
    """Ids of boroughs and bodies given by id, name or alias. Raises CitytoolsError for a name there is none of."""
    return tuple(_resolved(catalogue, ("borough", "body"), name) for name in names)


def functions(catalogue: Catalogue, names: Iterable[str]) -> tuple[str, ...]:
    """Ids of functions; the name of an area stands for all of its functions.

    Raises CitytoolsError for a name there is none of, and for an area without functions, which would read as no limit.
    """
    chosen: list[str] = []
    for name in names:
        found = catalogue.resolve("function", name)
        area = None if found else catalogue.resolve("area", name)
        if area:
            inside = [function for function in catalogue.ids("function") if function.startswith(f"{area.id}/")]
            if not inside:
                raise CitytoolsError(f'the area "{name}" has no functions in the catalogue')
            chosen.extend(inside)
        else:
            chosen.append(_resolved(catalogue, ("function", "area"), name))
    return tuple(dict.fromkeys(chosen))


def systems(index: Index, refs: Iterable[str]) -> tuple[str, ...]:
    """References to systems, as holder/id. Raises CitytoolsError for one that no system has."""
    known = [record.ref for record in index.dataset.of("system")]
    chosen = tuple(dict.fromkeys(refs))
    missing = set(chosen).difference(known)
    for ref in (ref for ref in chosen if ref in missing):
        meant = suggest.closest(ref, known) if "/" in ref else ""
        hint = f"Did you mean {meant}?" if meant else f'To look for it: citytools find "{ref}"'
        raise CitytoolsError(f'there is no system "{ref}"; a system is named as holder/id. {hint}')
    return chosen


def named(index: Index, kind: str, names: Iterable[str]) -> tuple[str, ...]:
    """Ids of what names of one kind stand for. Raises CitytoolsError for a name there is none of."""
    if kind == "holder":
        return holders(index.catalogue, names)
    if kind == "function":
        return functions(index.catalogue, names)
    if kind == "system":
        return systems(index, names)
    if kind in _WORDS:
        return words(kind, schema.choices("technology", _WORDS[kind]), names)
    return one_of(index.catalogue, kind, names)


def words(what: str, known: Sequence[str], names: Iterable[str]) -> tuple[str, ...]:
    """Words of a fixed list, however they are capitalised or spaced. Raises CitytoolsError for one that is not in it."""
    return tuple(_word(what, known, name) for name in names)


def nothing_named(index: Index, ref: str) -> CitytoolsError:
    """The error for a reference that names no record, with the nearest that there is."""
    refs = [record.ref for records in index.dataset.records.values() for record in records if record.ref]
    meant = suggest.containing(ref, refs, whole=True) or suggest.closest(ref, refs, cutoff=0.6)
    return CitytoolsError(
        f'there is no record "{ref}". ' + (f"Did you mean {meant}?" if meant else f'To look for it: citytools find "{ref}"')
    )


def _word(what: str, known: Sequence[str], name: str) -> str:
    word = "-".join(name.lower().split())
    if word in known:
        return word
    meant = suggest.closest(word, known)
    hint = f"Did you mean {meant}?" if meant else f"There are: {', '.join(known)}"
    raise CitytoolsError(f'there is no {what} called "{name}". {hint}')


def _resolved(catalogue: Catalogue, kinds: tuple[str, ...], name: str) -> str:
    for kind in kinds:
        found = catalogue.resolve(kind, name)
        if found:
            return found.id
    other = next((holder for holder in ("borough", "body") if holder not in kinds and catalogue.resolve(holder, name)), "")
    if other and {"borough", "body"} & set(kinds):
        raise CitytoolsError(f'"{name}" is a {other}, and a {enumerated(_called(kinds), "or")} is asked for')
    meant = suggest.closest(name, filter(None, (catalogue.suggestion(kind, name) for kind in kinds)), cutoff=0)
    hint = f"Did you mean {meant}?" if meant else f'To look for it: citytools find "{name}"'
    raise CitytoolsError(f'there is no {enumerated(_called(kinds), "or")} called "{name}". {hint}')


def _called(kinds: Sequence[str]) -> list[str]:
    """Kinds of record as people speak of them."""
    return [{"skill-name": "skill"}.get(kind, kind) for kind in kinds]
