"""Workbooks are taken out of git's objects: none but new ones at their place, and nothing that is no ordinary file."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from support import run, write

from citytools.ci import handed

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def _git(folder: Path, *words: str) -> str:
    settings = ("-c", "user.name=A Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *settings, *words], cwd=folder, env=CLEAN, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _repository(folder: Path, *states: Mapping[str, bytes]) -> list[str]:
    """A repository with a commit for each state, which adds to the one before."""
    folder.mkdir()
    _git(folder, "init", "--quiet", "--initial-branch", "main")
    commits = []
    for files in states:
        write(folder, files)
        _git(folder, "add", "--all")
        _git(folder, "commit", "--quiet", "--allow-empty", "-m", "x")
        commits.append(_git(folder, "rev-parse", "HEAD"))
    return commits


def test_what_is_new_is_taken_out_and_nothing_else(tmp_path: Path) -> None:
    old = {"submissions/camden/old.xlsx": b"old", "submissions/camden/changed.xlsx": b"1", "a.txt": b"a"}
    new = {
        "submissions/camden/changed.xlsx": b"2",
        "submissions/camden/Camden 2026 (final).xlsx": b"new",
        "submissions/camden/deep/x.xlsx": b"x",
        "submissions/camden/run.xlsm": b"x",
        "submissions/Camden/x.xlsx": b"x",
        "submissions/x.xlsx": b"x",
        "submissions/camden/$(touch x).xlsx": b"x",
        "data/boroughs/camden/technology.yaml": b"x",
    }
    base, head = _repository(tmp_path / "repo", old, new)
    done = run("ci", "workbooks", "--base", base, "--head", head, "--repo", str(tmp_path / "repo"), "--out", str(tmp_path / "out"))
    assert (done.code, done.err) == (0, "")
    found = {path.relative_to(tmp_path / "out").as_posix(): path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert found == {"camden/changed.xlsx": b"2", "camden/Camden 2026 (final).xlsx": b"new"}
    assert [line.removeprefix(f"{tmp_path}/out/") for line in done.out.splitlines()] == sorted(found)


def test_a_bare_repository_will_do(tmp_path: Path) -> None:
    base, head = _repository(tmp_path / "repo", {"a": b"a"}, {"submissions/camden/a.xlsx": b"a"})
    _git(tmp_path, "clone", "--quiet", "--bare", "repo", "bare")
    assert handed.workbooks(tmp_path / "bare", base, head) == {"camden/a.xlsx": b"a"}


def test_a_link_and_a_program_are_refused(tmp_path: Path) -> None:
    (base,) = _repository(tmp_path / "repo", {"a": b"a"})
    place = tmp_path / "repo" / "submissions" / "camden"
    place.mkdir(parents=True)
    (place / "env.xlsx").symlink_to("/proc/self/environ")
    _git(tmp_path / "repo", "add", "--all")
    _git(tmp_path / "repo", "commit", "--quiet", "-m", "x")
    command = ("ci", "workbooks", "--base", base, "--repo", str(tmp_path / "repo"), "--out", str(tmp_path / "out"))
    done = run(*command)
    assert (done.code, done.out) == (2, "")
    assert "submissions/camden/env.xlsx is a link or a program" in done.err
    (place / "env.xlsx").unlink()
    (place / "env.xlsx").write_bytes(b"x")
    (place / "env.xlsx").chmod(0o755)
    _git(tmp_path / "repo", "add", "--all")
    _git(tmp_path / "repo", "commit", "--quiet", "-m", "x")
    assert run(*command).code == 2
    assert not (tmp_path / "out").exists()


def test_too_many_and_too_large_ones_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {f"submissions/camden/{number}.xlsx": b"%d" % number for number in range(handed.MOST)}
    base, enough, many = _repository(tmp_path / "repo", {"a": b"a"}, few, {"submissions/camden/more.xlsx": b"x" * 101})
    assert len(handed.workbooks(tmp_path / "repo", base, enough)) == handed.MOST
    with pytest.raises(handed.CitytoolsError, match="21 workbooks are handed in at once, and 20 is the most"):
        handed.workbooks(tmp_path / "repo", base, many)
    monkeypatch.setattr(handed, "BYTES", 100)
    with pytest.raises(handed.CitytoolsError, match=r"more\.xlsx has more than"):
        handed.workbooks(tmp_path / "repo", enough, many)


@pytest.mark.parametrize("ref", ["--output=x", "nothing", "HEAD:a", "main\nx", ""])
def test_what_is_no_commit_is_refused(tmp_path: Path, ref: str) -> None:
    _repository(tmp_path / "repo", {"a": b"a"})
    done = run("ci", "workbooks", f"--base={ref}", "--repo", str(tmp_path / "repo"), "--out", str(tmp_path / "out"))
    assert (done.code, done.out) == (2, "")
    assert not (tmp_path / "out").exists()
