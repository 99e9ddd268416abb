"""Writing files so that a reader sees the old or the new one, never half."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from citytools.errors import CitytoolsError


def write_atomically(path: Path, text: str) -> None:
    """Replace a file's content in one step, keeping its mode. Raises CitytoolsError where that cannot be done."""
    folder = path.parent
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(name, mode)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise CitytoolsError(f"{path} cannot be written: {error.strerror}. Nothing was changed") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
