"""``citytools ci``: what a machine does with a proposed change."""

import typer

from citytools.cli import answering, checking

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Check a proposed change, and answer whoever proposed it.")
app.command()(checking.check)
app.command()(checking.owners)
app.command()(checking.codeowners)
app.command()(answering.comment)
app.command()(answering.nightly)
app.command()(answering.form)
app.command()(answering.workbooks)
