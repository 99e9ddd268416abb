"""What a workbook knows of where it comes from: whose it is, the commit, and the files themselves as they were, to merge in three ways."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from citytools import SCHEMA_VERSION, dataset, gitrepo
from citytools.errors import CitytoolsError
from citytools.workbook import ReadSheet

FACTS, FILES, NAMES = "_citytools", "_state", "_names"
_CHUNK = 30_000  # characters; a cell holds 32,767
_MOST = 200_000_000  # bytes that the files may be when unpacked
_HASH, _COMMIT = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{40,64}|")


@dataclass(frozen=True, slots=True)
class Origin:
    """The state that a workbook was made from: its holder (none: of many), the commit if it was one, the day, and the files.

    ``names`` are those that stood in its cells and lists for ids, by kind and id (``supplier idox``): the catalogue may have others since.
    """

    holder: str = ""
    commit: str = ""
    on: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What to call it: the commit, cut short, and the day."""
        return " of ".join(filter(None, (self.commit[:12] or "a state without a commit", self.on)))

    def sheets(self) -> dict[str, list[list[str]]]:
        """The hidden sheets that say so."""
        facts = {"schema": str(SCHEMA_VERSION), "borough": self.holder, "commit": self.commit, "made": self.on, "hash": digest(self._kept)}
        found = {FACTS: [[name, value] for name, value in facts.items()]}
        return {**found, FILES: [[*row] for row in _rows(self._kept)]} if self.files else found

    @property
    def _kept(self) -> dict[str, bytes]:
        """All that is kept of the state, the names as one more file."""
        return {**self.files, NAMES: json.dumps(self.names, sort_keys=True).encode()} if self.files else {}


def digest(files: Mapping[str, bytes]) -> str:
    """One hash for the content of several files and their places."""
    whole = hashlib.sha256()
    for path, data in sorted(files.items()):
        whole.update(b"%d %d\0" % (len(path.encode()), len(data)) + path.encode() + data)
    return whole.hexdigest()


def holder_of(sheets: Sequence[ReadSheet]) -> str:
    """Whose a workbook says that it is; empty where it does not say."""
    return _facts(sheets).get("borough", "")


def origin(sheets: Sequence[ReadSheet]) -> Origin | None:
    """Where a workbook says that it comes from; None where it does not say. Raises CitytoolsError where what it says is damaged."""
    named, facts = {sheet.name: sheet for sheet in sheets}, _facts(sheets)
    if FACTS not in named:
        return None
    if facts.get("schema") != str(SCHEMA_VERSION):
        raise CitytoolsError(
            f"the workbook was made for version {facts.get('schema', '?')} of the schemas, and this is {SCHEMA_VERSION}. "
            "Ask for a new one, and copy what you changed into it"
        )
    files = _files(named[FILES]) if FILES in named else {}
    if not _COMMIT.fullmatch(facts.get("commit", "")) or facts.get("hash") != digest(files):
        raise CitytoolsError(
            "the hidden sheets that say what the workbook was made from are damaged. Copy what you changed into a new one, or say what it "
            "was made from with --base"
        )
    names = _names(files.pop(NAMES, b"{}"))
    if any(not dataset.kind_of(path)[0] for path in files):
        raise CitytoolsError("the hidden sheets that say what the workbook was made from name files that there cannot be")
    return Origin(facts.get("borough", ""), facts.get("commit", ""), facts.get("made", ""), files, names)


def _names(data: bytes) -> dict[str, str]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return {str(key): str(name) for key, name in found.items()} if isinstance(found, dict) else {}


def _facts(sheets: Sequence[ReadSheet]) -> dict[str, str]:
    rows = (row for sheet in sheets if sheet.name == FACTS for row in sheet.rows if len(row) == 2)
    return {str(row[0].content): str(row[1].content) for row in rows}


def _rows(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    for path, data in sorted(files.items()):
        text = base64.b64encode(zlib.compress(data, 9)).decode()
        yield from ((path, text[start : start + _CHUNK]) for start in range(0, len(text), _CHUNK))


def _files(sheet: ReadSheet) -> dict[str, bytes]:
    chunks: dict[str, list[str]] = {}
    for row in sheet.rows:
        if len(row) == 2:
            chunks.setdefault(str(row[0].content), []).append(str(row[1].content))
    left, found = _MOST, {}
    for path, texts in chunks.items():
        try:
            unpacking = zlib.decompressobj()
            found[path] = unpacking.decompress(base64.b64decode("".join(texts), validate=True), max_length=left)
        except (ValueError, zlib.error):
            found[path] = b""
        left -= len(found[path])
        if left <= 0:
            return {}
    return found


def made_from(root: Path, files: Mapping[str, bytes], holder: str, on: datetime.date) -> Origin:
    """Where a workbook of these files comes from: the commit is named only where it has them as they are."""
    return Origin(holder, _commit(root, files), on.isoformat(), files)


def _commit(root: Path, files: Mapping[str, bytes]) -> str:
    try:
        commit = gitrepo.commit_of(root, "HEAD")
        blobs, _ = dataset.committed_files(root, commit)
    except CitytoolsError:
        return ""
    same = all(path in blobs and gitrepo.blob_id(data, blobs[path].id) == blobs[path].id for path, data in files.items())
    return commit if same else ""
