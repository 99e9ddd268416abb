"""``citytools validate --changed-since`` and ``--baseline``: which faults count, and that nothing wrong is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import Run, run, write
from test_gitrepo import git
from test_validate import DATA

from citytools import baseline
from citytools.model import Finding, Location
from citytools.validate import of_change

CAMDEN = "data/boroughs/camden/technology.yaml"
HACKNEY = "data/boroughs/hackney/technology.yaml"
OLD_FAULT = "schema: 1\nsystems:\n  - id: forms\n    product: moderngov\n    since: 31/03/2019\n"
AS_OF = "2026-11-24"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Camden is right; in Hackney's file is an old fault."""
    git(tmp_path, "init", "-q", "-b", "main")
    _commit(tmp_path, {**DATA, HACKNEY: OLD_FAULT})
    git(tmp_path, "checkout", "-q", "-b", "work")
    return tmp_path


def _commit(folder: Path, files: Mapping[str, str | bytes]) -> None:
    write(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "next")


def _check(folder: Path, *arguments: str) -> tuple[int, list[tuple[str, str]], dict[str, object]]:
    """The exit code, the file and rule of each finding, and all that was said in JSON."""
    done = run("--root", str(folder), "validate", "--as-of", AS_OF, "--format", "json", *arguments)
    assert done.err == ""
    content = json.loads(done.out)
    return done.code, [(each["file"], each["code"]) for each in content["findings"]], content


def _said(folder: Path, *arguments: str) -> Run:
    return run("--root", str(folder), "validate", "--as-of", AS_OF, *arguments)


def test_old_faults_of_others_never_fail_a_change(repository: Path) -> None:
    _commit(repository, {CAMDEN: DATA[CAMDEN] + "    since: 2014\n"})
    assert _check(repository)[:2] == (1, [(HACKNEY, "wrong-date")])
    code, found, content = _check(repository, "--changed-since", "main", "--strict")
    assert (code, found, content["left_out"]) == (0, [], 1)
    assert _said(repository, "--changed-since", "main").out == (
        "2 boroughs, 0 bodies, 2 systems, 0 contracts, 0 skills, 3 catalogue entries: nothing new wrong.\n"
        "1 older finding in files that have not changed since main is left out.\n"
    )


def test_all_that_is_wrong_in_a_changed_file_is_told_old_or_new(repository: Path) -> None:
    _commit(repository, {HACKNEY: OLD_FAULT + "    status: alive\n"})
    assert _check(repository, "--changed-since", "main")[:2] == (1, [(HACKNEY, "wrong-date"), (HACKNEY, "not-allowed")])


def test_what_a_change_breaks_in_the_files_of_others_is_told(repository: Path) -> None:
    products = DATA["data/catalogue/products.yaml"].replace("id: moderngov", "id: modern-gov")
    _commit(repository, {"data/catalogue/products.yaml": products})
    code, found, content = _check(repository, "--changed-since", "main")
    assert (code, found) == (1, [(CAMDEN, "unknown-reference"), (HACKNEY, "unknown-reference")])
    assert content["left_out"] == 1


def test_one_fault_mended_elsewhere_does_not_hide_another_brought_about(repository: Path) -> None:
    """In Hackney's file as many references are unknown as before, but not the same."""
    _commit(repository, {HACKNEY: OLD_FAULT + "  - id: other\n    product: newgov\n"})
    git(repository, "branch", "-f", "main")
    products = DATA["data/catalogue/products.yaml"].replace("id: moderngov", "id: newgov")
    _commit(repository, {"data/catalogue/products.yaml": products, CAMDEN: DATA[CAMDEN].replace("product: moderngov", "product: newgov")})
    code, found, content = _check(repository, "--changed-since", "main")
    assert (code, found) == (1, [(HACKNEY, "unknown-reference")])
    assert content["findings"][0]["path"] == "/systems/0/product"  # type: ignore[index]


def test_what_the_other_branch_did_since_is_not_told(repository: Path) -> None:
    _commit(repository, {CAMDEN: DATA[CAMDEN] + "    since: 2014\n"})
    git(repository, "checkout", "-q", "main")
    _commit(repository, {"data/boroughs/hackney/notes.txt": "x\n"})
    git(repository, "checkout", "-q", "work")
    assert _check(repository, "--changed-since", "main")[0] == 0


@pytest.mark.parametrize("where", ["detached", "uncommitted", "at"])
def test_it_works_wherever_one_stands(repository: Path, where: str) -> None:
    write(repository, {CAMDEN: DATA[CAMDEN] + "    since: soon\n"})
    more: tuple[str, ...] = ()
    if where != "uncommitted":
        _commit(repository, {})
    if where == "detached":
        git(repository, "checkout", "-q", "--detach")
    if where == "at":
        git(repository, "checkout", "-q", "main")
        more = ("--at", "work")
    assert _check(repository, "--changed-since", "main", *more)[:2] == (1, [(CAMDEN, "wrong-date")])


@pytest.mark.parametrize("ref", ["nowhere", "--output=evil", "-p", "main:data", "", "main..work", "$(touch evil)", "main\n::error::x"])
def test_a_hostile_ref_is_no_ref(repository: Path, ref: str) -> None:
    done = _said(repository, f"--changed-since={ref}")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith("citytools: there is no commit, branch or tag ")
    assert not (repository / "evil").exists()


def test_annotations_are_of_changed_files_first_and_say_how_many_are_not_shown(repository: Path) -> None:
    systems = "".join(f"  - {{id: s{number}, product: moderngov, since: soon, until: {number}}}\n" for number in range(12))
    products = DATA["data/catalogue/products.yaml"].replace("id: moderngov", "id: modern-gov")
    _commit(
        repository,
        {
            "data/catalogue/products.yaml": products,
            "data/boroughs/camden/contracts.yaml": "schema: 1\n",
            HACKNEY: f"schema: 1\nsystems:\n{systems}",
        },
    )
    lines = _said(repository, "--changed-since", "main", "--format", "github").out.splitlines()
    files = [line.split("file=")[1].split(",")[0] for line in lines if line.startswith("::")]
    assert files.index(CAMDEN) == len(files) - 1
    errors = sum(line.startswith("::error ") for line in lines)
    assert lines[-1] == f"GitHub shows the first 10 of each severity beside the files. Listed here alone: {errors - 10} errors."


def _place(path: str, rule: str, number: int) -> Finding:
    return Finding(Location(path, number), rule, "it is wrong", path=("systems", number), where=f"s{number}")


FINDINGS = st.lists(st.builds(_place, st.sampled_from("ab"), st.sampled_from(["x", "y"]), st.integers(0, 2)), max_size=8)


@given(FINDINGS, FINDINGS, st.sets(st.sampled_from("ab")))
def test_a_change_answers_for_its_files_and_for_what_is_more_than_before(
    before: Sequence[Finding], after: Sequence[Finding], changed: set[str]
) -> None:
    kept, left_out = of_change(before, after, changed)
    assert len(kept) + left_out == len(after)
    for finding in {*after}:
        there, was, is_kept = (list(each).count(finding) for each in (after, before, kept))
        assert is_kept == (there if finding.location.path in changed else max(0, there - was))


# --- known faults


def test_known_faults_stand_and_new_ones_fail(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    known = str(tmp_path_factory.mktemp("known") / "known.json")
    assert _said(repository, "--format", "json", "--output", known).code == 1
    done = _said(repository, "--baseline", known)
    assert (done.code, done.out.splitlines()[1:]) == (0, [f"1 known fault of {known} stands."])
    write(repository, {CAMDEN: DATA[CAMDEN] + "    since: soon\n"})
    code, found, content = _check(repository, "--baseline", known)
    assert (code, found, content["known"]) == (1, [(CAMDEN, "wrong-date")], {"standing": 1, "gone": []})


def test_a_known_fault_is_known_again_on_another_line_and_a_second_like_it_is_new(repository: Path, tmp_path: Path) -> None:
    twice = "schema: 1\nsystems:\n  - {id: a, product: moderngov}\n  - {id: a, product: moderngov, since: 2014}\n"
    write(repository, {HACKNEY: twice})
    known = str(tmp_path / "known.json")
    _said(repository, "--format", "json", "--output", known)
    write(repository, {HACKNEY: twice.replace("systems:", "# a comment\n\nsystems:")})
    assert _check(repository, "--baseline", known)[:2] == (0, [])
    write(repository, {HACKNEY: twice + "  - {id: a, product: moderngov, since: 2015}\n"})
    assert _check(repository, "--baseline", known)[:2] == (1, [(HACKNEY, "duplicate-id")])


def test_a_date_in_the_future_is_known_on_the_next_day_too(repository: Path, tmp_path: Path) -> None:
    source = '    sources: [{url: "https://example.org", on: 2027-01-01}]\n'
    write(repository, {HACKNEY: DATA[CAMDEN] + source})
    known = str(tmp_path / "known.json")
    assert "future-date" in _said(repository, "--format", "json").out
    _said(repository, "--format", "json", "--output", known)
    assert _check(repository, "--baseline", known, "--as-of", "2026-11-25")[0] == 0


def test_known_faults_that_are_gone_are_named_so_that_the_file_can_be_renewed(repository: Path, tmp_path: Path) -> None:
    known = str(tmp_path / "known.json")
    _said(repository, "--format", "json", "--output", known)
    write(repository, {HACKNEY: OLD_FAULT.replace("31/03/2019", "2019-03-31")})
    done = _said(repository, "--baseline", known)
    assert (done.code, done.out.splitlines()[1:]) == (
        0,
        [
            f"0 known faults of {known} stand.",
            f"1 known fault is gone. To take note of it: citytools validate --format json --output {known}",
            f'Gone: {HACKNEY}: forms: since: "31/03/2019" is not a date [wrong-date]',
        ],
    )


def test_known_and_old_faults_together_hide_nothing_that_is_neither(repository: Path, tmp_path: Path) -> None:
    known = str(tmp_path / "known.json")
    _said(repository, "--format", "json", "--output", known)
    products = DATA["data/catalogue/products.yaml"].replace("id: moderngov", "id: modern-gov")
    _commit(repository, {"data/catalogue/products.yaml": products})
    code, found, content = _check(repository, "--baseline", known, "--changed-since", "main")
    assert (code, found) == (1, [(CAMDEN, "unknown-reference"), (HACKNEY, "unknown-reference")])
    assert (content["known"], content["left_out"]) == ({"standing": 1, "gone": []}, 1)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"findings": 3}',
        '{"findings": [3]}',
        '{"findings": [{"file": "x", "code": "y", "where": "", "message": 4}]}',
        '{"findings": [{"file": "x"}]}',
        "[" * 100_000,
        "data/x.yaml\n",
        b"\xff\xfe",
        b"PK\x03\x04",
    ],
)
def test_a_damaged_file_of_known_faults_is_said_to_be_none(repository: Path, tmp_path: Path, content: str | bytes) -> None:
    known = write(tmp_path, {"known.json": content}) / "known.json"
    done = _said(repository, "--baseline", str(known))
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"citytools: {known} is not a list of known faults. Make one with: citytools validate --format json --output {known}.\n"
    )


def test_a_missing_file_of_known_faults_is_said_to_be_missing(repository: Path) -> None:
    done = _said(repository, "--baseline", "nowhere.json")
    assert (done.code, done.err) == (2, "citytools: No such file or directory: nowhere.json.\n")


@given(FINDINGS, FINDINGS)
def test_of_faults_alike_as_many_as_were_known_stand(old: Sequence[Finding], new: Sequence[Finding]) -> None:
    known = [baseline.Known(each.location.path, each.rule, each.where, each.message) for each in old]
    told = baseline.apart(new, known)
    assert len(told.new) + told.standing == len(new)
    assert len(told.gone) + told.standing == len(old)
    for finding in {*new}:
        there, was = (list(each).count(finding) for each in (new, old))
        assert list(told.new).count(finding) == max(0, there - was)
