"""``citytools confirm``: a holder says of whole files that nothing changed, and its own file says so from then on."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any

from citytools import planned, schema, yamlfile
from citytools.catalogue import Catalogue
from citytools.errors import CitytoolsError
from citytools.model import Dataset, Document
from citytools.planned import Plan, Register
from citytools.reports import select
from citytools.reports.words import enumerated
from citytools.rules.privacy import personal
from citytools.validate import added

_FIELD = "confirmations"
_TITLE = re.compile(r"(?:mr|mrs|ms|miss|mx|dr|prof|sir|dame|cllr|councillor)\.?\s", re.I)
_UNCHANGED = "Nothing was changed"


def confirm(register: Register, holder: str, kinds: Sequence[str], on: datetime.date, by: str, today: datetime.date) -> Plan:
    """A holder's confirmation of these kinds of file, of all that it has for none.

    Raises CitytoolsError where there is nothing to confirm, the role names a person, or the register would have new findings.
    """
    role, whole = _role(by), register.dataset
    if on > today:
        raise CitytoolsError(f"{on} is after today, {today}. A confirmation says what was so on its day. {_UNCHANGED}")
    (found,) = select.holders(Catalogue(whole), [holder])
    document = _own_file(whole, found)
    fields = document.fields or {}
    listed: list[dict[str, Any]] = fields.get(_FIELD, [])
    said: list[str] = []
    for kind in _confirmed(whole, found, kinds):
        _check_readable(whole, found, kind)
        listed, sentence = _with(listed, kind, on.isoformat(), role)
        said.append(f"{fields.get('name') or found}: {sentence}.")
    edits = yamlfile.changes(fields, {**fields, _FIELD: listed})
    if not edits:
        return Plan({}, tuple(said))
    changed = {document.path: planned.edited(document, register.files[document.path], edits)}
    wrong = added(whole, register.after(changed), today)
    if wrong:
        raise CitytoolsError(f"{document.path} would then be wrong: {wrong[0].message}. {_UNCHANGED}")
    return Plan(changed, tuple(said))


def _role(by: str) -> str:
    """Who confirms, as it is written in the file. Raises CitytoolsError for what is no role."""
    role = " ".join(by.split())
    if not role or not role.isprintable() or role.casefold() == "your role":
        raise CitytoolsError(f'--by says which role confirms, such as "Head of Digital". {_UNCHANGED}')
    why = next(iter(personal(role)), "a person's title" if _TITLE.match(role) else "")
    if why:
        raise CitytoolsError(
            f"--by has {why} in it. What is confirmed is published and git keeps it for good, so write a role, "
            f'such as "Head of Digital", never who holds it. {_UNCHANGED}'
        )
    return role


def _own_file(whole: Dataset, id: str) -> Document:
    """The holder's borough.yaml or body.yaml. Raises CitytoolsError where it is not as the schema has it."""
    document = next(record.document for record in whole.of("borough", "body") if record.id == id)
    if document.departures:
        raise CitytoolsError(f"{document.path} has faults, and must be put right first. Run: citytools validate. {_UNCHANGED}")
    return document


def _confirmed(whole: Dataset, id: str, kinds: Sequence[str]) -> tuple[str, ...]:
    """The kinds of file to confirm. Raises CitytoolsError for one that the holder does not have."""
    known = tuple(schema.definition("borough", (_FIELD, 0, "kind"))["enum"])
    has = [kind for kind in known if any(each.kind == kind and each.holder == id for each in whole.documents)]
    chosen = tuple(dict.fromkeys(select.words("kind", known, kinds))) or tuple(has)
    missing = [kind for kind in chosen if kind not in has] if chosen else list(known)
    if missing:
        reports = f"It reports {enumerated(has)}. " if has else ""
        raise CitytoolsError(f"nothing to confirm: {id} reports no {enumerated(missing, 'or')}. {reports}{_UNCHANGED}")
    return chosen


def _check_readable(whole: Dataset, id: str, kind: str) -> None:
    """See that a file that is confirmed says what was meant. Raises CitytoolsError."""
    for document in whole.documents:
        if (document.kind, document.holder) == (kind, id) and (document.fields is None or document.departures):
            raise CitytoolsError(
                f"{document.path} cannot be confirmed before its faults are put right. Run: citytools validate. {_UNCHANGED}"
            )


def _with(listed: Sequence[dict[str, Any]], kind: str, on: str, role: str) -> tuple[list[dict[str, Any]], str]:
    """The confirmations with that of one kind renewed or added, and what that does in words. Raises CitytoolsError for a later one."""
    number = next((number for number, each in enumerate(listed) if each["kind"] == kind), len(listed))
    old = listed[number] if number < len(listed) else {}
    new = {**old, "kind": kind, "on": on, "by": role}
    before = " by ".join(old[name] for name in ("on", "by") if name in old)
    if old.get("on", on) > on:
        raise CitytoolsError(f"{kind} was confirmed on {old['on']}, which is later than {on}. {_UNCHANGED}")
    if new == old:
        return [*listed], f"{kind} is already confirmed on {before}"
    sentence = f"{kind} confirmed on {on} by {role}" + (f", before that on {before}" if before else "")
    return [*listed[:number], new, *listed[number + 1 :]], sentence
