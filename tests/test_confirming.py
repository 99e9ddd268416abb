"""``citytools confirm``: one line in the holder's own file says that nothing changed; nothing else of it changes."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from support import ROOT, Run, run, write

from citytools.planned import opened
from citytools.validate import validate

HEAD = "# Camden, in its own hand\nschema: 1\nname:   Camden  # as it is called\ngss: 'E09000007'\n"
BASE = {
    "data/dataset.yaml": "schema: 1\ntitle: A test\nauthorities: [camden, hackney, brent]\n",
    "data/catalogue/functions.yaml": "schema: 1\nareas: [{id: democratic, name: D}]\nfunctions: [{id: democratic/committees, name: C}]\n",
    "data/catalogue/products.yaml": "schema: 1\nproducts:\n  - {id: moderngov, name: Modern.Gov, functions: [democratic/committees]}\n",
    "data/boroughs/camden/borough.yaml": HEAD,
    "data/boroughs/camden/technology.yaml": "schema: 1\nsystems: [{id: moderngov, product: moderngov}]\n",
    "data/boroughs/camden/contracts.yaml": "schema: 1\ncontracts: []\n",
    "data/boroughs/brent/borough.yaml": "schema: 1\nname: Brent\ngss: E09000005\n",
    "data/bodies/sts/body.yaml": "schema: 1\nname: Shared Technology Services\nkind: shared-service\nmembers: [brent, camden]\n",
    "data/bodies/sts/skills.yaml": "schema: 1\nskills: []\n",
}
CAMDEN = "data/boroughs/camden/borough.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path, BASE)


def confirm(root: Path, *more: str, borough: str = "camden", by: str = "Head of Digital", on: str = "2026-11-20") -> Run:
    return run("--root", str(root), "confirm", "--borough", borough, "--by", by, "--on", on, *more)


def added(*kinds: str, by: str = "Head of Digital", on: str = "2026-11-20") -> str:
    return "confirmations:\n" + "".join(f"  - kind: {kind}\n    on: {on}\n    by: {by}\n" for kind in kinds)


# What stands in borough.yaml below its head, what is confirmed on 20 November 2026, and what stands there then.
EDITS = {
    "nothing confirmed yet": ("", "technology", added("technology")),
    "renewed where it stands": (
        "confirmations:\n- kind: technology   # each autumn\n  on:  2025-10-01\n  by: CIO\n- {kind: contracts, on: 2025}\n",
        "technology",
        "confirmations:\n- kind: technology   # each autumn\n  on:  2026-11-20\n  by: Head of Digital\n- {kind: contracts, on: 2025}\n",
    ),
    "another kind beside it": (
        "confirmations:\n  # last year's\n  - {kind: contracts, on: 2025-10-01, by: CIO}\n",
        "technology",
        "confirmations:\n  # last year's\n  - {kind: contracts, on: 2025-10-01, by: CIO}\n"
        "  - {kind: technology, on: 2026-11-20, by: Head of Digital}\n",
    ),
    "a role where there was none": (
        "confirmations: [{kind: technology, on: 2026-11-20}]  # end\n",
        "technology",
        "confirmations: [{kind: technology, on: 2026-11-20, by: Head of Digital}]  # end\n",
    ),
    "fields behind it stay behind it": (
        "\n# where from\nsources:\n  - {url: 'https://example.org/', kind: register}\n",
        "technology",
        None,
    ),
}


@pytest.mark.parametrize(("before", "kind", "after"), EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_only_the_lines_concerned_change(root: Path, before: str, kind: str, after: str | None, ends: str) -> None:
    old = (HEAD + before).replace("\n", ends)
    write(root, {CAMDEN: old.encode()})
    assert confirm(root, "--kind", kind).code == 0
    new = (root / CAMDEN).read_bytes().decode()
    if after is None:
        assert new.replace(added("technology").replace("\n", ends), "") == old
    else:
        assert new == (HEAD + after).replace("\n", ends)
    assert run("--root", str(root), "validate", str(root / "data/boroughs/camden"), "--as-of", "2026-11-20").code == 0


def test_without_a_kind_all_that_the_borough_reports_is_confirmed(root: Path) -> None:
    done = confirm(root)
    assert (root / CAMDEN).read_text().replace(HEAD, "").replace("\n\n", "\n") == added("technology", "contracts")
    assert done.out == (
        "Camden: technology confirmed on 2026-11-20 by Head of Digital.\nCamden: contracts confirmed on 2026-11-20 by Head of Digital.\n"
        f"Written to {CAMDEN}. To make it known, commit it.\n"
    )


def test_bodies_confirm_too_and_are_found_by_name(root: Path) -> None:
    assert confirm(root, borough="Shared Technology Services").code == 0
    assert (root / "data/bodies/sts/body.yaml").read_text().endswith(added("skills"))


def test_no_other_file_is_touched(root: Path) -> None:
    confirm(root)
    assert {name for name, content in BASE.items() if (root / name).read_text() != content} == {CAMDEN}


def test_today_is_the_day_unless_another_is_given(root: Path) -> None:
    assert run("--root", str(root), "confirm", "-b", "camden", "--by", "CIO").code == 0
    assert f"on: {datetime.date.today()}" in (root / CAMDEN).read_text()


def test_what_was_confirmed_before_is_said(root: Path) -> None:
    write(root, {CAMDEN: HEAD + "confirmations: [{kind: technology, on: 2025-10, by: CIO}]\n"})
    assert "technology confirmed on 2026-11-20 by Head of Digital, before that on 2025-10 by CIO." in confirm(root).out


def test_said_twice_it_stands_once(root: Path) -> None:
    confirm(root)
    once = (root / CAMDEN).read_bytes()
    done = confirm(root)
    assert (done.code, (root / CAMDEN).read_bytes()) == (0, once)
    assert "technology is already confirmed on 2026-11-20 by Head of Digital.\n" in done.out
    assert done.out.endswith("Nothing was to be changed.\n")


def test_a_dry_run_shows_the_lines_and_changes_nothing(root: Path) -> None:
    done = confirm(root, "--kind", "technology", "--dry-run")
    assert "+   - kind: technology\n" in done.out
    assert done.out.endswith("Nothing was changed: this is a dry run.\n")
    assert (root / CAMDEN).read_text() == HEAD


# What is asked, and what the refusal says.
REFUSED = {
    "an e-mail address": (["--by", "jane.smith@camden.gov.uk"], "an e-mail address"),
    "a team's mailbox": (["--by", "digital@camden.gov.uk"], "an e-mail address"),
    "a telephone number": (["--by", "CIO, 020 7946 0018"], "a telephone number"),
    "a person's title": (["--by", "Dr Jane Smith"], "a person's title"),
    "no role": (["--by", "  "], "which role"),
    "a role that cannot be seen": (["--by", "CIO\x07"], "which role"),
    "the future": (["--on", "2199-01-01"], "after today"),
    "no day": (["--on", "31/03/2027"], "is not a date"),
    "a borough misspelt": (["--borough", "camdem"], "Did you mean camden?"),
    "a borough without files": (["--borough", "hackney"], "there is no borough or body"),
    "no such kind": (["--kind", "technologies"], "Did you mean technology?"),
    "a kind that is not reported": (["--kind", "skills"], "nothing to confirm: camden reports no skills"),
    "one that reports nothing": (["--borough", "brent"], "nothing to confirm: brent reports no technology, skills or contracts"),
}


@pytest.mark.parametrize(("asked", "said"), REFUSED.values(), ids=REFUSED)
def test_it_refuses_and_says_why(root: Path, asked: list[str], said: str) -> None:
    done = confirm(root, *asked)
    assert (done.code, said in done.err, done.out) == (2, True, "")
    assert (root / CAMDEN).read_text() == HEAD


# A file beside the confirmation that stands in its way.
IN_THE_WAY = {
    "a later confirmation": ({CAMDEN: HEAD + "confirmations: [{kind: technology, on: 2026-11-21}]\n"}, "later than 2026-11-20"),
    "a file that cannot be read": ({"data/boroughs/camden/technology.yaml": "systems: [\n"}, "cannot be confirmed"),
    "a file with faults": ({"data/boroughs/camden/technology.yaml": "schema: 1\nsystems: [{id: a, stat: live}]\n"}, "cannot be confirmed"),
    "faults in its own file": ({CAMDEN: HEAD + "confirmations: technology\n"}, "put right first"),
    "a file of links": ({CAMDEN: HEAD + "confirmations: &a []\ncodes: *a\n"}, ""),
}


@pytest.mark.parametrize(("files", "said"), IN_THE_WAY.values(), ids=IN_THE_WAY)
def test_faults_are_put_right_first(root: Path, files: dict[str, str], said: str) -> None:
    write(root, files)
    done = confirm(root, "--kind", "technology")
    assert (done.code, said in done.err, "Traceback" in done.err) == (2, True, False)
    assert {name: (root / name).read_text() for name in files} == files


def test_every_holder_of_the_register_can_confirm(tmp_path: Path) -> None:
    """On the real files: each changes by the lines of its confirmations alone, and the whole has no more findings than before."""
    root = write(tmp_path, {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in (ROOT / "data").rglob("*.yaml")})
    from citytools.confirming import confirm as plan

    register, day = opened(root), datetime.date(2026, 11, 20)
    holders = sorted({document.holder for document in register.dataset.documents if document.kind in ("technology", "skills", "contracts")})
    changed: dict[str, bytes] = {}
    for number, holder in enumerate(holders):
        if number % 9 == 0:
            changed.update(plan(register, holder, (), day, "Head of Digital", day).files)
    assert changed
    for path, data in changed.items():
        found = re.fullmatch(rb"(.*)confirmations:\n(?:  - kind: \w+\n    on: 2026-11-20\n    by: Head of Digital\n)+(.*)", data, re.DOTALL)
        assert found
        assert found[1] + found[2] == register.files[path]
    assert len(validate(register.after(changed), day)) == len(validate(register.dataset, day))
