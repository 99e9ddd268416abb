"""What is said of the whole register each night: an issue for each borough, with what would help most, and one for what is shared.

An issue is known again by the marker at its beginning and by who wrote it, so that there is one for each, however often this runs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citytools.ci.event import listed
from citytools.ci.report import shortened
from citytools.errors import CitytoolsError
from citytools.index import Index
from citytools.model import Finding, Severity
from citytools.render.escape import block, code, prose, visible
from citytools.render.findings import sentence
from citytools.reports.borough import to_write
from citytools.reports.coverage import Gap, of_authorities

LABEL = "register"
WRITER = "github-actions[bot]"
_MARK = "<!-- citytools: nightly"
_SHOWN = 10
_KINDS = ("systems", "contracts", "skills")
_PLACE = re.compile(r"https://[A-Za-z0-9._/-]{1,300}")
Link = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue: whose it is (empty for what is shared), the marker by which it is found again, and whether it is to stand open."""

    borough: str
    title: str
    marker: str
    body: str
    open: bool

    @property
    def name(self) -> str:
        """What a file with it is called."""
        return self.borough or "_shared"


def issues(index: Index, findings: Iterable[Finding], unsound: str, files: str) -> list[Issue]:
    """An issue for each authority and a last one for the rest; ``unsound`` says what was left out.

    ``files`` is the address below which files are edited in a browser, empty for none. Raises CitytoolsError for what is no address.
    """
    if files and not _PLACE.fullmatch(files):
        raise CitytoolsError("the address of the files is not one such as https://github.com/ORGANISATION/NAME/edit/main")
    of_files: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity is not Severity.NOTICE:
            of_files.setdefault(_borough(finding.location.path), []).append(finding)
    authorities = of_authorities(index)
    link = _links(index, files)
    shared = [each for name, found in of_files.items() if name not in authorities for each in found]
    made = [_issue(index, each, row, gaps, of_files.get(each, []), link) for each, (row, gaps) in authorities.items()]
    return [*made, _shared(index, shared, unsound, link)]


def written(found: Sequence[Issue], index: Index, existing: Mapping[str, Mapping[str, Any]] | None) -> dict[str, bytes]:
    """The files to write: each issue's text, index.json, and what has to be sent to the site, a file for each.

    ``existing`` are the issues that the site has, by marker; None where they are not known, and nothing is to be sent.
    """
    files = {f"{each.name}.md": each.body.encode() for each in found}
    entries = [
        {"file": f"{each.name}.md", "title": each.title, "marker": each.marker, "borough": each.borough, "open": each.open}
        for each in found
    ]
    files["index.json"] = _json({"version": 1, "as_of": index.as_of.isoformat(), "label": LABEL, "issues": entries})
    for each in found if existing is not None else ():
        there = (existing or {}).get(each.marker)
        told = {"title": each.title, "body": each.body}
        state = {"state": "open" if each.open else "closed"}
        if there and any(there.get(name) != value for name, value in {**told, **state}.items()):
            files[f"update/{there['number']}.json"] = _json({**told, **state})
        elif not there and each.open:
            files[f"create/{each.name}.json"] = _json({**told, "labels": [LABEL]})
    return files


def standing(data: bytes) -> dict[str, dict[str, Any]]:
    """The issues that the site's interface lists, by marker: only what this writes itself. Raises CitytoolsError for what is no list."""
    found: dict[str, dict[str, Any]] = {}
    for each in listed(data, "the list of issues"):
        number, body, user = each.get("number"), each.get("body"), each.get("user")
        if type(number) is not int or number < 1:
            raise CitytoolsError("the list of issues has one without a number")
        own = isinstance(user, dict) and user.get("login") == WRITER and "pull_request" not in each
        marker = body.partition("\n")[0].rstrip("\r") if own and isinstance(body, str) else ""
        if marker.startswith(_MARK):
            # The first of two is kept: what the site lists last is the oldest.
            found[marker] = {**each, "body": str(body).replace("\r\n", "\n")}
    return found


def _borough(path: str) -> str:
    parts = path.split("/")
    return parts[2] if parts[:2] == ["data", "boroughs"] and len(parts) > 3 else ""


def _marker(name: str) -> str:
    return f"{_MARK}{f' {name}' if name else ''} -->"


def _issue(index: Index, id: str, row: Mapping[str, Any], gaps: Sequence[Gap], found: Sequence[Finding], link: Link) -> Issue:
    name, marker = row["name"], _marker(id)
    stale = any(gap.sort == "confirm" for gap in gaps)
    parts = [marker, "\n".join(_standing(index, row)), *_cheapest(index, id, gaps, link), *_findings(found, link), _how(id)]
    title = f"{shortened(visible(name), 80)}: what would help most"
    return Issue(id, title, marker, _joined(parts), stale or bool(found))


def _standing(index: Index, row: Mapping[str, Any]) -> Iterator[str]:
    yield f"As of {index.as_of}, {prose(row['name'])} {prose(row['share'])} of the capability map."
    yield ""
    yield from (f"- {kind.capitalize()}: {prose(row[f'{kind}_text'])}." for kind in _KINDS)


def _cheapest(index: Index, id: str, gaps: Sequence[Gap], link: Link) -> Iterator[str]:
    if gaps:
        yield "#### What would help most for least work"
    confirmed = any(record.items("confirmations") for record in index.dataset.of("borough") if record.id == id)
    for number, each in enumerate(to_write(id, gaps, index.as_of.isoformat()), 1):
        path, _, place = each["file"].partition(", ")
        yield f"{number}. {prose(each['gap'])}. In {link(path)}{f', {prose(place)}' if place else ''}:"
        yield _indented(block("\n".join(_lines(gaps[number - 1].sort, each["write"], confirmed))))
        if gaps[number - 1].sort == "confirm":
            yield "   With the tools at hand, one command writes all of these lines:"
            yield _indented(block(f'citytools confirm --borough {id} --by "YOUR ROLE"'))


def _lines(sort: str, said: Iterable[str], confirmed: bool) -> Iterator[str]:
    """The lines as they stand in the file: records as items of their list, which ``confirmed`` says is there for confirmations."""
    if sort == "confirm" and not confirmed:
        yield "confirmations:"
    for line in said:
        yield f"  - {line}" if line.startswith("{") else f"  # {line}" if line.startswith("the same ") else f"    {line}"


def _findings(found: Sequence[Finding], link: Link) -> Iterator[str]:
    if found:
        yield "#### What the check finds"
        yield "\n".join(_finding(each, link) for each in found[:_SHOWN])
    if len(found) > _SHOWN:
        yield f"… and {len(found) - _SHOWN:,} more: `citytools validate` lists them."


def _finding(found: Finding, link: Link) -> str:
    place = found.location
    return f"- {link(place.path)}{f', line {place.line}' if place.line else ''}: {prose(shortened(sentence(found), 600))}"


def _how(id: str) -> str:
    return (
        "Three ways to answer, easiest first: open the file with the link above and press the pencil; have a workbook made with "
        f"`citytools template --borough {id}`, fill it in and put it into `submissions/{id}/`; or with git. CONTRIBUTING.md says more. "
        "This text is renewed by itself, and the issue closes when nothing is stale and nothing is found."
    )


def _shared(index: Index, found: Sequence[Finding], unsound: str, link: Link) -> Issue:
    marker = _marker("")
    number = f"{len(found):,} {'thing is' if len(found) == 1 else 'things are'}" if found else "nothing is"
    said = f"As of {index.as_of}, {number} found in files that no borough's folder holds."
    body = _joined([marker, said, f"Of the register, {prose(unsound)}." if unsound else "", *_findings(found, link)])
    return Issue("", "The catalogue and what is shared: what the check finds", marker, body, bool(found or unsound))


def _links(index: Index, files: str) -> Link:
    """How a file is named, with the address at which it is edited where it is there."""
    there = {document.path for document in index.dataset.documents}

    def link(path: str) -> str:
        plain = files and path in there and re.fullmatch(r"[a-z0-9/.-]+", path)
        return f"[`{path}`]({files}/{path})" if plain else code(path)

    return link


def _indented(text: str) -> str:
    return "\n".join(f"   {line}" for line in text.split("\n"))


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(filter(None, parts)) + "\n"


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
