"""Several files written together: after a crash all are old or all are new once the next write has begun.

New contents are staged beside the dataset, then an intent is written that names them: from that moment the write counts as
done, and whoever writes next finishes what is left of it. Without an intent, what was staged is thrown away. A lock that the
kernel gives back when its holder dies keeps two writers apart.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from citytools.errors import CitytoolsError
from citytools.files import sync, write_atomically

FOLDER = ".citytools"  # git ignores it
_LOCK, _STAGE, _INTENT = "lock", "stage", "intent.json"


def write_together(root: Path, files: Mapping[str, bytes | None]) -> None:
    """Write files (path from the root → content, None to remove) all or none. Raises CitytoolsError where that cannot be done."""
    if not files:
        return
    begun = staged = False
    try:
        with _locked(root):
            finish(root)
            begun = True
            _stage(root, files)
            staged = True
            finish(root)
    except (OSError, CitytoolsError) as error:
        if staged or (begun and unfinished(root)):
            raise CitytoolsError(f"the write was interrupted ({_why(error)}). The next command that writes finishes it") from error
        if isinstance(error, CitytoolsError):
            raise
        raise CitytoolsError(f"the files cannot be written: {_why(error)}. Nothing was changed") from error


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error).partition(". ")[0]


def unfinished(root: Path) -> bool:
    """Whether a write was interrupted, so that some files may be old and some new until the next one."""
    return (root / FOLDER / _INTENT).exists()


def finish(root: Path) -> None:
    """Do what is left of an interrupted write; to be called by whoever holds the lock."""
    intent, stage = root / FOLDER / _INTENT, root / FOLDER / _STAGE
    if intent.exists():
        for name, staged in json.loads(intent.read_text("utf-8")).items():
            _put(root / name, stage / staged if staged else None)
        intent.unlink()
        sync(intent.parent)
    shutil.rmtree(stage, ignore_errors=True)


def _stage(root: Path, files: Mapping[str, bytes | None]) -> None:
    stage = root / FOLDER / _STAGE
    stage.mkdir(parents=True)
    named: dict[str, str] = {}
    for number, (name, content) in enumerate(files.items()):
        if (root / name).exists() and not (root / name).is_file():
            raise CitytoolsError(f"{name} is not an ordinary file, so it is not replaced. Nothing was changed")
        named[name] = "" if content is None else str(number)
        if content is not None:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            _write(stage / str(number), content, root / name)
    sync(stage)
    write_atomically(root / FOLDER / _INTENT, json.dumps(named).encode())


def _write(path: Path, content: bytes, target: Path) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    if target.exists():
        path.chmod(target.stat().st_mode & 0o777)


def _put(target: Path, staged: Path | None) -> None:
    """Move a staged file into place, or remove the target; nothing where that was done before."""
    if staged is None:
        target.unlink(missing_ok=True)
    elif staged.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(staged, target)
    if target.parent.is_dir():
        sync(target.parent)


@contextlib.contextmanager
def _locked(root: Path) -> Iterator[None]:
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    with (folder / _LOCK).open("w") as stream:
        if not _lock(stream.fileno()):
            raise CitytoolsError(
                "another citytools is writing to this dataset. Wait until it has ended, and try again. Nothing was changed"
            )
        yield


def _lock(descriptor: int) -> bool:
    """Take the lock, which is given back when the file is closed; False where another has it."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
