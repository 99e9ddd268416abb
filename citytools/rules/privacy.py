"""What must not be in a file: personal data, masked in the message, which may be published; and what is withheld."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from citytools import suggest
from citytools.model import Finding
from citytools.rules.registry import Subject, fault, fault_in, rule
from citytools.schema import Schema, called, properties, record_lists

_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w/.-])(?:\+44\s?\(?0?\)?\s?|\(?0)(?:\d[\s()-]?){9,10}(?![\w/-])", re.ASCII)
_INSURANCE = re.compile(r"(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?(?:\d{2}\s?){3}[A-D](?!\w)", re.ASCII | re.I)
_ROLES = re.compile(
    r"(?:admin|adults?|applications|benefits|business|care|childrens?|community|contact|contracts|council|customer|"
    r"customers|data|democracy|democratic|digital|education|enquiries|enquiry|environment|finance|foi|hello|help|"
    r"helpdesk|highways|housing|hr|ict|info|innovation|it|legal|libraries|library|mail|office|planning|privacy|"
    r"procurement|registry|service|services|social|support|system|systems|tax|team|technology|web|website)"
)
_HINT = re.compile(r"@|\d{2}")
# What any of the three must hold, as one pattern that begins with one of few characters, so that most texts are soon done with.
_SUSPECT = re.compile(r"[@0-9](?:(?<=@)|(?:[\s()-]?[0-9]){8}|[0-9]\s?(?:[0-9]{2}\s?){2}[A-Da-d])", re.ASCII)
_KINDS = ((_EMAIL, "an e-mail address"), (_PHONE, "a telephone number"), (_INSURANCE, "a National Insurance number"))


@rule("personal-data")
def personal_data(subject: Subject) -> Iterator[Finding]:
    """Free text holds no e-mail address, telephone number or National Insurance number; a mailbox is a team's."""
    for document in subject.dataset.documents:
        for field in properties(document.kind):
            if not _free(field.definition):
                continue
            for path, value in document.texts(field.path, bool if field.name == "mailbox" else _SUSPECT.search):
                for what, found in _personal(value, field.name):
                    message = f"{what}: {found[:1]}… ({len(found)} characters, not repeated here)"
                    yield replace(fault_in(document, path, message, advice=_advice(field.name)), quotable=False)


def _advice(field: str) -> str:
    kept = "If it is already published, tell the maintainers: git keeps what was there"
    return f"Write a team's mailbox. {kept}" if field == "mailbox" else f"Take it out; a team's mailbox belongs in borough.yaml. {kept}"


def _free(definition: Schema) -> bool:
    return definition.get("type") == "string" and not {"enum", "format"} & definition.keys() and "://" not in str(definition.get("pattern"))


def _personal(value: str, field: str) -> Iterator[tuple[str, str]]:
    if field == "mailbox":
        local = value.partition("@")[0].casefold()
        if re.fullmatch(r"[a-z'-]+[._][a-z'-]+", local) and not any(_ROLES.fullmatch(part) for part in re.split(r"[._-]", local)):
            yield "this looks like a person's address", value
        return
    for pattern, what in _KINDS if _HINT.search(value) else ():
        yield from ((what, found.group()) for found in pattern.finditer(value) if not _role(found.group()))


def private(text: str) -> bool:
    """Whether a text holds what points at a person, and is thus not to be shown again; a team's mailbox does not."""
    return any(True for _ in _personal(text, ""))


def personal(text: str) -> list[str]:
    """What of the sort that points at a person is in a text, a team's mailbox and telephone included: an e-mail address, …"""
    return [what for pattern, what in _KINDS if pattern.search(text)]


def _role(text: str) -> bool:
    local, at, _ = text.casefold().partition("@")
    return bool(at) and any(_ROLES.fullmatch(part) for part in re.split(r"[._-]", local))


_IN_PLACE = {"withheld": "Take the value out of the file", "unknown": "If it is known now, take it off the list under unknown"}


@rule("withheld-name")
def withheld_name(subject: Subject) -> Iterator[Finding]:
    """What is withheld, or said to be unknown, is named as the field is: value, or value.amount."""
    for document in subject.dataset.documents:
        for listed in record_lists(document.kind):
            fields = {".".join(each.path[2:]): each for each in properties(document.kind) if each.path[:2] == (*listed.path, "*")}
            for how in ("withheld", "unknown"):
                for path, name in document.values((*listed.path, "*", how, "*", "field")):
                    if isinstance(name, str) and name not in fields:
                        plain = [each for each in fields if each and "*" not in each]
                        inner = (each for each in plain if each.rpartition(".")[2] == name)
                        suggestion = called(name, document.kind, listed.path) or next(inner, "") or suggest.closest(name, plain)
                        yield fault_in(
                            document,
                            path,
                            f'a record has no field "{name}"',
                            advice="Name the field as docs/fields.md does",
                            suggestion=suggestion,
                        )


@rule("withheld-given")
def withheld_given(subject: Subject) -> Iterator[Finding]:
    """What is withheld, or said to be unknown, is not given all the same."""
    for record in subject.dataset.of("system", "skill", "contract"):
        for how, advice in _IN_PLACE.items():
            for field in record.texts(how, "field"):
                for path, value in record.values(tuple(field.split("."))):
                    # A group such as value may say what is included while its amount is withheld.
                    if value is not None and not (isinstance(value, dict) and field == "value" and "amount" not in value):
                        finding = fault(record, path, f"it is given, although the record lists {field} as {how}", advice=advice)
                        yield replace(finding, quotable=how != "withheld")
