"""A bare repository with a small register, and changes to it as somebody would propose them: commits that no working tree ever held."""

from __future__ import annotations

import datetime
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from test_gitrepo import git

from citytools.ci.check import check
from citytools.ci.report import Report

AS_OF = "2026-11-24"
EXECUTABLE, LINK, MODULE = "100755", "120000", "160000"


@dataclass(frozen=True)
class Odd:
    """A file that is none: its mode in git, and its content."""

    mode: str
    content: bytes = b""


@dataclass
class Repository:
    """A bare repository whose branch ``main`` is the base of every change."""

    folder: Path
    known: dict[bytes, str] = field(default_factory=dict)

    def begin(self, files: Mapping[str, str]) -> None:
        """Make the first commit of ``main``."""
        git(self.folder, "init", "-q", "--bare", "-b", "main")
        git(self.folder, "update-ref", "refs/heads/main", self.commit({}, files))

    def propose(self, branch: str, files: Mapping[str, str | bytes | Odd | None], *, on: str = "main") -> str:
        """Put a commit on a branch: of these files other contents, or none at all. The branch's name is returned."""
        listed = self._git("ls-tree", "-r", "-z", on).decode("utf-8", "surrogateescape").split("\0")
        known = {path: about for about, _, path in (entry.partition("\t") for entry in listed if entry)}
        git(self.folder, "update-ref", f"refs/heads/{branch}", self.commit(known, files, on))
        return branch

    def commit(self, known: Mapping[str, str], files: Mapping[str, str | bytes | Odd | None], *parents: str) -> str:
        """The hash of a new commit, with the files known (path → mode, type and hash) but for those that are given."""
        entries = {path: (about.split()[0], about.split()[2]) for path, about in known.items()}
        for path, content in files.items():
            entries.pop(path, None)
            if content is not None:
                odd = content if isinstance(content, Odd) else Odd("100644", content.encode() if isinstance(content, str) else content)
                entries[path] = (odd.mode, odd.content.decode() if odd.mode == MODULE else self._blob(odd.content))
        words = [word for parent in parents for word in ("-p", parent)]
        return git(self.folder, "commit-tree", "-m", "a change", *words, self._tree(entries))

    def _blob(self, content: bytes) -> str:
        if content not in self.known:
            self.known[content] = self._git("hash-object", "-w", "--stdin", given=content).decode().strip()
        return self.known[content]

    def _tree(self, entries: Mapping[str, tuple[str, str]]) -> str:
        """The hash of a folder, its own folders first; git's own ``mktree`` takes names that no computer could check out."""
        inside: dict[str, dict[str, tuple[str, str]]] = {}
        lines = []
        for path, (mode, digest) in entries.items():
            name, slash, rest = path.partition("/")
            if slash:
                inside.setdefault(name, {})[rest] = (mode, digest)
            else:
                lines.append(f"{mode} {'commit' if mode == MODULE else 'blob'} {digest}\t{name}")
        lines += [f"040000 tree {self._tree(found)}\t{name}" for name, found in inside.items()]
        given = "".join(f"{line}\0" for line in lines).encode("utf-8", "surrogateescape")
        return self._git("mktree", "-z", "--missing", given=given).decode().strip()

    def _git(self, *arguments: str, given: bytes = b"") -> bytes:
        return subprocess.run(["git", *arguments], cwd=self.folder, check=True, capture_output=True, input=given).stdout

    def check(self, branch: str, *labels: str) -> Report:
        """The report on a branch."""
        return check(self.folder, "main", branch, frozenset(labels), datetime.date.fromisoformat(AS_OF))
