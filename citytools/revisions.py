"""Two states to compare: a commit, the working tree, another folder or a single file, and of these only what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from citytools import dataset, gitrepo
from citytools.errors import CitytoolsError
from citytools.model import Dataset, Finding

WORKING_TREE = "the working tree"


@dataclass(frozen=True, slots=True)
class State:
    """A state of the dataset: what to call it, the hash of each file's content by path, how to read them, what cannot be read."""

    name: str
    hashes: Mapping[str, str]
    read: Callable[[Iterable[str]], Mapping[str, bytes]]
    findings: tuple[Finding, ...] = ()


def working_tree(root: Path) -> State:
    """The files below data/ as they are on disk."""
    files, findings = dataset.on_disk(root)
    return _held(WORKING_TREE, files, findings)


def commit(folder: Path, ref: str) -> State:
    """The files below data/ as a branch, tag or commit has them. Raises CitytoolsError where git knows none of that name."""
    hashes, read, findings = dataset.committed_files(folder, gitrepo.commit_of(folder, ref))
    return State(ref, hashes, read, tuple(findings))


def compared(root: Path, old: str | None, new: str | None) -> tuple[State, State]:
    """The two states that were named: the last commit and the working tree where nothing was. Raises CitytoolsError."""
    before = commit(root, "HEAD") if old is None else _named(root, old, new)
    return before, working_tree(root) if new is None else _named(root, new, None)


def _named(root: Path, word: str, like: str | None) -> State:
    """What a person named: a commit if git knows one, else a folder or a file, which belongs where one called ``like`` does."""
    if gitrepo.is_commit(root, word):
        return commit(root, word)
    path = Path(word)
    if (path / dataset.DATASET_FILE).is_file():
        return _held(word, *dataset.on_disk(path))
    files = [path] if path.is_file() else sorted(path.iterdir()) if path.is_dir() else []
    place = Path(like) if like and Path(like).exists() else path
    folder = (place if place.is_dir() else place.parent).resolve().name
    found = {dataset.place_of(file.name, folder): file.read_bytes() for file in files if file.is_file()}
    found.pop("", None)
    if found:
        return _held(word, found, ())
    raise CitytoolsError(
        f'"{word}" is neither a commit, branch or tag here, nor a folder that holds {dataset.DATASET_FILE}, nor a borough\'s folder or a '
        "file of it. In a shallow clone, fetch the commit first"
    )


def both(old: State, new: State, whole: bool = False) -> tuple[Dataset, Dataset]:
    """The two as datasets, of the files that differ alone unless they are wanted ``whole``; what is alike is never read."""
    return _dataset(old, new, whole), _dataset(new, old, whole)


def _dataset(state: State, other: State, whole: bool) -> Dataset:
    paths = [path for path, digest in state.hashes.items() if whole or other.hashes.get(path) != digest]
    return dataset.build(state.read(paths), state.findings)


def _held(name: str, files: Mapping[str, bytes], findings: Iterable[Finding]) -> State:
    hashes = {path: gitrepo.blob_id(data) for path, data in files.items()}
    return State(name, hashes, lambda paths: {path: files[path] for path in paths}, tuple(findings))
