"""Reading the dataset from git: real repositories of every sort, hostile surroundings, and nothing read that need not be."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from support import run, write
from test_gitrepo import git

from citytools import dataset, diff, gitrepo, revisions
from citytools.errors import CitytoolsError
from citytools.yamlfile import MAX_BYTES

SYSTEMS = "data/boroughs/camden/technology.yaml"
BASE = {
    "data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: [camden, hackney]\n",
    "data/catalogue/functions.yaml": "schema: 1\nareas: [{id: x, name: X}]\nfunctions: [{id: x/a, name: A}]\n",
    "data/boroughs/camden/borough.yaml": "schema: 1\nname: Camden\ngss: E09000007\n",
    "data/boroughs/hackney/borough.yaml": "schema: 1\nname: Hackney\ngss: E09000012\n",
    "data/boroughs/hackney/technology.yaml": "schema: 1\nsystems:\n  - {id: h, name: H}\n",
    SYSTEMS: "schema: 1\nsystems:\n  - {id: a, name: A, since: 2014}\n",
}


def commit(folder: Path, files: dict[str, str | bytes], message: str = "x") -> str:
    write(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message, "--allow-empty")
    return git(folder, "rev-parse", "HEAD")


def changed(since: str) -> dict[str, str | bytes]:
    return {SYSTEMS: f"schema: 1\nsystems:\n  - {{id: a, name: A, since: {since}}}\n"}


def said(root: Path, *arguments: str) -> list[str]:
    """What differs: the field, before and after, of each change."""
    done = run("--root", str(root), "diff", "--format", "json", *arguments)
    assert (done.code, done.err) == (0, "")
    return [
        f"{row['record'] or row['before']} {f['field']}: {f['old']} → {f['new']}"
        for row in json.loads(done.out)["changes"]
        for f in row["fields"]
    ]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two commits: since 2014, then 2015."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    commit(folder, dict(BASE))
    git(folder, "tag", "first")
    commit(folder, changed("2015"))
    return folder


CHANGED = ["camden/a since: 2014 → 2015"]


def test_two_commits_and_what_is_not_committed(root: Path) -> None:
    assert said(root, "first", "main") == CHANGED
    assert said(root, "main", "first") == ["camden/a since: 2015 → 2014"]
    assert said(root) == []
    write(root, changed("2016"))
    assert said(root) == ["camden/a since: 2015 → 2016"]
    assert said(root, "first") == ["camden/a since: 2014 → 2016"]


def test_a_detached_head(root: Path) -> None:
    git(root, "checkout", "-q", "--detach", "first")
    write(root, changed("2017"))
    assert said(root) == ["camden/a since: 2014 → 2017"]


def test_a_bare_repository(root: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(root), "bare.git")
    bare = tmp_path / "bare.git"
    git(bare, "tag", "first", git(root, "rev-parse", "first"), "-f")
    assert said(bare, "first", "main") == CHANGED
    assert run("--root", str(bare), "report", "coverage", "--at", "main").code == 0
    assert "no data/dataset.yaml" in run("--root", str(bare), "validate").err


def test_a_shallow_clone_says_what_to_do(root: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "shallow")
    done = run("--root", str(tmp_path / "shallow"), "diff", "HEAD~1")
    assert (done.code, "fetch the commit first" in done.err) == (2, True)


def test_a_name_that_begins_with_a_dash(root: Path) -> None:
    git(root, "update-ref", "refs/heads/-x", "first")
    assert said(root, "--", "-x", "main") == CHANGED
    done = run("--root", str(root), "diff", "--", "--output=evil")
    assert (done.code, (root / "evil").exists()) == (2, False)


@pytest.mark.parametrize("word", ["nowhere", "", "main:data", "first..main", "a\nb", "é\u202e", "@{-1}x", "^main"])
def test_what_is_no_state_is_said_to_be_none(root: Path, word: str) -> None:
    done = run("--root", str(root), "diff", "--", word)
    assert (done.code, "Traceback" in done.err, "neither a commit" in done.err) == (2, False, True)


def test_inside_a_hook(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, str(other / ".git"))
    assert said(root, "first", "main") == CHANGED


def test_a_dataset_in_a_folder_of_the_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    inner = tmp_path / "some" / "inner folder"
    commit(tmp_path, {f"some/inner folder/{path}": text for path, text in BASE.items()} | {"data/dataset.yaml": "title: Another\n"})
    git(tmp_path, "tag", "first")
    commit(inner, changed("2015"))
    assert said(inner, "first", "main") == CHANGED
    assert [row["change"] for row in json.loads(run("--root", str(inner), "history", "camden/a", "--format", "json").out)["rows"]] == [
        "changed",
        "added",
    ]


def test_without_git_one_sentence(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    for arguments in (["diff"], ["diff", "main"], ["validate", "--at", "main"], ["history", "camden/a"]):
        done = run("--root", str(root), *arguments)
        assert (done.code, done.err) == (
            2,
            "citytools: git is not installed, or not on the path, and commits cannot be looked at without it.\n",
        )
    assert run("--root", str(root), "diff", str(root), str(root)).code == 0


def test_without_a_repository(tmp_path: Path) -> None:
    done = run("--root", str(write(tmp_path, BASE)), "diff")
    assert (done.code, "is not in a git repository" in done.err) == (2, True)


def test_what_is_no_ordinary_file_is_said_and_not_followed(root: Path) -> None:
    secret = write(root, {"secret.txt": "password"}) / "secret.txt"
    (root / SYSTEMS).unlink()
    os.symlink(secret, root / SYSTEMS)
    commit(root, {})
    empty = git(root, "rev-parse", "HEAD")
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{empty},data/boroughs/hackney/skills.yaml")
    git(root, "update-index", "--chmod=+x", "data/boroughs/hackney/borough.yaml")
    git(root, "commit", "-qm", "odd")
    done = run("--root", str(root), "diff", "first", "main")
    assert f"{SYSTEMS} cannot be read" in done.out.replace("\n", " ")
    assert "skills.yaml cannot be read" in done.out.replace("\n", " ")
    assert "no record differs" in done.out
    assert "password" not in done.out
    assert "unreadable" in run("--root", str(root), "validate", "--at", "main", "--format", "json").out


def test_a_file_that_is_too_large_is_not_fetched(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(root, {SYSTEMS: "schema: 1\nsystems: []\n" + "#" * (MAX_BYTES + 1)})
    asked: list[str] = []
    fetch = gitrepo.contents
    monkeypatch.setattr(gitrepo, "contents", lambda folder, ids: fetch(folder, (asked.append(each) or each for each in ids)))
    done = run("--root", str(root), "diff", "first", "main")
    assert f"{SYSTEMS} cannot be read" in done.out.replace("\n", " ")
    assert asked == [git(root, "rev-parse", f"first:{SYSTEMS}")]


def test_what_is_alike_is_not_asked_for(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git itself is watched: of ten files, cat-file is asked for the two contents of the one that differs."""
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    script = (
        f'#!/bin/sh\ncase "$*" in *"cat-file --batch") exec tee -a "{tmp_path}/asked" | exec {real} "$@";; *) exec {real} "$@";; esac\n'
    )
    (write(tmp_path, {"bin/git": script}) / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    assert said(root, "first", "main") == CHANGED
    asked = (tmp_path / "asked").read_text().split()
    assert asked == [git(root, "rev-parse", f"{ref}:{SYSTEMS}") for ref in ("first", "main")]


def test_of_equal_states_nothing_is_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gitrepo, "contents", lambda folder, ids: dict.fromkeys(list(ids), b"") and pytest.fail("something was read"))
    assert said(root, "main", "HEAD") == []


@pytest.mark.parametrize("name", ["näme with space.yaml", "tab\tline\nbreak.yaml", '"quoted".yaml', "-dash.yaml", "*.yaml", ":(top)x.yaml"])
def test_names_with_odd_characters(root: Path, name: str) -> None:
    commit(root, {f"data/boroughs/camden/{name}": "x: 1\n", **changed("2016")})
    assert said(root, "first", "main") == ["camden/a since: 2014 → 2016"]
    found = dataset.at_commit(root, "main").findings
    assert [finding.location.path for finding in found] == [f"data/boroughs/camden/{name}"]


def test_a_repository_with_longer_hashes(tmp_path: Path) -> None:
    try:
        git(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256")
    except subprocess.CalledProcessError:
        pytest.skip("this git knows no SHA-256")
    commit(tmp_path, dict(BASE))
    commit(tmp_path, changed("2015"))
    assert said(tmp_path, "HEAD~1", "HEAD") == CHANGED
    assert said(tmp_path) == []
    assert len(json.loads(run("--root", str(tmp_path), "history", "camden/a", "--format", "json").out)["rows"]) == 2


def test_folders_and_files(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = write(tmp_path / "copy", {**BASE, **changed("2020")})
    assert said(root, "main", str(other)) == ["camden/a since: 2015 → 2020"]
    assert said(root, str(root / SYSTEMS), str(other / SYSTEMS)) == ["camden/a since: 2015 → 2020"]
    assert said(root, str(root / SYSTEMS), str(write(tmp_path, {"mine.yaml": changed("2021")[SYSTEMS]}) / "mine.yaml")) == [
        "camden/a since: 2015 → 2021"
    ]
    assert said(root, str((root / SYSTEMS).parent), str((other / SYSTEMS).parent)) == ["camden/a since: 2015 → 2020"]
    monkeypatch.chdir(tmp_path)
    assert run("--root", str(root), "diff", "bin").code == 2


def test_neither_state_holds_anything(root: Path) -> None:
    git(root, "checkout", "-q", "--orphan", "empty")
    git(root, "rm", "-rqf", ".")
    commit(root, {"README": "x"})
    bare = root.parent / "bare.git"
    git(root.parent, "clone", "-q", "--bare", "--single-branch", "--branch", "empty", str(root), "bare.git")
    done = run("--root", str(bare), "diff", "empty", "empty")
    assert (done.code, "nothing to compare" in done.err) == (2, True)


def test_a_content_that_is_missing_is_said(root: Path) -> None:
    digest = git(root, "rev-parse", f"first:{SYSTEMS}")
    blob = root / ".git" / "objects" / digest[:2] / digest[2:]
    blob.chmod(0o644)
    blob.unlink()
    done = run("--root", str(root), "diff", "first", "main")
    assert (done.code, "fetch" in done.err, "Traceback" in done.err) == (2, True, False)


# --at


def test_any_commit_can_be_asked(root: Path) -> None:
    write(root, {SYSTEMS: "not: [readable\n"})
    for arguments in (
        ["find", "A"],
        ["show", "camden/a"],
        ["sql", "select since from systems where id = 'a'"],
        ["report", "coverage"],
        ["validate"],
    ):
        done = run("--root", str(root), *arguments, "--at", "first")
        assert (done.code, done.err) == (0, ""), arguments
        if arguments[0] != "validate":
            assert "From the register as first has it." in done.out
    assert "2014" in run("--root", str(root), "show", "camden/a", "--at", "first").out
    assert run("--root", str(root), "validate").code == 1


def test_findings_of_a_commit_show_its_own_lines(root: Path) -> None:
    commit(root, {SYSTEMS: "schema: 1\nsystems:\n  - {id: a, nmae: A}\n"})
    write(root, {SYSTEMS: "schema: 1\nsystems:\n  - {id: a, name: other line}\n"})
    done = run("--root", str(root), "validate", "--at", "HEAD", folder := str(root / "data/boroughs/camden"))
    assert (done.code, "nmae" in done.out, "other line" in done.out) == (1, True, False)
    assert dataset.reader_at(root, "HEAD")(SYSTEMS).endswith(b"nmae: A}\n")
    assert dataset.reader_at(root, "HEAD")("data/nothing.yaml") == b""
    assert run("--root", str(root), "validate", "--at", "first", folder).code == 0
    done = run("--root", str(root), "validate", "--at", "first", str(root / "data/boroughs/barnet"))
    assert (done.code, "in that commit" in done.err) == (2, True)


@pytest.mark.parametrize("command", [["validate"], ["report", "renewals"], ["find", "A"], ["show", "camden/a"], ["history", "camden/a"]])
def test_an_unknown_commit_is_said_in_plain_words(root: Path, command: list[str]) -> None:
    done = run("--root", str(root), *command, "--at", "nowhere")
    assert (done.code, done.err) == (
        2,
        'citytools: there is no commit, branch or tag "nowhere" here. In a shallow clone, fetch it first.\n',
    )


def test_a_commit_without_a_register(root: Path) -> None:
    git(root, "checkout", "-q", "--orphan", "empty")
    git(root, "rm", "-rqf", ".")
    commit(root, {"README": "x"})
    git(root, "checkout", "-q", "main")
    done = run("--root", str(root), "validate", "--at", "empty")
    assert (done.code, 'no data/dataset.yaml in "empty"' in done.err) == (2, True)


def test_files_of_both_states_are_compared_whole_if_asked(root: Path) -> None:
    before, after = revisions.compared(root, "first", "main")
    assert [len(side.documents) for side in revisions.both(before, after)] == [1, 1]
    assert [len(side.documents) for side in revisions.both(before, after, whole=True)] == [6, 6]
    assert diff.diff(*revisions.both(before, after)) == diff.diff(*revisions.both(before, after, whole=True))


def test_git_that_fails_is_not_an_empty_answer(root: Path) -> None:
    with pytest.raises(CitytoolsError, match="git ls-tree failed"):
        gitrepo.files_in(root, "0" * 40, "data/")
