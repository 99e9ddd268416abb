"""What several tests need: a small dataset, files beside it, the command line without a process."""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from citytools.cli import main

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@dataclass(frozen=True)
class Run:
    """A finished command."""

    code: int
    out: str
    err: str


class _Stream(io.TextIOWrapper):
    """Standard output as the command sees it: text over bytes, no terminal."""

    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)  # type: ignore[attr-defined]


def run(*arguments: str, columns: int = 80, env: Mapping[str, str] | None = None, encoding: str = "utf-8") -> Run:
    """Run ``citytools`` in this process and collect what it says."""
    out, err = (_Stream(io.BytesIO(), encoding=encoding, newline="") for _ in range(2))
    settings = {"COLUMNS": str(columns), "CITYTOOLS_DEBUG": "", **(env or {})}
    with mock.patch.dict("os.environ", settings), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(arguments))
    return Run(code, out.text(), err.text())


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder and return it."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def lines(*parts: Sequence[str]) -> str:
    """Lines as a file's text."""
    return "".join(f"{line}\n" for part in parts for line in part)


def golden(name: str, text: str) -> None:
    """Compare with ``tests/golden/<name>``; with UPDATE_GOLDEN=1 write it, to be read before it is committed."""
    path = Path(__file__).parent / "golden" / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()


def meant(stored: str) -> str:
    """Text in a cell as it is meant: openpyxl hands out what is stored, where the file format writes characters as _x000D_."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), stored)
