"""``citytools report``: a command for each report, made from what its ``.sql`` file declares when it is asked for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from citytools.cli import opening, options, output
from citytools.errors import CitytoolsError

if TYPE_CHECKING:
    from citytools.reports import Parameter, Question

_SHORT = {"borough": "-b", "function": "-f", "supplier": "-s", "product": "-p", "technology": "-t", "skill": "-k"}
_HOW = "How to write the answer."


class Reports(TyperGroup):
    """The group of report commands; none is made before it is named."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, in the order of their chapters."""
        from citytools.reports import CHAPTERS, chapters, reports

        return [each.name for _, found in chapters(reports(), CHAPTERS) for each in found]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that was named. Raises CitytoolsError for one there is none of, with what was probably meant."""
        from citytools import suggest

        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            meant = suggest.closest(args[0], self.list_commands(ctx), cutoff=0.6)
            hint = f"Did you mean {meant}?" if meant else "List them with: citytools report"
            raise CitytoolsError(f'there is no report "{args[0]}". {hint}')
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; None where there is no such report."""
        from citytools.reports import reports

        question = reports().get(cmd_name)
        if question is None:
            return None
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(cmd_name, help=f"{question.question}\n\nExample: {question.example}")(_command(question))
        return typer.main.get_command(app)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Every report with its whole question, under its chapter."""
        from citytools.reports import CHAPTERS, chapters, reports

        for chapter, found in chapters(reports(), CHAPTERS):
            with formatter.section(chapter or "More"):
                formatter.write_dl([(_called(each), each.question) for each in found])


def _called(question: Question) -> str:
    return " ".join((question.name, *(each.name.upper() for each in question.parameters if each.sort == "argument")))


app = typer.Typer(
    cls=Reports,
    no_args_is_help=False,
    invoke_without_command=True,
    rich_markup_mode=None,
    help="Answer a question about the whole register.",
    epilog="citytools report NAME --help says what can be asked of each, with an example.",
)


@app.callback()
def _list(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        output.emit(f"{context.get_help()}\n")


def _command(question: Question) -> Callable[..., None]:
    """A function with the signature that typer makes a command of."""

    def command(context: typer.Context, **given: Any) -> None:
        from citytools.render import render_other
        from citytools.reports import answer, asked, other

        format, target = str(given["format"]), given["output"]
        if given.get("since"):
            _since(context, question, given)
        index, banner = opening.index_of(context, given["root"], given["as_of"], given["at"])
        wanted = asked(index, question, given)
        if format in question.also:
            output.finish(render_other(other(index, question.name, format, wanted), format, banner), format, target, banner)
        output.answer(answer(index, question.name, wanted), format, target, banner, at=given["at"])

    parameters = [inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)]
    parameters += [_parameter(each) for each in sorted(question.parameters, key=lambda each: each.sort != "argument")]
    if question.since:
        since = typer.Option("--since", metavar="REF", help=question.since)
        parameters.append(options.keyword("since", Annotated[str | None, since], None))
    parameters += [options.keyword("as_of", options.AsOf, None), options.keyword("at", options.At, None), _format(question)]
    parameters += [options.keyword("output", options.Output, None), options.keyword("root", options.Root, None)]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command


def _since(context: typer.Context, question: Question, given: Mapping[str, Any]) -> NoReturn:
    """What the report shows that it did not show at a commit, and the other way round."""
    from citytools import revisions
    from citytools.impact import SINCE
    from citytools.reports import asked

    folder, ref, at = opening.repository_of(context, given["root"]), given["since"], given["at"]
    now = revisions.working_tree(folder) if at is None else revisions.commit(folder, at)
    states = revisions.both(revisions.commit(folder, ref), now, whole=True)
    before, after, banner = opening.indexes_of((ref, states[0]), (now.name, states[1]), given["as_of"])
    wanted = asked(after, question, given)
    output.answer(SINCE[question.name](before, after, wanted, ref), str(given["format"]), given["output"], banner)


def _format(question: Question) -> inspect.Parameter:
    names = [*options.TableFormat, *question.also]
    formats = StrEnum("ReportFormat", {name: name for name in names})  # type: ignore[misc]
    said = " ".join((_HOW, *(f"{name}: {what}." for name, what in question.also.items())))
    return options.keyword("format", Annotated[formats, typer.Option("--format", help=said)], formats("text"))


def _parameter(asked: Parameter) -> inspect.Parameter:
    flag, letter = f"--{asked.name.replace('_', '-')}", asked.name[0].upper()
    if asked.sort == "argument":
        argument = typer.Argument(metavar=asked.name.upper(), help=asked.help, show_default=False)
        return inspect.Parameter(asked.name, inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[str, argument])
    if asked.many:
        names = [flag, *([_SHORT[asked.name]] if asked.name in _SHORT else [])]
        several = "Can be repeated." if "several:" in asked.help else "Can be repeated: any of them."
        repeat = typer.Option(*names, metavar=letter, help=f"{asked.help} {several}")
        return options.keyword(asked.name, Annotated[list[str] | None, repeat], None)
    if asked.kind == "choice":
        choices = StrEnum(asked.name.capitalize(), {choice: choice for choice in asked.choices})  # type: ignore[misc]
        return options.keyword(asked.name, Annotated[choices, typer.Option(flag, help=asked.help)], choices(asked.default))
    if asked.kind == "flag":
        return options.keyword(asked.name, Annotated[bool, typer.Option(flag, help=asked.help)], False)
    kind = int if asked.default is not None else int | None
    number = typer.Option(flag, min=asked.least, max=asked.most, metavar="N", help=asked.help)
    return options.keyword(asked.name, Annotated[kind, number], asked.default)
