"""How a record came to be: what each commit did to it, followed through new ids and other holders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from citytools import dataset, diff, gitrepo, schema, suggest, wording, yamlfile
from citytools.diff import Unit
from citytools.errors import CitytoolsError
from citytools.gitrepo import Revision, Version
from citytools.model import Change, Column, Dataset, Sort, Table
from citytools.yamlfile import MAX_BYTES

COLUMNS = (
    Column("date", "Date", "date", "lead"),
    Column("change", "What happened", "text", "heading"),
    Column("commit", "Commit", "id", "heading"),
    Column("fields", "Fields", "list", "detail"),
)
_WHOLE = ("/borough.yaml", "/body.yaml", "/dataset.yaml")  # a file that is one record, and does not say its own id
_HASH = 10  # characters of a commit's hash, enough to name it
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Event:
    """What one commit did to the record."""

    date: str
    commit: str
    what: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trail:
    """What is looked at: the file, the kind of record, and every id that it is known to have had there, the latest first."""

    path: str
    kind: str
    ids: tuple[str, ...]


@dataclass(slots=True)
class Archive:
    """Contents and datasets of the versions of files, each fetched and read once, and the commits at which a shallow clone ends."""

    folder: Path
    ends: frozenset[str]
    contents: dict[str, bytes] = field(default_factory=dict)
    read: dict[tuple[str, str], Dataset] = field(default_factory=dict)
    seen: dict[Trail, list[tuple[yamlfile.Item, Unit]]] = field(default_factory=dict)

    def fetch(self, revisions: Iterable[Revision]) -> None:
        """Get hold of every version at once."""
        wanted = {each for revision in revisions for version in revision.versions for each in (*version.before, version.after)}
        sizes = gitrepo.sizes(self.folder, sorted(each for each in wanted if each.strip("0") and each not in self.contents))
        small = [each for each, size in sizes.items() if size <= MAX_BYTES]
        self.contents |= gitrepo.contents(self.folder, small)
        self.contents |= {each: b" " * (MAX_BYTES + 1) for each in sizes if each not in self.contents}

    def dataset(self, path: str, blob: str) -> Dataset:
        """The file in a version; no file where it was not there."""
        key = path, blob
        if key not in self.read:
            files = {path: self.contents[blob]} if blob in self.contents else {}
            self.read[key] = dataset.build_all([(files, ())], judged=False)[0]
        return self.read[key]

    def unit(self, trail: Trail, blob: str) -> Unit | None:
        """The record in a version, by the latest id that is there.

        A version is not read where it has no letters of an id, or the record's own lines as in a version that was.
        """
        content = self.contents.get(blob, b"")
        if not any(not own or own.encode() in content for own in trail.ids):
            return None
        text = content.decode("utf-8", "replace")
        if (trail.path, blob) not in self.read:
            for item, known in self.seen.get(trail, ()):
                if yamlfile.holds(text, item):
                    return known
        found = {unit.id: unit for unit in diff.units(self.dataset(trail.path, blob)) if unit.kind == trail.kind}
        unit = next((found[own] for own in trail.ids if own in found), None)
        if unit:
            self.remember(trail, unit, text)
        return unit

    def remember(self, trail: Trail, unit: Unit, text: str) -> None:
        """Keep the record's own lines, to know it by."""
        known = self.seen.setdefault(trail, [])
        fields = dict(unit.fields)
        item = yamlfile.item_at(text, unit.location.line, fields, schema.text_fields(unit.file_kind)) if unit.path else None
        if item and item not in (each for each, _ in known):
            known.insert(0, (item, unit))

    def readable(self, path: str, blob: str) -> bool:
        """Whether something can be said of a version."""
        return all(document.fields is not None for document in self.dataset(path, blob).documents)


def history(folder: Path, commit: str, ref: str) -> list[Table]:
    """A table for each record that ``ref`` names, or once named, with a row for each commit. Raises CitytoolsError for none."""
    kind, _, rest = ref.rpartition(":")
    if not _SLUG.fullmatch(rest):
        raise CitytoolsError(f'"{ref}" is not how a record is named. Write holder/id, such as sutton/unit4-erp, or the id of a product')
    archive = Archive(folder, gitrepo.shallow(folder))
    paths = _places(rest)
    revisions = gitrepo.revisions_of(folder, commit, paths)
    archive.fetch(revisions)
    trails = [trail for path in paths for trail in _trails(archive, path, rest, revisions) if kind in ("", trail.kind)]
    tables = [_table(trail, rest, _followed(archive, trail, revisions), archive, revisions) for trail in trails]
    if not tables:
        raise _unknown(archive, ref, rest, paths, revisions)
    return tables


def _places(ref: str) -> tuple[str, ...]:
    """The files in which a record of that name may stand; 'area/function' looks like 'holder/id'."""
    holder, _, own = ref.partition("/")
    described = tuple(path for path in dataset.places(holder) if path.endswith(_WHOLE))
    return (
        (*(path for path in dataset.places(holder) if path not in described), *dataset.places()) if own else (*dataset.places(), *described)
    )


def _trails(archive: Archive, path: str, ref: str, revisions: Iterable[Revision]) -> list[Trail]:
    """The records of that name in the last version of a file that has one."""
    for blob in (version.after for revision in revisions for version in revision.versions if version.path == path):
        if ref.rpartition("/")[2].encode() in archive.contents.get(blob, b"") or path.endswith(_WHOLE):
            found = [unit for unit in diff.units(archive.dataset(path, blob)) if unit.ref == ref]
            if found:
                return [Trail(path, kind, (own,)) for kind, own in dict.fromkeys((unit.kind, unit.id) for unit in found)]
    return []


def _followed(archive: Archive, trail: Trail, revisions: list[Revision]) -> list[Event]:
    """The events of a trail; when it turns out that the record had another id before, once more with that."""
    events: list[Event] = []
    for revision, version in _touching(trail.path, revisions):
        change, source = _change(archive, trail, revision, version, revisions)
        if change is None:
            continue
        before = change.old.rpartition("/")[2]
        if change.sort is Sort.RENAMED and before not in trail.ids:
            return _followed(archive, Trail(trail.path, trail.kind, (*trail.ids, before)), revisions)
        events.append(_event(archive, trail, revision, change))
        if source:
            return [*events, *_earlier(archive, source, change, revision)]
    return events


def _touching(path: str, revisions: Iterable[Revision]) -> Iterator[tuple[Revision, Version]]:
    return ((revision, version) for revision in revisions for version in revision.versions if version.path == path)


def _change(archive: Archive, trail: Trail, revision: Revision, version: Version, revisions: list[Revision]) -> tuple[Change | None, str]:
    """What a commit did to the record, of a merge only what no parent has, and the file that the record came from if it was another."""
    new, olds = archive.unit(trail, version.after), [archive.unit(trail, blob) for blob in version.before]
    if new is None and (not any(olds) or not archive.readable(trail.path, version.after)):
        return None, ""
    blobs = [blob if old else _last_readable(archive, trail.path, blob, revisions) for old, blob in zip(olds, version.before, strict=True)]
    olds = [archive.unit(trail, blob) for blob in blobs]
    changes = [_between(archive, trail, old, new, blob, version.after) for old, blob in zip(olds, blobs, strict=True)]
    change = changes[0] if all(changes) else None
    if change and change.sort in (Sort.ADDED, Sort.REMOVED) and len(blobs) == 1:
        return _elsewhere(archive, trail, revision, change)
    return change, ""


def _last_readable(archive: Archive, path: str, blob: str, revisions: list[Revision]) -> str:
    """The version itself, or the nearest before it of which something can be said."""
    before = {version.after: version.before[0] for _, version in _touching(path, revisions)}
    seen = set[str]()
    while not archive.readable(path, blob) and blob in before and blob not in seen:
        seen.add(blob)
        blob = before[blob]
    return blob


def _between(archive: Archive, trail: Trail, old: Unit | None, new: Unit | None, before: str, after: str) -> Change | None:
    if old and new and old.id == new.id:
        fields = diff.fields_of(new.file_kind, new.path, old.fields, new.fields) if old is not new else ()
        return Change(Sort.CHANGED, new.kind, old.ref, new.ref, new.holder, new.name, new.location, fields) if fields else None
    if not before or not after:  # the whole file came or went
        return _came(new) if new else _went(old) if old else None
    found = diff.diff(archive.dataset(trail.path, before), archive.dataset(trail.path, after)).changes
    refs = ((new.ref if new else ""), (old.ref if old else ""))
    return next((each for each in found if each.kind == trail.kind and (each.new == refs[0] if new else each.old == refs[1])), None)


def _came(unit: Unit) -> Change:
    fields = diff.fields_of(unit.file_kind, unit.path, {}, unit.fields)
    return Change(Sort.ADDED, unit.kind, "", unit.ref, unit.holder, unit.name, unit.location, fields)


def _went(unit: Unit) -> Change:
    fields = diff.fields_of(unit.file_kind, unit.path, unit.fields, {})
    return Change(Sort.REMOVED, unit.kind, unit.ref, "", unit.holder, unit.name, unit.location, fields)


def _elsewhere(archive: Archive, trail: Trail, revision: Revision, change: Change) -> tuple[Change, str]:
    """Whether a record that came or went has moved, from or to a file of the same name that the same commit touched."""
    versions = _others(archive, trail, revision, came=bool(change.new))
    if len(versions) < 2:
        return change, ""
    archive.fetch([Revision("", "", tuple(versions))])
    old, new = (_all_of(archive, side) for side in ({v.path: v.before[0] for v in versions}, {v.path: v.after for v in versions}))
    for moved in diff.diff(old, new).changes:
        if moved.sort is Sort.MOVED and moved.kind == change.kind and change.ref == (moved.new if change.new else moved.old):
            source = next(unit.location.path for unit in diff.units(old) if (unit.kind, unit.ref) == (moved.kind, moved.old))
            return moved, source if change.new else ""
    return change, ""


def _others(archive: Archive, trail: Trail, revision: Revision, *, came: bool) -> list[Version]:
    """What the commit did to the file, and to those of the same name that had the record's id before it, or have it after."""
    whole = gitrepo.revision(archive.folder, revision.commit, "data")
    name = PurePosixPath(trail.path).name
    versions = [each for each in (whole.versions if whole else ()) if PurePosixPath(each.path).name == name and len(each.before) == 1]
    had = {each.path: each.before[0] if came else each.after for each in versions}
    archive.fetch([Revision("", "", tuple(Version(path, (), blob) for path, blob in had.items()))])
    ids = [own.encode() for own in trail.ids]
    return [each for each in versions if each.path == trail.path or any(own in archive.contents.get(had[each.path], b"") for own in ids)]


def _all_of(archive: Archive, blobs: Mapping[str, str]) -> Dataset:
    files = {path: archive.contents[blob] for path, blob in blobs.items() if blob in archive.contents}
    return dataset.build_all([(files, ())], judged=False)[0]


def _earlier(archive: Archive, path: str, change: Change, revision: Revision) -> list[Event]:
    """What happened to a record before it came from another holder's file."""
    before = gitrepo.commit_of(archive.folder, f"{revision.commit}^")
    revisions = gitrepo.revisions_of(archive.folder, before, [path])
    archive.fetch(revisions)
    return _followed(archive, Trail(path, change.kind, (change.old.rpartition("/")[2],)), revisions)


def _event(archive: Archive, trail: Trail, revision: Revision, change: Change) -> Event:
    lines = [line.told for each in change.fields for line in wording.said(each)]
    if change.sort in (Sort.ADDED, Sort.REMOVED):
        lines = [text] if (text := wording.brief(change, "")) else []
    return Event(revision.date, revision.commit, _what(archive, trail, revision, change), tuple(lines))


def _what(archive: Archive, trail: Trail, revision: Revision, change: Change) -> str:
    if change.sort is Sort.ADDED and revision.commit in archive.ends:
        return "was there already"
    if change.sort in (Sort.MOVED, Sort.RENAMED):
        gone = archive.unit(trail, _after(trail, revision)) is None
        return f"{change.sort} to {change.new}" if gone else f"{change.sort} from {change.old}"
    return str(change.sort)


def _after(trail: Trail, revision: Revision) -> str:
    return next(version.after for version in revision.versions if version.path == trail.path)


def _table(trail: Trail, ref: str, events: list[Event], archive: Archive, revisions: list[Revision]) -> Table:
    rows = tuple((event.date, event.what, event.commit[:_HASH], list(event.lines)) for event in events)
    days = f", from {events[-1].date} to {events[0].date}" if len(events) > 1 else ""
    said = (
        f"{len(events)} commit{'s' if len(events) != 1 else ''} in its history{days}." if events else "No commit that is here changed it."
    )
    # Of the others nothing had to be known: the record's lines are as they were before and after.
    looked = {version.after for _, version in _touching(trail.path, revisions) if (trail.path, version.after) in archive.read}
    unread = sum(not archive.readable(trail.path, blob) for blob in looked)
    return Table(f"{trail.kind} {ref}", COLUMNS, rows, coverage=(said,), notes=tuple(_notes(trail.path, unread, archive)))


def _notes(path: str, unread: int, archive: Archive) -> Iterator[str]:
    if archive.ends:
        yield "This is a shallow clone: history ends where it begins. For what came before: git fetch --unshallow"
    if unread:
        yield f"{path} cannot be read in {unread} version{'s' if unread != 1 else ''}; what these changed shows in the next that can."


def _unknown(archive: Archive, ref: str, own: str, paths: Iterable[str], revisions: list[Revision]) -> CitytoolsError:
    """That there is no such record, and which may be meant."""
    newest = {version.path: version.after for revision in reversed(revisions) for version in revision.versions}
    known = {unit.ref for path in paths if path in newest for unit in diff.units(archive.dataset(path, newest[path]))}
    meant = suggest.closest(own, sorted(known))
    advice = f"Did you mean {meant}?" if meant else "Write it as holder/id, such as sutton/unit4-erp, or find it with: citytools find NAME"
    return CitytoolsError(f'no commit here has a record "{ref}". {advice}')
