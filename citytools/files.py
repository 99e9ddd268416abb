"""Writing files so that a reader sees the old or the new one, never half."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from citytools.errors import CitytoolsError


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file's content in one step, keeping its mode. Raises CitytoolsError where that cannot be done."""
    path = path.resolve()  # a link stays a link; what it points to is replaced
    folder = path.parent
    if path.exists() and not path.is_file():
        raise CitytoolsError(f"{path} is not an ordinary file, so it is not replaced. Nothing was changed")
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(name, mode)
            os.replace(name, path)
            sync(folder)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
            raise
    except OSError as error:
        raise CitytoolsError(f"{path} cannot be written: {error.strerror}. Nothing was changed") from error


def check_vacant(folder: Path) -> None:
    """See that the folder is not there yet, or is empty. Raises CitytoolsError."""
    if folder.is_symlink() and not folder.exists():
        raise CitytoolsError(f"{folder} is a link that leads nowhere. Name a new folder")
    if folder.exists() and not folder.is_dir():
        raise CitytoolsError(f"{folder} is a file. Name a new folder, or an empty one")
    if folder.is_dir() and any(folder.iterdir()):
        raise CitytoolsError(f"{folder} is not empty, and nothing in it is overwritten. Name a new folder, or an empty one")


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a new folder (or fill an empty one) that is there whole or not at all. Raises CitytoolsError where that cannot be done."""
    check_vacant(folder)
    folder = folder.resolve()
    try:
        draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        try:
            draft.chmod(0o777 & ~_umask())
            for name, content in files.items():
                path = draft / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            if folder.exists():  # it stays the same folder: a shell may be standing in it
                for entry in list(draft.iterdir()):
                    entry.rename(folder / entry.name)
                draft.rmdir()
            else:
                draft.rename(folder)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    except OSError as error:
        raise CitytoolsError(f"{folder} cannot be written: {error.strerror}. Nothing was changed") from error


def sync(folder: Path) -> None:
    """See that what was renamed in a folder is on the disk."""
    if hasattr(os, "O_DIRECTORY"):  # Windows has no way to flush a folder
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
