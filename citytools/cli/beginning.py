"""``citytools new``: a command for each thing that can be begun, with a flag for each field that its schema has."""

from __future__ import annotations

import datetime
import inspect
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from citytools.cli import editing, opening, options
from citytools.errors import CitytoolsError

_ABOUT = {
    "borough": ("Begin a borough: its own file, which says who it is.", "borough camden --name Camden --gss E09000007"),
    "system": ("Begin a system that a borough or body uses.", "system --borough camden --product moderngov"),
    "contract": ("Begin a contract that a borough or body holds.", 'contract --borough camden --title "Parking permits" --start 2026-04'),
    "skill": ("Begin a skill that teams have, need or offer.", "skill --borough camden --skill data-engineering"),
}
_HOW = "On a terminal, without any field, it asks for the most important ones."


class Beginnings(TyperGroup):
    """The group of these commands; none is made before it is named."""

    def list_commands(self, ctx: Any) -> list[str]:
        """What can be begun."""
        return list(_ABOUT)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; None where there is none."""
        if cmd_name not in _ABOUT:
            return None
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        about, example = _ABOUT[cmd_name]
        app.command(cmd_name, help=f"{about} {_HOW}\n\nExample: citytools new {example}")(_command(cmd_name))
        return typer.main.get_command(app)


app = typer.Typer(
    cls=Beginnings,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Begin a record: what is known as fields, every other field as a comment that says what it is for.",
)


@app.callback()
def _about() -> None:
    """Makes a group of it, although no command is there yet."""


def _command(what: str) -> Callable[..., None]:
    """A function with the signature that typer makes a command of."""
    from citytools.skeleton import fields

    def command(context: typer.Context, **given: Any) -> None:
        from citytools.catalogue import Catalogue
        from citytools.planned import opened
        from citytools.skeleton import begin

        folder = opening.root_of(context, given["root"])
        register = opened(folder)
        names = Catalogue(register.dataset)
        record = {name: _known(names, field, given[name]) for name, field in fields(what).items() if given.get(name)}
        holder = given["holder"]
        if not record and sys.stdin is not None and sys.stdin.isatty():
            holder, record = _asked(what, names, holder)
        if not holder:
            raise CitytoolsError(f"say whose {what} it is: --borough B. Nothing was changed")
        editing.carry_out(folder, register, begin(register, what, holder, record, datetime.date.today()), given["dry_run"])

    parameters = [inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context), _holder(what)]
    parameters += [_flag(name, field) for name, field in fields(what).items()]
    parameters += [options.keyword("dry_run", editing.DryRun, False), options.keyword("root", options.Root, None)]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command


def _holder(what: str) -> inspect.Parameter:
    if what == "borough":
        return options.keyword("holder", Annotated[str, typer.Argument(metavar="ID", help="Its id, as data/dataset.yaml lists it.")])
    own = typer.Option("--borough", "-b", metavar="B", help="The borough or body whose it is.")
    return options.keyword("holder", Annotated[str | None, own], None)


def _flag(name: str, field: Mapping[str, Any]) -> inspect.Parameter:
    from citytools.wording import one_of

    each = field.get("items", field)
    many = " Can be repeated." if "items" in field else ""
    words = f" One of: {', '.join(each['enum'])}." if "enum" in each else ""
    said = [*([one_of(name)] if many else []), name.replace("_", " ")]
    flags = dict.fromkeys(f"--{each.replace(' ', '-')}" for each in said)
    flag = typer.Option(*flags, metavar=each["title"].split()[-1].upper(), help=f"{field['description']}{words}{many}")
    return options.keyword(name, Annotated[list[str] | None if many else str | None, flag], None)


def _known(names: Any, field: Mapping[str, Any], given: str | list[str]) -> Any:
    from citytools.skeleton import known

    return [known(names, field, each) for each in given] if isinstance(given, list) else known(names, field, given)


def _asked(what: str, names: Any, holder: str | None) -> tuple[str, dict[str, Any]]:
    """What a person at a terminal says, question by question; an empty line leaves a field out."""
    from citytools.reports.select import holders
    from citytools.skeleton import asked, needless, proposed_id

    while not holder:
        holder = _valid(lambda text: holders(names, [text])[0], "Borough or body")
    answers: dict[str, Any] = {}
    for name, field in asked(what).items():
        if not needless(what, name, answers):
            found = _valid(partial(_answer, names, field), f"{field['title']} (Enter to leave it out)")
            answers |= {name: found} if found else {}
    if what != "borough":
        proposed = proposed_id(what, answers)
        found = _valid(str, f"Id (Enter for {proposed})" if proposed else "Id")
        answers |= {"id": found} if found else {}
    return holder, answers


def _answer(names: Any, field: Mapping[str, Any], text: str) -> Any:
    return _known(names, field, text.split(",") if "items" in field else text)


def _valid(read: Callable[[str], Any], question: str) -> Any:
    """The answer to a question, which is put again until it can be one; empty for none."""
    while True:
        try:
            text = str(typer.prompt(question, default="", show_default=False, err=True)).strip()
            return read(text) if text else ""
        except CitytoolsError as error:
            typer.echo(f"  {error}", err=True)
        except typer.Abort:
            raise KeyboardInterrupt from None
