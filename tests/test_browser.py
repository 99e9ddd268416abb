"""Pages in a real browser: laid out under their own policy, whole on paper, nothing fetched."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from shutil import which

import pytest
from support import run

EXAMPLE = Path(__file__).parent / "register"
CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := which(name))), None)
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and which("pdftotext")), reason="Chromium or pdftotext is not installed: no page is opened in a browser"
)


def _browse(folder: Path, page: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(CHROMIUM), "--headless", "--no-sandbox", *QUIET, f"--user-data-dir={folder / 'profile'}", "--enable-logging=stderr"]
    return subprocess.run([*command, *arguments, page.as_uri()], capture_output=True, text=True, check=True, timeout=120)


@pytest.mark.parametrize(
    ("arguments", "texts"),
    {
        ("renewals",): (
            "Decide-by days and the exits that they are for",
            "Ashby: Ledgerline licences",
            "8 contracts to decide on, of 6 of 6",
        ),
        ("coverage",): ("What each borough reports", "Fresh systems", "Not an official publication"),
        ("opportunities",): ("Ledgerline", "each calls off at its own exit"),
    }.items(),
    ids=lambda value: value[0],
)
def test_a_page_prints_whole_and_breaks_none_of_its_own_rules(tmp_path: Path, arguments: tuple[str, ...], texts: tuple[str, ...]) -> None:
    page, paper = tmp_path / "page.html", tmp_path / "page.pdf"
    done = run("report", *arguments, "--root", str(EXAMPLE), "--as-of", "2026-11-24", "--format", "html", "--output", str(page))
    assert (done.code, done.err) == (0, "")
    browsed = _browse(tmp_path, page, "--no-pdf-header-footer", f"--print-to-pdf={paper}")
    assert "Content Security Policy" not in browsed.stderr
    read = subprocess.run(["pdftotext", "-layout", str(paper), "-"], capture_output=True, text=True, check=True).stdout
    for text in texts:
        assert re.search(r"\s+".join(map(re.escape, text.split())), read), text


def test_the_browser_does_say_when_a_page_breaks_its_policy(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    run("report", "coverage", "--root", str(EXAMPLE), "--format", "html", "--output", str(page))
    page.write_text(page.read_text("utf-8").replace("<h1>", '<h1 style="color: red">'), "utf-8")
    assert "Content Security Policy" in _browse(tmp_path, page, "--print-to-pdf=" + str(tmp_path / "x.pdf")).stderr
