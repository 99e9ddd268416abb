"""``citytools new``: a record with what is known, and every other field as a comment to be filled in."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import ROOT, Run, run, write

from citytools import schema
from citytools.dataset import load
from citytools.planned import opened
from citytools.skeleton import KINDS, fields

BASE = {
    "data/dataset.yaml": "schema: 1\ntitle: A test\nauthorities: [camden, hackney]\n",
    "data/catalogue/suppliers.yaml": "schema: 1\nsuppliers: [{id: civica, name: Civica}]\n",
    "data/catalogue/skills.yaml": "schema: 1\nskills: [{id: data-engineering, name: Data engineering}]\n",
    "data/catalogue/functions.yaml": "schema: 1\nareas: [{id: democratic, name: D}]\nfunctions: [{id: democratic/committees, name: C}]\n",
    "data/catalogue/products.yaml": "schema: 1\nproducts: [{id: moderngov, name: Modern.Gov, functions: [democratic/committees]}]\n",
    "data/boroughs/camden/borough.yaml": "schema: 1\nname: Camden\ngss: E09000007\n",
    "data/bodies/sts/body.yaml": "schema: 1\nname: Shared Technology Services\nkind: shared-service\n",
}
# What is asked for, the file in which it then stands, and the fields that it has.
BEGUN = {
    "borough": ("borough hackney --name Hackney --gss E09000012", "boroughs/hackney/borough.yaml", {"name": "Hackney", "gss": "E09000012"}),
    "system": (
        "system --borough camden --product Modern_Gov --function democratic/committees --since 2019-04 --users 450",
        "boroughs/camden/technology.yaml",
        {"id": "moderngov", "product": "moderngov", "functions": ["democratic/committees"], "since": "2019-04", "users": 450},
    ),
    "contract": (
        "contract -b camden --title Committees:_support --supplier CIVICA --start 2024 --notice-months 6 --covers moderngov",
        "boroughs/camden/contracts.yaml",
        {
            "id": "committees-support-2024",
            "title": "Committees: support",
            "supplier": "civica",
            "start": "2024",
            "notice_months": 6,
            "covers": ["moderngov"],
        },
    ),
    "skill": (
        "skill --borough Shared_Technology_Services --skill Data_engineering --people 2.5 --does Train --does support",
        "bodies/sts/skills.yaml",
        {"id": "data-engineering", "skill": "data-engineering", "people": 2.5, "does": ["train", "support"]},
    ),
}
SYSTEMS = "data/boroughs/camden/technology.yaml"
FILLED = "schema: 1\nsystems:\n  - id: moderngov\n    product: moderngov\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path, {**BASE, SYSTEMS: FILLED})


def new(root: Path, asked: str) -> Run:
    return run("--root", str(root), "new", *(word.replace("_", " ") for word in asked.split()))


def record(root: Path, path: str) -> dict[str, object]:
    (document,) = [each for each in load(root).documents if each.path == path]
    assert document.fields is not None
    lists = schema.record_lists(document.kind)
    found = document.fields[lists[0].path[0]][-1] if lists else {k: v for k, v in document.fields.items() if k != "schema"}
    return dict(found)


@pytest.mark.parametrize("what", KINDS)
def test_the_file_is_begun_with_what_is_known(tmp_path: Path, what: str) -> None:
    asked, path, wanted = BEGUN[what]
    root = write(tmp_path, {**BASE, **({SYSTEMS: FILLED} if what == "contract" else {})})
    done = new(root, asked)
    assert (done.code, done.err) == (0, "")
    text = (root / "data" / path).read_text()
    assert text.startswith(f"# yaml-language-server: $schema=../../../schemas/{KINDS[what]}.schema.json\nschema: 1\n")
    assert record(root, f"data/{path}") == wanted


@pytest.mark.parametrize("what", KINDS)
def test_every_other_field_stands_as_a_comment_in_the_order_of_the_schema(tmp_path: Path, what: str) -> None:
    """Once the # is taken away from each of them, the file is as the schema has it, with every field that there is."""
    asked, path, wanted = BEGUN[what]
    root = write(tmp_path, {**BASE, **({SYSTEMS: FILLED} if what == "contract" else {})})
    new(root, asked)
    file = root / "data" / path
    filled = re.sub(r"^( *)#(?=\w)", r"\1", file.read_text(), flags=re.M)
    file.write_text(filled)
    kept = record(root, f"data/{path}")
    names = schema.definition(KINDS[what], () if what == "borough" else (schema.record_lists(KINDS[what])[0].path[0], 0))["properties"]
    assert list(kept) == [name for name in names if name != "schema"]
    assert {name: kept[name] for name in wanted} == wanted
    (document,) = [each for each in opened(root).dataset.documents if each.path == f"data/{path}"]
    assert document.departures == ()


def test_what_stands_in_the_file_stays_as_it_is(root: Path) -> None:
    before = f"# by hand\n{FILLED}\n  -   id: other   # odd\n      product: moderngov\n# the end\n"
    write(root, {SYSTEMS: before})
    assert new(root, "system -b camden --name New").code == 0
    text = (root / SYSTEMS).read_text()
    # The record begins below the last one, in its columns; the comment at the end may stand on either side of it.
    assert text.startswith(before.removesuffix("# the end\n"))
    assert "\n  -   id: new\n" in text
    assert "\n      name: New\n" in text
    assert text.count("# the end\n") == 1
    assert record(root, SYSTEMS) == {"id": "new", "name": "New"}


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_line_ends_are_those_of_the_file(root: Path, ends: str) -> None:
    write(root, {SYSTEMS: FILLED.replace("\n", ends).encode()})
    new(root, "system -b camden --name New")
    data = (root / SYSTEMS).read_bytes()
    assert data.count(b"\r\n") == (data.count(b"\n") if ends == "\r\n" else 0)


def test_in_brackets_there_is_no_room_for_comments(root: Path) -> None:
    write(root, {SYSTEMS: "schema: 1\nsystems: [{id: a, product: moderngov}]\n"})
    done = new(root, "system -b camden --name New --id b")
    assert (root / SYSTEMS).read_text() == "schema: 1\nsystems: [{id: a, product: moderngov}, {id: b, name: New}]\n"
    assert "begins with #" not in done.out


def test_it_says_where_the_record_stands(root: Path) -> None:
    done = new(root, "system -b camden --name New")
    line = int(re.findall(r"Begun: system camden/new, in data/boroughs/camden/technology.yaml line (\d+)\.", done.out)[0])
    assert (root / SYSTEMS).read_text().splitlines()[line - 1].strip() == "- id: new"


def test_a_dry_run_shows_the_lines_and_changes_nothing(root: Path) -> None:
    done = new(root, "system -b camden --name New --dry-run")
    assert "+     name: New\n" in done.out
    assert (root / SYSTEMS).read_text() == FILLED


# What is asked, and what the refusal says.
REFUSED = {
    "no holder": ("system --product moderngov", "--borough B"),
    "a holder misspelt": ("system -b camdem --product moderngov", "Did you mean camden?"),
    "a product misspelt": ("system -b camden --product modengov", "Did you mean moderngov?"),
    "a word misspelt": ("system -b camden --name New --status lve", "Did you mean live?"),
    "no name": ("system -b camden --id a", "neither"),
    "no id to be made": ("system -b camden --name 360", "--id"),
    "an id that is there": ("system -b camden --product moderngov", "is also on line"),
    "an id in capitals": ("system -b camden --name New --id New", "does not have the form"),
    "a date": ("system -b camden --name New --since 31/03/2020", "Did you mean 2020-03-31?"),
    "a number": ("system -b camden --name New --users many", "is not a plain number"),
    "a contract without a title": ("contract -b camden --id a", '"title" is missing'),
    "personal data": ("system -b camden --name New --notes jane.smith@example.org", "an e-mail address"),
    "no such system": ("contract -b camden --title New --covers uniform", 'no system "uniform"'),
    "an unseen sign": ("system -b camden --name New\x07", "cannot stand in a file"),
    "a borough that is there": ("borough camden --name Camden --gss E09000007", "is there already"),
    "a borough that does not count": ("borough leeds --name Leeds --gss E08000035", "no authority in data/dataset.yaml"),
    "a borough without its code": ("borough hackney --name Hackney", '"gss" is missing'),
}


@pytest.mark.parametrize(("asked", "said"), REFUSED.values(), ids=REFUSED)
def test_it_refuses_and_says_why(root: Path, asked: str, said: str) -> None:
    done = new(root, asked)
    assert (done.code, done.out, said in done.err) == (2, "", True), done.err
    assert {path.relative_to(root).as_posix(): path.read_text() for path in (root / "data").rglob("*.yaml")} == {**BASE, SYSTEMS: FILLED}


def test_every_simple_field_of_the_schema_has_a_flag() -> None:
    for what in KINDS:
        said = run("new", what, "--help", columns=200).out
        assert [name for name in fields(what) if f"--{name.replace('_', '-')} " not in said] == []


def test_on_a_terminal_it_asks(tmp_path: Path) -> None:
    """Borough, product (misspelt, then by name), functions and id; a name that the product has already is not asked for."""
    root = write(tmp_path, BASE)
    main, terminal = pty.openpty()
    command = [sys.executable, "-m", "citytools", "--root", str(root), "new", "system"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=terminal, stdout=terminal, stderr=terminal, env={**os.environ, "COLUMNS": "200"}
    ) as process:
        os.close(terminal)
        said = _talk(main, ["camden", "modengov", "Modern.Gov", "democratic/committees", ""])
        assert process.wait() == 0, said
    os.close(main)
    assert "Did you mean moderngov?" in said
    assert "Id (Enter for moderngov)" in said
    assert "Name" not in said
    assert record(root, SYSTEMS) == {"id": "moderngov", "product": "moderngov", "functions": ["democratic/committees"]}


def _talk(terminal: int, answers: list[str]) -> str:
    """All that is said; each answer is given when a question stands at the end of it."""
    said, given, until = "", 0, time.monotonic() + 30
    while time.monotonic() < until:
        try:
            part = os.read(terminal, 4096).decode()
        except OSError:
            break
        said += part
        if said.endswith(": ") and given < len(answers):
            os.write(terminal, f"{answers[given]}\n".encode())
            given += 1
        if not part:
            break
    return said
