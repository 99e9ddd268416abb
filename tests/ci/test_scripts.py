"""The few lines of shell between the site and the tool, with a stand-in for the site's own command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ci.test_workbooks import _git, _repository
from support import ROOT

from citytools.ci.comment import MARKER

HEAD = "b" * 40
# It answers from answers.json, by the address that is asked for, and writes down what was sent.
GH = """\
#!{python}
import json, os, pathlib, subprocess, sys
here = pathlib.Path(__file__).parent
words = sys.argv[2:]
assert sys.argv[1] == "api"
address = next(each for each in words if each.startswith("repos/"))
sent = words[words.index("--input") + 1] if "--input" in words else ""
method = words[words.index("--method") + 1] if "--method" in words else "GET"
with (here / "log").open("a") as log:
    fields = [words[n + 1] for n, each in enumerate(words) if each in ("-f", "-F")]
    log.write(json.dumps([method, address, fields, json.loads(pathlib.Path(sent).read_text()) if sent else None]) + "\\n")
answers = json.loads((here / "answers.json").read_text())
if address not in answers:
    sys.exit(1)
answer = answers[address]
if "--silent" in words:
    pass
elif isinstance(answer, str):
    sys.stdout.write(answer)
elif "--jq" in words:
    done = subprocess.run(["jq", "--raw-output", words[words.index("--jq") + 1]], input=json.dumps(answer).encode(), check=True)
else:
    sys.stdout.write(json.dumps([answer] if "--slurp" in words else answer))
"""
if not shutil.which("jq"):
    pytest.skip("jq is not installed, which the site's machines have", allow_module_level=True)


def _script(folder: Path, name: str, answers: dict[str, Any], *words: str, **settings: str) -> tuple[int, str, list[list[Any]]]:
    """The exit code of a script, what it says, and what it asked the site for."""
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin" / "gh").write_text(GH.format(python=sys.executable))
    (folder / "bin" / "gh").chmod(0o755)
    (folder / "bin" / "answers.json").write_text(json.dumps(answers))
    (folder / "bin" / "log").write_text("")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = {
        **clean,
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_REPOSITORY": "o/r",
        "GH_TOKEN": "x",
        **settings,
    }
    done = subprocess.run([str(ROOT / ".github" / name), *words], cwd=folder, env=environment, check=False, capture_output=True, text=True)
    return done.returncode, done.stdout, [json.loads(line) for line in (folder / "bin" / "log").read_text().splitlines()]


PULL = {"number": 7, "state": "open", "head": {"sha": HEAD}}
FOUND: dict[str, Any] = {
    "repos/o/r/pulls": [{"number": 6, "state": "open", "head": {"sha": "c" * 40}}, PULL],
    "repos/o/r/pulls/7/files?per_page=100": [{"filename": "data/boroughs/camden/skills.yaml"}],
    "repos/o/r/pulls/7": PULL,
    "repos/o/r/actions/runs/9/artifacts": {"artifacts": [{"id": 3, "name": "report", "expired": False, "size_in_bytes": 900}]},
    "repos/o/r/actions/artifacts/3/zip": "PK the report",
}
RUN = {"HEAD": HEAD, "HEAD_OWNER": "someone", "HEAD_BRANCH": "x & y=z", "BASE_BRANCH": "main", "RUN": "9"}


def test_the_change_is_found_by_what_the_site_says(tmp_path: Path) -> None:
    code, said, asked = _script(tmp_path, "find-change", FOUND, **RUN)
    assert (code, said) == (0, "7\n")
    assert asked[0] == ["GET", "repos/o/r/pulls", ["state=open", "head=someone:x & y=z", "base=main"], None]
    assert (tmp_path / "report.zip").read_bytes() == b"PK the report"
    assert json.loads((tmp_path / "files.json").read_bytes()) == [[{"filename": "data/boroughs/camden/skills.yaml"}]]


UNFOUND = {
    "there is no such change": {"repos/o/r/pulls": []},
    "it has moved on": {"repos/o/r/pulls": [{**PULL, "head": {"sha": "c" * 40}}]},
    "it is closed": {"repos/o/r/pulls": [{**PULL, "state": "closed"}]},
    "it moves on while it is looked at": {"repos/o/r/pulls/7": {**PULL, "head": {"sha": "c" * 40}}},
}


@pytest.mark.parametrize("name", UNFOUND)
def test_nothing_is_answered_where(tmp_path: Path, name: str) -> None:
    code, said, _ = _script(tmp_path, "find-change", {**FOUND, **UNFOUND[name]}, **RUN)
    assert (code, said) == (0, "")
    assert not (tmp_path / "report.zip").exists()


def test_a_site_that_does_not_answer_is_a_failure_and_no_silence(tmp_path: Path) -> None:
    for missing in ("repos/o/r/pulls", "repos/o/r/pulls/7", "repos/o/r/pulls/7/files?per_page=100"):
        answers = {address: answer for address, answer in FOUND.items() if address != missing}
        assert _script(tmp_path, "find-change", answers, **RUN)[:2] != (0, "")


@pytest.mark.parametrize("changes", [{"size_in_bytes": 1_000_001}, {"expired": True}, {"name": "other"}])
def test_a_report_that_is_none_is_not_fetched(tmp_path: Path, changes: dict[str, Any]) -> None:
    (listed,) = FOUND["repos/o/r/actions/runs/9/artifacts"]["artifacts"]
    answers = {**FOUND, "repos/o/r/actions/runs/9/artifacts": {"artifacts": [{**listed, **changes}]}}
    code, said, _ = _script(tmp_path, "find-change", answers, **RUN)
    assert (code, said) == (0, "7\n")
    assert not (tmp_path / "report.zip").exists()


def test_a_report_that_is_longer_than_the_site_said_is_cut_off(tmp_path: Path) -> None:
    code, said, _ = _script(tmp_path, "find-change", {**FOUND, "repos/o/r/actions/artifacts/3/zip": "P" * 3_000_000}, **RUN)
    assert (code, said) == (0, "7\n")
    assert (tmp_path / "report.zip").stat().st_size == 1_000_001


COMMENTS = "repos/o/r/issues/7/comments?per_page=100"
POSTED = {"repos/o/r/issues/7/comments": {}, "repos/o/r/issues/comments/5": {}}
BODY = f'{MARKER}\n\n### In order $(touch x) "quoted"\n'


def _post(tmp_path: Path, comments: list[dict[str, Any]]) -> list[Any]:
    (tmp_path / "comment.md").write_text(BODY)
    code, said, asked = _script(tmp_path, "post-comment", {COMMENTS: comments, **POSTED}, "7", "comment.md")
    assert (code, said) == (0, "")
    assert not (tmp_path / "x").exists()
    return asked[-1]


def test_the_first_comment_is_made(tmp_path: Path) -> None:
    assert _post(tmp_path, []) == ["POST", "repos/o/r/issues/7/comments", [], {"body": BODY}]


def test_the_next_takes_its_place(tmp_path: Path) -> None:
    own = {"id": 5, "user": {"login": "github-actions[bot]"}, "body": f"{MARKER}\nold"}
    assert _post(tmp_path, [{**own, "id": 4, "body": "hello"}, own]) == ["PATCH", "repos/o/r/issues/comments/5", [], {"body": BODY}]


@pytest.mark.parametrize("changes", [{"user": {"login": "somebody"}}, {"body": f"x\n{MARKER}"}, {"body": "<!-- citytools: form -->"}])
def test_a_comment_of_somebody_else_is_left_alone(tmp_path: Path, changes: dict[str, Any]) -> None:
    other = {"id": 5, "user": {"login": "github-actions[bot]"}, "body": f"{MARKER}\nold", **changes}
    assert _post(tmp_path, [other])[0] == "POST"


def test_the_change_is_fetched_as_objects_and_never_becomes_a_file(tmp_path: Path) -> None:
    base, head = _repository(tmp_path / "r", {"a.txt": b"a"}, {"evil.txt": b"x"})
    _git(tmp_path / "r", "config", "uploadpack.allowAnySHA1InWant", "true")
    settings = {"BASE": base, "HEAD": head, "GITHUB_SERVER_URL": f"file://{tmp_path}", "GITHUB_REPOSITORY": "r"}
    code, said, _ = _script(tmp_path, "fetch-change", {}, "submitted", **settings)
    assert (code, said) == (0, "")
    assert _git(tmp_path / "submitted", "rev-parse", "--is-bare-repository") == "true"
    assert _git(tmp_path / "submitted", "merge-base", base, head) == base
    assert not list((tmp_path / "submitted").rglob("evil.txt"))
    assert "x-access-token" not in (tmp_path / "submitted" / "config").read_text()
