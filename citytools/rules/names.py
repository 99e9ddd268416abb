"""Names: a system has one, and free text does not hide what the catalogue knows."""

from __future__ import annotations

from collections.abc import Iterator

from citytools.model import Finding, Record, Replaces, Severity
from citytools.rules.registry import Subject, fault, rule


@rule("product-or-name", misses=True)
def product_or_name(subject: Subject) -> Iterator[Finding]:
    """A system is given by its product's id or, where the catalogue does not have it, by name."""
    for record in subject.dataset.of("system"):
        if "product" not in record.fields and "name" not in record.fields:
            yield fault(
                record, (), 'neither "product" nor "name" is given', advice="Write product: and its id, or name: and what it is called"
            )


@rule("known-name", Severity.WARNING)
def known_name(subject: Subject) -> Iterator[Finding]:
    """Text that stands for something in the catalogue is written as its id."""
    for record in subject.dataset.of("system"):
        if "product" not in record.fields:
            yield from _known(subject, record, "name", "product")
    for record in subject.dataset.of("system", "contract"):
        yield from _known(subject, record, "supplier", "supplier")


def _known(subject: Subject, record: Record, field: str, kind: str) -> Iterator[Finding]:
    text = record.text(field)
    match = subject.catalogue.resolve(kind, text) if text else None
    name = subject.catalogue.name(kind, match.id) if match else ""
    if match and (match.how != "id" or field != kind):
        yield fault(
            record,
            (field,),
            f'"{text}" is in the catalogue' + ("" if text == name else f" as {name}"),
            advice="The id belongs here" if field == kind else f"Write its id, under {kind}: in place of {field}:",
            suggestion=match.id if field == kind else f"{kind}: {match.id}",
            replaces=Replaces.VALUE if field == kind else Replaces.FIELD,
        )


@rule("look-alike", Severity.WARNING)
def look_alike(subject: Subject) -> Iterator[Finding]:
    """A record's own words do not name what is known only to look like its product or supplier."""
    for record in subject.dataset.of("system", "contract"):
        for kind in ("product", "supplier"):
            for field in ("name", "title"):
                alike = subject.catalogue.look_alike(kind, record.text(kind), record.text(field))
                if alike:
                    yield fault(
                        record,
                        (kind,),
                        f'{field} says "{record.text(field)}", and {alike} is known to be something other than '
                        f"{subject.catalogue.name(kind, record.text(kind))}",
                        advice=f"Check the {kind}: it may be one that only sounds alike",
                    )
