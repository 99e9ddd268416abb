"""Writes the manual's pages from the code and the data: ``python docs/generate.py``. A test fails when they drift."""

from __future__ import annotations

import contextlib
import datetime
import io
import os
import re
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import dataset_page

from citytools import export, planned, schema, skeleton
from citytools.cli import main
from citytools.index import descriptions
from citytools.reports import CHAPTERS, Parameter, Question, chapters, reports
from citytools.rules import GIVEN, RULES, guide, levels
from citytools.sheets.layout import HOLDINGS

HERE = Path(__file__).parent
MADE = "<!-- Made by docs/generate.py; change what it is made from. -->\n\n"
SHOWN = 28  # lines of an answer, to give an idea of it
ABOUT = {"borough": "ashby", "holder": "ashby", "supplier": "beech", "product": "homestead", "function": "finance/ledger"}
COMMANDS = (
    (),
    ("validate",),
    ("fix",),
    ("fmt",),
    ("confirm",),
    ("rename",),
    ("catalogue",),
    ("catalogue", "merge"),
    ("new",),
    *(("new", what) for what in skeleton.KINDS),
    ("ci",),
    ("ci", "check"),
    ("ci", "owners"),
    ("ci", "codeowners"),
    ("ci", "comment"),
    ("ci", "nightly"),
    ("ci", "form"),
    ("ci", "workbooks"),
    ("template",),
    ("check",),
    ("export",),
    ("export", "xlsx"),
    ("export", "csv"),
    ("export", "json"),
    ("rules",),
    ("explain",),
    ("report",),
    *(("report", name) for name in reports()),
    ("diff",),
    ("history",),
    ("merge",),
    ("find",),
    ("show",),
    ("sql",),
    ("tables",),
    ("demo",),
    ("merge-driver",),
    ("setup-git",),
)


@cache
def pages() -> dict[str, str]:
    """Every page: file name → text."""
    makers = {
        "cli.md": cli,
        "dataset.md": dataset_page.page,
        "fields.md": fields,
        "rules.md": rules,
        "tables.md": tables,
        "reports.md": report_list,
    }
    return {name: MADE + "\n".join(make()).rstrip() + "\n" for name, make in makers.items()}


def cli() -> Iterator[str]:
    """What each command says of itself."""
    yield "# Commands"
    for command in COMMANDS:
        yield f"\n## citytools {' '.join(command)}".rstrip()
        yield f"\n```text\n{_help(command)}\n```"


def _help(command: tuple[str, ...]) -> str:
    return _said((*command, "--help"), 100)


def _said(command: tuple[str, ...], columns: int) -> str:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    os.environ["COLUMNS"] = str(columns)
    with contextlib.redirect_stdout(out):
        main(command)
    out.flush()
    text = out.buffer.getvalue().decode()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def fields() -> Iterator[str]:
    """Every field of every kind of file, from the schemas."""
    yield "# Fields"
    yield "\nVisibility says who may see a field; a public repository holds public fields only."
    for kind in schema.kinds():
        whole = schema.load(kind)
        yield f"\n## {whole['title']}\n\n{whole['description']}\n"
        yield "| field | title | meaning | form | visibility |\n|---|---|---|---|---|"
        for found in schema.properties(kind):
            if found.path[-1] != "*" and found.name != "schema":
                yield _field(found)


def _field(found: schema.Property) -> str:
    definition = found.definition
    name = ".".join(step for step in found.path).replace(".*", "[]")
    return f"| `{name}` | {definition['title']} | {definition['description']} | {_form(definition)} | {definition['x-visibility']} |"


def _form(definition: schema.Schema) -> str:
    if definition.get("format") == "partial-date":
        return "date: 2027, 2027-03 or 2027-03-31"
    if "enum" in definition:
        return " · ".join(f"`{word}`" for word in definition["enum"])
    if definition["type"] == "array":
        items = definition["items"]
        return f"list: {_form(items)}" if items["type"] != "object" else "list of groups of fields"
    if "x-refers-to" in definition:
        return definition["x-refers-to"].replace("-or-name", " id, or a name").replace("skill-name", "skill") + (
            "" if "-or-name" in definition["x-refers-to"] else " id"
        )
    return {"string": "text", "number": "number", "integer": "whole number", "boolean": "true or false", "object": "group of fields"}[
        definition["type"]
    ]


def rules() -> Iterator[str]:
    """Every rule with its severity, what it asks for, and its page."""
    known = levels()
    yield "# Rules"
    yield "\nAn error fails `citytools validate`; a warning fails it with `--strict`; a notice never does. Each rule is explained below,"
    yield "and by `citytools explain RULE`. In the examples ⇥ stands for a tab, ␣ for a no-break space, ⟨BOM⟩ and ⟨U+200B⟩ for marks that"
    yield "cannot be seen."
    for title, ids in (("Of the text and the fields", GIVEN), ("Across fields and files", RULES)):
        yield f"\n**{title}**\n\n| rule | severity | what it asks for |\n|---|---|---|"
        yield from (f"| [`{id}`](#{id}-{known[id][0]}) | {known[id][0]} | {known[id][1]} |" for id in sorted(ids))
    for id in known:
        yield f"\n{guide(id).markdown(2)}".rstrip()


def tables() -> Iterator[str]:
    """Every table with its columns."""
    yield "# Tables"
    yield "\nWhat `citytools sql` can be asked. Money is integer pence; dates are text as precise as their source."
    for name, meaning, columns in descriptions():
        yield f"\n## {name}\n\n{meaning}\n\n| column | meaning |\n|---|---|"
        yield from (f"| `{column}` | {text} |" for column, text in columns)


def report_list() -> Iterator[str]:
    """Every report with its question, then a section each: what may be asked, and the beginning of an answer."""
    yield "# Reports"
    yield "\nEvery report takes `--as-of`, `--format` (text, markdown, csv, json, xlsx or html), `--output` and `--root`. Several"
    yield "tables of one answer are sheets of a workbook and parts of a page; in CSV a first column `section` tells them apart."
    for chapter, found in chapters(reports(), CHAPTERS):
        yield f"\n**{chapter}**\n\n| report | question |\n|---|---|"
        yield from (f"| [`{each.name}`](#{each.name}) | {each.question} |" for each in found)
    for _, found in chapters(reports(), CHAPTERS):
        for each in found:
            yield from _report(each)


def _report(each: Question) -> Iterator[str]:
    yield f"\n## {each.name}\n\n{each.question}\n\n```sh\n{each.example}\n```\n"
    if each.parameters or each.also:
        yield "| to say | what |\n|---|---|"
        yield from (f"| {_called(parameter)} | {parameter.help} |" for parameter in each.parameters)
        yield from (f"| `--format {name}` | {what[:1].upper()}{what[1:]}. |" for name, what in each.also.items())
    lines = answered(each).splitlines()
    more = ["…"] if len(lines) > SHOWN else []
    yield "\nOn the example register of boroughs that do not exist (tests/register):\n"
    yield "\n".join(["```text", *lines[:SHOWN], *more, "```"])


def _called(parameter: Parameter) -> str:
    if parameter.sort == "argument":
        return f"`{parameter.name.upper()}`"
    default = f", otherwise {parameter.default}" if parameter.kind in ("number", "choice") and parameter.default is not None else ""
    return f"`--{parameter.name.replace('_', '-')}`" + (f" {' · '.join(parameter.choices)}" if parameter.choices else "") + default


def answered(each: Question) -> str:
    """A report's text on the example register, at 80 columns."""
    names = [ABOUT[parameter.kind] for parameter in each.parameters if parameter.sort == "argument"]
    return _said(("report", each.name, *names, "--root", str(HERE.parent / "tests" / "register"), "--as-of", "2026-11-24"), 80)


@cache
def templates() -> dict[str, bytes]:
    """The blank workbooks to fill in, one for each kind of file that boroughs hand in: file name → content."""
    register = planned.opened(HERE.parent)
    return {f"{kind}.xlsx": export.template(HERE.parent, register, "", (kind,), datetime.date.min) for kind in HOLDINGS}


def parts(workbook: bytes) -> dict[str, bytes]:
    """What is in a workbook, however it was packed."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def readme() -> str:
    """The README with what ``citytools validate`` says now: its figures change with every record."""
    text = (HERE.parent / "README.md").read_text("utf-8")
    said = _said(("validate", "--root", str(HERE.parent)), 80).rstrip()
    return re.sub(r"(```console\n\$ citytools validate\n).*?(```)", lambda found: f"{found[1]}{said}\n{found[2]}", text, flags=re.S)


if __name__ == "__main__":
    (HERE.parent / "README.md").write_text(readme(), encoding="utf-8")
    for name, workbook in templates().items():
        place = HERE.parent / "templates" / "xlsx" / name
        if not place.exists() or parts(place.read_bytes()) != parts(workbook):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(workbook)
            print(f"templates/xlsx/{name}", file=sys.stderr)
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
        print(f"docs/{name}", file=sys.stderr)
