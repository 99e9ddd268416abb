"""What the hosting site says of a change: of the run of a check, and of the files that it touches. Never what the change says of itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from citytools.errors import CitytoolsError

SIZE = 25_000_000  # the site sends no larger ones
FILES = 3_000  # the site lists no more of a change
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_BRANCH = re.compile(r"(?!.*(?:\.\.|//))[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
_SERVER = re.compile(r"https://[a-z0-9][a-z0-9.-]{0,200}(?::\d{1,5})?")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SLUG = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
# What an officer may change without a maintainer; a name with anything else in it is none of these.
_DATA = re.compile(
    rf"data/boroughs/{_SLUG}/(?:borough|technology|skills|contracts)\.yaml|submissions/{_SLUG}/[A-Za-z0-9][A-Za-z0-9 ._()-]{{0,120}}\.xlsx"
)
_EDITABLE = re.compile(rf"data/(?:(?:boroughs|bodies|catalogue)/)?(?:{_SLUG}/)?[a-z]+\.yaml")


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the check: for which commit, in which repository, and from whose branch; empty for what is in no ordinary form."""

    head: str
    server: str
    repository: str
    default_branch: str
    head_repository: str
    head_branch: str
    number: int

    @property
    def page(self) -> str:
        """The address of the run, where all that it found is listed; empty where it is not known."""
        return f"{self.server}/{self.repository}/actions/runs/{self.number}" if self._placed and self.number else ""

    def rule(self, name: str, severity: str) -> str:
        """The address of the page on a rule; empty where it is not known."""
        here = f"{self.server}/{self.repository}/blob/{quote(self.default_branch)}" if self._placed and self.default_branch else ""
        return f"{here}/docs/rules.md#{name}-{severity}" if here else ""

    def file(self, path: str, line: int) -> tuple[str, str]:
        """The address at which a file of the change is edited, or seen where it is in a fork, and which it is; empty for none."""
        if not (self._placed and self.head_repository and self.head_branch and _EDITABLE.fullmatch(path)):
            return "", ""
        own = self.head_repository == self.repository
        place = "edit" if own else "blob"
        spot = f"#L{line}" if line and not own else ""
        return f"{self.server}/{self.head_repository}/{place}/{quote(self.head_branch)}/{quote(path)}{spot}", place

    @property
    def _placed(self) -> bool:
        return bool(self.server and self.repository)


def payload(data: bytes) -> dict[str, Any]:
    """An event as the site sent it. Raises CitytoolsError for what is none."""
    found = _json(data, "the event")
    if not isinstance(found, dict):
        raise CitytoolsError("the event is not a set of fields in JSON")
    return found


def run(data: bytes) -> Run:
    """The run of a check that a ``workflow_run`` event tells of. Raises CitytoolsError for another event."""
    event = payload(data)
    told, repository = _group(event, "workflow_run"), _group(event, "repository")
    head = told.get("head_sha")
    if not isinstance(head, str) or not _COMMIT.fullmatch(head):
        raise CitytoolsError("the event tells of no run of a check: workflow_run.head_sha is missing or no commit")
    name, number = _formed(_NAME, repository.get("full_name")), told.get("id")
    return Run(
        head,
        _formed(_SERVER, str(repository.get("html_url", "")).removesuffix(f"/{name}")),
        name,
        _formed(_BRANCH, repository.get("default_branch")),
        _formed(_NAME, _group(told, "head_repository").get("full_name")),
        _formed(_BRANCH, told.get("head_branch")),
        number if type(number) is int and number > 0 else 0,
    )


def changed(data: bytes) -> tuple[str, ...] | None:
    """The files that a change touches, as the site's interface lists them: JSON, one list or a list of pages; None where it is cut off.

    Of a renamed file the former name is one of them. Raises CitytoolsError for what is no such list.
    """
    files = listed(data, "the list of changed files")
    if any(not isinstance(each.get("filename"), str) for each in files):
        raise CitytoolsError('the list of changed files is not one of groups of fields with a "filename"')
    return None if len(files) >= FILES else tuple(dict.fromkeys(name for each in files for name in _names(each)))


def listed(data: bytes, what: str) -> list[dict[str, Any]]:
    """What the site's interface lists: JSON, one list or a list of pages, of groups of fields. Raises CitytoolsError for anything else."""
    pages = _json(data, what)
    if not isinstance(pages, list):
        raise CitytoolsError(f"{what} is no list")
    found = [each for page in pages for each in (page if isinstance(page, list) else [page])]
    if any(not isinstance(each, dict) for each in found):
        raise CitytoolsError(f"{what} is not one of groups of fields")
    return found


def borough_data(path: str) -> bool:
    """Whether a file is a borough's own data, or a workbook that it hands in."""
    return bool(_DATA.fullmatch(path))


def _names(file: dict[str, Any]) -> Iterator[str]:
    yield file["filename"]
    if "previous_filename" in file:
        yield str(file["previous_filename"])


def _json(data: bytes, what: str) -> Any:
    if len(data) > SIZE:
        raise CitytoolsError(f"{what} has more than {SIZE:,} bytes")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise CitytoolsError(f"{what} is not JSON") from None


def _group(fields: dict[str, Any], name: str) -> dict[str, Any]:
    found = fields.get(name)
    return found if isinstance(found, dict) else {}


def _formed(form: re.Pattern[str], value: Any) -> str:
    """A text in its ordinary form; empty for anything else."""
    return value if isinstance(value, str) and form.fullmatch(value) else ""
