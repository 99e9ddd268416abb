"""What git says of the folder: real repositories, hostile surroundings."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from support import run, write

from citytools.errors import CitytoolsError
from citytools.gitrepo import changed_since, commit_of, commits_of, touched

BASE = {
    "data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: [camden]\n",
    "data/boroughs/camden/borough.yaml": "schema: 1\nname: Camden\n",
}


def git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    write(tmp_path, BASE)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "first")
    return tmp_path


def test_committed_uncommitted_and_new_files_are_changed(repository: Path) -> None:
    git(repository, "checkout", "-qb", "work")
    write(repository, {"data/a.yaml": "a: 1\n"})
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "second")
    write(repository, {"data/dataset.yaml": "schema: 2\n", "data/näme with space.yaml": "b: 1\n"})
    assert changed_since(repository, "main") == {"data/a.yaml", "data/dataset.yaml", "data/näme with space.yaml"}
    assert changed_since(repository, "HEAD") == {"data/dataset.yaml", "data/näme with space.yaml"}


def test_what_the_other_branch_did_since_is_not_ours(repository: Path) -> None:
    git(repository, "branch", "work")
    write(repository, {"data/theirs.yaml": "a: 1\n"})
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "theirs")
    git(repository, "checkout", "-q", "work")
    write(repository, {"data/ours.yaml": "a: 1\n"})
    assert changed_since(repository, "main") == {"data/ours.yaml"}


def test_paths_are_from_the_datasets_folder(repository: Path) -> None:
    write(repository, {"inner/data/a.yaml": "a: 1\n", "outside.txt": "x"})
    assert changed_since(repository / "inner", "HEAD") == {"data/a.yaml"}


def test_inside_a_hook_the_folder_counts_and_not_the_hooks_repository(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path_factory.mktemp("other")
    git(other, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    write(repository, {"data/a.yaml": "a: 1\n"})
    assert changed_since(repository, "main") == {"data/a.yaml"}


@pytest.mark.parametrize("ref", ["nowhere", "--output=evil", "-p", "main:data", ""])
def test_a_ref_that_is_none_is_said_to_be_none(repository: Path, ref: str) -> None:
    with pytest.raises(CitytoolsError, match="there is no commit, branch or tag"):
        changed_since(repository, ref)
    assert not (repository / "evil").exists()


@pytest.mark.parametrize(
    "ref",
    [
        *("main", "HEAD", "main~1", "-x", "refs/heads/main", "note", "@{-1}", "main@{0}", "HEAD^{/first}", ":/second", "é"),
        *("", "nowhere", "main~9", "main:data", "main^{tree}", "main..work", "^main", "main^@", "main^!", "--all", "--output=evil", "-p"),
        *(" main", "main ", "main\n", "main\nHEAD", "main\r", "main commit 1", "0" * 40, "00", "main missing", "\udcff"),
    ],
)
def test_several_commits_are_found_as_each_alone(repository: Path, ref: str) -> None:
    git(repository, "checkout", "-qb", "work")
    git(repository, "commit", "-qm", "second", "--allow-empty")
    git(repository, "checkout", "-q", "main")
    git(repository, "commit", "-qm", "third", "--allow-empty")
    for name in ("-x", "é"):
        git(repository, "update-ref", f"refs/heads/{name}", "work")
    git(repository, "tag", "-am", "note", "note", "work")
    head = git(repository, "rev-parse", "HEAD")
    try:
        alone = commit_of(repository, ref)
    except CitytoolsError:
        alone = ""
    alone = "" if alone.startswith("^") else alone  # what leads to a commit and not away from it
    found = commits_of(repository, ["HEAD", ref, "main"])
    assert found == {"HEAD": head, "main": head} | ({ref: alone} if alone else {})
    assert sorted(path.name for path in repository.iterdir()) == [".git", "data"]


def test_each_of_several_commits_can_be_told_by_its_hash(repository: Path) -> None:
    head = git(repository, "rev-parse", "HEAD")
    assert commits_of(repository, [head, head[:7], "nowhere"]) == {head: head, head[:7]: head}
    assert commits_of(repository, []) == {}


def test_git_may_give_up_where_several_commits_are_asked_for(repository: Path) -> None:
    """A branch without an upstream: all that were asked for have to be asked for alone."""
    assert commits_of(repository, ["HEAD", "@{u}"]) == {}
    done = run("--root", str(repository), "diff", "HEAD", "@{u}")
    assert (done.code, '"@{u}" is neither a commit' in done.err) == (2, True)
    git(repository, "branch", "-q", "work", "--track")
    git(repository, "symbolic-ref", "HEAD", "refs/heads/work")
    assert run("--root", str(repository), "diff", "HEAD", "@{u}").code == 0


def test_a_folder_without_git_cannot_be_compared(tmp_path: Path) -> None:
    with pytest.raises(CitytoolsError, match="is not in a git repository"):
        changed_since(tmp_path, "main")
    assert commits_of(tmp_path, ["main"]) == {}


def test_without_git_it_is_said(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CitytoolsError, match="git is not installed"):
        changed_since(repository, "main")


def test_where_nothing_is_in_common_no_guess_is_made(repository: Path) -> None:
    git(repository, "checkout", "-q", "--orphan", "alone")
    git(repository, "commit", "-qm", "another beginning")
    with pytest.raises(CitytoolsError, match='"main" and "HEAD" have no commit in common'):
        changed_since(repository, "main")


def test_a_copy_with_part_of_the_history_says_how_to_get_the_rest(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    git(repository, "checkout", "-qb", "work")
    for branch in ("work", "main"):
        git(repository, "checkout", "-q", branch)
        write(repository, {f"data/{branch}.yaml": "a: 1\n"})
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", branch)
    copy = tmp_path_factory.mktemp("copies") / "copy"
    git(repository, "clone", "-q", "--depth", "1", "--no-single-branch", f"file://{repository}", str(copy))
    with pytest.raises(CitytoolsError, match=r"only part of the history.*git fetch --unshallow"):
        changed_since(copy, "origin/work")
    git(copy, "fetch", "-q", "--unshallow")
    assert changed_since(copy, "origin/work") == {"data/main.yaml"}


def test_a_submodule_a_link_and_a_program_are_told_from_files(repository: Path) -> None:
    old = git(repository, "rev-parse", "HEAD")
    (repository / "link").symlink_to("/dev/zero")
    (repository / "program").write_text("x")
    (repository / "program").chmod(0o755)
    write(repository, {".gitmodules": '[submodule "sub"]\n\tpath = sub\n\turl = ./x\n\tignore = all\n'})
    git(repository, "rm", "-q", "data/dataset.yaml")
    git(repository, "add", "-A")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{old},sub")
    git(repository, "commit", "-qm", "second")
    found = {each.path: (each.before, each.after) for each in touched(repository, old, git(repository, "rev-parse", "HEAD"))}
    assert found == {
        ".gitmodules": ("", "100644"),
        "data/dataset.yaml": ("100644", ""),
        "link": ("", "120000"),
        "program": ("", "100755"),
        "sub": ("", "160000"),
    }
