"""Two states to compare: a commit, the working tree, another folder or a single file, and of these only what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from citytools import dataset, gitrepo, schema, suggest, yamlfile
from citytools.errors import CitytoolsError
from citytools.model import Dataset, Finding

WORKING_TREE = "the working tree"


@dataclass(frozen=True, slots=True)
class State:
    """A state of the dataset: what to call it, the hash of each file's content by path, and what cannot be read.

    The contents are at hand, or those of a commit are to be fetched from the repository around a folder.
    """

    name: str
    hashes: Mapping[str, str]
    findings: tuple[Finding, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    blobs: Mapping[str, gitrepo.Blob] = field(default_factory=dict)
    folder: Path | None = None

    @property
    def paths(self) -> frozenset[str]:
        """All its files, with those that cannot be read."""
        return frozenset((*self.hashes, *(finding.location.path for finding in self.findings)))


def working_tree(root: Path) -> State:
    """The files below data/ as they are on disk."""
    files, findings = dataset.on_disk(root)
    return _held(WORKING_TREE, files, findings)


def commit(folder: Path, ref: str) -> State:
    """The files below data/ as a branch, tag or commit has them. Raises CitytoolsError where git knows none of that name."""
    return _commit(folder, ref, gitrepo.commit_of(folder, ref))


def _commit(folder: Path, name: str, commit: str) -> State:
    blobs, findings = dataset.committed_files(folder, commit)
    return State(name, {path: blob.id for path, blob in blobs.items()}, tuple(findings), blobs=blobs, folder=folder)


def compared(root: Path, old: str | None, new: str | None) -> tuple[State, State]:
    """The two states that were named: the last commit and the working tree where nothing was. Raises CitytoolsError."""
    like = _standing(old, new)
    known = _known(root, old, new) if old is not None and new is not None else {}
    before = commit(root, "HEAD") if old is None else _named(root, old, like, known)
    after = working_tree(root) if new is None else _named(root, new, like, known)
    if not before.paths and not after.paths:
        raise CitytoolsError(f"neither {before.name} nor {after.name} holds a file below data/, so that there is nothing to compare")
    return before, after


def holders(before: State, after: State, names: Iterable[str]) -> tuple[str, ...]:
    """The ids of the boroughs and bodies so named that either state knows. Raises CitytoolsError for one that neither does."""
    known = {parts[2] for path in before.paths | after.paths if len(parts := path.split("/")) == 4}
    wanted = ["-".join(name.lower().split()) for name in names]
    for each in wanted:
        if each not in known:
            meant = suggest.closest(each, sorted(known))
            raise CitytoolsError(f'neither state has a borough or body "{each}"' + (f". Did you mean {meant}?" if meant else ""))
    return tuple(wanted)


def _standing(*words: str | None) -> Path:
    """Of a folder and a file that were named, the latest whose name says where it belongs: the other is taken to belong there too."""
    paths = [Path(word) for word in reversed(words) if word and Path(word).exists()]
    return next((path for path in paths if path.is_dir() or dataset.place_of(path.name, _folder(path))), Path())


def _folder(path: Path) -> str:
    return (path if path.is_dir() else path.parent).resolve().name


def _known(root: Path, *words: str) -> dict[str, str]:
    """Of words that may be commits, the hashes of those that git knows when asked for all; to ask for each alone takes longer."""
    try:
        return gitrepo.commits_of(root, words)
    except gitrepo.NoGitError:
        return {}


def _named(root: Path, word: str, like: Path, known: Mapping[str, str]) -> State:
    """What a person named: a commit if git knows one, else a folder or a file, which belongs where one called ``like`` does."""
    try:
        return _commit(root, word, known[word]) if word in known else commit(root, word)
    except gitrepo.NoGitError:
        if not word or not Path(word).exists():
            raise
    except CitytoolsError:
        pass
    path = Path(word)
    if word and (path / dataset.DATASET_FILE).is_file():
        return _held(word, *dataset.on_disk(path))
    found = _loose(path, like) if word else {}
    if found:
        return _held(word, found, ())
    raise CitytoolsError(
        f'"{word}" is neither a commit, branch or tag here, nor a folder that holds {dataset.DATASET_FILE}, nor a borough\'s folder or a '
        "file of it. In a shallow clone, fetch the commit first"
    )


def _loose(path: Path, like: Path) -> dict[str, bytes]:
    """The files of a borough's folder, or a single one of whatever name, at the places where they belong."""
    folder = _folder(like)
    if path.is_file():
        place = dataset.place_of(path.name, folder) or dataset.place_of(like.name, folder)
        return {place: dataset.bounded(path)} if place else {}
    places = {dataset.place_of(file.name, folder): file for file in path.iterdir() if file.is_file()} if path.is_dir() else {}
    return {place: dataset.bounded(file) for place, file in sorted(places.items()) if place}


def handed_in(paths: Iterable[Path], holder: str = "") -> dict[str, bytes]:
    """Files that somebody handed in, at their places in the dataset: loose ones with ``holder``, else where their folder's name says.

    Raises CitytoolsError for what is no file or folder of a dataset.
    """
    found: dict[str, bytes] = {}
    for path in paths:
        if (path / dataset.DATASET_FILE).is_file():
            files, findings = dataset.on_disk(path)
            if findings:
                raise CitytoolsError(f"{findings[0].location}: {findings[0].message}")
            found |= files
        else:
            loose = _handed(path, holder or _folder(path)) if path.exists() else {}
            if not loose:
                raise CitytoolsError(
                    f"{path} is neither a workbook, nor a dataset's folder or a borough's, nor a file of one such as technology.yaml. "
                    "Of what citytools export writes, only workbooks can be merged again"
                )
            found |= loose
    return found


def _handed(path: Path, holder: str) -> dict[str, bytes]:
    """The files of a holder in a folder, or one of them; JSON counts as the YAML that it could be."""
    files = [path] if path.is_file() else sorted(path.iterdir())
    places = {dataset.place_of(f"{file.stem}.yaml", holder): file for file in files if file.suffix in (".yaml", ".json") and file.is_file()}
    return {place: dataset.bounded(file) for place, file in places.items() if place}


def both(old: State, new: State, whole: bool = False) -> tuple[Dataset, Dataset]:
    """The two as datasets, of the files that differ alone unless they are wanted ``whole``; what is alike is never read.

    Only whole ones are held against the schemas: a comparison takes what is written as it is.
    """
    contents = _contents((old, _differing(old, new, whole)), (new, _differing(new, old, whole)))
    sources = [(files, state.findings) for files, state in zip(contents, (old, new), strict=True)]
    quick = None if whole else _read_sooner(*sources)
    before, after = quick or dataset.build_all(sources, judged=whole)
    return before, after


def _read_sooner(old: dataset.Source, new: dataset.Source) -> list[Dataset] | None:
    """The two without the records that a file has in both to the letter; None where what is left cannot be read by itself."""
    shared = old[0].keys() & new[0].keys()
    pairs = {path: yamlfile.reduced(old[0][path], new[0][path], _lists(path)) for path in shared}
    sides = [({**files, **{path: pair[number] for path, pair in pairs.items()}}, found) for number, (files, found) in enumerate((old, new))]
    read = dataset.build_all(sides, judged=False)
    broken = any(document.fields is None and document.path in shared for side in read for document in side.documents)
    return None if broken else read


def _lists(path: str) -> frozenset[str]:
    """The names of the lists of records in a file."""
    return frozenset(listed.path[0] for listed in schema.record_lists(dataset.kind_of(path)[0]))


def _differing(state: State, other: State, whole: bool) -> list[str]:
    return [path for path, digest in state.hashes.items() if whole or other.hashes.get(path) != digest]


def _contents(*wanted: tuple[State, Sequence[str]]) -> list[Mapping[str, bytes]]:
    """Files of some states, by path; what is to be fetched from one repository is asked for in one go."""
    found: dict[str, bytes] = {}
    for folder in {state.folder for state, _ in wanted if state.folder is not None}:
        found |= dataset.fetched(folder, (state.blobs[path] for state, paths in wanted if state.folder == folder for path in paths))
    return [{path: state.files[path] if path in state.files else found[state.hashes[path]] for path in paths} for state, paths in wanted]


def _held(name: str, files: Mapping[str, bytes], findings: Iterable[Finding]) -> State:
    hashes = {path: gitrepo.blob_id(data) for path, data in files.items()}
    return State(name, hashes, tuple(findings), files=files)
