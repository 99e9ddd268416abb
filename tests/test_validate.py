"""``citytools validate``: all problems in file order, plain lines, right exit codes, nothing changed on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import ROOT, golden, run, write

DATA = {
    "data/dataset.yaml": "schema: 1\ntitle: A test\nauthorities: [camden, hackney]\n",
    "data/catalogue/suppliers.yaml": "schema: 1\nsuppliers:\n  - {id: civica, name: Civica, aliases: [Civica UK Ltd]}\n",
    "data/catalogue/functions.yaml": "schema: 1\nareas: [{id: democratic, name: D}]\nfunctions: [{id: democratic/committees, name: C}]\n",
    "data/catalogue/products.yaml": "schema: 1\nproducts:\n  - {id: moderngov, name: Modern.Gov, aliases: [ModernGov], functions: [democratic/committees]}\n",
    "data/boroughs/camden/borough.yaml": "schema: 1\nname: Camden\ngss: E09000007\n",
    "data/boroughs/camden/technology.yaml": "schema: 1\nsystems:\n  - id: committees\n    product: moderngov\n",
    "data/boroughs/hackney/borough.yaml": "schema: 1\nname: Hackney\ngss: E09000012\n",
}
FAULTS = {
    "data/boroughs/camden/technology.yaml": """\
schema: 1
systems:
  - id: committees
    product: Modern.Gov
    since: 31/03/2019
  - id: committees
    name: ModernGov
    functions: [democratic/committees]
    supplier: Civica UK Limited
    statuss: live
""",
    "data/boroughs/hackney/technology.yaml": "schema: 1\nsystems:\n  - id: forms\n    name: Forms: and more\n",
    "data/boroughs/hackney/notes.txt": "hello\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path, DATA)


def _state(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_nothing_wrong_says_what_was_read(root: Path) -> None:
    done = run("--root", str(root), "validate")
    assert (done.code, done.out, done.err) == (
        0,
        "2 boroughs, 0 bodies, 1 system, 0 contracts, 0 skills, 3 catalogue entries: nothing wrong.\n",
        "",
    )


@pytest.mark.parametrize("format", ["text", "json", "github", "csv", "markdown", "sarif"])
def test_every_format_says_everything_in_file_order(root: Path, format: str) -> None:
    before = _state(write(root, FAULTS))
    done = run("validate", "--root", str(root), "--format", format, "--as-of", "2026-11-23")
    golden(f"validate.{format}", done.out)
    assert (done.code, done.err) == (1, "")
    assert _state(root) == before


def test_a_fault_planted_in_the_shipped_data_is_found_at_its_line(tmp_path: Path) -> None:
    files = {str(path.relative_to(ROOT)): path.read_bytes() for path in (ROOT / "data").rglob("*") if path.is_file()}
    target = "data/boroughs/camden/technology.yaml"
    lines = files[target].split(b"\n")
    at = next(number for number, line in enumerate(lines, start=1) if line.strip() == b"product: moderngov")
    lines[at - 1] = b"    product: modergov"
    files[target] = b"\n".join(lines)
    done = run("--root", str(write(tmp_path, files)), "validate")
    path, found, summary, *_ = done.out.splitlines()
    assert (done.code, path) == (1, target)
    assert found.startswith(f"  {at}:14 ".ljust(10) + "error   moderngov: product: ")
    assert found.endswith("Did you mean moderngov? [unknown-reference]")
    assert summary.endswith(": 1 error in 1 file.")


def test_paths_limit_what_is_reported_and_not_what_is_seen(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, FAULTS)
    monkeypatch.chdir(root)
    fine = run("validate", "data/catalogue", "data/dataset.yaml")
    assert (fine.code, fine.out.endswith(": nothing wrong in data/catalogue, data/dataset.yaml.\n")) == (0, True)
    assert run("validate", "data/boroughs/hackney").out.count("error ") == 2
    only = run("validate", "data/boroughs/camden/technology.yaml")
    assert (only.code, only.out.count("hackney")) == (1, 0)
    assert "unknown-reference" in only.out
    assert run("validate", ".").out == run("validate").out


@pytest.mark.parametrize(
    ("arguments", "says"),
    {
        ("validate", "nowhere.yaml"): "there is no file or folder nowhere.yaml",
        ("validate", "/"): "/ is not part of the dataset in ",
        ("validate", "README.md"): "README.md is not data: what is checked stands in ",
        ("--root", "nowhere", "validate"): "there is no data/dataset.yaml in nowhere. Give the folder that holds data/ with --root DIR",
        ("validate", "--as-of", "yesterday"): '"yesterday" is not a date. Write the day as year-month-day: 2026-11-23',
    }.items(),
)
def test_what_cannot_be_done_is_said_in_one_line(
    root: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(write(root, {"README.md": "# Read me\n"}))
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"citytools: {says}")
    assert done.err.count("\n") == 1


def test_warnings_fail_only_when_strict(root: Path) -> None:
    write(root, {"data/boroughs/camden/technology.yaml": "schema: 1\nsystems:\n  - id: committees\n    name: ModernGov\n"})
    assert run("--root", str(root), "validate").code == 0
    done = run("--root", str(root), "validate", "--strict")
    assert done.code == 1
    assert "[known-name]" in done.out


def test_one_place_has_one_finding(root: Path) -> None:
    """An id that the schema already objects to is not reported again because its area is unknown."""
    write(root, {"data/catalogue/functions.yaml": "schema: 1\nareas: [{id: a, name: A}]\nfunctions:\n  - {id: Payments/card, name: P}\n"})
    done = run("--root", str(root), "validate", str(root / "data/catalogue/functions.yaml"), "--format", "json")
    assert [finding["code"] for finding in json.loads(done.out)["findings"]] == ["wrong-form"]


@pytest.mark.parametrize("broken", ["data/dataset.yaml", "data/catalogue/products.yaml", "data/boroughs/camden/borough.yaml"])
def test_a_file_that_cannot_be_read_is_one_mistake(root: Path, broken: str) -> None:
    """What it may hold is not reported as missing."""
    write(root, {broken: "schema: 1\nname: [\n"})
    findings = json.loads(run("--root", str(root), "validate", "--format", "json").out)["findings"]
    assert [(finding["code"], finding["file"]) for finding in findings] == [("syntax", broken)]


@pytest.mark.parametrize(("number", "listed", "more"), [(4999, 4999, 0), (5000, 5000, 0), (5001, 5000, 1), (9000, 5000, 1)])
def test_thousands_of_faults_of_a_kind_are_listed_and_then_said_to_go_on(root: Path, number: int, listed: int, more: int) -> None:
    systems = "".join(f"  - {{id: s{n}, nam: x}}\n" for n in range(number))
    write(root, {"data/boroughs/camden/technology.yaml": f"schema: 1\nsystems:\n{systems}"})
    done = run("--root", str(root), "validate", "--format", "csv")
    assert done.out.count("there is no field") == listed
    assert done.out.count("there are more than 5000 departures") == more


def test_a_misspelt_name_is_one_mistake(root: Path) -> None:
    """What is then missing is not told as well."""
    write(root, {"data/boroughs/camden/technology.yaml": "schema: 1\nsystems:\n  - id: x\n    prodct: moderngov\n"})
    findings = json.loads(run("--root", str(root), "validate", "--format", "json").out)["findings"]
    assert [(finding["code"], finding["suggestion"]) for finding in findings] == [("unknown-field", "product")]


def test_a_fault_made_many_times_is_told_once(root: Path) -> None:
    systems = "".join(f"  - id: s{n}\n    name: x{n}\n    nam: y\n    functions: [democratic/committees]\n" for n in range(4000))
    write(root, {"data/boroughs/camden/technology.yaml": f"schema: 1\nsystems:\n{systems}"})
    done = run("--root", str(root), "validate")
    _, told, summary, *_ = done.out.splitlines()
    assert told.startswith('  5:5     error   in 4000 places (first: lines 5, 9, 13): s0: there is no field "nam" here. Did you mean name?')
    assert summary.endswith(": 4,000 errors in 1 file.")
    assert run("--root", str(root), "validate", "--all").out.count("there is no field") == 4000


def test_up_to_five_like_faults_are_told_one_by_one(root: Path) -> None:
    systems = "".join(f"  - {{id: s{n}, name: x{n}, nam: y, functions: [democratic/committees]}}\n" for n in range(5))
    write(root, {"data/boroughs/camden/technology.yaml": f"schema: 1\nsystems:\n{systems}"})
    assert run("--root", str(root), "validate").out.count("there is no field") == 5


def test_an_answer_can_go_to_a_file(root: Path, tmp_path: Path) -> None:
    write(root, FAULTS)
    done = run("--root", str(root), "validate", "--format", "csv", "--output", str(tmp_path / "findings.csv"))
    assert (done.code, done.out) == (1, "")
    assert (tmp_path / "findings.csv").read_text("utf-8").startswith("code,severity,file,")
