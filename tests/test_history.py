"""How a record came to be: real histories with new ids, other holders, merges, files that cannot be read, and clones that are not whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import golden, run, write
from test_gitrepo import git

from citytools import gitrepo, yamlfile

FOLDER = "data/boroughs/camden"
SYSTEMS = f"{FOLDER}/technology.yaml"
LONG = "product: moderngov, functions: [democratic/committees], users: 90, notes: For all committees"


def systems(*items: str) -> str:
    return "schema: 1\nsystems: []\n" if not items else "schema: 1\nsystems:\n" + "".join(f"  - {{{item}}}\n" for item in items)


class Repository:
    """A repository whose commits are a day apart."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.day = 0
        git(root, "init", "-q", "-b", "main")
        self.commit({"data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: [camden, hackney]\n"})

    def commit(self, files: dict[str, str | None]) -> str:
        """Write files, remove those that are None, and commit on the next day."""
        write(self.root, {path: text for path, text in files.items() if text is not None})
        for path in (path for path, text in files.items() if text is None):
            (self.root / path).unlink()
        git(self.root, "add", "-A")
        return self.committed("commit", "-qm", "x")

    def committed(self, *arguments: str) -> str:
        """A git command that commits, on the next day."""
        self.day += 1
        with pytest.MonkeyPatch.context() as patch:
            for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
                patch.setenv(name, f"2026-01-{self.day:02}T12:00:00+0000")
            git(self.root, *arguments)
        return git(self.root, "rev-parse", "HEAD")[:10]

    def rows(self, *arguments: str) -> list[dict[str, Any]]:
        done = run("--root", str(self.root), "history", *arguments, "--format", "json")
        assert (done.code, done.err) == (0, "")
        answer = json.loads(done.out)
        return answer["rows"] if isinstance(answer, dict) else [row for table in answer for row in table["rows"]]

    def told(self, *arguments: str) -> list[str]:
        """What happened, newest first: the day, what, and the fields."""
        return [" ".join((row["date"][-2:], row["change"], "; ".join(row["fields"]))).strip() for row in self.rows(*arguments)]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    root = tmp_path / "repository"
    root.mkdir()
    return Repository(root)


def test_added_changed_removed_and_added_again(repository: Repository) -> None:
    repository.commit({SYSTEMS: systems("id: a, name: A, since: 2014", "id: b, name: B")})
    repository.commit({SYSTEMS: systems("id: a, name: A, since: 2015", "id: b, name: B")})
    repository.commit({SYSTEMS: systems("id: a, name: A, since: 2015", "id: b, name: B2")})
    repository.commit({SYSTEMS: systems("id: b, name: B2")})
    repository.commit({SYSTEMS: systems("id: b, name: B2", "id: a, name: A")})
    assert repository.told("camden/a") == [
        "06 added name A",
        "05 removed name A · since 2015",
        "03 changed since: 2014 → 2015",
        "02 added name A · since 2014",
    ]
    assert repository.told("camden/b") == ["04 changed name: B → B2", "02 added name B"]
    assert repository.told("camden/a", "--at", "HEAD~1") == repository.told("camden/a")[1:]
    assert repository.rows("camden/b")[0]["commit"] == git(repository.root, "rev-parse", "HEAD~2")[:10]


def test_what_is_gone_has_a_history(repository: Repository) -> None:
    repository.commit({SYSTEMS: systems("id: a, name: A"), f"{FOLDER}/borough.yaml": "schema: 1\nname: Camden\n"})
    repository.commit({SYSTEMS: None})
    assert repository.told("camden/a") == ["03 removed name A", "02 added name A"]
    assert repository.told("camden") == ["02 added name Camden"]


def test_layout_and_order_are_no_events(repository: Repository) -> None:
    repository.commit({SYSTEMS: systems("id: a, name: A, functions: [x, y]", "id: b, name: B")})
    repository.commit({SYSTEMS: "schema: 1\nsystems:\n  - id: b\n    name: B\n  - functions: [y, x]  # why\n    name: 'A'\n    id: a\n"})
    assert repository.told("camden/a") == ["02 added name A · functions x; y"]


def test_a_new_id_is_followed(repository: Repository) -> None:
    repository.commit({SYSTEMS: systems(f"id: a, {LONG}")})
    repository.commit({SYSTEMS: systems(f"id: a, {LONG}, since: 2014")})
    repository.commit({SYSTEMS: systems(f"id: b, {LONG}, since: 2014")})
    repository.commit({SYSTEMS: systems(f"id: c, {LONG}, since: 2015")})
    assert repository.told("camden/c") == [
        "05 renamed from camden/b since: 2014 → 2015",
        "04 renamed from camden/a",
        "03 changed since: not stated → 2014",
        "02 added product moderngov · functions democratic/committees · users 90 · notes For all committees",
    ]
    assert [row.split(" ", 1)[1] for row in repository.told("camden/a")][:1] == ["renamed to camden/b"]


def test_another_holder_is_followed(repository: Repository) -> None:
    other = "data/boroughs/hackney/technology.yaml"
    repository.commit({other: systems(f"id: a, {LONG}"), SYSTEMS: systems("id: z, name: Z")})
    repository.commit({other: systems(f"id: a, {LONG}, since: 2014")})
    repository.commit({other: systems(), SYSTEMS: systems("id: z, name: Z", f"id: a, {LONG}, since: 2015")})
    told = repository.told("camden/a")
    assert told[:2] == ["04 moved from hackney/a since: 2014 → 2015", "03 changed since: not stated → 2014"]
    assert [row[:8] for row in told[2:]] == ["02 added"]
    assert repository.told("hackney/a")[0] == "04 moved to camden/a since: 2014 → 2015"


def test_a_file_that_moved_is_followed(repository: Repository) -> None:
    new = "data/bodies/shared/technology.yaml"
    repository.commit({SYSTEMS: systems(f"id: a, {LONG}")})
    repository.commit({SYSTEMS: None, new: systems(f"id: a, {LONG}")})
    repository.commit({new: systems(f"id: a, {LONG}, since: 2014")})
    assert [row.partition(" product")[0] for row in repository.told("shared/a")] == [
        "04 changed since: not stated → 2014",
        "03 moved from camden/a",
        "02 added",
    ]


def test_of_a_merge_only_what_no_parent_has(repository: Repository) -> None:
    repository.commit({SYSTEMS: systems("id: a, name: A", "id: b, name: B", "id: c, name: C", "id: d, name: D")})
    git(repository.root, "checkout", "-qb", "side")
    repository.commit({SYSTEMS: systems("id: a, name: A, since: 2014", "id: b, name: B", "id: c, name: C", "id: d, name: D")})
    git(repository.root, "checkout", "-q", "main")
    repository.commit({SYSTEMS: systems("id: a, name: A", "id: b, name: B", "id: c, name: C", "id: d, name: D, since: 2015")})
    git(repository.root, "merge", "-q", "--no-commit", "side")
    write(repository.root, {SYSTEMS: (repository.root / SYSTEMS).read_text().replace("name: B", "name: B2")})
    git(repository.root, "add", "-A")
    repository.committed("commit", "-qm", "merge")
    assert repository.told("camden/a") == ["03 changed since: not stated → 2014", "02 added name A"]
    assert repository.told("camden/d") == ["04 changed since: not stated → 2015", "02 added name D"]
    assert repository.told("camden/b") == ["05 changed name: B → B2", "02 added name B"]


def test_a_file_that_could_not_be_read_hides_nothing(repository: Repository) -> None:
    repository.commit({SYSTEMS: systems("id: a, name: A, since: 2014")})
    repository.commit({SYSTEMS: "systems: [\n"})
    repository.commit({SYSTEMS: "systems: [ a\n"})
    repository.commit({SYSTEMS: systems("id: a, name: A, since: 2015")})
    assert repository.told("camden/a") == ["05 changed since: 2014 → 2015", "02 added name A · since 2014"]
    assert "cannot be read in 2 versions" in run("--root", str(repository.root), "history", "camden/a").out.replace("\n", " ")


def test_a_shallow_clone_says_where_history_ends(repository: Repository, tmp_path: Path) -> None:
    repository.commit({SYSTEMS: systems("id: a, name: A, since: 2014")})
    repository.commit({SYSTEMS: systems("id: a, name: A, since: 2015")})
    repository.commit({SYSTEMS: systems("id: a, name: A, since: 2016")})
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{repository.root}", "shallow")
    done = run("--root", str(tmp_path / "shallow"), "history", "camden/a")
    assert "changed" in done.out
    assert "2026-01-03  was there already" in done.out
    assert "added" not in done.out
    assert "This is a shallow clone: history ends where it begins." in done.out


def test_a_bare_repository_has_a_history(repository: Repository, tmp_path: Path) -> None:
    repository.commit({SYSTEMS: systems("id: a, name: A")})
    git(tmp_path, "clone", "-q", "--bare", str(repository.root), "bare.git")
    assert "added" in run("--root", str(tmp_path / "bare.git"), "history", "camden/a").out


def test_the_catalogue_and_the_dataset(repository: Repository) -> None:
    catalogue = "data/catalogue/functions.yaml"
    repository.commit({catalogue: "schema: 1\nareas: [{id: x, name: X}]\nfunctions: [{id: x/a, name: A}]\n"})
    repository.commit({catalogue: "schema: 1\nareas: [{id: x, name: X}]\nfunctions: [{id: x/a, name: B}]\n"})
    repository.commit({"data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: [camden]\n"})
    assert repository.told("x/a") == ["03 changed name: A → B", "02 added name A"]
    assert repository.told("function:x/a") == ["03 changed name: A → B", "02 added name A"]
    assert repository.told("dataset") == ["04 changed authority removed: hackney", "01 added title T · authorities camden; hackney"]


def test_one_name_of_two_records_has_two_histories(repository: Repository) -> None:
    repository.commit({SYSTEMS: systems("id: a, name: A"), f"{FOLDER}/skills.yaml": "schema: 1\nskills:\n  - {id: a, skill: x}\n"})
    assert repository.told("camden/a") == ["02 added name A", "02 added skill x"]
    assert repository.told("skill:camden/a") == ["02 added skill x"]


@pytest.mark.parametrize("word", ["camden/zz", "zz", "", "../x", "-x", "camden/a/b", "a b", "skill:camden/uniform", "\x1b[31m", ":(top)"])
def test_a_record_there_never_was(repository: Repository, word: str) -> None:
    repository.commit({SYSTEMS: systems("id: uniform, name: A")})
    done = run("--root", str(repository.root), "history", "--", word)
    assert (done.code, done.out, "Traceback" in done.err) == (2, "", False)
    assert "Did you mean camden/uniform?" in run("--root", str(repository.root), "history", "camden/unifrom").err


def test_no_person_is_named(repository: Repository) -> None:
    git(repository.root, "config", "user.name", "Ann Officer")
    write(repository.root, {SYSTEMS: systems("id: a, name: A")})
    git(repository.root, "add", "-A")
    git(repository.root, "-c", "user.name=Ann Officer", "commit", "-qm", "by Ann", "--author=Ann Officer <ann@example.org>")
    for format in ("text", "markdown", "csv", "json", "html"):
        out = run("--root", str(repository.root), "history", "camden/a", "--format", format).out
        assert "Ann" not in out
        assert "2026" in out


def test_settings_of_git_change_nothing(repository: Repository) -> None:
    repository.commit({SYSTEMS: systems("id: a, name: A")})
    repository.commit({SYSTEMS: systems("id: a, name: B")})
    told = repository.told("camden/a")
    for setting, value in {
        "log.showSignature": "true",
        "log.showRoot": "false",
        "color.ui": "always",
        "log.follow": "true",
        "diff.noprefix": "true",
        "log.date": "relative",
        "core.abbrev": "4",
        "diff.renames": "copies",
        "format.pretty": "raw",
        "log.decorate": "full",
        "diff.relative": "true",
        "log.diffMerges": "separate",
    }.items():
        git(repository.root, "config", setting, value)
    assert repository.told("camden/a") == told


def test_each_version_is_fetched_and_read_once(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(8):
        repository.commit({SYSTEMS: systems(f"id: a, name: A{number}"), f"{FOLDER}/skills.yaml": f"schema: 1\nskills: [] # {number}\n"})
    fetched, read = [], []
    fetch, reading = gitrepo.contents, yamlfile.read
    monkeypatch.setattr(gitrepo, "contents", lambda folder, ids: fetched.append(list(ids)) or fetch(folder, fetched[-1]))
    monkeypatch.setattr(yamlfile, "read", lambda path, *a, **k: read.append(path) or reading(path, *a, **k))
    assert len(repository.told("camden/a")) == 8
    assert len([ids for ids in fetched if ids]) <= 2
    assert read.count(SYSTEMS) <= 8


def test_versions_that_leave_the_record_as_it_was_are_not_read(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(8):
        repository.commit({SYSTEMS: systems(f"id: b, users: {number}", "id: a, name: A", f"id: c, users: {number}")})
    read: list[str] = []
    reading = yamlfile.read
    monkeypatch.setattr(yamlfile, "read", lambda path, *a, **k: read.append(path) or reading(path, *a, **k))
    assert repository.told("camden/a") == ["02 added name A"]
    assert read.count(SYSTEMS) <= 2  # the newest, and the one in which it came


HEAD = "schema: 1\nsystems:\n"
TWICE = {
    "the same": (HEAD + "  - id: a\n    name: A\n", HEAD + "  - id: b\n  - id: a\n    name: A\n  - id: c\n", True),
    "a comment after it": (HEAD + "  - id: a\n    name: A\n", HEAD + "  - id: a\n    name: A\n\n# c\n    # d\n  - id: c\n", True),
    "one more line": (HEAD + "  - id: a\n    name: A\n", HEAD + "  - id: a\n    name: A\n    since: 2014\n", False),
    "one more line after a comment": (
        HEAD + "  - id: a\n    name: A\n",
        HEAD + "  - id: a\n    name: A\n\n    # x\n    since: 2014\n",
        False,
    ),
    "a text that goes on": (HEAD + "  - id: a\n    name: A\n", HEAD + "  - id: a\n    name: A\n      and B\n", False),
    "another list": (HEAD + "  - id: a\n", "schema: 1\nsystems: []\nothers:\n  - id: a\n", False),
    "inside a text": (HEAD + "  - id: a\n", "schema: 1\nsystems: []\nnotes: |\n  - id: a\n", False),
    "two of them": (HEAD + "  - id: a\n", HEAD + "  - id: a\n  - id: b\n  - id: a\n", False),
    "further in": (HEAD + "  - id: a\n", HEAD + "  - id: b\n    items:\n      - id: a\n", False),
    "a record over lines that its own do not hold": (HEAD + "  - {id: a,\n since: 2014}\n", HEAD + "  - {id: a,\n since: 2015}\n", False),
    "the end of the file": (HEAD + "  - id: b\n  - id: a", HEAD + "  - id: a\n", True),
}


@pytest.mark.parametrize(("old", "new", "same"), TWICE.values(), ids=TWICE)
def test_an_item_is_known_by_its_own_lines(old: str, new: str, same: bool) -> None:
    document, _ = yamlfile.read("x", old.encode())
    assert document.fields is not None
    number = next(n for n, each in enumerate(document.fields["systems"]) if each["id"] == "a")
    item = yamlfile.item_at(old, document.locate(("systems", number)).line, document.fields["systems"][number], frozenset())
    assert (item is not None and yamlfile.holds(new, item)) is same


def test_the_answer_reads_well(repository: Repository) -> None:
    source = '{url: "https://democracy.example.gov.uk/mgAi.aspx?ID=29807", on: 2024-07-25, kind: minutes, confidence: high}'
    repository.commit({SYSTEMS: systems(f"id: a, {LONG}")})
    repository.commit(
        {SYSTEMS: systems(f"id: a, {LONG}, since: 2014, status: live, sources: [{source}]".replace("users: 90", "users: 12000"))}
    )
    out = run("--root", str(repository.root), "history", "camden/a").out
    for row in repository.rows("camden/a"):
        out = out.replace(row["commit"], "0123456789")
    golden("history.txt", out)
