"""Hostile files in the place of a borough's technology.yaml: the command ends soon, small, and in words of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOSTILE = ROOT.parent / "shared" / "hostile" / "yaml"
MEASURE = Path(__file__).with_name("measure.py")
SECONDS = 5
KILOBYTES = 300_000

pytestmark = pytest.mark.skipif(not hasattr(os, "wait4"), reason="the size of a process cannot be measured on this system")

DATASET = """\
schema: 1
title: One borough
licence: {name: CC BY 4.0, url: "https://creativecommons.org/licenses/by/4.0/"}
visibility: public
authorities: [camden]
assumed_term_months: 48
"""
BOROUGH = "schema: 1\nname: Camden\ngss: E09000007\n"


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit code (negative when it was stopped), all that it said, its largest size in kB."""

    code: int
    said: str
    size: int


def merge_chain(links: int) -> bytes:
    first = "m0: &m0 {k: 1}\n"
    return (first + "".join(f"m{n}: &m{n}\n  <<: [*m{n - 1}, *m{n - 1}]\n" for n in range(1, links))).encode()


STANDARDS = b"schema: 1\nsystems:\n  - id: mosaic\n    name: Mosaic\n    supplier: Access\n    standards:\n"

BIG = {
    "brackets-100000-on-a-line": b"a: " + b"[" * 100_000,
    "brackets-100000-on-lines": b"a:\n" + b"  [\n" * 100_000,
    "brackets-1000000-on-a-line": b"a: " + b"[" * 1_000_000,
    "brackets-1000000-on-lines": b"a:\n" + b" [\n" * 1_000_000,
    "brackets-in-short-lines": b"a:\n" + (b" " + b"[" * 9_000 + b"\n") * 100,
    "dashes": b"systems:\n  " + b"- " * 50_000,
    "dashes-in-a-line-that-is-read": b"systems:\n  " + b"- " * 9_000,
    "braces": b"{a: " * 25_000,
    "braces-on-lines": b"{a:\n" * 25_000,
    "question-marks": b"? " * 9_000 + b"x\n",
    "scalar-10-mb": b"a: " + b"x" * 10_000_000,
    "scalar-1-mb-on-lines": b"a: " + b"x\n " * 330_000,
    "quoted-1-mb-on-lines": b'a: "' + b"x\n " * 330_000,
    "block-text-1-mb": b"a: |\n" + b"  x\n" * 240_000,
    "comments-1-mb": b"# x\n" * 249_000,
    "blank-lines-1-mb": b"\n" * 999_000 + b"a: [",
    "merge-chain": merge_chain(24),
    "merge-chain-without-anchors": b"a:\n" + b"  <<: {k: 1}\n" * 24,
    "values-200001": b"systems:\n" + b"- 1\n" * 200_001,
    "commas-400000": b"a: [" + (b"," * 9_000 + b"\n ") * 50 + b"]",
    "empty-values-300000": b"a: [" + (b"~," * 9_000 + b"\n ") * 35 + b"]",
    "names-120000": b"".join(b"%x: 1\n" % n for n in range(120_000)),
    "one-name-again-and-again": b"a: 1\n" * 190_000,
    "hashes": STANDARDS + b"    - x #y\n" * 80_000,
    "curly-quotes": STANDARDS + "    - “x”\n".encode() * 60_000,
    "tabs": b"a: x\n" + b"\t\n" * 400_000,
    "tabs-in-braces": b"a: {" + b"\t\n" * 400_000 + b"}",
    "indents": b"".join(b" " * n + b"a%d:\n" % n for n in range(1_300)),
    "unclosed-after-much": b"a: 'x'\n" + b"- [x, y]\n" * 100_000,
    "slashes": b'a: "' + b"\\\\" * 9_000 + b'"\n',
    "tags": b"a: " + b"!" * 19_000,
    "combining": b"a" + "\u0301".encode() * 9_000 + b": 1\n",
}


def validate(technology: bytes) -> Ended:
    """Run ``citytools validate`` over one borough with this technology.yaml, and measure it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data" / "boroughs" / "camden"
        folder.mkdir(parents=True)
        (Path(name) / "data" / "dataset.yaml").write_text(DATASET, "utf-8")
        (folder / "borough.yaml").write_text(BOROUGH, "utf-8")
        (folder / "technology.yaml").write_bytes(technology)
        command = [sys.executable, "-m", "citytools", "--root", name, "validate"]
        run = subprocess.run([sys.executable, "-S", str(MEASURE), str(SECONDS), *command], cwd=ROOT, capture_output=True, check=True)
        said, _, measured = run.stdout.decode("utf-8", "replace").rpartition("\n")
        code, size = map(int, measured.split())
        return Ended(code, said, size)


def check(ended: Ended) -> None:
    assert ended.code in (0, 1), ended.said[-2_000:]
    assert "Traceback" not in ended.said
    assert "bug in citytools" not in ended.said
    assert "citytools should have said" not in ended.said
    assert ended.size <= KILOBYTES
    assert len(ended.said) < 30_000


def all_at_once(files: dict[str, bytes]) -> dict[str, Ended]:
    with ThreadPoolExecutor(max(2, (os.cpu_count() or 2) // 2)) as pool:
        return dict(zip(files, pool.map(validate, files.values()), strict=True))


def given_files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(HOSTILE.glob("*.yaml"))} if HOSTILE.is_dir() else {}


@pytest.fixture(scope="module")
def ended() -> dict[str, Ended]:
    return all_at_once({**BIG, **given_files()})


def test_the_dataset_is_sound_without_the_hostile_file() -> None:
    sound = validate(b"schema: 1\nsystems: []\n")
    assert sound.code == 0, sound.said


@pytest.mark.parametrize("name", BIG)
def test_big(name: str, ended: dict[str, Ended]) -> None:
    check(ended[name])
    assert ended[name].code == 1 or name in ("hashes", "curly-quotes")
    assert "technology.yaml" in ended[name].said


@pytest.mark.parametrize("name", sorted(given_files()) or [pytest.param("", marks=pytest.mark.skip(f"there is no folder {HOSTILE}"))])
def test_given(name: str, ended: dict[str, Ended]) -> None:
    check(ended[name])
