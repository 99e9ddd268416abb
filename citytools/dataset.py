"""Files become a Dataset; what cannot be read is a finding, never an absence."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path, PurePosixPath

from citytools import gitrepo, schema, suggest, worker, yamlfile
from citytools.errors import CitytoolsError
from citytools.model import Dataset, Document, Finding, Location, Record, Severity
from citytools.packing import packed, unpacked
from citytools.yamlfile import MAX_BYTES

DATASET_FILE = "data/dataset.yaml"
WORTH_A_WORKER = 1_000_000

_CATALOGUE = {f"{name}.yaml": f"catalogue-{name}" for name in ("frameworks", "functions", "products", "skills", "suppliers")}
_HOLDINGS = {"technology.yaml": "technology", "skills.yaml": "skills", "contracts.yaml": "contracts"}
_FOLDERS = {
    "catalogue": _CATALOGUE,
    "boroughs": {"borough.yaml": "borough", **_HOLDINGS},
    "bodies": {"body.yaml": "body", **_HOLDINGS},
}
_TOP = {"dataset.yaml": "dataset"}
_DOCUMENTATION = "documentation"
_Read = tuple[Document, list[Finding]]
Source = tuple[Mapping[str, bytes], Iterable[Finding]]
_LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini", ".gitkeep"}


def find_root(given: str | None, start: Path) -> Path:
    """The folder that holds data/dataset.yaml: the one given, else the nearest from ``start`` upwards. Raises CitytoolsError."""
    if given is not None:
        root = Path(given)
        if not (root / DATASET_FILE).is_file():
            raise CitytoolsError(f"there is no {DATASET_FILE} in {root}. Give the folder that holds data/ with --root DIR")
        return root.resolve()
    for folder in (start, *start.parents):
        if (folder / DATASET_FILE).is_file():
            return folder.resolve()
    raise CitytoolsError(f"there is no {DATASET_FILE} in {start} or above it. Go to the dataset's folder, or name it with --root DIR")


def load(root: Path) -> Dataset:
    """Read the dataset of a working tree."""
    files, findings = on_disk(root)
    return build(files, findings, root=str(root))


def build(files: Mapping[str, bytes], findings: Iterable[Finding] = (), *, root: str = "") -> Dataset:
    """A Dataset from files (path from the root → bytes), with the findings of getting hold of them."""
    return build_all([(files, findings)], root=root)[0]


def build_all(sources: Sequence[Source], *, root: str = "", judged: bool = True) -> list[Dataset]:
    """A Dataset from each set of files, all read in one go; held against the schemas unless they need not be ``judged``."""
    wanted = {(number, path): data for number, (files, _) in enumerate(sources) for path, data in files.items() if _belongs(path)}
    read = _read_all(wanted, judged)
    return [
        _dataset(root, files, findings, {path: read[number, path] for path in files if (number, path) in read})
        for number, (files, findings) in enumerate(sources)
    ]


def _dataset(root: str, files: Mapping[str, bytes], findings: Iterable[Finding], read: Mapping[str, _Read]) -> Dataset:
    found = list(findings)
    documents: list[Document] = []
    for path in sorted(files):
        if path in read:
            document, problems = read[path]
            documents.append(document)
            found.extend(problems)
        elif kind_of(path)[0] != _DOCUMENTATION:
            found.append(_unexpected(path))
    for finding in findings:
        if _belongs(finding.location.path):
            kind, holder = kind_of(finding.location.path)
            documents.append(Document(finding.location.path, kind, None, holder))
    return Dataset(root, tuple(documents), _records(documents), tuple(found))


def _belongs(path: str) -> bool:
    return kind_of(path)[0] not in ("", _DOCUMENTATION)


def _read_all(files: Mapping[tuple[int, str], bytes], judged: bool) -> dict[tuple[int, str], _Read]:
    """Each file as it was read and judged, with a second process where there is much to read."""
    keys = sorted(files, key=lambda key: len(files[key]), reverse=True)  # the small ones last, so that both end together

    def read(key: tuple[int, str]) -> _Read:
        return _read(key[1], files[key], judged)

    if sum(map(len, files.values())) < WORTH_A_WORKER or not worker.possible():
        return {key: read(key) for key in keys}
    return dict(zip(keys, worker.shared(keys, read, packed, unpacked), strict=True))


def _read(path: str, data: bytes, judged: bool) -> _Read:
    kind, holder = kind_of(path)
    document, problems = yamlfile.read(path, data, kind=kind, holder=holder, text_fields=schema.text_fields(kind))
    return (replace(document, departures=tuple(schema.departures(document))) if judged else document), problems


def sound(dataset: Dataset) -> tuple[Dataset, tuple[Finding, ...]]:
    """The dataset with the files that cannot be relied on as unread, and the errors that say why, for use in reports."""
    errors = [finding for finding in dataset.findings if finding.severity is Severity.ERROR]
    kept = []
    for document in dataset.documents:
        errors.extend(document.departures)
        kept.append(replace(document, fields=None) if document.departures else document)
    return Dataset(dataset.root, tuple(kept), _records(kept), dataset.findings), tuple(errors)


def faulty(dataset: Dataset) -> set[str]:
    """The paths of the files that cannot be relied on: unread, or departing from their schema."""
    return {document.path for document in dataset.documents if document.fields is None or document.departures}


def without(dataset: Dataset, paths: Set[str]) -> Dataset:
    """The dataset with these files as unread, so that nothing can be said to be missing from them."""
    kept = [replace(document, fields=None) if document.path in paths else document for document in dataset.documents]
    return replace(dataset, documents=tuple(kept), records=_records(kept))


def replaced(dataset: Dataset, documents: Iterable[Document]) -> Dataset:
    """The dataset with these files in place of those of the same path, or beside the others where there is none."""
    new = {document.path: replace(document, departures=tuple(schema.departures(document))) for document in documents}
    kept = {document.path: document for document in dataset.documents} | new
    whole = [kept[path] for path in sorted(kept)]
    findings = tuple(finding for finding in dataset.findings if finding.location.path not in new)
    return replace(dataset, documents=tuple(whole), records=_records(whole), findings=findings)


def _records(documents: list[Document]) -> dict[str, tuple[Record, ...]]:
    records: dict[str, list[Record]] = {}
    for document in documents:
        if document.fields is None:
            continue
        if whole := schema.load(document.kind).get("x-record"):
            records.setdefault(whole, []).append(Record(whole, document.holder, document, (), document.fields))
        for listed in schema.record_lists(document.kind):
            key, kind = listed.path[0], listed.definition["x-record"]
            items = document.fields.get(key)
            for number, item in enumerate(items if isinstance(items, list) else ()):
                if isinstance(item, dict):
                    records.setdefault(kind, []).append(Record(kind, document.holder, document, (key, number), item))
    return {kind: tuple(found) for kind, found in records.items()}


def on_disk(root: Path) -> tuple[dict[str, bytes], list[Finding]]:
    """The files below data/ (path from the root → bytes), and findings on those that cannot be opened."""
    files: dict[str, bytes] = {}
    findings: list[Finding] = []
    for path in _walk(root / "data"):
        name = path.relative_to(root).as_posix()
        try:
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode) or not stat.S_ISREG(mode):
                raise OSError("it is a link or another special file, and these are never followed")
            files[name] = bounded(path)
        except OSError as error:
            findings.append(
                Finding(
                    Location(name),
                    "unreadable",
                    f"the file cannot be read: {error.strerror or error}",
                    advice="Put an ordinary file in its place",
                )
            )
    return files, findings


def bounded(path: Path) -> bytes:
    """A file's content, of one that is too large as much as shows that it is. Raises OSError."""
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def at_commit(folder: Path, ref: str) -> Dataset:
    """Read the dataset as a branch, tag or commit has it; ``folder`` is its root in a working tree, or a bare repository.

    Raises CitytoolsError where git knows no such commit, or it holds no dataset.
    """
    files, findings = committed(folder, ref)
    if DATASET_FILE not in files:
        raise CitytoolsError(f'there is no {DATASET_FILE} in "{ref}", so that there is no register to read. Name a later commit')
    return build(files, findings)


def committed(folder: Path, ref: str) -> tuple[Mapping[str, bytes], list[Finding]]:
    """The files below data/ in a commit, as ``on_disk`` gives those of a working tree. Raises CitytoolsError."""
    blobs, findings = committed_files(folder, gitrepo.commit_of(folder, ref))
    found = fetched(folder, blobs.values())
    return {path: found[blob.id] for path, blob in blobs.items()}, findings


def reader_at(folder: Path, ref: str) -> Callable[[str], bytes]:
    """A function that gives the content of a file below data/ in a commit; nothing for one that is not there. Raises CitytoolsError."""
    blobs, _ = committed_files(folder, gitrepo.commit_of(folder, ref))
    return lambda path: fetched(folder, [blobs[path]])[blobs[path].id] if path in blobs else b""


def committed_files(folder: Path, commit: str) -> tuple[dict[str, gitrepo.Blob], list[Finding]]:
    """The files below data/ in a commit by path, not yet fetched, and findings on those that are never read."""
    listed = gitrepo.files_in(folder, commit, "data/")
    known = {path: blob for path, blob in listed.items() if PurePosixPath(path).name not in _LEFT_BY_SYSTEMS}
    plain = {path: blob for path, blob in known.items() if blob.mode in gitrepo.ORDINARY}
    return plain, [_special(path) for path in known if path not in plain]


def fetched(folder: Path, blobs: Iterable[gitrepo.Blob]) -> dict[str, bytes]:
    """The contents of files of any commits, each once, by hash."""
    wanted = list(blobs)
    found = gitrepo.contents(folder, (blob.id for blob in wanted if blob.size <= MAX_BYTES))
    # What is too large is not fetched: anything as long gets the finding that says so.
    return {blob.id: found.get(blob.id, b" " * (MAX_BYTES + 1)) for blob in wanted}


def differing(folder: Path, old: str, new: str) -> frozenset[str]:
    """The files below data/ in which two commits differ, those that are never read among them. Raises CitytoolsError."""
    before, after = (gitrepo.files_in(folder, commit, "data/") for commit in (old, new))
    return frozenset(path for path in {*before, *after} if before.get(path) != after.get(path))


def place_of(name: str, folder: str) -> str:
    """Where a file of this name belongs that lies in a folder of that name, a holder's file with the holder so named; empty for nowhere."""
    if name in _TOP:
        return f"data/{name}"
    if folder == "catalogue":
        return f"data/catalogue/{name}" if name in _CATALOGUE else ""
    found = next((kinds for kinds in ("boroughs", "bodies") if name in _FOLDERS[kinds]), "")
    return f"data/{found}/{folder}/{name}" if found else ""


def places(holder: str = "") -> tuple[str, ...]:
    """Where the files of a holder stand, whatever sort of holder it is; of the catalogue and the dataset for none."""
    if holder:
        return tuple(f"data/{folder}/{holder}/{name}" for folder in ("boroughs", "bodies") for name in _FOLDERS[folder])
    return (DATASET_FILE, *(f"data/catalogue/{name}" for name in _CATALOGUE))


def _special(path: str) -> Finding:
    message = "the file cannot be read: it is a link or another special file, and these are never followed"
    return Finding(Location(path), "unreadable", message, advice="Put an ordinary file in its place")


def _walk(folder: Path) -> Iterator[Path]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name in _LEFT_BY_SYSTEMS:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        else:
            yield Path(entry.path)


def kind_of(path: str) -> tuple[str, str]:
    """The kind of a file and its holder, by its place; an empty kind where none belongs."""
    match PurePosixPath(path).parts:
        case ("data", name):
            return _TOP.get(name, _DOCUMENTATION if name == "README.md" else ""), ""
        case ("data", "catalogue", name):
            return _CATALOGUE.get(name, ""), ""
        case ("data", ("boroughs" | "bodies") as folder, holder, name):
            return _FOLDERS[folder].get(name, ""), holder
    return "", ""


def _unexpected(path: str) -> Finding:
    parts = PurePosixPath(path).parts
    expected = _TOP if len(parts) == 2 else _FOLDERS.get(parts[1], {})
    fits = len(parts) == (3 if parts[1] == "catalogue" else 4) or len(parts) == 2
    if not fits or not expected:
        places = "data/boroughs/<borough>/, data/bodies/<id>/ and data/catalogue/"
        return Finding(Location(path), "unexpected-file", "no file belongs in this place", advice=f"Files belong in {places}")
    names = ", ".join(expected)
    return Finding(
        Location(path),
        "unexpected-file",
        "no file of this name belongs here",
        advice=f"The files here are {names}",
        suggestion=suggest.closest(PurePosixPath(path).stem + ".yaml", expected),
    )
