"""Whose data a change touches, decided from git alone, and what may not come in whoever agrees."""

from __future__ import annotations

from pathlib import Path

import pytest
from proposing import EXECUTABLE, LINK, MODULE, Odd, Repository
from support import run
from test_gitrepo import git

from citytools.ci.owners import FILES, WORKBOOK, judge
from citytools.errors import CitytoolsError
from citytools.yamlfile import MAX_BYTES

BASE = {
    "data/dataset.yaml": "schema: 1\ntitle: A test\nauthorities: [camden, hackney, islington]\n",
    "data/README.md": "# Data\n",
    "data/catalogue/suppliers.yaml": "schema: 1\nsuppliers: [{id: civica, name: Civica}]\n",
    "data/bodies/joint-libraries/body.yaml": "schema: 1\nname: Joint libraries\n",
    "data/boroughs/camden/borough.yaml": "schema: 1\nname: Camden\n",
    "data/boroughs/hackney/borough.yaml": "schema: 1\nname: Hackney\n",
    "data/boroughs/islington/technology.yaml": "schema: 1\nsystems: []\n",
    "citytools/x.py": "x = 1\n",
    ".github/CODEOWNERS": "* @example/maintainers\n",
}
CAMDEN, HACKNEY = "data/boroughs/camden/technology.yaml", "data/boroughs/hackney/technology.yaml"
WORKBOOK_FILE = "submissions/camden/Camden systems (1).xlsx"
CONTENT = "schema: 1\nsystems: []\n"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    found = Repository(tmp_path_factory.mktemp("owners"))
    found.begin(BASE)
    return found


def _refused(repository: Repository, files: dict[str, str | bytes | Odd | None], *labels: str) -> tuple[str, ...]:
    return judge(repository.folder, "main", repository.propose("change", files), labels).refusals


# What a change touches → whose agreement suffices: nobody's, these boroughs' together, or a maintainer's alone.
TOUCHED: dict[str, tuple[dict[str, str | bytes | Odd | None], set[str]]] = {
    "one borough's file": ({CAMDEN: CONTENT}, set()),
    "one borough's file, taken away": ({"data/boroughs/islington/technology.yaml": None}, set()),
    "one borough's files and workbook": ({CAMDEN: CONTENT, WORKBOOK_FILE: b"PK"}, set()),
    "two boroughs' files": ({CAMDEN: CONTENT, HACKNEY: CONTENT}, {"borough:camden", "borough:hackney"}),
    "one's file, another's workbook": ({HACKNEY: CONTENT, WORKBOOK_FILE: b"PK"}, {"borough:camden", "borough:hackney"}),
    "another's file moved into one's folder": (
        {"data/boroughs/islington/technology.yaml": None, CAMDEN: BASE["data/boroughs/islington/technology.yaml"]},
        {"borough:camden", "borough:islington"},
    ),
    "the catalogue": ({"data/catalogue/suppliers.yaml": "schema: 1\nsuppliers: []\n"}, {"maintainer-approved"}),
    "a shared body": ({"data/bodies/joint-libraries/body.yaml": "schema: 1\n"}, {"maintainer-approved"}),
    "the list of authorities": ({"data/dataset.yaml": "schema: 1\n"}, {"maintainer-approved"}),
    "a folder of a borough that is not known": ({"data/boroughs/atlantis/technology.yaml": CONTENT}, {"maintainer-approved"}),
    "a borough that makes itself known": (
        {"data/boroughs/atlantis/technology.yaml": CONTENT, "data/dataset.yaml": BASE["data/dataset.yaml"].replace("camden", "atlantis")},
        {"maintainer-approved"},
    ),
    "who is asked to review": ({".github/CODEOWNERS": "* @mallory\n"}, {"maintainer-approved"}),
    "a workflow": ({".github/workflows/x.yml": "on: push\n"}, {"maintainer-approved"}),
    "the checking itself": ({"citytools/x.py": "x = 2\n", CAMDEN: CONTENT}, {"maintainer-approved"}),
    "a program outside the data": ({".ci/run": Odd(EXECUTABLE, b"#!/bin/sh\n")}, {"maintainer-approved"}),
    "what git is to do with a borough's files": ({".gitattributes": "* -diff\n"}, {"maintainer-approved"}),
}


@pytest.mark.parametrize("name", TOUCHED)
def test_who_has_to_agree(repository: Repository, name: str) -> None:
    files, needed = TOUCHED[name]
    assert bool(_refused(repository, files)) == bool(needed)
    assert not _refused(repository, files, *needed)
    assert not _refused(repository, files, "maintainer-approved")
    for label in needed:
        assert _refused(repository, files, *(needed - {label}), "borough:elsewhere", "maintainer", "Borough:Camden")
    if needed == {"maintainer-approved"}:
        assert _refused(repository, files, "borough:camden", "borough:hackney", "borough:islington", "borough:atlantis")


def test_each_refusal_says_which_label_it_needs(repository: Repository) -> None:
    files: dict[str, str | bytes | Odd | None] = {CAMDEN: CONTENT, HACKNEY: CONTENT, "citytools/x.py": ""}
    assert _refused(repository, files, "borough:camden") == (
        "citytools/x.py is for maintainers to change: it needs the label maintainer-approved",
        f"{HACKNEY} belongs to hackney, and the folders of 2 boroughs are touched (camden, hackney). "
        "Give each borough a change of its own, or this one the label borough:hackney",
    )


def test_the_name_in_a_commit_counts_for_nothing(repository: Repository) -> None:
    """Whoever has written it, the outcome is the same: git takes any name and address."""
    base = git(repository.folder, "rev-parse", "main")
    tree = git(repository.folder, "rev-parse", f"{repository.propose('change', {CAMDEN: CONTENT, HACKNEY: CONTENT})}^{{tree}}")
    for address in ("it@camden.gov.uk", "maintainer@example.org"):
        said = ("-c", f"user.email={address}", "-c", "user.name=x")
        git(repository.folder, "update-ref", "refs/heads/signed", git(repository.folder, *said, "commit-tree", "-m", "x", "-p", base, tree))
        assert len(judge(repository.folder, "main", "signed", ()).refusals) == 2


# A file that may not come in even if a maintainer agrees → words of why.
UNFIT: dict[str, tuple[str, str | bytes | Odd, str]] = {
    "a link to what the machine knows": ("data/boroughs/camden/env.yaml", Odd(LINK, b"/proc/self/environ"), "is a symbolic link"),
    "a link in place of a file": (CAMDEN, Odd(LINK, b"/dev/zero"), "is a symbolic link"),
    "a link in place of a folder": ("data/boroughs/camden/up", Odd(LINK, b"../../.."), "is a symbolic link"),
    "a link in place of all data": ("submissions", Odd(LINK, b"/etc"), "is a symbolic link"),
    "another repository": ("data/boroughs/camden/sub", Odd(MODULE, b"0" * 39 + b"1"), "is another repository"),
    "a program": (CAMDEN, Odd(EXECUTABLE, CONTENT.encode()), f"git update-index --chmod=-x {CAMDEN}"),
    "another ending": ("data/boroughs/camden/technology.yml", CONTENT, "Did you mean technology.yaml?"),
    "another file": ("data/boroughs/camden/notes.txt", "x", "has a name that is never read here"),
    "what a system left": ("data/boroughs/camden/.DS_Store", "x", "has a name that is never read here"),
    "a workbook among the data": ("data/boroughs/camden/systems.xlsx", "x", "Put it into submissions/camden/"),
    "a workbook in nobody's folder": ("submissions/systems.xlsx", b"PK", "is not in a folder called after its borough"),
    "a workbook with macros": ("submissions/camden/systems.xlsm", b"PK", "is no workbook whose name ends in .xlsx"),
    "a page among the workbooks": ("submissions/camden/x.html", "x", "is no workbook whose name ends in .xlsx"),
    "git's own file in a borough's folder": ("data/boroughs/camden/.gitattributes", "* -diff", "has a name that is never read here"),
    "a folder in a folder": ("data/boroughs/camden/old/technology.yaml", CONTENT, "is not where a file belongs"),
    "a file among the folders": ("data/boroughs/technology.yaml", CONTENT, "is not where a file belongs"),
    "capital letters": ("data/boroughs/Tower Hamlets/technology.yaml", CONTENT, "such as tower-hamlets"),
    "data, with a capital": ("Data/boroughs/camden/skills.yaml", CONTENT, "is in a folder called Data. It is called data"),
    "letters of another alphabet": ("data/boroughs/\u0441amden/technology.yaml", CONTENT, "has letters from another alphabet"),
    "wide letters": ("data/boroughs/ｃamden/technology.yaml", CONTENT, "has letters from another alphabet"),
    "the name of a device": ("data/boroughs/con/technology.yaml", CONTENT, "Windows keeps for a device"),
    "the name of a device with an ending": ("submissions/camden/aux.xlsx", b"PK", "Windows keeps for a device"),
    "the name of a device anywhere": ("docs/nul.md", "x", "Windows keeps for a device"),
    "a colon": ("data/boroughs/camden/a:b.yaml", CONTENT, "has a name that Windows does not allow"),
    "a dot at the end": ("data/boroughs/camden./technology.yaml", CONTENT, "has a name that Windows does not allow"),
    "a way out": ("data/boroughs/camden/..\\..\\x.yaml", CONTENT, "has a name that Windows does not allow"),
    "git's own folder, in short": ("data/boroughs/camden/GIT~1", "x", "has a name that git keeps for itself"),
    "a line's end": ("data/boroughs/camden/a\n::error::x.yaml", CONTENT, "has a character in its name that cannot be seen"),
    "a mark that turns text round": ("data/boroughs/camden/\u202elmay.x", CONTENT, "has a character in its name that cannot be seen"),
    "no text": ("data/boroughs/camden/\udcff.yaml", CONTENT, "has a character in its name that cannot be seen"),
    "much": (CAMDEN, b"x" * (MAX_BYTES + 1), "has 1,000,001 bytes, and no more than 1,000,000 are read"),
    "a great workbook": (WORKBOOK_FILE, b"x" * (WORKBOOK + 1), "has 10,000,001 bytes, and no more than 10,000,000 are read"),
    "a name that is there in other letters": ("citytools/X.py", "x", "cannot exist beside citytools/x.py on Windows or macOS"),
    "a folder that is there in other letters": ("CityTools/y.py", "x", "cannot exist beside citytools on Windows or macOS"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_may_not_come_in_whoever_agrees(repository: Repository, name: str) -> None:
    path, content, why = UNFIT[name]
    verdict = judge(repository.folder, "main", repository.propose("change", {path: content}), ("maintainer-approved", "borough:camden"))
    (refusal,) = verdict.refusals
    assert why in refusal
    assert "\n" not in refusal
    assert refusal.isprintable()
    assert verdict.unfit == {path}


@pytest.mark.parametrize("name", [name for name, (path, _, _) in UNFIT.items() if path.startswith("data/boroughs/camden/")])
def test_what_should_never_have_come_in_may_be_taken_out(repository: Repository, name: str) -> None:
    path, content, _ = UNFIT[name]
    repository.propose("before", {path: content})
    git(repository.folder, "update-ref", "refs/heads/after", repository.propose("change", {path: None}, on="before"))
    assert judge(repository.folder, "before", "after", ()).refusals == ()


def test_a_link_outside_the_data_needs_a_maintainer(repository: Repository) -> None:
    files: dict[str, str | bytes | Odd | None] = {"docs/link": Odd(LINK, b"/etc/passwd")}
    assert "maintainer-approved" in _refused(repository, files)[0]
    assert not _refused(repository, files, "maintainer-approved")


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_that_leads_elsewhere_is_refused(repository: Repository, name: str) -> None:
    """Git itself would not write such a tree; one that was sent may still be in its store."""
    path = f"data/boroughs/camden/{name}/x.yaml"
    assert _refused(repository, {path: "x"}, "maintainer-approved")


def test_only_data_of_boroughs_is_data_alone(repository: Repository) -> None:
    for files, alone in (
        ({CAMDEN: CONTENT, WORKBOOK_FILE: b"PK"}, True),
        ({CAMDEN: CONTENT, HACKNEY: CONTENT}, True),
        ({CAMDEN: CONTENT, "README.md": "x"}, False),
        ({"data/boroughs/camden/x.txt": "x"}, False),
        ({"data/boroughs/atlantis/technology.yaml": "x"}, False),
        ({"submissions/README.md": "x"}, False),
    ):
        assert judge(repository.folder, "main", repository.propose("change", dict(files)), ()).data_only is alone  # type: ignore[arg-type]


def test_a_change_of_nothing_is_fine_and_no_data(repository: Repository) -> None:
    verdict = judge(repository.folder, "main", "main", ())
    assert (verdict.refusals, verdict.data_only) == ((), False)


def test_too_many_files_are_not_looked_into(repository: Repository) -> None:
    files: dict[str, str | bytes | Odd | None] = {f"docs/{number}.md": "x" for number in range(FILES + 1)}
    verdict = judge(repository.folder, "main", repository.propose("change", files), ("maintainer-approved",))
    assert verdict.refusals == ("3,001 files are touched, and more than 3,000 are not looked into at once. Split the change",)
    assert not verdict.readable


def test_too_much_data_is_not_looked_into(repository: Repository) -> None:
    files: dict[str, str | bytes | Odd | None] = {f"submissions/camden/{number}.xlsx": b"x" * 7_000_000 for number in range(3)}
    verdict = judge(repository.folder, "main", repository.propose("change", files), ())
    assert verdict.refusals == (
        "21,000,000 bytes of data are touched, and more than 20,000,000 are not looked into at once. Split the change",
    )
    assert not verdict.readable


def test_many_refusals_are_counted(repository: Repository) -> None:
    files: dict[str, str | bytes | Odd | None] = {f"docs/{number}.md": "x" for number in range(60)}
    found = _refused(repository, files)
    assert (len(found), found[-1]) == (51, "and 10 more such")


def test_the_rules_are_those_of_the_base_as_it_is_now(repository: Repository) -> None:
    """A borough that was taken in after a change parted from the base has its folder all the same."""
    change = repository.propose("early", {"data/boroughs/barnet/technology.yaml": CONTENT})
    assert judge(repository.folder, "main", change, ()).refusals
    repository.propose("later", {"data/dataset.yaml": BASE["data/dataset.yaml"].replace("camden", "barnet, camden")})
    assert not judge(repository.folder, "later", change, ()).refusals


def test_histories_that_cross_cannot_hide_what_a_merge_would_do(repository: Repository) -> None:
    """Hackney's file is as the branch first had it, so that a comparison with that shows nothing; a merge would put it back to that."""
    old, new = "schema: 1\nsystems: []\n", "schema: 1\nsystems: [{id: a, name: A}]\n"
    begin = repository.propose("begin", {HACKNEY: old})
    branch = repository.propose("branch", {CAMDEN: CONTENT}, on=begin)
    ours = repository.propose("ours", {HACKNEY: new}, on=begin)
    tree = git(repository.folder, "rev-parse", f"{repository.propose('both', {CAMDEN: CONTENT}, on=ours)}^{{tree}}")
    main = git(repository.folder, "commit-tree", "-m", "x", "-p", ours, "-p", branch, tree)
    evil = git(repository.folder, "commit-tree", "-m", "x", "-p", branch, "-p", ours, f"{branch}^{{tree}}")
    with pytest.raises(CitytoolsError, match="were merged into one another"):
        judge(repository.folder, main, evil, ())
    merged = git(repository.folder, "commit-tree", "-m", "x", "-p", evil, "-p", main, f"{branch}^{{tree}}")
    assert [file.path for file in judge(repository.folder, main, merged, ()).files] == [HACKNEY]


def test_a_base_without_a_list_of_authorities_is_no_base(repository: Repository) -> None:
    repository.propose("broken", {"data/dataset.yaml": "schema: [\n"})
    with pytest.raises(CitytoolsError, match="no authorities are listed"):
        judge(repository.folder, "broken", "main", ())


@pytest.mark.parametrize("ref", ["nowhere", "--output=evil", "main:data", "", "main..change", "$(touch evil)"])
@pytest.mark.parametrize("option", ["--base", "--head"])
def test_a_hostile_ref_is_no_ref(repository: Repository, option: str, ref: str) -> None:
    other = "--head" if option == "--base" else "--base"
    done = run("ci", "owners", "--repo", str(repository.folder), f"{option}={ref}", f"{other}=main")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("citytools: there is no commit, branch or tag ")
    assert not (repository.folder / "evil").exists()


def test_the_command_says_what_is_touched_and_what_may_not_be(repository: Repository) -> None:
    repository.propose("good", {CAMDEN: CONTENT})
    good = run("ci", "owners", "--repo", str(repository.folder), "--base", "main", "--head", "good")
    assert (good.code, good.out, good.err) == (0, "1 file touched, of camden.\n", "")
    repository.propose("bad", {CAMDEN: CONTENT, "citytools/x.py": "x = 2\n"})
    bad = run("ci", "owners", "--repo", str(repository.folder), "--base", "main", "--head", "bad", "--labels", "borough:camden, other")
    assert (bad.code, bad.out) == (
        1,
        "citytools/x.py is for maintainers to change: it needs the label maintainer-approved.\n"
        "2 files touched, of camden, and not of boroughs alone.\n",
    )
    agreed = run("ci", "owners", "--repo", str(repository.folder), "--base", "main", "--head", "bad", "--labels", "x, maintainer-approved")
    assert agreed.code == 0


def test_a_folder_inside_a_repository_is_not_taken_for_it(repository: Repository, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(repository.folder), "copy")
    inside = tmp_path / "copy" / "data"
    done = run("ci", "owners", "--repo", str(inside), "--base", "HEAD")
    assert (done.code, done.err) == (2, f"citytools: {inside} is a folder inside a repository. Name the repository itself.\n")
    assert run("ci", "owners", "--repo", str(tmp_path / "nowhere"), "--base", "HEAD").code == 2
    assert run("ci", "owners", "--repo", str(tmp_path), "--base", "HEAD").code == 2
