"""Writing files so that a reader sees the old or the new one, never half."""

from __future__ import annotations

import contextlib
import os
import tempfile
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
            _sync(folder)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
            raise
    except OSError as error:
        raise CitytoolsError(f"{path} cannot be written: {error.strerror}. Nothing was changed") from error


def _sync(folder: Path) -> None:
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
