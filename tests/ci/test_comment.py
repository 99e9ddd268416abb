"""The comment on a proposed change: what an officer reads, and that nothing in it is made of what the change says."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from ci.reports import FAULT, GOOD, HEAD
from markdown_it import MarkdownIt
from support import SHARED, golden, run, write
from test_ten_mistakes import AS_OF, BASE, MISTAKES, TECHNOLOGY
from test_ten_mistakes import GOOD as TECHNOLOGY_GOOD

from citytools import dataset, diff
from citytools.ci import comment, event
from citytools.ci.report import SIZE, Fault, File, Report, Section, dumps
from citytools.model import Finding
from citytools.validate import added, failed
from citytools.wording import brief, headline

PAYLOADS = Path(__file__).parent / "payloads"
OWN, FORK, HOSTILE = (event.run((PAYLOADS / f"workflow_run{each}.json").read_bytes()) for each in ("", "-fork", "-hostile"))
CHANGED = ("data/boroughs/camden/technology.yaml",)


def _fault(found: Finding) -> Fault:
    place = found.location
    words = (str(found.severity), found.rule, found.where, found.message, found.advice, found.suggestion, str(found.replaces))
    return Fault(place.path, place.line, place.column, place.cell, *words)


def _checked(before: dict[str, bytes], after: dict[str, bytes]) -> Report:
    """What a check of this change finds, as it would hand it on."""
    old, new = dataset.build(before), dataset.build(after)
    faults = added(old, new, AS_OF)
    errors = sum(each.severity == "error" for each in faults)
    changes = diff.diff(old, new).changes if not failed(faults) else ()
    return replace(
        GOOD,
        passed=not errors,
        faults=tuple(map(_fault, faults)),
        errors=errors,
        warnings=len(faults) - errors,
        summary="" if errors else f"{len(changes)} record{'' if len(changes) == 1 else 's'} changed.",
        impact=tuple(Section(headline(each), (brief(each) or str(each.sort),)) for each in changes),
    )


BEFORE = {path: text.encode() for path, text in BASE.items()} | {TECHNOLOGY: TECHNOLOGY_GOOD.encode()}


@pytest.mark.parametrize("name", [*MISTAKES, "excel-for-yaml"])
def test_an_officer_reads_what_is_wrong_where_and_what_to_type(name: str) -> None:
    old, new, line = MISTAKES.get(name, ("", "", 0))
    text = b"PK\x03\x04 a workbook" if name == "excel-for-yaml" else TECHNOLOGY_GOOD.replace(old, new).encode()
    answered = comment.answer(_checked(BEFORE, {**BEFORE, TECHNOLOGY: text}), "", OWN, HEAD, CHANGED)
    golden(f"ci/comment-{name}.md", answered.comment)
    assert (
        answered.comment.count("https://github.com/example-org/register/edit/camden-technology/data/boroughs/camden/technology.yaml") == 1
    )
    assert f"**Line {line}**" in answered.comment or not line
    assert answered.state == ("success" if name == "number-sign-in-text" else "failure")


def test_a_good_change_is_told_what_it_means() -> None:
    text = TECHNOLOGY_GOOD.replace("since: 2014-05", "since: 2014-05\n    status: live") + "\n  - id: access\n    product: public-access\n"
    answered = comment.answer(_checked(BEFORE, {**BEFORE, TECHNOLOGY: text.encode()}), "", FORK, HEAD, CHANGED)
    golden("ci/comment-good.md", answered.comment)
    assert answered.state == "success"


def test_what_needs_a_maintainer_is_said_with_what_a_maintainer_does() -> None:
    refusals = (
        "data/boroughs/islington/technology.yaml belongs to islington, and the folders of 2 boroughs are touched (camden, islington). "
        "Give each borough a change of its own, or this one the label borough:islington",
    )
    found = replace(
        GOOD, passed=False, refusals=refusals, faults=(replace(FAULT, path="submissions/camden/a.xlsx", cell="Contracts!E14"),), errors=1
    )
    answered = comment.answer(replace(found, faults=(), errors=0), "", FORK, HEAD, CHANGED)
    golden("ci/comment-refused.md", answered.comment)
    assert answered.state == "failure"
    assert "`Contracts!E14`" in comment.answer(found, "", FORK, HEAD, CHANGED).comment


def test_a_file_in_a_copy_is_linked_where_it_is_seen() -> None:
    said = comment.answer(replace(GOOD, passed=False, errors=1, faults=(FAULT,)), "", FORK, HEAD, CHANGED).comment
    assert "(https://github.com/example-officer/register/blob/patch-1/data/boroughs/camden/technology.yaml#L7)" in said


STATES = {
    "all that is touched is a borough's data": (CHANGED, "success"),
    "a workbook": (("submissions/camden/camden 2026 (final).xlsx",), "success"),
    "nothing": ((), "pending"),
    "so much that it is not listed": (None, "pending"),
    "a workflow beside it": ((*CHANGED, ".github/workflows/x.yml"), "pending"),
    "the catalogue": (("data/catalogue/products.yaml",), "pending"),
    "a body's data": (("data/bodies/onesource/technology.yaml",), "pending"),
    "a file of another name": (("data/boroughs/camden/notes.yaml",), "pending"),
    "a folder in capitals": (("data/boroughs/Camden/technology.yaml",), "pending"),
    "a folder above": (("data/boroughs/../catalogue/technology.yaml",), "pending"),
    "a name of two lines": (("data/boroughs/camden/technology.yaml\n",), "pending"),
    "two names in one": (("x\ndata/boroughs/camden/technology.yaml",), "pending"),
    "a workbook in a folder of its own": (("submissions/camden/x/a.xlsx",), "pending"),
    "a workbook with macros": (("submissions/camden/a.xlsm",), "pending"),
}


@pytest.mark.parametrize("name", STATES)
def test_success_is_only_said_where_the_site_lists_nothing_but_borough_data(name: str) -> None:
    changed, state = STATES[name]
    answered = comment.answer(GOOD, "", OWN, HEAD, changed)
    assert answered.state == state
    assert len(answered.description) <= 140


@pytest.mark.parametrize("head", ["c" * 40, "b" * 39, "", "main"])
def test_a_check_of_another_commit_says_nothing_of_this_one(head: str) -> None:
    told = [
        comment.answer(GOOD, "", OWN, head, CHANGED),
        comment.answer(replace(GOOD, head="c" * 40), "", OWN, HEAD, CHANGED),
        comment.answer(GOOD, "", replace(OWN, head="c" * 40), HEAD, CHANGED),
    ]
    assert {each.state for each in told} == {"failure"}
    assert all("another state of this change" in each.comment and "added" not in each.comment for each in told)


def test_a_change_that_passes_by_its_own_word_alone_is_not_said_to_be_data() -> None:
    assert comment.answer(replace(GOOD, data_only=True), "", OWN, HEAD, (".github/workflows/validate.yml",)).state == "pending"


def test_a_very_long_answer_is_cut_and_says_how_much_more_there_is() -> None:
    long = replace(FAULT, message="a word " * 250, where="𝄞" * 500)
    found = replace(GOOD, passed=False, faults=(long,) * 500, errors=5_000, impact=(Section("A", ("so " * 500,) * 200),) * 20)
    said = comment.answer(found, "", OWN, HEAD, CHANGED).comment
    assert len(said.encode("utf-16-le")) // 2 <= comment.LENGTH
    assert "… and 4,960 more things to put right: [the check](https://github.com/example-org/register/actions/runs/9000000001)" in said
    wide = replace(found, faults=(replace(long, message="`x" * 900, suggestion="𝄞" * 1_900, advice="| " * 900),) * 500)
    said = comment.answer(wide, "", OWN, HEAD, CHANGED).comment
    assert len(said.encode("utf-16-le")) // 2 <= comment.LENGTH
    assert "more things to put right" in said


def _payloads() -> list[str]:
    path = SHARED / "hostile" / "values" / "payloads.json"
    if not path.is_file():
        return []
    return [each for group in json.loads(path.read_text("utf-8")).values() for each in group]


OWN_PAYLOADS = [
    "<!-- hidden",
    "</details><img src=x>",
    "[click](https://evil.example)",
    "https://evil.example/?q=1",
    "www.evil.example",
    "someone@evil.example",
    "@octocat and @org/team",
    "Closes #12",
    "octo/spoon#1 GH-1",
    "0123456789abcdef0123456789abcdef01234567",
    "```\nfence\n# Big",
    "`` ` ``",
    "`",
    "x |\n| --- | --- |",
    ":shipit: *a* _b_ ~~c~~ $`x`$ ![t](https://evil.example/t.png)",
    "&lt;script&gt;",
    "\u202eabc\u200b\x1b[31m",
    "\\` [x](y) \\",
    "> [!CAUTION]",
    "- [x] done",
    "- item",
    "+ item",
    "--- rule",
    "---",
    "1. item",
    "2) item",
    "– item",
    "/close",
    "",
]


@pytest.mark.parametrize("payload", dict.fromkeys([*OWN_PAYLOADS, *_payloads()]), ids=ascii)
def test_hostile_text_is_shown_and_makes_nothing(payload: str) -> None:
    fault = Fault(payload, 3, 1, payload, "error", "syntax", payload, payload, payload, payload, "")
    found = Report(
        GOOD.base,
        HEAD,
        False,
        True,
        (File(payload, "added"),),
        (fault, replace(fault, replaces="field", cell="")),
        2,
        0,
        (payload,),
        payload,
        (Section(payload, (payload,)),),
        (Section(payload, (payload, payload)),),
    )
    for about in (OWN, FORK, HOSTILE):
        _harmless(comment.answer(found, "", about, HEAD, (payload,)).comment)
        _harmless(comment.answer(replace(found, passed=True, faults=(), errors=0, refusals=()), "", about, HEAD, (payload,)).comment)


_MADE = re.compile(
    r"@|#|://|www\.|[0-9a-f]{7}|[A-Za-z]-\d|[<>\[\]|`$^~*_&\\{}]|:\S|[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069]"
)


def _harmless(said: str) -> None:
    """Nothing but our own headings, lists, addresses and marker; outside of code and addresses no sign of which a site makes something."""
    assert said.startswith(f"{comment.MARKER}\n")
    links: list[str] = []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(said):
        assert token.type != "html_block" or token.content == f"{comment.MARKER}\n"
        assert token.type not in ("fence", "code_block", "table_open", "blockquote_open", "hr", "ordered_list_open")
        assert token.type != "bullet_list_open" or token.level == 0
        assert token.type != "heading_open" or token.tag in ("h3", "h4")
        for inner in token.children or ():
            assert inner.type != "html_inline" or inner.content in ("<sub>", "</sub>")
            assert inner.type not in ("image", "s_open", "em_open")
            assert inner.type != "text" or not _MADE.search(inner.content), inner.content
            links += [str(inner.attrs["href"])] if inner.type == "link_open" else []
    page = "https://github.com/example-org/register/actions/runs/9000000001"
    rule = "https://github.com/example-org/register/blob/main/docs/rules.md#syntax-error"
    edited = r"https://github\.com/example-o(rg|fficer)/register/(edit|blob)/[a-z0-9/-]+\.yaml(#L3)?"
    assert all(each in (page, rule) or re.fullmatch(edited, each) for each in links), links


def test_nothing_hostile_that_the_site_repeats_gets_into_an_address() -> None:
    assert (HOSTILE.head_repository, HOSTILE.head_branch) == ("", "")
    said = comment.answer(replace(GOOD, passed=False, errors=1, faults=(FAULT,)), "", HOSTILE, HEAD, CHANGED).comment
    assert "evil" not in said
    assert "[change it" not in said


def _command(tmp_path: Path, report: bytes | None, *more: str) -> tuple[int, str, dict[str, str]]:
    files = {"report.json": report} if report is not None else {}
    write(tmp_path, files)
    name, status = str(tmp_path / "report.json"), tmp_path / "status.json"
    done = run(
        "ci",
        "comment",
        "--report",
        name,
        "--event",
        str(PAYLOADS / "workflow_run-fork.json"),
        "--head",
        HEAD,
        "--status",
        str(status),
        *more,
    )
    assert not done.err
    return done.code, done.out, json.loads(status.read_bytes())


def test_the_command_writes_comment_and_status(tmp_path: Path) -> None:
    code, said, status = _command(tmp_path, dumps(GOOD), "--changed", str(PAYLOADS / "files.json"))
    golden("ci/comment-command.md", said)
    assert code == 0
    assert status == {
        "state": "success",
        "description": "In order: only borough data is touched",
        "context": "citytools",
        "target_url": "https://github.com/example-org/register/actions/runs/9000000001",
    }


def test_a_list_in_pages_with_a_former_name_is_read_whole(tmp_path: Path) -> None:
    pages = [[{"filename": CHANGED[0]}], [{"filename": "data/boroughs/camden/skills.yaml", "previous_filename": "LICENSE"}]]
    write(tmp_path, {"files.json": json.dumps(pages)})
    _, said, status = _command(tmp_path, dumps(GOOD), "--changed", str(tmp_path / "files.json"))
    assert status["state"] == "pending"
    assert "`LICENSE`" in said or "LICENSE" in said


def test_a_list_as_long_as_the_site_makes_any_may_be_cut_off() -> None:
    assert event.changed(json.dumps([{"filename": f"data/boroughs/b{number}/skills.yaml"} for number in range(3_000)]).encode()) is None


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[1]", b'[{"name": "x"}]', b'["data/boroughs/camden/skills.yaml"]', b"[" * 100_000, b"x\ny\n"]
)
def test_what_is_no_list_of_files_is_refused(tmp_path: Path, data: bytes) -> None:
    write(tmp_path, {"report.json": dumps(GOOD), "files.json": data})
    done = run(
        "ci", "comment", "--report", str(tmp_path / "report.json"), "--event", str(PAYLOADS / "workflow_run.json"), "--head", HEAD,
        "--changed", str(tmp_path / "files.json"),
    )  # fmt: skip
    assert (done.code, done.out) == (2, "")
    assert "the list of changed files" in done.err


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"workflow_run": []}', b'{"workflow_run": {"head_sha": "main"}}', b"[" * 100_000])
def test_what_is_no_event_of_a_run_is_refused(tmp_path: Path, data: bytes) -> None:
    write(tmp_path, {"event.json": data})
    done = run("ci", "comment", "--event", str(tmp_path / "event.json"), "--head", HEAD)
    assert (done.code, done.out) == (2, "")


def _archive(**files: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return made.getvalue()


REFUSED = {
    "five megabytes": b'{"version": 1, "summary": "' + b"@everybody " * 500_000 + b'"}',
    "not JSON": b"<script>alert(1)</script> @everybody",
    "another field": json.dumps({**json.loads(dumps(GOOD)), "@everybody": "x"}).encode(),
    "an archive of two": _archive(report_json=dumps(GOOD), other_json=b"{}"),
    "an archive of another": _archive(other_json=dumps(GOOD)),
    "an archive of much": _archive(report_json=b" " * (SIZE + 1)),
    "half an archive": _archive(report_json=dumps(GOOD))[:-30],
    "nothing": None,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_report_is_refused_and_said_to_be(tmp_path: Path, name: str) -> None:
    code, said, status = _command(tmp_path, REFUSED[name], "--changed", str(PAYLOADS / "files.json"))
    golden(f"ci/comment-refused-{name.replace(' ', '-')}.md", said)
    assert (code, status["state"]) == (0, "failure")
    assert "everybody" not in said
    _harmless(said)


def test_an_archive_of_a_report_is_read(tmp_path: Path) -> None:
    code, _, status = _command(tmp_path, _archive(report_json=dumps(GOOD)), "--changed", str(PAYLOADS / "files.json"))
    assert (code, status["state"]) == (0, "success")
