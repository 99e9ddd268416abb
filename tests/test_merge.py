"""``citytools merge``: a submission folded in record by record, only the lines touched that must be, all files or none."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest
from registers import AS_OF, changed_lines, committed_register, contents, replaced
from support import Run, run

from citytools.writing import FOLDER, unfinished


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return committed_register(tmp_path)


@pytest.fixture
def sent(root: Path, tmp_path: Path) -> Path:
    """Ashby's folder as somebody was given it."""
    shutil.copytree(root / "data/boroughs/ashby", tmp_path / "sent/ashby")
    return tmp_path / "sent/ashby"


def merge(root: Path, *arguments: object) -> Run:
    return run("merge", *map(str, arguments), "--root", str(root), "--as-of", AS_OF)


def test_a_plan_writes_nothing(root: Path, sent: Path) -> None:
    replaced(sent / "technology.yaml", "users: 850", "users: 900")
    before = contents(root)
    done = merge(root, sent)
    assert (done.code, done.err) == (0, "")
    assert "users: 850 → 900" in done.out
    assert "Nothing is written yet. With --write it is." in done.out
    assert contents(root) == before
    assert not (root / FOLDER).exists()


def test_only_the_line_concerned_is_touched(root: Path, sent: Path) -> None:
    replaced(root / "data/boroughs/ashby/technology.yaml", "    users: 850", "    users: 850   # counted in May")
    replaced(sent / "technology.yaml", "users: 850", "users: 900")
    before = contents(root)
    assert merge(root, sent, "--write").code == 0
    assert changed_lines(before, contents(root)) == {
        "data/boroughs/ashby/technology.yaml": (["    users: 850   # counted in May"], ["    users: 900   # counted in May"])
    }
    assert "No record differs." in merge(root, sent).out


NEW = """  - id: leaflets
    name: Leaflet Maker
    functions: [governance/committees]
    sources: [{url: "https://example.org/a6", on: 2026-10-01, kind: website, confidence: high}]
"""


def test_records_are_added_and_what_is_missing_stays_unless_removals_are_allowed(root: Path, sent: Path) -> None:
    path = sent / "technology.yaml"
    text = path.read_text("utf-8")
    at, end = text.index("  - id: repairs"), text.index("  - id: committees")
    path.write_text(text[:at] + text[end:] + NEW, "utf-8")
    done = merge(root, sent, "--write")
    assert "Not in the submission, and kept: ashby/repairs. With --allow-removals they go." in done.out
    here = contents(root)["data/boroughs/ashby/technology.yaml"]
    assert "id: leaflets" in here
    assert "id: repairs" in here
    done = merge(root, sent, "--write", "--allow-removals")
    assert "system ashby/repairs" in done.out
    assert "id: repairs" not in contents(root)["data/boroughs/ashby/technology.yaml"]


def test_what_changed_here_since_the_base_stays(root: Path, sent: Path) -> None:
    replaced(root / "data/boroughs/ashby/technology.yaml", "hosting: supplier-cloud", "hosting: hybrid")
    replaced(sent / "technology.yaml", "users: 850", "users: 900")
    assert merge(root, sent, "--base", "main", "--write").code == 0
    here = contents(root)["data/boroughs/ashby/technology.yaml"]
    assert "hosting: hybrid" in here
    assert "users: 900" in here


@pytest.mark.parametrize(("take", "users"), [("mine", "users: 870"), ("theirs", "users: 900")])
def test_the_same_field_changed_both_ways_waits_for_a_person(root: Path, sent: Path, take: str, users: str) -> None:
    replaced(root / "data/boroughs/ashby/technology.yaml", "users: 850", "users: 870")
    replaced(sent / "technology.yaml", "users: 850", "users: 900")
    before = contents(root)
    done = merge(root, sent, "--base", "main", "--write")
    assert done.code == 1
    for said in (
        "Changed here and in the submission",
        "system ashby/ledgerline: users",
        "Before: 850",
        "Here: 870",
        "In the submission: 900",
    ):
        assert said in done.out
    assert contents(root) == before
    assert merge(root, sent, "--base", "main", "--write", "--take", take).code == 0
    assert users in contents(root)["data/boroughs/ashby/technology.yaml"]


def test_a_fault_is_told_with_its_place_and_nothing_is_written_but_what_is_sound_may_go_alone(root: Path, sent: Path) -> None:
    replaced(sent / "technology.yaml", "product: minutes", "product: minits")
    replaced(sent / "technology.yaml", "users: 850", "users: 900")
    replaced(sent / "contracts.yaml", "title: Homestead", "title: Homestead licences")
    before = contents(root)
    done = merge(root, sent, "--write")
    assert done.code == 1
    assert "data/boroughs/ashby/technology.yaml:" in done.out
    assert 'no product "minits"' in done.out
    assert "Did you mean minutes?" in done.out
    assert contents(root) == before
    done = merge(root, sent, "--write", "--partial")
    assert "Left out, as something in them is wrong or in conflict: ashby/committees." in " ".join(done.out.split())
    changed = changed_lines(before, contents(root))
    assert sorted(changed) == ["data/boroughs/ashby/contracts.yaml", "data/boroughs/ashby/technology.yaml"]
    assert changed["data/boroughs/ashby/technology.yaml"] == (["    users: 850"], ["    users: 900"])


@pytest.mark.parametrize(
    "text", ["schema: 1\nsystems:\n\t- id: x\n", "schema: 1\nsystems: [{id: x\n", "schema: 1\nsystems:\n  - {id: x, nonsense: 1}\n"]
)
def test_a_file_that_cannot_be_used_is_refused(root: Path, sent: Path, text: str) -> None:
    (sent / "technology.yaml").write_text(text, "utf-8")
    before = contents(root)
    done = merge(root, sent, "--write")
    assert (done.code, contents(root) == before) == (1, True)
    assert "What is wrong in the submission" in done.out


def test_json_is_merged_too_and_becomes_yaml_where_the_file_is_new(root: Path, tmp_path: Path) -> None:
    source = [{"url": "https://example.org/d9", "on": "2026-10-01", "kind": "survey", "confidence": "high"}]
    record = {"id": "minutes-2026", "title": "Minutes", "supplier": "alder", "functions": ["governance/committees"], "sources": source}
    folder = tmp_path / "sent/dalewick"
    folder.mkdir(parents=True)
    (folder / "contracts.json").write_text(json.dumps({"schema": 1, "contracts": [record]}), "utf-8")
    assert merge(root, folder, "--write").code == 0
    text = contents(root)["data/boroughs/dalewick/contracts.yaml"]
    assert text.startswith("# yaml-language-server: $schema=../../../schemas/contracts.schema.json\nschema: 1\n")
    assert "  - id: minutes-2026\n" in text
    assert run("validate", "--root", str(root), "--as-of", AS_OF).code == 0


def test_a_loose_file_needs_a_borough_and_a_bodys_files_stay_a_bodys(root: Path, tmp_path: Path) -> None:
    loose = tmp_path / "loose"
    loose.mkdir()
    shutil.copy(root / "data/bodies/joint-libraries/technology.yaml", loose / "technology.yaml")
    replaced(loose / "technology.yaml", "confidence: medium", "confidence: high")
    before = contents(root)
    assert merge(root, loose / "technology.yaml", "--borough", "joint-libraries", "--write").code == 0
    assert list(changed_lines(before, contents(root))) == ["data/bodies/joint-libraries/technology.yaml"]


def test_what_is_no_submission_is_said_in_words(root: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    for path in (tmp_path / "notes.txt", tmp_path / "nowhere"):
        done = merge(root, path)
        assert (done.code, done.out) == (2, "")
        assert "is neither a workbook, nor a dataset's folder or a borough's, nor a file of one such as technology.yaml" in done.err


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_killed_at_any_moment_a_merge_leaves_every_file_old_or_new_and_the_next_one_finishes_it(root: Path, sent: Path) -> None:
    for path in sent.glob("*.yaml"):
        path.write_text(path.read_text("utf-8").replace("confidence: high", "confidence: medium"), "utf-8")
    old = contents(root)
    assert merge(root, sent, "--write").code == 0
    new, dice, seen = contents(root), random.Random(1), set()
    for _ in range(100):
        for path, text in old.items():
            (root / path).write_text(text, "utf-8")
        shutil.rmtree(root / FOLDER, ignore_errors=True)
        child = os.fork()
        if not child:
            merge(root, sent, "--write")
            os._exit(0)
        time.sleep(dice.uniform(0, 0.12))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        now = contents(root)
        assert all(now[path] in (old[path], new[path]) for path in old)
        assert now.keys() == old.keys()
        late = unfinished(root)
        assert merge(root, sent, "--write").code == 0
        assert contents(root) == new
        seen.add((now == new, late))
    assert (False, False) in seen
