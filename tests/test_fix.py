"""``citytools fix``: what can only be meant in one way is put right, and no other byte changes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import run, write

from citytools.errors import CitytoolsError
from citytools.model import Replaces
from citytools.yamlfile import Edit, read, splice

BASE = {
    "data/dataset.yaml": "schema: 1\ntitle: A test\nauthorities: [camden, hackney]\n",
    "data/catalogue/suppliers.yaml": "schema: 1\nsuppliers:\n  - {id: civica, name: Civica, aliases: [Civica UK Ltd]}\n",
    "data/catalogue/functions.yaml": "schema: 1\nareas: [{id: democratic, name: D}]\nfunctions: [{id: democratic/committees, name: C}]\n",
    "data/catalogue/products.yaml": "schema: 1\nproducts:\n  - {id: moderngov, name: Modern.Gov, functions: [democratic/committees]}\n",
    "data/boroughs/camden/borough.yaml": "schema: 1\nname: Camden\ngss: E09000007\n",
    "data/boroughs/hackney/borough.yaml": "schema: 1\nname: Hackney\ngss: E09000012\n",
}
SYSTEMS = "data/boroughs/camden/technology.yaml"
CONTRACTS = "data/boroughs/camden/contracts.yaml"

# What an officer wrote in a system or a contract, and what it becomes.
PUT_RIGHT = {
    "since: 31/03/2019": "since: 2019-03-31",
    "since: 2019-3-1": "since: 2019-03-01",
    "since: 20190331": "since: 2019-03-31",
    "since: 31 March 2019": "since: 2019-03-31",
    "since: March 2019": "since: 2019-03",
    "since: 2019-03-31T00:00:00": "since: 2019-03-31",
    'since: "31/03/2019"  # from the register': "since: 2019-03-31  # from the register",
    "since:     31/03/2019    # why": "since:     2019-03-31    # why",
    "status: Live": "status: live",
    "status: IN PROCUREMENT": "status: in-procurement",
    "status: 'Live'": "status: live",
    "technologies: ai": "technologies: [ai]",
    "Since: 31/03/2019": "since: 2019-03-31",
    "Since: 2019": "since: 2019",
    "supplier: Civica UK Ltd": "supplier: civica",
    'supplier: "CIVICA"': "supplier: civica",
    "users: 1,250": "users: 1250",
    "functions: [Democratic/Committees]": "functions: [democratic/committees]",
    "{status: Live, since: 31/03/2019}": "{status: live, since: 2019-03-31}",
}
LEFT_ALONE = (
    "since: 05/01/2026",
    "since: 31/3/27",
    "since: 2026-02-30",
    "status: running",
    "statuss: live",
    "supplier: civca",
    "functions: [democratic/comittees]",
    "notes: “quoted”",
    "notes: 07700 900123",
    "{status: Live, Status: live}",
)


def _record(line: str) -> str:
    head = "schema: 1\nsystems:\n  # the committee system\n"
    if line.startswith("{"):
        return f"{head}  - {{id: committees, product: moderngov, {line[1:]}   # end\n"
    return f"{head}  - id:   committees\n    product: 'moderngov'\n    {line}\n    notes: >\n      Folded\n        text.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path, BASE)


@pytest.mark.parametrize(("wrong", "right"), PUT_RIGHT.items())
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_what_can_only_be_meant_in_one_way_is_put_right(root: Path, wrong: str, right: str, ends: str) -> None:
    write(root, {SYSTEMS: _record(wrong).replace("\n", ends).encode()})
    done = run("--root", str(root), "fix")
    assert (root / SYSTEMS).read_bytes() == _record(right).replace("\n", ends).encode()
    assert (done.code, done.err) == (0, "")
    assert run("--root", str(root), "validate", "--strict").code == 0


@pytest.mark.parametrize("line", LEFT_ALONE)
def test_what_could_be_meant_in_two_ways_is_left(root: Path, line: str) -> None:
    write(root, {SYSTEMS: _record(line)})
    done = run("--root", str(root), "fix")
    assert (root / SYSTEMS).read_bytes() == _record(line).encode()
    assert "Nothing to put right" in done.out


@pytest.mark.parametrize(
    ("wrong", "right"),
    {
        "value: {amount: £1.2m, for: Year}": "value: {amount: 1200000, for: year}",
        'value: {amount: "£1,250,000"}': "value: {amount: 1250000}",
        "supplier: Civica UK Limited": "supplier: civica",
        "parties: [{borough: Hackney}]": "parties: [{borough: hackney}]",
        "covers: committees": "covers: [committees]",
    }.items(),
)
def test_contracts_too(root: Path, wrong: str, right: str) -> None:
    files = {SYSTEMS: _record("status: live"), CONTRACTS: f"schema: 1\ncontracts:\n- id: c\n  title: C\n  {wrong} # x\n"}
    run("--root", str(write(root, files)), "fix")
    assert (root / CONTRACTS).read_text() == f"schema: 1\ncontracts:\n- id: c\n  title: C\n  {right} # x\n"


def test_a_name_that_the_catalogue_has_becomes_its_product(root: Path) -> None:
    write(root, {SYSTEMS: "schema: 1\nsystems:\n  - id: c\n    name: Modern Gov  # since 2014\n"})
    assert run("--root", str(root), "fix").code == 0
    assert (root / SYSTEMS).read_text() == "schema: 1\nsystems:\n  - id: c\n    product: moderngov  # since 2014\n"


def test_every_line_is_listed_and_what_is_left_is_counted(root: Path) -> None:
    write(root, {SYSTEMS: _record("status: Live").replace("'moderngov'", "modergov")})
    done = run("--root", str(root), "fix", "--format", "json")
    answer = json.loads(done.out)
    assert done.code == 1
    assert answer["rows"] == [{"place": f"{SYSTEMS} line 6", "before": "status: Live", "after": "status: live", "rules": ["not-allowed"]}]
    assert answer["notes"] == ["1 line put right in 1 file. What is left needs a person: 1 finding, which citytools validate lists."]


def test_a_dry_run_changes_nothing(root: Path) -> None:
    write(root, {SYSTEMS: _record("status: Live")})
    done = run("--root", str(root), "fix", "--dry-run")
    assert "1 line would be put right in 1 file." in done.out
    assert (root / SYSTEMS).read_text() == _record("status: Live")


def test_only_the_files_named_are_touched(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = "data/boroughs/hackney/technology.yaml"
    write(root, {SYSTEMS: _record("status: Live"), other: _record("status: Live")})
    monkeypatch.chdir(root)
    run("fix", "data/boroughs/hackney")
    assert ((root / SYSTEMS).read_text(), (root / other).read_text()) == (_record("status: Live"), _record("status: live"))


def test_a_file_that_cannot_be_read_stays_as_it_is(root: Path) -> None:
    write(root, {SYSTEMS: "schema: 1\nsystems: [\nsince: 31/03/2019\n"})
    done = run("--root", str(root), "fix")
    assert (done.code, (root / SYSTEMS).read_text()) == (1, "schema: 1\nsystems: [\nsince: 31/03/2019\n")


def test_a_mark_that_cannot_be_seen_goes_when_the_file_is_written(root: Path) -> None:
    write(root, {SYSTEMS: b"\xef\xbb\xbf" + _record("status: Live").encode()})
    run("--root", str(root), "fix")
    assert (root / SYSTEMS).read_text() == _record("status: live")


def test_thousands_of_like_faults_are_put_right_at_once(root: Path) -> None:
    systems = "".join(f"  - {{id: s{n}, name: X{n}, functions: [democratic/committees], status: Live}}\n" for n in range(2000))
    write(root, {SYSTEMS: f"schema: 1\nsystems:\n{systems}"})
    run("--root", str(root), "fix")
    assert (root / SYSTEMS).read_text() == f"schema: 1\nsystems:\n{systems}".replace("Live", "live")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_cannot_be_written_is_said(root: Path) -> None:
    write(root, {SYSTEMS: _record("status: Live")})
    (root / SYSTEMS).parent.chmod(0o500)
    done = run("--root", str(root), "fix")
    (root / SYSTEMS).parent.chmod(0o700)
    assert (done.code, "Nothing was changed" in done.err) == (2, True)


def test_an_edit_that_would_change_more_is_refused() -> None:
    with pytest.raises(CitytoolsError, match="Nothing was changed"):
        splice(b"a: x\nb: y\n", [Edit(("a",), Replaces.VALUE, "z\nc: w")])
    with pytest.raises(CitytoolsError, match="Nothing was changed"):
        splice(b"a: x\n", [Edit(("b",), Replaces.VALUE, "z")])
    with pytest.raises(CitytoolsError, match="Nothing was changed"):
        splice(b"{a: x}\n", [Edit(("a",), Replaces.VALUE, "y, b: z")])


WORDS = st.sampled_from(["x", "'y # z'", '"a: b"', "2024", "true", "é ü", "~"])
STYLES = st.sampled_from(
    [
        "  - id: {0}\n    b:   {1}   # c\n",
        "  - {{ id: {0} ,b: {1} }} # c\n",
        "  -   b: {1}\n      id: {0}\n\n",
        "  - id: {0}  \r\n    b: {1}\r\n",
    ]
)


@given(st.lists(st.tuples(WORDS, WORDS, STYLES), min_size=1, max_size=6), st.data())
def test_every_other_byte_stays(records: list[tuple[str, str, str]], data: st.DataObject) -> None:
    """An edit anywhere in a file of mixed styles: what stands before and after it is the same, and the file says what was meant."""
    parts = [style.format(one, two) for one, two, style in records]
    number = data.draw(st.integers(0, len(parts) - 1))
    before, after = "# head\nlist:\n" + "".join(parts[:number]), "".join(parts[number + 1 :])
    old = (before + parts[number] + after).encode()
    field = data.draw(st.sampled_from(["id", "b"]))
    new = splice(old, [Edit(("list", number, field), Replaces.VALUE, "new-value")])
    assert new.startswith(before.encode())
    assert new.endswith(after.encode())
    fields = read("x", new)[0].fields
    assert fields is not None
    assert fields["list"][number][field] == "new-value"
