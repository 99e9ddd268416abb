"""The manual is what the code says, and the README shows what really happens."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import generate
import pytest
import typer
from support import ROOT, run

from citytools.model import Severity
from citytools.rules import GIVEN, RULES
from citytools.yamlfile import read

README = (ROOT / "README.md").read_text("utf-8")
CONSOLE = re.findall(r"```console\n\$ (.+)\n((?:.*\n)*?)```", README)


@pytest.mark.parametrize("name", ["cli.md", "dataset.md", "fields.md", "rules.md", "tables.md", "reports.md"])
def test_pages_are_what_the_code_and_the_data_say(name: str) -> None:
    assert (ROOT / "docs" / name).read_text("utf-8") == generate.pages()[name], "run: make docs"


def test_the_blank_workbooks_are_what_the_schemas_and_the_catalogue_say() -> None:
    """By what is in them: how tightly that is packed differs from one machine to another."""
    folder = ROOT / "templates" / "xlsx"
    wanted = {name: generate.parts(workbook) for name, workbook in generate.templates().items()}
    assert {path.name: generate.parts(path.read_bytes()) for path in folder.iterdir()} == wanted, "run: make docs"


def _commands(group: Any, context: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and group of commands, as it is called."""
    yield path
    for name in group.list_commands(context) if hasattr(group, "list_commands") else ():
        yield from _commands(group.get_command(context, name), context, (*path, name))


def test_every_command_is_in_the_manual() -> None:
    from citytools.cli import app

    whole: Any = typer.main.get_command(app)
    assert set(generate.COMMANDS) == set(_commands(whole, whole.make_context("citytools", ["rules"])))


@pytest.mark.parametrize(("command", "output"), CONSOLE, ids=[command[:50] for command, _ in CONSOLE])
def test_the_readme_shows_real_output(command: str, output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines between two … stand together in the real output, in this order."""
    monkeypatch.chdir(ROOT)
    program, *arguments = shlex.split(command)
    assert program == "citytools"
    real = run(*arguments).out
    at = 0
    for part in output.split("…\n"):
        found = real.find(part, at)
        assert found >= 0, f"not in the output of {command}:\n{part}\n---\n{real}"
        at = found + len(part)


def test_the_readmes_examples_of_asking_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    commands = [shlex.split(command)[1:] for command in re.findall(r"\| `(citytools report [^`]+)` \|", README)]
    assert len(commands) >= 5
    for arguments in commands:
        place = [str(tmp_path / each) if before == "--output" else each for before, each in zip(["", *arguments], arguments, strict=False)]
        assert run(*place).code == 0, arguments


@pytest.mark.parametrize(
    "page", sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "data" / "README.md"]), ids=lambda page: page.name
)
def test_links_inside_the_project_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_every_rule_that_reading_applies_is_in_the_manual() -> None:
    package = ROOT / "citytools"
    used: set[str] = set()
    for path in (*(package / "yamlfile").glob("*.py"), package / "schema.py", package / "dataset.py"):
        used |= set(re.findall(r'"([a-z]+(?:-[a-z]+)+|encoding|syntax|tab|unreadable)",', path.read_text("utf-8")))
    not_rules = {"initial-term", "partial-date", "end-of-file", "x-also-called", "x-key", "x-not-here"}
    assert used - not_rules <= set(GIVEN)
    assert not set(GIVEN) & set(RULES)


@pytest.mark.parametrize(
    ("rule", "data"),
    {
        "byte-order-mark": b"\xef\xbb\xbfschema: 1\n",
        "curly-quotes": "name: “x”\n".encode(),
        "json-form": b'{"schema": 1}\n',
        "swallowed-comment": b"name: item #5\n",
        "syntax": b"name: [\n",
        "tab": b"a:\n\tb: 1\n",
    }.items(),
)
def test_severities_are_those_of_the_manual(rule: str, data: bytes) -> None:
    (finding,) = read("x.yaml", data)[1]
    assert (finding.rule, finding.severity) == (rule, GIVEN[rule][0])
    assert isinstance(finding.severity, Severity)
