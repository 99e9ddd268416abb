"""Personal data: none in free text. What is found is masked in the message, which may be published."""

from __future__ import annotations

import re
from collections.abc import Iterator

from citytools.model import Finding
from citytools.rules.registry import Subject, fault_in, rule
from citytools.schema import Schema, properties

_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w/.-])(?:\+44\s?\(?0?\)?\s?|\(?0)(?:\d[\s()-]?){9,10}(?![\w/-])", re.ASCII)
_INSURANCE = re.compile(r"(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?(?:\d{2}\s?){3}[A-D](?!\w)", re.ASCII | re.I)
_ROLES = re.compile(
    r"(?:admin|applications|contact|contracts|customer|customers|data|democracy|democratic|digital|enquiries|enquiry|finance|foi|helpdesk|help|hello|housing|ict|info|"
    r"innovation|it|legal|libraries|library|mail|office|planning|privacy|procurement|registry|service|services|support|system|systems|team|technology|web|website)"
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
                    yield fault_in(
                        document,
                        path,
                        f"{what}: {found[:1]}… ({len(found)} characters, not repeated here)",
                        advice="Take it out; a team's mailbox belongs in borough.yaml, under mailbox",
                    )


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


def _role(text: str) -> bool:
    local, at, _ = text.casefold().partition("@")
    return bool(at) and any(_ROLES.fullmatch(part) for part in re.split(r"[._-]", local))
