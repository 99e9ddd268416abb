"""Git's merges of the dataset, record by record: real repositories, real merges, nothing lost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT, run, write

from citytools import driver, schema, threeway, yamlfile
from citytools.driver import Outcome, Three
from citytools.errors import CitytoolsError
from citytools.threeway import Side

PATH = "data/boroughs/camden/contracts.yaml"
COMMAND = driver.command(sys.executable)
TEXT_CONFLICT = Outcome(b"<<<<<<< as git has it\n", conflicted=True)

HEAD = "# yaml-language-server: $schema=x\nschema: 1\n\ncontracts:\n"
A = "  # the oldest\n  - id: a\n    title: Alpha   # as signed\n    supplier: idox\n    end: 2027-03-31\n"
B = "  - id: b\n    title: Beta\n    supplier: unit4\n"
C = "  - id: c\n    title: Gamma\n    supplier: civica\n"
D = "  # from the register\n  - id: d\n    title: Delta  # new\n    supplier: nec\n"
BASE = HEAD + A + "\n" + B + "\n" + C


def merged(base: str, ours: str, theirs: str, path: str = PATH, plain: Outcome = TEXT_CONFLICT) -> tuple[str, bool]:
    """What the merge makes of three texts, where git's own merge would conflict."""
    found = driver.merge(Three(base.encode(), ours.encode(), theirs.encode()), path, plain)
    return found.data.decode(), found.conflicted


# Ours and theirs, each as (old, new) in BASE → the same for the merged file.
Edits = tuple[tuple[str, str], ...]
MERGE: dict[str, tuple[Edits, Edits, Edits]] = {
    "different fields of one record": (
        (("title: Alpha ", "title: Alef "),),
        (("2027-03-31", "2028-03-31"),),
        (("title: Alpha ", "title: Alef "), ("2027-03-31", "2028-03-31")),
    ),
    "fields on lines next to one another": (
        (("title: Beta", "title: Bet"),),
        (("supplier: unit4", "supplier: idox"),),
        (("title: Beta", "title: Bet"), ("supplier: unit4", "supplier: idox")),
    ),
    "a new field on each side, theirs with a comment": (
        (("unit4\n", "unit4\n    start: 2020\n"),),
        (("unit4\n", "unit4\n    # by letter\n    end: 2030  # sure\n"),),
        (("unit4\n", "unit4\n    start: 2020\n    # by letter\n    end: 2030  # sure\n"),),
    ),
    "a record appended on each side": (
        ((C, C + "\n  # ours\n  - id: e\n    title: Eps\n    supplier: idox\n"),),
        ((C, C + "\n" + D),),
        ((C, C + "\n" + "  # ours\n  - id: e\n    title: Eps\n    supplier: idox\n" + "\n" + D),),
    ),
    "a record before, one behind": (((A, D + "\n" + A),), ((C, C + "\n  - id: e\n    title: E\n"),), ((A, D + "\n" + A), (C, C + "\n  - id: e\n    title: E\n"))),
    "comments in a record that only they touched, a change beside it": (
        (("title: Alpha", "title: Alef"), ("title: Gamma", "title: Gimel")),
        (("    supplier: unit4\n", "    # seen\n    supplier: unit4  # twice\n"),),
        (("title: Alpha", "title: Alef"), ("title: Gamma", "title: Gimel"), ("    supplier: unit4\n", "    # seen\n    supplier: unit4  # twice\n")),
    ),
    "a comment there, a value here, in one record": (
        (("title: Alpha ", "title: Alef "),),
        (("    supplier: idox\n", "    supplier: idox  # checked\n"),),
        (("title: Alpha ", "title: Alef "), ("    supplier: idox\n", "    supplier: idox  # checked\n")),
    ),
    "the same done on both sides": ((("title: Beta", "title: Bet"),), (("title: Beta", "title: Bet"),), (("title: Beta", "title: Bet"),)),
    "removed there, another changed here": (((A, A.replace("Alpha ", "Alef ")),), ((B + "\n", ""),), ((A, A.replace("Alpha ", "Alef ")), (B + "\n", ""))),
    "put in another order there, changed here": (
        (("title: Gamma", "title: Gimel"),),
        ((A + "\n" + B + "\n" + C, C + "\n" + A + "\n" + B),),
        ((A + "\n" + B + "\n" + C, C.replace("Gamma", "Gimel") + "\n" + A + "\n" + B),),
    ),
    "another id here, another title there": (
        (("id: a\n", "id: alpha\n"),),
        (("title: Alpha ", "title: Alef "), ("2027-03-31", "2028-03-31  # by letter")),
        (("id: a\n", "id: alpha\n"), ("title: Alpha ", "title: Alef "), ("2027-03-31", "2028-03-31  # by letter")),
    ),
    "a heading between records there": (
        (("title: Beta", "title: Bet"),),
        (("\n" + B, "\n  # --- housing ---\n\n" + B),),
        (("\n" + B, "\n  # --- housing ---\n\n" + B.replace("Beta", "Bet")),),
    ),
}  # fmt: skip


def after(edits: Edits, text: str = BASE) -> str:
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.mark.parametrize("case", MERGE)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_both_sides_are_had_with_their_comments_and_order(case: str, end: str) -> None:
    ours, theirs, expected = (after(edits).replace("\n", end) for edits in MERGE[case])
    assert merged(BASE.replace("\n", end), ours, theirs) == (expected, False)


@pytest.mark.parametrize("case", MERGE)
def test_either_way_round_the_data_and_the_comments_are_the_same(case: str) -> None:
    ours, theirs, _ = (after(edits) for edits in MERGE[case])
    one, other = merged(BASE, ours, theirs), merged(BASE, theirs, ours)
    assert not one[1]
    assert not other[1]
    assert sorted(one[0].split()) == sorted(other[0].split())


def test_new_line_ends_come_along_with_what_changed() -> None:
    ours, theirs, expected = (after(edits) for edits in MERGE["different fields of one record"])
    assert merged(BASE, ours.replace("\n", "\r\n"), theirs) == (expected.replace("\n", "\r\n"), False)
    assert merged(BASE, ours, theirs.replace("\n", "\r\n")) == (expected.replace("\n", "\r\n"), False)


def test_a_record_from_a_file_that_indents_otherwise_is_fitted_in() -> None:
    flat, deep = BASE.replace("\n  ", "\n"), BASE.replace("\n  ", "\n    ")
    for other in (flat, deep):
        indent = other.partition("- id: c")[0].rpartition("\n")[2]
        new = D.replace("\n  ", f"\n{indent}").replace("  #", f"{indent}#", 1)
        assert merged(BASE, BASE, f"{other}\n{new}", plain=TEXT_CONFLICT)[0].endswith(f"{C}\n{D}")


@pytest.mark.parametrize("theirs", ["Bau", "Bau  # by letter"])
def test_the_same_field_changed_both_ways_conflicts_there_and_the_rest_is_merged(theirs: str) -> None:
    ours = after((("title: Beta", "title: Bet"), ("2027-03-31", "2028")))
    other = after((("title: Beta", f"title: {theirs}"), ("supplier: civica", "supplier: nec"), (C[:9], "  # kept\n" + C[:9])))
    there = f"<<<<<<< ours\n    title: Bet\n=======\n    title: {theirs}\n>>>>>>> theirs"
    expected = after(
        (("2027-03-31", "2028"), ("supplier: civica", "supplier: nec"), (C[:9], "  # kept\n" + C[:9]), ("    title: Beta", there))
    )
    assert merged(BASE, ours, other) == (expected, True)


def test_removed_here_and_changed_there_is_shown_whole() -> None:
    found = merged(BASE, after((("\n" + B, ""),)), after((("title: Beta", "title: Bet"),)))
    assert found[1]
    assert "<<<<<<< ours\n=======\n" in found[0]
    assert "title: Bet\n" in found[0]
    found = merged(BASE, after((("title: Beta", "title: Bet"),)), after((("\n" + B, ""),)))
    assert found[1]
    assert "=======\n>>>>>>> theirs\n" in found[0]


def test_a_file_that_both_began_is_merged() -> None:
    assert merged("", f"{HEAD}{A}\n{B}", f"{HEAD}{D}\n{B}") == (f"{HEAD}{A}\n{B}".replace(B, f"{D}\n{B}"), False)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "path"),
    [
        (BASE, BASE + "  - id: [\n", after((("Beta", "Bet"),)), PATH),
        (BASE, after((("Beta", "Bet"),)), "\0binary", PATH),
        ("- what\n  is: this\n ?", BASE, after((("Beta", "Bet"),)), PATH),
        (BASE, after((("Beta", "Bet"),)), after((("Alpha", "Alef"),)), "data/README.md"),
        (BASE, after((("Beta", "Bet"),)), after((("Alpha", "Alef"),)), "elsewhere/contracts.yaml"),
        (BASE, "", after((("Alpha", "Alef"),)), PATH),
    ],
)
def test_what_cannot_be_read_or_has_no_place_stays_as_git_merged_it(base: str, ours: str, theirs: str, path: str) -> None:
    for plain in (TEXT_CONFLICT, Outcome(b"clean", conflicted=False)):
        assert merged(base, ours, theirs, path, plain) == (plain.data.decode(), plain.conflicted)


def test_removed_here_and_commented_on_there_is_left_to_a_person() -> None:
    there = A.replace("# as signed", "# as signed by both")
    shown = f"<<<<<<< ours\n=======\n{there}\n>>>>>>> theirs\n"
    assert merged(BASE, after(((A + "\n", ""),)), after(((A, there),))) == (after(((A + "\n", shown),)), True)
    shown = f"<<<<<<< ours\n{there}=======\n>>>>>>> theirs\n"
    assert merged(BASE, after(((A, there),)), after(((A + "\n", ""),))) == (after(((A + "\n", shown),)), True)


def test_a_comment_for_which_there_is_no_place_is_left_to_a_person_at_that_record() -> None:
    ours = after((("title: Alpha   # as signed", "title: Alef   # agreed"), ("Gamma", "Gimel")))
    theirs = after((("# as signed", "# as signed by both"), ("Beta", "Bet")))
    found, conflicted = merged(BASE, ours, theirs)
    assert conflicted
    assert found == after(
        (
            (
                "    title: Alpha   # as signed\n",
                "<<<<<<< ours\n    title: Alef   # agreed\n=======\n    title: Alpha   # as signed by both\n>>>>>>> theirs\n",
            ),
            ("Gamma", "Gimel"),
            ("Beta", "Bet"),
        )
    )


def test_what_cannot_be_written_without_a_loss_is_shown_whole() -> None:
    ours, theirs = '{"schema": 1, "contracts": []}\n', "schema: 1\n# none yet\ncontracts: []\nx: 1\n"
    found, conflicted = merged('{"schema": 1}\n', ours, theirs, plain=Outcome(b"clean, but something else", conflicted=False))
    assert conflicted
    assert found == f"<<<<<<< ours\n{ours}=======\n{theirs}>>>>>>> theirs\n"


def test_a_clean_merge_of_lines_that_says_something_else_is_not_taken() -> None:
    ours, theirs = after(((A, D + "\n" + A),)), after(((C, C + "\n" + D),))
    twice = after(((A, D + "\n" + A), (C, C + "\n" + D)))
    assert merged(BASE, ours, theirs, plain=Outcome(twice.encode(), conflicted=False)) == (ours, False)


WORDS = st.sampled_from(["x", "y", "z", "x  # one", "y  # two"])
RECORDS = st.dictionaries(
    st.sampled_from("abcdef"),
    st.fixed_dictionaries(
        {"above": st.sampled_from(["", "  # first\n", "  # other\n"])}, optional=dict.fromkeys(("title", "supplier", "notes"), WORDS)
    ),
    max_size=5,
)


def file_of(records: Mapping[str, Mapping[str, str]]) -> str:
    """A file of records, each with a comment of its own above it, and others behind its values."""
    parts = []
    for own, fields in records.items():
        said = "".join(f"    {name}: {value}{own if '#' in value else ''}\n" for name, value in fields.items() if name != "above")
        parts.append(f"{fields['above'].replace('# ', f'# {own} ')}  - id: {own}\n{said}")
    return HEAD + "\n".join(parts) if parts else HEAD.replace("contracts:", "contracts: []")


def decided(text: str, side: Side) -> Any:
    """What a file with markers says once each of them is decided for one side."""
    between = re.compile(r"<<<<<<< ours\n(.*?)=======\n(.*?)>>>>>>> theirs\n", re.S)
    return yamlfile.read("", between.sub(r"\1" if side is Side.OURS else r"\2", text).encode(), text_fields=TEXT)[0].fields


TEXT = schema.text_fields("contracts")


@settings(max_examples=400, deadline=None)
@given(RECORDS, RECORDS, RECORDS)
def test_a_merge_is_what_three_way_says_and_keeps_every_comment_that_either_side_wrote(base: Any, ours: Any, theirs: Any) -> None:
    texts = [file_of(side) for side in (base, ours, theirs)]
    fields = [yamlfile.read("", text.encode(), text_fields=TEXT)[0].fields for text in texts]
    found, conflicted = merged(*texts)
    if found == TEXT_CONFLICT.data.decode():
        return
    expected = threeway.merge_files("contracts", *fields)
    assert conflicted or not expected.conflicts
    if not conflicted:
        assert yamlfile.same(decided(found, Side.OURS), expected.fields)
    assert conflicted == ("<<<<<<< ours\n" in found)
    before, *after = (set(re.findall("#.*", text)) for text in texts)
    assert (after[0] | after[1]) - before <= set(re.findall("#.*", found))


@settings(max_examples=200, deadline=None)
@given(RECORDS, RECORDS, RECORDS)
def test_whichever_side_a_person_takes_the_rest_is_merged(base: Any, ours: Any, theirs: Any) -> None:
    texts = [re.sub(" *#.*\n", "\n", file_of(side)[len(HEAD) :]) if side else "" for side in (base, ours, theirs)]
    texts = [HEAD + text if text else HEAD.replace("contracts:", "contracts: []") for text in texts]
    fields = [yamlfile.read("", text.encode(), text_fields=TEXT)[0].fields for text in texts]
    found, conflicted = merged(*texts)
    if conflicted and found != TEXT_CONFLICT.data.decode():
        for side in (Side.OURS, Side.THEIRS):
            taken = threeway.merge_files("contracts", *fields, lambda _, side=side: side)  # type: ignore[misc]
            assert yamlfile.same(decided(found, side), taken.fields)


# Real repositories.


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a dataset in which git merges record by record."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "A")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@example.org")
    monkeypatch.setenv("EMAIL", "a@example.org")
    write(tmp_path, {"data/dataset.yaml": "schema: 1\n", PATH: BASE})
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "config", "core.fsync", "none")
    git(tmp_path, "config", "user.name", "A")
    git(tmp_path, "config", "user.email", "a@example.org")
    commit(tmp_path)
    return tmp_path


def git(folder: Path, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout.strip()


def commit(folder: Path, files: Mapping[str, str | bytes] | None = None) -> None:
    write(folder, files or {})
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "A change")


def two_branches(folder: Path, ours: str, theirs: str, path: str = PATH) -> None:
    git(folder, "switch", "-q", "-c", "topic")
    commit(folder, {path: theirs})
    git(folder, "switch", "-q", "main")
    commit(folder, {path: ours})


APPENDED = MERGE["a record appended on each side"]


@pytest.mark.parametrize("way", ["merge", "rebase", "cherry-pick"])
def test_after_setup_git_merges_rebases_and_picks_record_by_record(repository: Path, way: str) -> None:
    assert run("--root", str(repository), "setup-git").code == 0
    ours, theirs, expected = (after(edits) for edits in APPENDED)
    two_branches(repository, ours, theirs)
    if way == "rebase":
        git(repository, "switch", "-q", "topic")
    git(
        repository,
        *{"merge": ("merge", "-q", "--no-edit", "topic"), "rebase": ("rebase", "-q", "main"), "cherry-pick": ("cherry-pick", "topic")}[way],
    )
    assert (repository / PATH).read_text() == expected
    assert git(repository, "status", "--porcelain") == ""


def test_without_it_git_conflicts(repository: Path) -> None:
    two_branches(repository, *(after(edits) for edits in APPENDED[:2]))
    git(repository, "merge", "-q", "--no-edit", "topic", code=1)


def test_a_conflict_is_left_to_be_settled_as_git_does(repository: Path) -> None:
    assert run("--root", str(repository), "setup-git").code == 0
    two_branches(repository, after((("Beta", "Bet"),)), after((("Beta", "Bau"), ("Gamma", "Gimel"))))
    git(repository, "merge", "-q", "--no-edit", "topic", code=1)
    marked = "<<<<<<< ours\n    title: Bet\n=======\n    title: Bau\n>>>>>>> theirs"
    assert (repository / PATH).read_text() == after((("    title: Beta", marked), ("Gamma", "Gimel")))
    assert git(repository, "status", "--porcelain") == f"UU {PATH}"


def test_setup_says_what_it_does_does_it_once_and_takes_it_back(repository: Path) -> None:
    attributes, before = repository / ".git/info/attributes", (repository / ".git/config").read_text()
    attributes.parent.mkdir(exist_ok=True)
    attributes.write_text("*.png binary")
    first, again = (run("--root", str(repository), "setup-git") for _ in range(2))
    assert "merge driver citytools" in first.out
    assert "info/attributes" in first.out
    assert again.out == "Everything was set up already. Nothing was changed.\n"
    assert attributes.read_text() == "*.png binary\ndata/**/*.yaml merge=citytools\n"
    assert git(repository, "config", "merge.citytools.driver") == COMMAND
    undone, nothing = (run("--root", str(repository), "setup-git", "--undo") for _ in range(2))
    assert "merges lines of text as before" in undone.out
    assert nothing.out == "Nothing had been set up. Nothing was changed.\n"
    assert attributes.read_text() == "*.png binary\n"
    assert (repository / ".git/config").read_text() == before


def test_attributes_that_are_committed_are_enough(repository: Path) -> None:
    commit(repository, {".gitattributes": (ROOT / ".gitattributes").read_text()})
    assert "info/attributes" not in run("--root", str(repository), "setup-git").out
    assert not (repository / ".git/info/attributes").exists() or "citytools" not in (repository / ".git/info/attributes").read_text()
    ours, theirs, expected = (after(edits) for edits in APPENDED)
    two_branches(repository, ours, theirs)
    git(repository, "merge", "-q", "--no-edit", "topic")
    assert (repository / PATH).read_text() == expected


def test_a_dataset_in_a_folder_of_the_repository(repository: Path) -> None:
    (repository / "deep").mkdir()
    git(repository, "mv", "data", "deep/data")
    commit(repository)
    assert run("--root", str(repository / "deep"), "setup-git").code == 0
    ours, theirs, expected = (after(edits) for edits in APPENDED)
    two_branches(repository, ours, theirs, f"deep/{PATH}")
    git(repository, "merge", "-q", "--no-edit", "topic")
    assert (repository / "deep" / PATH).read_text() == expected


def test_setup_outside_a_repository_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"data/dataset.yaml": "schema: 1\n"})
    assert run("--root", str(tmp_path), "setup-git").code == 2


@pytest.mark.parametrize("python", ["/no/such/py thon", "false"])
def test_where_citytools_has_gone_git_merges_lines_as_ever(repository: Path, python: str) -> None:
    driver.set_up(repository, driver.command(python))
    two_branches(repository, *(after(edits) for edits in MERGE["a new field on each side, theirs with a comment"][:2]))
    git(repository, "merge", "-q", "--no-edit", "topic", code=1)
    assert "<<<<<<< ours\n    start: 2020\n=======\n" in (repository / PATH).read_text()
    git(repository, "reset", "-q", "--hard")
    git(repository, "switch", "-q", "-c", "other", "main")
    commit(repository, {PATH: after((*MERGE["a new field on each side, theirs with a comment"][0], ("Alpha", "Alef")))})
    git(repository, "merge", "-q", "--no-edit", "main")


def test_nothing_in_the_name_of_the_python_is_taken_for_more_than_a_name(tmp_path: Path) -> None:
    assert "'/a b/%%P $(x)/python' -m citytools merge-driver %O %A %B %P;" in driver.command("/a b/%P $(x)/python")


# Only the driver.


def three_files(folder: Path, base: str, ours: str, theirs: str) -> list[str]:
    write(folder, {"o": base, "a": ours, "b": theirs})
    return ["o", "a", "b", PATH]


def test_the_merge_of_lines_is_on_disk_before_anything_else_is_tried(tmp_path: Path) -> None:
    files = three_files(tmp_path, BASE, *(after(edits) for edits in APPENDED[:2]))
    killed = f"""
import os, signal
from citytools import driver
driver.merge = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from citytools.cli import main
raise SystemExit(main(["merge-driver", *{files!r}]))
"""
    done = subprocess.run([sys.executable, "-c", killed], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert "<<<<<<< ours\n" in (tmp_path / "a").read_text()
    assert not [path.name for path in tmp_path.iterdir() if path.name not in ("o", "a", "b")]


@pytest.mark.parametrize("ours", [BASE + "  - id: [\n", "\0\0\0"])
def test_what_cannot_be_read_is_left_as_git_leaves_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: str) -> None:
    files = three_files(tmp_path, BASE, ours, BASE.replace(C, C + D))
    monkeypatch.chdir(tmp_path)
    expected = subprocess.run(
        ["git", "merge-file", "-p", "-L", "ours", "-L", "base", "-L", "theirs", "a", "o", "b"], capture_output=True, check=False
    )
    assert run("merge-driver", *files).code == 1
    assert (tmp_path / "a").read_bytes() == (expected.stdout if expected.returncode < 128 else ours.encode())


# A branch merged without any setting up.


def test_merge_branch_makes_the_commit_that_a_button_cannot(repository: Path) -> None:
    ours, theirs, expected = (after(edits) for edits in APPENDED)
    two_branches(repository, ours, theirs)
    done = run("--root", str(repository), "merge", "--branch", "topic")
    assert done.code == 0, done.err
    assert done.out.startswith("Merged topic as commit ")
    assert done.out.endswith(f":\n  {PATH}\n")
    assert (repository / PATH).read_text() == expected
    assert git(repository, "log", "-1", "--format=%s %P").split() == [
        "Merge",
        "topic",
        *git(repository, "rev-parse", "main^", "topic").split(),
    ]
    assert run("--root", str(repository), "merge", "--branch", "topic").out == "topic was merged before. Nothing was changed.\n"
    assert not git(repository, "config", "--local", "--list").count("citytools")


def test_merge_branch_says_where_a_person_has_to_decide_and_how_to_give_up(repository: Path) -> None:
    two_branches(repository, after((("Beta", "Bet"),)), after((("Beta", "Bau"),)))
    done = run("--root", str(repository), "merge", "--branch", "topic")
    assert done.code == 1
    assert f"  {PATH}\n" in done.out
    assert "git merge --abort" in done.out
    assert "not finished" in run("--root", str(repository), "merge", "--branch", "topic").err
    git(repository, "merge", "--abort")
    assert (repository / PATH).read_text() == after((("Beta", "Bet"),))


def test_merge_branch_refuses_changes_that_are_not_committed(repository: Path) -> None:
    two_branches(repository, *(after(edits) for edits in APPENDED[:2]))
    write(repository, {PATH: BASE})
    done = run("--root", str(repository), "merge", "--branch", "topic")
    assert done.code == 2
    assert f"there are changes that are not committed: {PATH}" in done.err
    assert (repository / PATH).read_text() == BASE
    with pytest.raises(CitytoolsError, match="no commit, branch or tag"):
        driver.merge_branch(repository, "--output=x", COMMAND)


def test_merge_branch_says_what_git_says_where_git_refuses(repository: Path) -> None:
    two_branches(repository, BASE.replace("Beta", "Bet"), BASE.replace("Beta", "Bau"))
    git(repository, "switch", "-q", "topic")
    commit(repository, {"new.txt": "committed there"})
    git(repository, "switch", "-q", "main")
    write(repository, {"new.txt": "mine, and not committed"})
    done = run("--root", str(repository), "merge", "--branch", "topic")
    assert done.code == 2
    assert "untracked working tree files would be overwritten" in done.err
    assert "Nothing was changed" in done.err
    assert (repository / "new.txt").read_text() == "mine, and not committed"
    git(repository, "switch", "-q", "--orphan", "apart")
    write(repository, {"data/dataset.yaml": "schema: 1\n"})
    (repository / "new.txt").unlink()
    commit(repository)
    assert "unrelated histories" in run("--root", str(repository), "merge", "--branch", "topic").err


def test_the_branches_of_33_boroughs_in_sequence_lose_nothing(repository: Path) -> None:
    """Each appends a record with comments to the same file; every third changes a field of a record that all share."""
    names, path = [f"borough-{number}" for number in range(33)], "data/catalogue/products.yaml"
    shared = "  - id: shared\n    name: Shared\n"
    base = f"schema: 1\n\nproducts:\n{shared}"
    added = {name: f"  # of {name}\n  - id: {name}\n    name: The product  # as {name} says\n" for name in names}
    fields = {name: f"    x{number}: {name}\n" if number % 3 == 0 else "" for number, name in enumerate(names)}
    commit(repository, {path: base})
    for name in names:
        git(repository, "switch", "-q", "-c", name, "main")
        commit(repository, {path: f"{base}{fields[name]}\n{added[name]}"})
    git(repository, "switch", "-q", "main")
    for name in names:
        found = driver.merge_branch(repository, name, COMMAND)
        assert (found.files, found.conflicts) == ((path,), ())
    first, *rest = (repository / path).read_text().removeprefix(base).split("\n\n")
    assert sorted(f"{line}\n" for line in first.splitlines()) == sorted(filter(None, fields.values()))
    assert [f"{part.rstrip()}\n" for part in rest] == list(added.values())
