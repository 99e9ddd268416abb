"""An issue opened with the form "Add or change a system" → the lines that it would add to the dataset or change there.

What an officer typed is looked up, never guessed: a name that the catalogue does not know is said to be unknown, with what is like it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from citytools import planned, schema, skeleton, yamlfile
from citytools.catalogue import Catalogue, normalise
from citytools.ci.event import payload
from citytools.ci.report import shortened
from citytools.errors import CitytoolsError
from citytools.model import Dataset, Document, Finding, Record, Severity
from citytools.planned import Register
from citytools.render.escape import block, prose
from citytools.render.findings import sentence
from citytools.rules.privacy import personal
from citytools.validate import added
from citytools.yamlfile import AddItem, DataEdit

MARKER = "<!-- citytools: form -->"
BOROUGH, PRODUCT, SUPPLIER, FUNCTIONS = "Borough", "Product", "Supplier", "What it is used for"
STATUS, HOSTING, SINCE, UNTIL = "Status", "Where it runs", "In use since", "In use until"
LINK, DATED, SORT = "Link to the source", "Date of the source", "Kind of source"
NOTES, ENTRY, AGREED = "Notes", "Id of the entry", "What is not in it"
# The form's questions in their order, and how long an answer can be.
LABELS = {
    BOROUGH: 80,
    PRODUCT: 120,
    SUPPLIER: 160,
    FUNCTIONS: 1_000,
    STATUS: 40,
    HOSTING: 40,
    SINCE: 40,
    UNTIL: 40,
    LINK: 1_000,
    DATED: 40,
    SORT: 40,
    NOTES: 2_000,
    ENTRY: 100,
    AGREED: 400,
}
NOT_KNOWN = "Not known"
_LINES = (FUNCTIONS, NOTES, AGREED)  # may have more than one
_NOTHING = ("", "_No response_", NOT_KNOWN)
_LONGEST = 65_536
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Planned:
    """What an issue would do: the files that change, the lines in words, what cannot be settled, and what is found in the result.

    ``summary`` says which record; ``remarks`` what was left out and why.
    """

    summary: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether something stands in the way of taking it in."""
        return bool(self.problems) or any(each.severity is Severity.ERROR for each in self.findings)


class _UnsettledError(Exception):
    """What has to be answered by a person before there is any plan, a sentence each."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(*sentences)
        self.sentences = sentences


def answers(event: bytes) -> dict[str, str]:
    """What was answered to the form's questions, by label: from an ``issues`` event, or an issue as the site's interface gives it.

    Raises CitytoolsError for an issue that was not opened with the form.
    """
    found = payload(event)
    issue = found.get("issue", found)
    body = issue.get("body") if isinstance(issue, dict) else None
    if not isinstance(body, str):
        raise CitytoolsError("the event tells of no issue with a text")
    if len(body) > _LONGEST:
        raise CitytoolsError(f"the issue's text has more than {_LONGEST:,} characters")
    parts = re.split(r"^### (.*)$", body.replace("\r\n", "\n"), flags=re.M)
    given: dict[str, str] = {}
    last = ""
    for label, text in zip((each.strip() for each in parts[1::2]), parts[2::2], strict=True):
        if label in LABELS and label in given:
            raise CitytoolsError(f'the question "{label}" stands twice in the issue. Leave one of them')
        if label in LABELS:
            given[label], last = text.strip(), label
        elif last:
            given[last] += f"\n### {label}\n{text.rstrip()}"  # a heading of the officer's own
    if BOROUGH not in given or PRODUCT not in given:
        raise CitytoolsError(f'the issue was not opened with the form: it does not answer "{BOROUGH}" and "{PRODUCT}"')
    return {label: text for label, text in given.items() if text not in _NOTHING}


def plan(register: Register, given: Mapping[str, str], today: datetime.date) -> Planned:
    """What the answers would do to the register; nothing is written."""
    names = Catalogue(register.dataset)
    try:
        wrong = list(_out_of_form(given))
        if wrong:
            raise _UnsettledError(*wrong)
        holder = _holder(names, given.get(BOROUGH, ""))
        record, problems, remarks = _record(names, given)
        document = _file(register.dataset, holder)
        old = _same(names, register.dataset, holder, given.get(ENTRY, ""), record)
        edits, name = _edits(document, old, record)
        before = register.files.get(document.path, skeleton.header(document).encode())
        changed = {document.path: planned.edited(document, before, edits)} if edits else {}
    except _UnsettledError as unsettled:
        return Planned("Nothing can be planned yet", problems=unsettled.sentences)
    except CitytoolsError as error:
        return Planned("Nothing can be planned yet", problems=(f"{error}",))
    findings = added(register.dataset, register.after(changed), today) if changed else ()
    lines = tuple(planned.lines({document.path: before}, changed))
    verb = "change" if old else "add"
    summary = f"This would {verb} the system {holder}/{name}" if edits else f"The system {holder}/{name} says all of this already"
    sound = not problems and not any(each.severity is Severity.ERROR for each in findings)
    return Planned(summary, changed if sound else {}, lines, tuple(problems), tuple(remarks), findings)


def unreadable(why: str) -> str:
    """The answer, in Markdown, where what was filled in cannot be read as the form."""
    return "\n\n".join([MARKER, f"This cannot be read as the form: {_said(why)} Correct it above, and it is answered again."]) + "\n"


def comment(found: Planned) -> str:
    """The plan in Markdown, for a comment below the issue."""
    parts = [MARKER, _said(found.summary)]
    if found.problems:
        parts += ["#### To be settled first", "\n".join(f"- {_said(each[:1].upper() + each[1:])}" for each in found.problems)]
    secret = not all(each.quotable for each in found.findings)
    if secret:
        parts.append("The lines are not shown: there is something in them that must not be published. Take it out of the issue too.")
    elif found.lines:
        parts += ["#### The lines", block("\n".join(_few(found.lines)))]
    if found.findings:
        parts += [
            "#### What the check finds in them",
            "\n".join(f"- {each.severity}: {_said(sentence(each))}" for each in found.findings[:20]),
        ]
    if found.remarks:
        parts.append("\n".join(f"- {_said(each)}" for each in found.remarks))
    return "\n\n".join([*parts, _NEXT_WRONG if found.refused else _NEXT if found.files else _NEXT_SAME]) + "\n"


_NEXT = (
    "Nothing is written yet: a maintainer looks at it, and takes it in. To put something right, edit the issue, and this text is renewed."
)
_NEXT_WRONG = "Edit the issue (the three dots at its top right), and this text is renewed. Nothing is written before that."
_NEXT_SAME = "There is nothing to write."


def _said(text: str) -> str:
    words = prose(shortened(text, 600))
    return words if words.endswith((".", "?", "…", ":")) else f"{words}."


def _few(lines: Sequence[str]) -> Iterator[str]:
    yield from (shortened(line, 400) for line in lines[:_SHOWN])
    if len(lines) > _SHOWN:
        yield f"… and {len(lines) - _SHOWN:,} more"


def _out_of_form(given: Mapping[str, str]) -> Iterator[str]:
    """What no answer can be, whatever it says."""
    for label, text in given.items():
        if len(text) > LABELS[label]:
            yield f'"{label}" has {len(text):,} characters, and {LABELS[label]:,} is the most'
        elif "\n" in text and label not in _LINES:
            yield f'"{label}" has more than one line'
        elif not all(each.isprintable() or each == "\n" for each in text):
            yield f'"{label}" has a character in it that cannot be seen. Type it anew instead of copying it'
        elif label != LINK and (why := personal(text)):
            yield f'"{label}" has {why[0]} in it. Take it out: this page is public; where it is a person\'s, tell the maintainers too'


def _holder(names: Catalogue, text: str) -> str:
    found = names.resolve("borough", text)
    if not found:
        raise _UnsettledError(f'there is no borough called "{text}"{_meant(names, "borough", text)}')
    return found.id


def _meant(names: Catalogue, kind: str, text: str) -> str:
    meant = names.suggestion(kind, text)
    return f". Did you mean {names.name(kind, meant)}?" if meant else ""


def _record(names: Catalogue, given: Mapping[str, str]) -> tuple[dict[str, Any], list[str], list[str]]:
    """The fields that the answers give, what cannot be settled, and what is left out."""
    problems: list[str] = []
    remarks: list[str] = []
    record: dict[str, Any] = {}
    product = names.resolve("product", given.get(PRODUCT, ""))
    if product:
        record["product"] = product.id
        if SUPPLIER in given:
            remarks.append("The supplier is left out: the catalogue says who makes the product")
    elif PRODUCT in given:
        record["name"] = given[PRODUCT]
        remarks.append(f'The catalogue has no product "{given[PRODUCT]}"{_meant(names, "product", given[PRODUCT])}')
        if SUPPLIER in given:
            supplier = names.resolve("supplier", given[SUPPLIER])
            record["supplier"] = supplier.id if supplier else given[SUPPLIER]
    functions = [_function(names, each, problems) for each in _listed(names, given.get(FUNCTIONS, ""))]
    if any(functions):
        record["functions"] = list(dict.fromkeys(filter(None, functions)))
    for label, name in ((STATUS, "status"), (HOSTING, "hosting"), (SINCE, "since"), (UNTIL, "until")):
        record |= {name: given[label]} if label in given else {}
    if NOTES in given:
        record["notes"] = " ".join(given[NOTES].split())
    if LINK in given:
        record["sources"] = [{name: given[label] for label, name in ((LINK, "url"), (DATED, "on"), (SORT, "kind")) if label in given}]
    else:
        problems.append("Say where the public can read it: a link to the source")
    return record, problems, remarks


def _listed(names: Catalogue, text: str) -> Iterator[str]:
    """One use on each line; a line that names none may hold several, with commas between them."""
    for line in filter(None, (each.strip(" \t-*•") for each in re.split(r"[\n;]", text))):
        yield from [line] if names.resolve("function", line) else filter(None, (each.strip() for each in line.split(",")))


def _function(names: Catalogue, text: str, problems: list[str]) -> str:
    found = names.resolve("function", text)
    if not found:
        problems.append(f'the catalogue has no function "{text}"{_meant(names, "function", text)}')
    return found.id if found else ""


def _file(whole: Dataset, holder: str) -> Document:
    found = next((each for each in whole.documents if (each.kind, each.holder) == ("technology", holder)), None)
    if found and (found.fields is None or found.departures):
        raise _UnsettledError(f"{found.path} has faults, and a maintainer must put them right first")
    own = next(record.document.path for record in whole.of("borough") if record.id == holder)
    return found or Document(f"{own.rpartition('/')[0]}/technology.yaml", "technology", None, holder)


def _same(names: Catalogue, whole: Dataset, holder: str, id: str, record: Mapping[str, Any]) -> Record | None:
    """The record that is meant: the one of that id, else the only one of the same product or name; None where there is none."""
    own = [each for each in whole.of("system") if each.holder == holder]
    if id:
        named = [each for each in own if each.id == id.rpartition("/")[2].strip()]
        if not named:
            raise _UnsettledError(f'{holder} has no system with the id "{id}". Leave "{ENTRY}" empty to add one')
        return named[0]
    like = [each for each in own if _alike(each, record)]
    if len(like) > 1:
        listed = ", ".join(each.id for each in like)
        raise _UnsettledError(f'{holder} has {len(like)} systems of that product or name: {listed}. Say under "{ENTRY}" which is meant')
    return like[0] if like else None


def _alike(there: Record, record: Mapping[str, Any]) -> bool:
    if "product" in record:
        return there.text("product") == str(record["product"])
    return bool(there.text("name")) and normalise(there.text("name")) == normalise(str(record.get("name", "")))


def _edits(document: Document, old: Record | None, record: Mapping[str, Any]) -> tuple[list[DataEdit], str]:
    """What is done to the file, and the id of the record."""
    if old is None:
        proposed = skeleton.proposed_id("system", record)
        if not proposed:
            raise _UnsettledError(f'no id can be made of "{record.get("name", "")}": a maintainer has to give one')
        return [AddItem(("systems",), _in_order({"id": proposed, **record}))], proposed
    there = document.fields or {}
    number = int(old.path[1])
    known = {each.get("url") for each in old.items("sources") if isinstance(each, dict)}
    fresh = [each for each in record.get("sources", ()) if each["url"] not in known]
    new = {**old.fields, **record, "sources": [*old.items("sources"), *fresh]}
    if "product" in new:  # and none of what stands for one
        new = {name: value for name, value in new.items() if name not in ("name", "supplier") or name in old.fields}
    if not new["sources"]:
        del new["sources"]
    systems = [*there["systems"][:number], _in_order(new), *there["systems"][number + 1 :]]
    return list(yamlfile.changes(there, {**there, "systems": systems})), old.id


def _in_order(record: Mapping[str, Any]) -> dict[str, Any]:
    names: Iterable[str] = schema.definition("technology", ("systems", 0))["properties"]
    return {name: record[name] for name in names if name in record}
