"""Files → Dataset: what belongs where, what cannot be read, which root."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support import write

from citytools import dataset
from citytools.errors import CitytoolsError
from citytools.model import Severity

DATASET = "schema: 1\ntitle: A test\nauthorities: [camden]\n"
CAMDEN = "schema: 1\nname: Camden\ngss: E09000007\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path, {"data/dataset.yaml": DATASET, "data/boroughs/camden/borough.yaml": CAMDEN})


def test_the_root_is_the_one_given_or_the_nearest_above(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    inside = root / "data/boroughs/camden"
    assert dataset.find_root(None, inside) == root.resolve()
    assert dataset.find_root(str(root), Path("/")) == root.resolve()
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with pytest.raises(CitytoolsError, match=r"there is no data/dataset\.yaml in .*--root DIR"):
        dataset.find_root(None, elsewhere)
    with pytest.raises(CitytoolsError, match=r"Give the folder that holds data/ with --root DIR"):
        dataset.find_root(str(elsewhere), root)


# Path → (advice or suggestion that must be given); None: the file is expected.
PLACES = {
    "data/README.md": None,
    "data/boroughs/camden/technology.yaml": None,
    "data/boroughs/camden/contracts.yaml": None,
    "data/boroughs/.DS_Store": None,
    "data/boroughs/camden/technolgy.yaml": "technology.yaml",
    "data/boroughs/camden/technology.yml": "technology.yaml",
    "data/boroughs/camden/contracts.xlsx": "contracts.yaml",
    "data/boroughs/camden/body.yaml": "The files here are borough.yaml, technology.yaml, skills.yaml, contracts.yaml",
    "data/boroughs/camden/old/technology.yaml": "Files belong in",
    "data/boroughs/technology.yaml": "Files belong in",
    "data/catalogue/product.yaml": "products.yaml",
    "data/catalogue/old/products.yaml": "Files belong in",
    "data/borough/camden/borough.yaml": "Files belong in",
    "data/notes.txt": "The files here are dataset.yaml",
}


@pytest.mark.parametrize("path", PLACES)
def test_each_file_has_its_place(root: Path, path: str) -> None:
    write(root, {path: "schema: 1\n"})
    found = dataset.load(root).findings
    expected = PLACES[path]
    if expected is None:
        assert found == ()
    else:
        (finding,) = found
        assert (finding.rule, finding.location.path) == ("unexpected-file", path)
        assert expected in (finding.suggestion, finding.advice) or finding.advice.startswith(expected)


def test_a_link_is_never_followed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("secret") / "secret.yaml"
    secret.write_text("schema: 1\nsystems: [{id: secret, name: secret}]\n")
    (root / "data/boroughs/camden/technology.yaml").symlink_to(secret)
    (root / "data/bodies").symlink_to(secret.parent)
    read = dataset.load(root)
    assert [(f.rule, f.location.path) for f in read.findings] == [
        ("unreadable", "data/bodies"),
        ("unreadable", "data/boroughs/camden/technology.yaml"),
    ]
    assert list(read.of("system")) == []


def test_a_pipe_does_not_hang(root: Path) -> None:
    os.mkfifo(root / "data/boroughs/camden/technology.yaml")
    (finding,) = dataset.load(root).findings
    assert finding.rule == "unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_finding(root: Path) -> None:
    (root / "data/boroughs/camden/borough.yaml").chmod(0)
    (finding,) = dataset.load(root).findings
    assert finding.rule == "unreadable"


def test_one_broken_file_does_not_stop_the_others(root: Path) -> None:
    write(
        root,
        {
            "data/boroughs/camden/contracts.yaml": "contracts: [",
            "data/boroughs/camden/technology.yaml": "schema: 1\nsystems: [{id: one, name: One}]\n",
        },
    )
    read = dataset.load(root)
    assert [f.location.path for f in read.findings] == ["data/boroughs/camden/contracts.yaml"]
    assert [record.ref for record in read.of("system")] == ["camden/one"]
    assert read.unread("contracts", "camden")
    assert not read.unread("technology", "camden")


def test_what_departs_from_its_schema_is_left_out_of_reports(root: Path) -> None:
    write(root, {"data/boroughs/camden/technology.yaml": "schema: 1\nsystems: [{id: one, name: One, users: many}]\n"})
    whole, errors = dataset.sound(dataset.load(root))
    assert [(f.rule, f.location.path) for f in errors] == [("wrong-type", "data/boroughs/camden/technology.yaml")]
    assert list(whole.of("system")) == []
    assert [record.id for record in whole.of("borough")] == ["camden"]


def test_a_notice_leaves_nothing_out(root: Path) -> None:
    write(root, {"data/boroughs/camden/technology.yaml": b"\xef\xbb\xbfschema: 1\nsystems: [{id: one, name: One}]\n"})
    whole, errors = dataset.sound(dataset.load(root))
    assert [f.severity for f in whole.findings] == [Severity.NOTICE]
    assert errors == ()
    assert [record.ref for record in whole.of("system")] == ["camden/one"]


def test_a_record_knows_its_place(root: Path) -> None:
    write(root, {"data/boroughs/camden/contracts.yaml": "schema: 1\ncontracts:\n  - id: one\n    title: One\n    value: {amount: 5}\n"})
    (record,) = dataset.load(root).of("contract")
    assert str(record.at()) == "data/boroughs/camden/contracts.yaml:3:5"
    assert str(record.at("title")) == "data/boroughs/camden/contracts.yaml:4:12"
    assert str(record.at("title", key=True)) == "data/boroughs/camden/contracts.yaml:4:5"
    assert str(record.at("value", "amount")) == "data/boroughs/camden/contracts.yaml:5:21"
    assert str(record.at("end")) == "data/boroughs/camden/contracts.yaml:3:5"
    assert (record.text("id"), record.text("value"), record.items("title")) == ("one", "", [])
