"""The workflows may do no more than they must, and take nothing from outside that is not pinned."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
SCRIPTS = sorted(path for path in (ROOT / ".github").iterdir() if path.is_file() and path.stat().st_mode & 0o100)
# What each may write, and why nothing else is among it.
MAY_WRITE = {
    "comment": {"pull-requests", "statuses"},
    "nightly": {"issues"},
    "form": {"issues"},
    "release": {"contents"},
}
# Run in the name of whoever proposes a change.
UNTRUSTED = ("ci", "submissions", "validate")
# The same action is the same commit everywhere; each was looked up in several public repositories.
ACTIONS = {
    "actions/checkout": ("de0fac2e4500dabe0009e67214ff5f5447ce83dd", "v6.0.2"),
    "actions/setup-python": ("a309ff8b426b58ec0e2a45f0f869d46889d02405", "v6.2.0"),
    "actions/upload-artifact": ("043fb46d1a93c77aae656e7c1c64a875d1fc6a0a", "v7.0.1"),
}


def _read(path: Path) -> dict[str, Any]:
    found = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(found, dict)
    return {"on" if key is True else key: value for key, value in found.items()}


def _jobs() -> Iterator[Any]:
    for path in WORKFLOWS:
        for name, job in _read(path)["jobs"].items():
            yield pytest.param(path.stem, job, id=f"{path.stem}-{name}")


def _steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for job in _read(path)["jobs"].values():
            yield from ((path.stem, step) for step in job["steps"])


def test_all_of_them_are_looked_at() -> None:
    assert {path.stem for path in WORKFLOWS} == {"ci", "comment", "form", "merged", "nightly", "release", "submissions", "validate"}
    assert {path.name for path in SCRIPTS} == {"build-release", "fetch-change", "find-change", "post-comment"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_nothing_by_itself_and_runs_once_at_a_time(path: Path) -> None:
    found = _read(path)
    assert found["permissions"] == {}
    assert found["concurrency"].keys() == {"group", "cancel-in-progress"}
    assert found["defaults"]["run"]["shell"] == "bash"  # which stops at the first failure in a pipe
    assert "pull_request_target" not in found["on"]
    assert "secrets" not in path.read_text("utf-8")


@pytest.mark.parametrize(("workflow", "job"), [*_jobs()])
def test_a_job_may_only_what_it_must_and_ends_in_time(workflow: str, job: dict[str, Any]) -> None:
    assert isinstance(job["timeout-minutes"], int)
    assert job["permissions"]
    assert set(job["permissions"].values()) <= {"read", "write"}
    writes = {name for name, level in job["permissions"].items() if level == "write"}
    assert writes <= MAY_WRITE.get(workflow, set())
    if workflow in UNTRUSTED:
        assert job["permissions"] == {"contents": "read"}


def test_every_action_is_pinned_to_a_commit_that_was_looked_up() -> None:
    used = [
        line
        for path in WORKFLOWS
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"\buses:", line) and "statuses:" not in line
    ]
    assert used
    for line in used:
        found = re.fullmatch(r" *(?:- )?uses: ([\w-]+/[\w-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)", line)
        assert found, line
        assert ACTIONS[found[1]] == (found[2], found[3])


def test_no_checkout_leaves_the_token_behind() -> None:
    checkouts = [(workflow, step) for workflow, step in _steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for _, step in checkouts)


def test_no_command_has_anything_put_into_it() -> None:
    commands = [step["run"] for _, step in _steps() if "run" in step]
    assert commands
    assert not any("${{" in command for command in commands)
    assert not any("eval" in command for command in commands)


def test_the_change_itself_is_never_checked_out_where_it_is_checked_or_answered() -> None:
    for workflow, step in _steps():
        if workflow in ("validate", "submissions", "comment") and step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"].get("ref", "") in ("", "${{ github.event.pull_request.base.sha }}")
            assert "repository" not in step["with"]
    comment = _read(ROOT / ".github/workflows/comment.yml")
    assert list(comment["on"]) == ["workflow_run"]
    assert comment["on"]["workflow_run"]["workflows"] == [_read(ROOT / ".github/workflows/validate.yml")["name"]]


def test_no_job_is_called_as_the_status_that_merging_requires() -> None:
    """A change can bring jobs of its own: that one of them went well must not pass for the status that only ``comment`` sets."""
    from citytools.ci.comment import CONTEXT

    names = [job.get("name", key) for path in WORKFLOWS for key, job in _read(path)["jobs"].items()]
    assert names
    assert CONTEXT not in names


def test_the_label_of_the_form_and_of_the_nights_are_those_that_are_asked_for() -> None:
    from citytools.ci.nightly import LABEL

    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/system.yml").read_text("utf-8"))
    assert form["labels"] == ["system"]
    assert "'system'" in _read(ROOT / ".github/workflows/form.yml")["jobs"]["answer"]["if"]
    assert f"labels={LABEL} " in (ROOT / ".github/workflows/nightly.yml").read_text("utf-8")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_stops_at_its_first_failure_and_can_be_read_by_bash(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    assert subprocess.run(["bash", "-n", str(path)], check=False, capture_output=True).returncode == 0


def test_zizmor_finds_nothing() -> None:
    beside = Path(sys.executable).parent / "zizmor"
    program = str(beside) if beside.is_file() else shutil.which("zizmor")
    if not program:
        pytest.skip("zizmor is not installed: make test installs it")
    command = [program, "--offline", "--strict-collection", "--persona=pedantic", "--no-progress", str(ROOT / ".github" / "workflows")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_actionlint_finds_nothing() -> None:
    program = shutil.which("actionlint")
    if not program:
        pytest.skip("actionlint is not installed; continuous integration has it")
    done = subprocess.run([program], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_for_others_is_a_command_that_there_is(hook: dict[str, Any]) -> None:
    from support import run

    program, command = hook["entry"].split()
    assert (program, hook["language"]) == ("citytools", "python")
    assert run(command, "--help").code == 0
    assert re.search(hook["files"], "data/boroughs/camden/technology.yaml")
