"""The form "Add or change a system": what an issue opened with it would do, and that nothing in it is guessed or believed."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ci.test_comment import OWN_PAYLOADS, PAYLOADS
from markdown_it import MarkdownIt
from support import ROOT, golden, run, write
from test_ten_mistakes import BASE, GOOD, TECHNOLOGY

from citytools import dataset, schema
from citytools.catalogue import Catalogue
from citytools.ci import form
from citytools.errors import CitytoolsError

TEMPLATE = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/system.yml").read_text("utf-8"))
ASKED = {each["attributes"]["label"]: each for each in TEMPLATE["body"] if each["type"] != "markdown"}
FILES = {**BASE, TECHNOLOGY: GOOD}
ANSWERS = {
    form.BOROUGH: "Camden",
    form.PRODUCT: "Modern.Gov",
    form.FUNCTIONS: "Committees",
    form.STATUS: "live",
    form.HOSTING: "supplier-cloud",
    form.LINK: "https://democracy.camden.gov.uk/papers",
    form.DATED: "2026-11-01",
    form.SORT: "website",
}


def _body(answers: dict[str, str]) -> str:
    """An issue's text as the site makes it of the answers."""
    parts = [f"### {label}\n\n{answers.get(label) or '_No response_'}" for label in ASKED if label != form.AGREED]
    return "\n\n".join([*parts, f"### {form.AGREED}\n\n- [X] Nothing.\n"])


def _event(body: Any) -> bytes:
    event = json.loads((PAYLOADS / "issues-opened.json").read_text("utf-8"))
    event["issue"]["body"] = body
    return json.dumps(event).encode()


def _plan(tmp_path: Path, *more: str, **answers: str) -> tuple[int, str]:
    given = {**ANSWERS, **{getattr(form, name): text for name, text in answers.items()}}
    root = write(tmp_path / "in", FILES)
    write(tmp_path, {"event.json": _event(_body(given))})
    done = run("ci", "form", str(tmp_path / "event.json"), "--as-of", "2026-11-23", "--root", str(root), *more)
    assert not done.err
    assert root.joinpath(TECHNOLOGY).read_text("utf-8") == GOOD
    return done.code, done.out


def test_the_form_asks_what_is_read_in_that_order() -> None:
    assert list(ASKED) == list(form.LABELS)


def test_the_form_offers_what_the_schema_and_the_register_have() -> None:
    read = dataset.load(ROOT)
    names = Catalogue(read)
    assert ASKED[form.BOROUGH]["attributes"]["options"] == [names.name("borough", each) for each in read.authorities]
    fields = schema.definition("technology", ("systems", 0))["properties"]
    kinds = schema.definition("technology", ("systems", 0, "sources", 0))["properties"]["kind"]
    for label, enum in ((form.STATUS, fields["status"]), (form.HOSTING, fields["hosting"]), (form.SORT, kinds)):
        assert ASKED[label]["attributes"]["options"] == [form.NOT_KNOWN, *enum["enum"]]


def test_the_answers_are_read_as_they_were_given() -> None:
    recorded = form.answers((PAYLOADS / "issues-opened.json").read_bytes())
    assert recorded[form.PRODUCT] == "Modern.Gov"
    assert form.SUPPLIER not in recorded
    assert form.answers(_event(_body(ANSWERS)).replace(b"\\n", b"\\r\\n")) == {**ANSWERS, form.AGREED: "- [X] Nothing."}


def test_an_issue_as_the_interface_gives_it_is_read_too() -> None:
    assert form.answers(json.dumps({"number": 1, "body": _body(ANSWERS)}).encode())[form.BOROUGH] == "Camden"


def test_a_heading_of_the_officers_own_is_part_of_the_answer() -> None:
    given = form.answers(_event(_body({**ANSWERS, form.NOTES: "One\n\n### Two\n\nthree"})))
    assert given[form.NOTES].split() == ["One", "###", "Two", "three"]
    assert form.ENTRY not in given


def test_an_entry_that_is_there_is_changed(tmp_path: Path) -> None:
    code, said = _plan(tmp_path, "--write-files", str(tmp_path / "out"))
    golden("ci/form-change.md", said)
    assert code == 0
    (written,) = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert written == tmp_path / "out" / TECHNOLOGY
    new = written.read_text("utf-8")
    assert [line for line in GOOD.splitlines() if line not in new.splitlines()] == []
    assert "status: live" in new


def test_one_that_is_not_there_is_added(tmp_path: Path) -> None:
    code, said = _plan(tmp_path, BOROUGH="Islington", SINCE="2014-05", NOTES="Used by all:\nmembers and officers")
    golden("ci/form-add.md", said)
    assert code == 0


def test_what_the_catalogue_does_not_know_stands_with_its_name_and_supplier(tmp_path: Path) -> None:
    code, said = _plan(tmp_path, PRODUCT="Quux 9000", SUPPLIER="Idox")
    golden("ci/form-unknown-product.md", said)
    assert code == 0
    assert "supplier: idox" in said


WRONG = {
    "function": {"FUNCTIONS": "Comittees\nPlanning register, Something else"},
    "borough": {"BOROUGH": "Camdenn"},
    "date": {"SINCE": "31/05/2014"},
    "date-of-the-source": {"DATED": "last week"},
    "day-to-come": {"DATED": "2031-01-01"},
    "no-source": {"LINK": ""},
    "no-address": {"LINK": "the website"},
    "word-of-no-list": {"STATUS": "running"},
    "personal-data": {"NOTES": "Ask jane.doe@example.org"},
    "personal-data-in-a-name": {"PRODUCT": "jane.doe@example.org"},
    "no-such-entry": {"ENTRY": "modernguv"},
    "two-lines": {"PRODUCT": "Modern.Gov\nother: x"},
    "invisible": {"PRODUCT": "Modern\u200bGov"},
    "too-long": {"PRODUCT": "x" * 121},
    "no-id": {"PRODUCT": "名前"},
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    code, said = _plan(tmp_path, "--write-files", str(tmp_path / "out"), **WRONG[name])
    golden(f"ci/form-wrong-{name}.md", said)
    assert code == 1
    assert not (tmp_path / "out").exists()
    assert "jane.doe" not in said


def test_where_two_could_be_meant_the_officer_says_which(tmp_path: Path) -> None:
    both = GOOD.replace("  - id: planning-register\n    product: public-access", "  - id: planning-register\n    product: moderngov")
    given = form.answers(_event(_body(ANSWERS)))
    files = {path: text.encode() for path, text in {**FILES, TECHNOLOGY: both}.items()}
    register = form.Register(files, (), dataset.build(files))
    today = datetime.date(2026, 11, 23)
    found = form.plan(register, given, today)
    assert not found.files
    assert found.problems == (
        'camden has 2 systems of that product or name: moderngov, planning-register. Say under "Id of the entry" which is meant',
    )
    assert (
        form.plan(register, {**given, form.ENTRY: "planning-register"}, today).summary
        == "This would change the system camden/planning-register"
    )


def test_what_is_said_already_is_nothing_to_write(tmp_path: Path) -> None:
    given = {form.BOROUGH: "camden", form.PRODUCT: "moderngov", form.LINK: "https://democracy.camden.gov.uk"}
    files = {path: text.encode() for path, text in FILES.items()}
    found = form.plan(form.Register(files, (), dataset.build(files)), given, datetime.date(2026, 11, 23))
    assert (found.files, found.lines, found.refused) == ({}, (), False)
    assert "There is nothing to write." in form.comment(found)


def test_what_the_record_withholds_is_not_shown_again() -> None:
    withheld = GOOD.replace("    status: live", "    withheld:\n      - {field: hosting, reason: FOIA s.31}")
    files = {path: text.encode() for path, text in {**FILES, TECHNOLOGY: withheld}.items()}
    given = {**ANSWERS, form.PRODUCT: "Public Access", form.FUNCTIONS: "Planning register"}
    found = form.plan(form.Register(files, (), dataset.build(files)), given, datetime.date(2026, 11, 23))
    assert found.refused
    assert "The lines are not shown" in form.comment(found)
    assert "supplier-cloud" not in form.comment(found)


def test_a_file_with_faults_is_left_to_a_maintainer(tmp_path: Path) -> None:
    files = {path: text.encode() for path, text in {**FILES, TECHNOLOGY: GOOD.replace("since: 2014-05", "since: May")}.items()}
    found = form.plan(form.Register(files, (), dataset.build(files)), ANSWERS, datetime.date(2026, 11, 23))
    assert found.problems == ("data/boroughs/camden/technology.yaml has faults, and a maintainer must put them right first",)


REFUSED = {
    "no issue": {"issue": None},
    "no text": _event(None),
    "another issue": _event("Hello\n### Steps\n\nx"),
    "half the form": _event("### Borough\n\nCamden"),
    "a question twice": _event(_body(ANSWERS) + "\n### Borough\n\nIslington\n"),
    "too long": _event(_body({**ANSWERS, form.NOTES: "x" * 70_000})),
    "no JSON": b"{",
    "a list": b"[]",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_was_not_made_with_the_form_is_refused(name: str) -> None:
    event = REFUSED[name]
    with pytest.raises(CitytoolsError):
        form.answers(event if isinstance(event, bytes) else json.dumps(event).encode())


def test_what_was_not_made_with_the_form_is_answered_too(tmp_path: Path) -> None:
    (tmp_path / "event.json").write_bytes(_event("Please add our new system"))
    done = run("ci", "form", str(tmp_path / "event.json"), "--root", str(write(tmp_path / "in", FILES)), "--as-of", "2026-11-24")
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith("<!-- citytools: form -->\n\nThis cannot be read as the form: ")


@pytest.mark.parametrize("payload", [each for each in OWN_PAYLOADS if each], ids=ascii)
@pytest.mark.parametrize("question", ["BOROUGH", "PRODUCT", "SUPPLIER", "FUNCTIONS", "STATUS", "SINCE", "LINK", "NOTES", "ENTRY"])
def test_hostile_answers_are_shown_as_they_are(payload: str, question: str) -> None:
    given = form.answers(_event(_body({**ANSWERS, form.BOROUGH: "Islington", getattr(form, question): payload})))
    files = {path: text.encode() for path, text in FILES.items()}
    said = form.comment(form.plan(form.Register(files, (), dataset.build(files)), given, datetime.date(2026, 11, 23)))
    assert len(said) < 20_000
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(said):
        assert token.type != "html_block" or token.content == f"{form.MARKER}\n"
        assert token.type not in ("code_block", "table_open", "blockquote_open", "hr")
        for inner in token.children or ():
            assert inner.type not in ("html_inline", "image", "link_open", "s_open", "em_open", "strong_open")
            assert inner.type != "text" or not set(inner.content) & set("@#<>[]`$*_~|\\&"), inner.content
