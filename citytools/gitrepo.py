"""What git knows of the dataset's folder. The only user of subprocess.

Git runs without the GIT_* variables that hooks set, without the repository's own helpers, and is given a commit's hash
and never what a person typed, which might begin with ``-``, but where nothing is taken for an option.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from citytools.errors import CitytoolsError

_SAFE = ("-c", "core.fsmonitor=", "-c", f"core.hooksPath={os.devnull}", "-c", "core.quotePath=off")
_RAW = ("-c", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-color", "--relative", "--format=%x01%H %cs%x02")
_COMMIT = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) commit [0-9]+")
_COMPARED = ("diff", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none")
ORDINARY = ("100644", "100755")


class NoGitError(CitytoolsError):
    """Git itself is missing, so that nothing is known of any commit."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A file in a commit: the hash of its content, its mode as git writes it, its size in bytes."""

    id: str
    mode: str
    size: int


def commit_of(folder: Path, ref: str) -> str:
    """The hash of the commit that a branch, tag or hash names, in a working tree or a bare repository. Raises CitytoolsError."""
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").strip()
    if commit:
        return commit
    if not _git(folder, "rev-parse", "--git-dir").strip():
        raise CitytoolsError(f'{folder} is not in a git repository, so that there is no "{ref}" to look at')
    raise CitytoolsError(f'there is no commit, branch or tag "{ref}" here. In a shallow clone, fetch it first')


def commits_of(folder: Path, refs: Iterable[str]) -> dict[str, str]:
    """The hashes of the commits that these branches, tags or hashes name, by name, all asked for in one go.

    What is missing names none, or has to be asked for alone: git gives up at some names, such as that of an upstream there is none of.
    """
    asked = [ref for ref in dict.fromkeys(refs) if "\n" not in ref]
    given = "".join(f"{ref}^{{commit}}\n" for ref in asked).encode("utf-8", "surrogateescape")
    answers = _run(folder, "cat-file", "--batch-check", given=given).split(b"\n")
    found = (_COMMIT.fullmatch(answer) for answer in answers)
    return {ref: commit[1].decode() for ref, commit in zip(asked, found, strict=False) if commit}


def is_bare(folder: Path) -> bool:
    """Whether the folder is a repository without files of its own."""
    return _git(folder, "rev-parse", "--is-bare-repository").strip() == "true"


def files_in(folder: Path, commit: str, below: str) -> dict[str, Blob]:
    """The files below a folder of a commit (``below``, from where ``folder`` stands in the tree), by path from there."""
    listed = _git(folder, "ls-tree", "-r", "-l", "-z", commit, "--", below, needed=True)
    found: dict[str, Blob] = {}
    for entry in filter(None, listed.split("\0")):
        about, _, path = entry.partition("\t")
        mode, _, digest, size = about.split()
        found[path] = Blob(digest, mode, int(size) if size.isdigit() else 0)
    return found


@dataclass(frozen=True, slots=True)
class Version:
    """What a commit did to a file: the hash of its content in each parent, empty where it was not there, and after it."""

    path: str
    before: tuple[str, ...]
    after: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit in which files changed: its hash, its day, and of a merge only what no parent has as it is."""

    commit: str
    date: str
    versions: tuple[Version, ...]


def revisions_of(folder: Path, commit: str, paths: Iterable[str]) -> list[Revision]:
    """The commits that touched these files (paths from the folder), newest first, from a commit backwards. Raises CitytoolsError."""
    specs = [f":(literal){path}" for path in paths]
    return _revisions(_git(folder, "log", *_RAW, "--root", "--no-show-signature", commit, "--", *specs, needed=True))


def revision(folder: Path, commit: str, below: str) -> Revision | None:
    """What a commit did to the files below a folder; None where it did nothing."""
    found = _revisions(_git(folder, "log", *_RAW, "-1", "--root", "--no-show-signature", commit, "--", f":(literal){below}", needed=True))
    return next((each for each in found if each.commit == commit), None)


def _revisions(logged: str) -> list[Revision]:
    found = []
    for part in logged.split("\x01")[1:]:
        head, _, rest = part.partition("\x02")
        commit, date = head.split(" ")
        entries = rest.strip("\0\n").split("\0")
        pairs = zip(entries[::2], entries[1::2], strict=False)
        found.append(Revision(commit, date, tuple(_version(about.strip("\n"), path) for about, path in pairs)))
    return found


def _version(about: str, path: str) -> Version:
    """A line such as ``:100644 100644 OLD NEW M``; a merge has a colon, a mode and a hash for each parent."""
    parents = len(about) - len(about.lstrip(":"))
    words = about.lstrip(":").split(" ")
    modes, hashes = words[: parents + 1], words[parents + 1 : 2 * parents + 2]
    known = ["" if mode not in ORDINARY else digest for mode, digest in zip(modes, hashes, strict=True)]
    return Version(path, tuple(known[:-1]), known[-1])


def shallow(folder: Path) -> frozenset[str]:
    """The commits at which a shallow clone ends, although more came before them."""
    name = _git(folder, "rev-parse", "--git-path", "shallow").strip("\n")
    try:
        return frozenset((folder / name).read_text("ascii").split()) if name else frozenset()
    except OSError:
        return frozenset()


def sizes(folder: Path, ids: Iterable[str]) -> dict[str, int]:
    """The sizes of blobs by hash, of those that are here."""
    wanted = list(dict.fromkeys(ids))
    out = _run(folder, "cat-file", "--batch-check", given="".join(f"{each}\n" for each in wanted).encode()) if wanted else b""
    words = [line.split() for line in out.decode("ascii", "replace").splitlines()]
    return {found[0]: int(found[2]) for found in words if len(found) == 3 and found[1] == "blob"}


def contents(folder: Path, ids: Iterable[str]) -> dict[str, bytes]:
    """The contents of blobs, each once, by hash. Raises CitytoolsError for one that is not here, as in a partial clone."""
    wanted = list(dict.fromkeys(ids))
    out = _run(folder, "cat-file", "--batch", given="".join(f"{each}\n" for each in wanted).encode()) if wanted else b""
    found: dict[str, bytes] = {}
    at = 0
    for each in wanted:
        end = out.find(b"\n", at)
        head = out[at:end].split()
        if end < 0 or len(head) != 3:
            raise CitytoolsError(f"git does not have the content {each[:12]} here. In a partial clone, fetch it first")
        size = int(head[2])
        found[each] = out[end + 1 : end + 1 + size]
        at = end + 1 + size + 1
    return found


def blob_id(data: bytes, like: str = "") -> str:
    """The hash under which git would keep a content; SHA-256 where ``like``, another hash of the same repository, is one."""
    import hashlib  # brings OpenSSL with it, and commits are compared without

    algorithm = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return algorithm(b"blob %d\0" % len(data) + data).hexdigest()


def parting(folder: Path, one: str, other: str) -> str:
    """The commit at which two branches, tags or commits parted: the last that both have. Raises CitytoolsError where none is known."""
    tips = [commit_of(folder, ref) for ref in (one, other)]
    found = _git(folder, "merge-base", *tips).strip()
    if found:
        return found
    if shallow(folder):
        raise CitytoolsError(
            f'this copy has only part of the history, so that it is not known where "{one}" and "{other}" parted. '
            "Run: git fetch --unshallow"
        )
    raise CitytoolsError(f'"{one}" and "{other}" have no commit in common, so that nothing can be said to have changed between them')


def crossed(folder: Path, one: str, other: str) -> bool:
    """Whether two commits have more than one last commit in common: no comparison with one of these tells all that a merge would do."""
    return len(_git(folder, "merge-base", "--all", *(commit_of(folder, ref) for ref in (one, other))).split()) > 1


def changed_since(folder: Path, ref: str) -> frozenset[str]:
    """Paths from the folder of files that differ from where this branch left ``ref``, uncommitted ones too. Raises CitytoolsError."""
    if not _git(folder, "rev-parse", "--is-inside-work-tree").strip() == "true":
        raise CitytoolsError(f"{folder} is not in a git repository, so that nothing can be compared with {ref}")
    base = parting(folder, ref, "HEAD")
    differ = _git(folder, *_COMPARED, "--name-only", "--relative", base, "--", ".", needed=True)
    new = _git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".", needed=True)
    return frozenset(name for name in (differ + new).split("\0") if name)


@dataclass(frozen=True, slots=True)
class Touched:
    """A file that two commits do not have alike: its mode as git writes it (empty for none) before and after, its content's hash after."""

    path: str
    before: str
    after: str
    id: str


def touched(folder: Path, old: str, new: str) -> tuple[Touched, ...]:
    """Every file in which two commits differ, by its path in the whole tree; one that was renamed was removed and added."""
    words = ("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--ignore-submodules=none", old, new, "--")
    entries = _git(folder, *words, needed=True).split("\0")
    return tuple(_touched(about, path) for about, path in zip(entries[::2], entries[1::2], strict=False))


def _touched(about: str, path: str) -> Touched:
    """A line such as ``:100644 100644 OLD NEW M``."""
    before, after, _, digest, _ = about.removeprefix(":").split(" ")
    return Touched(path, before if before.strip("0") else "", after if after.strip("0") else "", digest)


def names_in(folder: Path, commit: str) -> list[str]:
    """The path of every file in a commit."""
    return [name for name in _git(folder, "ls-tree", "-r", "-z", "--full-tree", "--name-only", commit, needed=True).split("\0") if name]


def at_top(folder: Path) -> bool:
    """Whether paths from the folder are those of the whole tree: it is the top of a working tree, or a bare repository."""
    return not _git(folder, "rev-parse", "--show-prefix").strip("\n")


def text_merge(folder: Path, base: Path, ours: Path, theirs: Path) -> tuple[bytes, bool] | None:
    """What git makes of the lines of three files, and whether markers are left in it; None where it cannot, as with what is no text."""
    labels = [word for name in ("ours", "base", "theirs") for word in ("-L", name)]
    done = _done(folder, "merge-file", "-p", *labels, *(str(path.absolute()) for path in (ours, base, theirs)))
    return (done.stdout, done.returncode > 0) if done.returncode < 128 else None


def driver_of(folder: Path, path: str) -> str:
    """The merge driver that the attributes of a path (from the folder) name; empty for none."""
    value = _git(folder, "check-attr", "-z", "merge", "--", path).split("\0")[2:3]
    return value[0] if value and value[0] not in ("unspecified", "unset", "set") else ""


def setting(folder: Path, name: str) -> str:
    """A setting of this repository alone; empty where it has none."""
    return _git(folder, "config", "--local", "--get", name).strip("\n")


def set_settings(folder: Path, section: str, values: Mapping[str, str]) -> None:
    """Give a section of this repository's settings these values and no others; none removes it. Raises CitytoolsError."""
    if not values and _git(folder, "config", "--local", "--get-regexp", f"^{re.escape(section)}\\."):
        _git(folder, "config", "--local", "--remove-section", section, needed=True)
    for name, value in values.items():
        _git(folder, "config", "--local", f"{section}.{name}", value, needed=True)


def own_attributes(folder: Path) -> tuple[Path, str]:
    """The file of attributes that is this clone's alone, and where the folder stands in the tree. Raises CitytoolsError."""
    name = _git(folder, "rev-parse", "--git-path", "info/attributes", needed=True).strip("\n")
    return folder / name, _git(folder, "rev-parse", "--show-prefix").strip("\n")


def changed_files(folder: Path) -> tuple[str, ...]:
    """The files that git keeps and that differ from the last commit, or are in an unfinished merge."""
    listed = _git(folder, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=no", needed=True)
    return tuple(entry[3:] for entry in listed.split("\0") if entry)


def merge_commit(folder: Path, commit: str, message: str, settings: Mapping[str, str]) -> tuple[str, ...]:
    """Merge a commit into the current branch with a commit of its own; the files in conflict, if any. Raises CitytoolsError."""
    given = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    done = _done(folder, *given, "merge", "--no-ff", "--no-edit", "--quiet", "-m", message, commit)
    if done.returncode == 0:
        return ()
    listed = _git(folder, "diff", "--name-only", "--diff-filter=U", "-z")
    files = tuple(name for name in listed.split("\0") if name)
    if not files:
        said = done.stderr.decode("utf-8", "replace").partition("\n\tAborting")[0].partition("\nPlease ")[0]
        words = " ".join(said.replace("error: ", "").replace("fatal: ", "").split())
        raise CitytoolsError(f"git cannot merge: {words or 'it did not say why'}. Nothing was changed")
    return files


def ongoing_merge(folder: Path) -> bool:
    """Whether a merge was begun and not finished."""
    return bool(_git(folder, "rev-parse", "--verify", "--quiet", "MERGE_HEAD").strip())


def differing(folder: Path, old: str, new: str) -> tuple[str, ...]:
    """The files that differ between two commits."""
    return tuple(filter(None, _git(folder, "diff-tree", "-r", "--name-only", "-z", "--no-renames", old, new, needed=True).split("\0")))


def _git(folder: Path, *arguments: str, needed: bool = False) -> str:
    """What a git command says; empty where it fails."""
    return _run(folder, *arguments, needed=needed).decode("utf-8", "surrogateescape")


def _run(folder: Path, *arguments: str, given: bytes = b"", needed: bool = False) -> bytes:
    """What a git command writes; where it fails nothing, or a CitytoolsError if it is ``needed``."""
    done = _done(folder, *arguments, given=given)
    if done.returncode and needed:
        said = _why(done) or "it did not say why"
        raise CitytoolsError(f"git {arguments[0]} failed: {said}. In a partial clone, fetch what is missing first")
    return done.stdout if done.returncode == 0 else b""


def _done(folder: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C.UTF-8"}
    try:
        return subprocess.run(["git", *_SAFE, *arguments], cwd=folder, env=environment, input=given, capture_output=True, check=False)
    except FileNotFoundError:
        raise NoGitError("git is not installed, or not on the path, and commits cannot be looked at without it") from None


def _why(done: subprocess.CompletedProcess[bytes]) -> str:
    """The last line that a git command said of its failure; empty where it said nothing."""
    return done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2].removeprefix("fatal: ")
