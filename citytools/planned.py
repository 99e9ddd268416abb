"""What is to be done to files before anything is written: their new bytes, and a sentence for each thing that changes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from citytools import schema, yamlfile
from citytools.dataset import build, on_disk
from citytools.errors import CitytoolsError
from citytools.model import Dataset, Document, Finding
from citytools.yamlfile import DataEdit


@dataclass(frozen=True, slots=True)
class Register:
    """The files of a dataset (path from the root → bytes), findings on those that cannot be opened, and what was read from them."""

    files: Mapping[str, bytes]
    unread: Sequence[Finding]
    dataset: Dataset

    def after(self, changed: Mapping[str, bytes]) -> Dataset:
        """What would be read once these files are written."""
        return build({**self.files, **changed}, self.unread)


@dataclass(frozen=True, slots=True)
class Plan:
    """The files that change (path from the root → new bytes), and what is done, a sentence for each thing."""

    files: Mapping[str, bytes]
    said: tuple[str, ...]


def opened(root: Path) -> Register:
    """Read the dataset of a working tree, and keep what was read."""
    files, unread = on_disk(root)
    return Register(files, unread, build(files, unread, root=str(root)))


def edited(document: Document, data: bytes, edits: Sequence[DataEdit]) -> bytes:
    """A file of the dataset after edits of its data, in its own hand. Raises CitytoolsError, which names the file."""

    def order(path: tuple[str | int, ...]) -> tuple[str, ...]:
        return tuple(schema.definition(document.kind, path).get("properties", {}))

    try:
        return yamlfile.edit(data, edits, text_fields=schema.text_fields(document.kind), order=order)
    except CitytoolsError as error:
        raise CitytoolsError(f"{document.path}: {error}") from error


def lines(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[str]:
    """Each file that changes and, below it, each line that goes (-) or comes (+) with its number in the old or new file."""
    for path in sorted(after):
        old, new = (files.get(path, b"").decode("utf-8-sig").splitlines() for files in (before, after))
        yield path
        for sort, start, end, first, last in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if sort != "equal":
                yield from (f"  {number + 1:>5} - {old[number]}" for number in range(start, end))
                yield from (f"  {number + 1:>5} + {new[number]}" for number in range(first, last))
