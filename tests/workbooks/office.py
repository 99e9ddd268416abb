"""LibreOffice, where it is installed: what another program makes of our workbooks."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path
from shutil import which

import pytest

needed = pytest.mark.skipif(not which("soffice"), reason="LibreOffice is not installed: workbooks are not opened with it")


def resaved(folder: Path, data: bytes) -> bytes:
    """A workbook opened and saved again by LibreOffice."""
    return _converted(folder, data, "xlsx:Calc MS Excel 2007 XML", "book.xlsx").read_bytes()


def shown(folder: Path, data: bytes, sheet: str) -> list[list[str]]:
    """The texts that LibreOffice shows in a workbook's second sheet, of the name ``sheet``."""
    how = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"
    with _converted(folder, data, how, f"book-{sheet}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _converted(folder: Path, data: bytes, how: str, name: str) -> Path:
    (folder / "in").mkdir(parents=True, exist_ok=True)
    (folder / "in" / "book.xlsx").write_bytes(data)
    home = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", how, "--outdir", f"{folder}/out", f"{folder}/in/book.xlsx"],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder / "out" / name
