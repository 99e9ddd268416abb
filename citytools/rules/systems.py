"""Systems and holders: what makes a record of little use, or doubtful."""

from __future__ import annotations

from collections.abc import Iterator

from citytools import timeline
from citytools.model import Finding, Record, Severity, full_ref
from citytools.rules.registry import Subject, fault, rule


@rule("no-function", Severity.WARNING, misses=True)
def no_function(subject: Subject) -> Iterator[Finding]:
    """A system says what it is used for, itself or through its product."""
    for record in subject.dataset.of("system"):
        product = subject.catalogue.entry("product", record.text("product"))
        if not product and ("product" in record.fields or "name" not in record.fields):
            continue  # what the catalogue lacks, and what is not given at all, is said elsewhere
        if not record.items("functions") and not (product and product.items("functions")):
            yield fault(
                record,
                (),
                "it is not said what the system is used for, so no report by function will find it",
                advice="Add functions: [area/function], with ids from data/catalogue/functions.yaml",
            )


@rule("end-of-support", Severity.WARNING)
def end_of_support(subject: Subject) -> Iterator[Finding]:
    """A product is not in use after its maker has stopped supporting it."""
    replaced = {full_ref(record.holder, record.text("replaces")) for record in subject.dataset.of("system")}
    for record in subject.dataset.of("system"):
        product = subject.catalogue.entry("product", record.text("product"))
        ended = timeline.last_day(product.text("end_of_support")) if product else None
        in_use = record.text("status") in ("live", "retiring") or (not record.text("status") and record.ref not in replaced)
        if ended and ended < subject.as_of and in_use and not record.text("until"):
            yield fault(
                record,
                ("product",),
                f"support for it ended {product.text('end_of_support') if product else ''}",
                advice="If it has gone, say so with until or status: retired; otherwise plan its replacement",
            )


@rule("confirmed-before-sources", Severity.WARNING)
def confirmed_before_sources(subject: Subject) -> Iterator[Finding]:
    """A record was confirmed after its sources, not before the latest of them."""
    for record in subject.dataset.of("system", "skill", "contract"):
        confirmed = record.fields.get("confirmed")
        last = timeline.last_day(confirmed.get("on")) if isinstance(confirmed, dict) else None
        latest = max(_source_days(record), default=None) if last else None
        if last and latest and latest.date > last:
            yield fault(
                record,
                ("confirmed", "on"),
                f"a source of {latest} is later than this confirmation",
                advice="Confirm the record again, or check the dates",
            )


def _source_days(record: Record) -> Iterator[timeline.Day]:
    days = (timeline.day(source.get("on")) for source in record.items("sources") if isinstance(source, dict))
    yield from (day for day in days if day)


@rule("population-unsourced", Severity.WARNING, misses=True)
def population_unsourced(subject: Subject) -> Iterator[Finding]:
    """A population says of when it is and where it was published."""
    for record in subject.dataset.of("borough"):
        population = record.fields.get("population")
        missing = [field for field in ("on", "source") if isinstance(population, dict) and field not in population]
        if missing:
            yield fault(
                record,
                ("population",),
                f"the population has no {' and no '.join(missing)}",
                advice="Add the date that it is for and the address of its source",
            )


@rule("instance-unknown-to-owner", Severity.WARNING)
def instance_unknown_to_owner(subject: Subject) -> Iterator[Finding]:
    """A shared instance is known to its owner: by a contract that covers or names the sharer, or as one of a body's members."""
    contracts = list(subject.dataset.of("contract"))
    members = {(body.id, member) for body in subject.dataset.of("body") for member in body.texts("members")}
    systems = {system.ref for system in subject.dataset.of("system")}
    parties = {(contract.holder, party) for contract in contracts for party in contract.texts("parties", "borough")}
    covered = {(contract.holder, ref) for contract in contracts for ref in contract.texts("covers")}
    for record in subject.dataset.of("system"):
        owner = record.text("instance_of").partition("/")[0]
        known = (owner, record.holder) in members | parties or (owner, record.ref) in covered
        if record.text("instance_of") in systems and owner != record.holder and not known:
            yield fault(
                record,
                ("instance_of",),
                f"nothing that {owner} has recorded says that {record.holder} shares it",
                advice=f"Ask {owner} to name {record.holder} among the parties of its contract, or the body's members, or correct this",
            )
