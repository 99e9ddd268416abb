"""Several files at once: all or none, whoever dies when, and one writer at a time."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

import pytest
from support import write

from citytools import writing
from citytools.errors import CitytoolsError
from citytools.writing import FOLDER, finish, unfinished, write_together

OLD = {f"data/{name}.yaml": f"{name}: old\n".encode() for name in "abcde"}
NEW: dict[str, bytes | None] = {
    **{f"data/{name}.yaml": f"{name}: new\n".encode() * 50 for name in "abcd"},
    "data/e.yaml": None,
    "data/new/f.yaml": b"f: new\n",
}


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.yaml")}


AFTER = {name: content for name, content in NEW.items() if content is not None}


def test_all_files_are_written_and_nothing_is_left_over(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    (tmp_path / "data/a.yaml").chmod(0o640)
    write_together(tmp_path, NEW)
    assert contents(tmp_path) == AFTER
    assert (tmp_path / "data/a.yaml").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["lock"]


def test_nothing_to_write_touches_nothing(tmp_path: Path) -> None:
    write_together(tmp_path, {})
    assert list(tmp_path.iterdir()) == []


_CALLS = ["os.fsync", "os.replace", "os.chmod", "pathlib.Path.open", "pathlib.Path.mkdir", "pathlib.Path.unlink", "pathlib.Path.read_text"]


@pytest.mark.parametrize("call", _CALLS)
def test_whichever_call_fails_all_is_old_or_all_is_new_after_the_next_write(call: str, tmp_path: Path) -> None:
    """The k-th call of each sort fails, for every k that there is."""
    for k in range(40):
        root = write(tmp_path / str(k), OLD)
        left = k

        def failing(*arguments: object, real: object = eval(call, {"os": os, "pathlib": __import__("pathlib")}), **named: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError(5, "the disk is broken")
            return real(*arguments, **named)  # type: ignore[operator]

        with mock.patch(call, failing):
            try:
                write_together(root, NEW)
                done = said_new = True
            except CitytoolsError as error:
                done, said_new = False, "Nothing was changed" not in str(error)
        write_together(root, {"data/z.yaml": b"z: 1\n"})
        found = contents(root)
        del found["data/z.yaml"]
        assert found == (AFTER if said_new else OLD)
        if done:
            return
    pytest.fail("it never came through")


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    with writing._locked(tmp_path), pytest.raises(CitytoolsError, match="another citytools is writing"):
        write_together(tmp_path, NEW)
    assert contents(tmp_path) == OLD


def test_a_folder_in_the_way_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    (tmp_path / "data/new/f.yaml").mkdir(parents=True)
    with pytest.raises(CitytoolsError, match="is not an ordinary file"):
        write_together(tmp_path, NEW)
    (tmp_path / "data/new/f.yaml").rmdir()
    assert contents(tmp_path) == OLD


CHILD = """
import sys
from pathlib import Path
from citytools.writing import write_together
root, n = Path(sys.argv[1]), 0
print("ready", flush=True)
while True:
    n += 1
    write_together(root, {f"data/{name}.yaml": (f"{name}: {n}\\n" * 2000).encode() for name in "abcdefgh"})
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 here")
def test_killed_at_any_moment_no_file_is_ever_half_written_and_the_next_writer_finds_them_alike(tmp_path: Path) -> None:
    dice = random.Random(1)
    for _ in range(100):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE)
        assert child.stdout
        child.stdout.readline()
        time.sleep(dice.uniform(0, 0.02))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        for path in (tmp_path / "data").glob("*.yaml") if (tmp_path / "data").exists() else ():
            lines = path.read_text("utf-8").splitlines()
            assert (len(lines), len(set(lines))) == (2000, 1)
        finish(tmp_path)
        states = {path.read_text("utf-8").split()[1] for path in (tmp_path / "data").glob("*.yaml")}
        assert len(states) <= 1
        assert not unfinished(tmp_path)
