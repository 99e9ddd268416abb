"""A change, from its proposal to what is said of it: one bare repository, and branches as officers and others would make them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from proposing import AS_OF, EXECUTABLE, LINK, MODULE, Odd, Repository
from support import SHARED, Run, golden, run
from test_gitrepo import git
from test_ten_mistakes import BASE, GOOD, MISTAKES

from citytools import gitrepo
from citytools.ci.report import Report, loads

CAMDEN = "data/boroughs/camden/technology.yaml"
HACKNEY = "data/boroughs/hackney/technology.yaml"
ISLINGTON = "data/boroughs/islington/technology.yaml"
DATASET = (
    "schema: 1\ntitle: A test\nauthorities: [camden, hackney, islington]\nunknown_value_buying_months: 12\n"
    "assumed_term_months: 48\nbuying_times: [{months: 12}]\nmobilisation: [{months: 3}]\nfreshness: [{kind: systems, months: 24}]\n"
)
SOURCE = '    sources: [{url: "https://example.org/register", on: 2026-09-01, kind: website, confidence: high}]\n'
FILES = {
    **BASE,
    "data/dataset.yaml": DATASET,
    "data/boroughs/hackney/borough.yaml": "schema: 1\nname: Hackney\ngss: E09000012\n",
    # Islington's file is faulty and old: that is never the fault of who changes Camden's.
    ISLINGTON: "schema: 1\nsystems:\n  - id: committees\n    product: moderngov\n    since: 31/03/2014\n",
    HACKNEY: (
        "schema: 1\nsystems:\n  - id: committees\n    product: moderngov\n"
        '    sources: [{url: "https://example.org/old", on: 2015-01-01, kind: website, confidence: low}]\n'
    ),
    CAMDEN: GOOD,
}
EXCEL = b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00[Content_Types].xml"
TEN = {name: GOOD.replace(old, new) for name, (old, new, _) in MISTAKES.items() if name not in ("colon-in-text", "number-sign-in-text")}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    found = Repository(tmp_path_factory.mktemp("end-to-end"))
    found.begin(FILES)
    return found


class Checked:
    """A change as ``citytools ci check`` saw it: its exit code, and the three things that it wrote."""

    def __init__(self, done: Run, folder: Path) -> None:
        assert done.err == ""
        self.code, self.log = done.code, done.out
        self.data = (folder / "report.json").read_bytes()
        self.report: Report = loads(self.data)
        self.summary = (folder / "summary.md").read_text("utf-8")


@pytest.fixture
def check(repository: Repository, tmp_path: Path) -> Callable[..., Checked]:
    def checked(files: dict[str, str | bytes | Odd | None], *labels: str, branch: str = "change") -> Checked:
        repository.propose(branch, files)
        places = ("--report", str(tmp_path / "report.json"), "--summary", str(tmp_path / "summary.md"))
        refs = ("--base", "main", "--head", branch, "--labels", ",".join(labels))
        return Checked(run("ci", "check", "--repo", str(repository.folder), "--as-of", AS_OF, *refs, *places), tmp_path)

    return checked


def test_a_good_change_passes_and_its_meaning_is_told(check: Callable[..., Checked]) -> None:
    more = f"\n  - id: committees\n    product: moderngov\n    functions: [planning/register]\n{SOURCE}"
    found = check(
        {CAMDEN: GOOD.replace("since: 2014-05", "since: 2015") + more, HACKNEY: None},
        "borough:camden",
        "borough:hackney",
    )
    assert (found.code, found.report.passed, found.report.data_only, found.report.refusals) == (0, True, True, ())
    assert [(file.path, file.what) for file in found.report.files] == [
        (CAMDEN, "changed"),
        (HACKNEY, "removed"),
    ]
    golden("ci/check-good.md", found.summary)
    assert found.log == "Passed. 3 records: 1 added, 1 removed, 1 changed. 1 older finding in other files is left out.\n"


@pytest.mark.parametrize("name", TEN)
def test_each_of_the_commonest_mistakes_is_rejected_with_its_words(check: Callable[..., Checked], name: str) -> None:
    found = check({CAMDEN: TEN[name]})
    assert (found.code, found.report.passed, found.report.errors, found.report.refusals) == (1, False, 1, ())
    (fault,) = found.report.faults
    assert (fault.path, fault.line) == (CAMDEN, MISTAKES[name][2])
    golden(f"ci/check-{name}.md", found.summary)
    assert found.log.splitlines()[0].startswith(f"::error file={CAMDEN},line={fault.line},col={fault.column},title={fault.rule}::")


def test_a_workbook_in_place_of_yaml_is_rejected_with_its_words(check: Callable[..., Checked]) -> None:
    found = check({CAMDEN: EXCEL})
    assert (found.code, [fault.rule for fault in found.report.faults]) == (1, ["not-yaml"])
    golden("ci/check-excel-for-yaml.md", found.summary)
    beside = check({"data/boroughs/camden/technology.xlsx": EXCEL})
    assert (beside.code, beside.report.faults) == (1, ())
    golden("ci/check-excel-beside-yaml.md", beside.summary)


def test_another_boroughs_folder_is_refused_without_its_agreement(check: Callable[..., Checked]) -> None:
    files: dict[str, str | bytes | Odd | None] = {CAMDEN: GOOD + SOURCE, ISLINGTON: None}
    found = check(files)
    assert (found.code, len(found.report.refusals), found.report.errors) == (1, 2, 0)
    golden("ci/check-another-borough.md", found.summary)
    assert found.log.startswith("::error title=refused::")
    assert check(files, "borough:camden", "borough:islington").code == 0


def test_faults_and_old_dates_of_others_never_fail_a_change(check: Callable[..., Checked]) -> None:
    found = check({CAMDEN: GOOD.replace("since: 2014-05", "since: 2015")})
    assert (found.code, found.report.faults) == (0, ())
    assert found.report.summary == "1 record: 1 changed. 1 older finding in other files is left out."


def test_what_a_change_breaks_elsewhere_fails_it_and_stands_after_what_is_wrong_in_its_files(check: Callable[..., Checked]) -> None:
    products = FILES["data/catalogue/products.yaml"].replace("id: moderngov", "id: modern-gov")
    islington = FILES[ISLINGTON] + "    status: alive\n"
    found = check({"data/catalogue/products.yaml": products, ISLINGTON: islington}, "maintainer-approved")
    assert (found.code, found.report.refusals) == (1, ())
    assert [fault.path for fault in found.report.faults] == [ISLINGTON] * 3 + [CAMDEN, HACKNEY]


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (Odd(LINK, b"/proc/self/environ"), "is a symbolic link"),
        (Odd(MODULE, b"0" * 39 + b"1"), "is another repository"),
        (Odd(EXECUTABLE, GOOD.replace("since: 2014-05", "since: 2015").encode()), "is marked as a program"),
        (b"x" * 1_000_001, "has 1,000,001 bytes"),
    ],
    ids=["link", "submodule", "program", "size"],
)
def test_what_is_no_ordinary_file_is_refused_and_never_read(check: Callable[..., Checked], odd: Odd | bytes, why: str) -> None:
    found = check({CAMDEN: odd}, "maintainer-approved")
    assert (found.code, found.report.passed, found.report.faults) == (1, False, ())
    (refusal,) = found.report.refusals
    assert refusal.startswith(f"{CAMDEN} {why}")
    assert all(text not in found.summary for text in ("environ", "xxxx", "2015"))
    assert found.report.summary.startswith("1 file cannot be read")


def test_not_even_what_is_inside_a_file_that_is_refused_is_looked_at(
    repository: Repository, check: Callable[..., Checked], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    contents = gitrepo.contents
    monkeypatch.setattr(gitrepo, "contents", lambda folder, ids: contents(folder, [each for each in ids if not read.append(each)]))
    refused = {
        CAMDEN: Odd(EXECUTABLE, b"a: 1\n"),
        "data/boroughs/camden/notes.txt": b"b: 2\n",
        "submissions/camden/x.xlsx": Odd(LINK, b"c"),
    }
    check({**refused, "data/boroughs/camden/skills.yaml": b"d: 4\n"})
    digests = [gitrepo.blob_id(content) for content in (b"a: 1\n", b"b: 2\n", b"c", b"d: 4\n")]
    assert [each in read for each in digests] == [False, False, False, True]


def test_a_file_that_cannot_be_looked_at_is_not_taken_for_removed(check: Callable[..., Checked]) -> None:
    found = check({CAMDEN: Odd(LINK, b"/dev/zero")})
    assert found.report.summary.startswith("1 file cannot be read, so that nothing is said of what changes in it.")


PAYLOADS = (
    "$(touch evil)", "`touch evil`", "::error::forged", "::stop-commands::x", "##[add-mask]e", "%0A::warning::x", "@octocat", "#1",
    "[click](https://evil.example)", "<script>alert(1)</script>", "<!-- hide", "a|b", "](x", "```", "\u202egnp", "\x1b]0;pwned\x07",
    "Closes #12", "![t](https://evil.example/t.png)", "{{7*7}}", "${{ github.token }}",
)  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_hostile_values_names_and_branches_are_shown_and_do_nothing(check: Callable[..., Checked], payload: str) -> None:
    name = f"data/boroughs/camden/{payload.replace('/', '∕')}\n::error::x.yaml"
    value = json.dumps(payload)
    content = GOOD + f"    notes: {value}\n\n  - id: other\n    name: {value}\n    product: {value}\n    {value}: x\n"
    branch = "hostile/" + re.sub(r"[\x00-\x20\x7f~^:?*\[\\/]|@\{|\.\.", "-", payload)
    found = check({CAMDEN: content, name: "x"}, "maintainer-approved", branch=branch)
    assert found.code == 1
    _harmless(found)


def _harmless(found: Checked) -> None:
    """Nothing of the change begins a line of the log or is in its way; what is in the summary is code or plain."""
    assert "%0A" not in found.log
    for line in found.log.splitlines():
        assert "##[" not in line or line.startswith("::")
        assert re.match(
            r"::(?:error|warning|notice) (?:file=[^:,]+(?:,line=\d+,col=\d+)?,)?title=[a-z-]+::|Rejected: |Passed|GitHub shows|And ", line
        )
    shown = found.log + found.summary
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", shown)
    plain = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", found.summary)
    assert not re.search(r"[<>@|]|\]\(|!\[|#\d|https?:|www\.|\$\{", plain)


def test_a_hostile_change_is_shown_in_full_and_does_nothing(check: Callable[..., Checked]) -> None:
    value = json.dumps("@octocat ![t](https://evil.example/t.png) <script>alert(1)</script> | ::error::forged ##[add-mask]e Closes #12")
    found = check(
        {CAMDEN: GOOD + f"    notes: {value}\n    status: {value}\n", "data/boroughs/camden/$(touch evil)\n::error::x.yaml": "x"},
        branch="$(touch${IFS}evil)`id`",
    )
    assert found.code == 1
    _harmless(found)
    golden("ci/check-hostile.md", found.summary)
    golden("ci/check-hostile.log", found.log)


@pytest.mark.skipif(not SHARED.exists(), reason="the folder of hostile values is not beside this one")
def test_no_hostile_value_known_does_anything(check: Callable[..., Checked]) -> None:
    payloads = json.loads((SHARED / "hostile" / "values" / "payloads.json").read_text("utf-8"))
    texts = [text for found in payloads.values() for text in found]
    systems = "".join(
        f"\n  - id: p{number}\n    product: {json.dumps(text)}\n    status: {json.dumps(text)}\n"
        for number, text in enumerate(texts)
        if "\u0000" not in text
    )
    found = check({CAMDEN: GOOD + systems})
    assert found.code == 1
    _harmless(found)


def test_a_change_with_very_many_faults_is_told_within_measure(check: Callable[..., Checked]) -> None:
    long = "x" * 3_000
    systems = "".join(f"  - {{id: s{number}, name: n, since: {long}, statuss: {long}}}\n" for number in range(150))
    found = check({CAMDEN: "schema: 1\nsystems:\n" + systems})
    assert found.code == 1
    assert found.report.errors >= 300
    assert len(found.report.faults) <= 500
    assert len(found.data) <= 1_000_000
    assert len(found.summary.encode()) <= 1_048_576
    assert all(len(fault.message) <= 2_000 for fault in found.report.faults)
    many = check({CAMDEN: "schema: 1\nsystems:\n" + "".join(f"  - {{id: s{number}, statuss: y}}\n" for number in range(4_000))})
    assert many.report.errors >= 4_000
    assert "more errors and warnings are not listed" in many.log
    assert re.search(r"^- … and [\d,]+ more$", many.summary, re.M)


def test_personal_data_is_not_shown_again_and_neither_is_what_is_withheld(check: Callable[..., Checked]) -> None:
    """Not in the words of the rule that finds it, nor in those of another, nor in what changes."""
    number = "07700 900123"
    found = check({CAMDEN: GOOD + f"    notes: Ask on {number}\n"})
    assert [fault.rule for fault in found.report.faults] == ["personal-data"]
    contract = "schema: 1\ncontracts:\n  - id: forms\n    title: Forms\n    supplier: civica\n    covers: [forms]\n"
    held = check(
        {
            "data/boroughs/camden/contracts.yaml": contract
            + "    value: {amount: 987654}\n    withheld: [{field: value, reason: FOIA s.43}]\n"
        }
    )
    assert "withheld-given" in [fault.rule for fault in held.report.faults]
    for each, secret in ((found, number), (found, "900123"), (held, "987654"), (held, "987,654")):
        assert secret not in each.summary + each.log + each.data.decode()
        assert each.report.impact == ()


def test_another_fault_on_the_line_of_what_must_not_be_shown_is_masked(check: Callable[..., Checked]) -> None:
    found = check({CAMDEN: GOOD + "    notes: {a: Jane on 07700 900123}\n    until: jane.doe@camden.gov.uk\n"})
    borough = check(
        {"data/boroughs/camden/borough.yaml": "schema: 1\nname: Camden\ngss: E09000007\nmailbox: jane.doe@camden.gov.uk or so\n"}
    )
    assert (found.code, borough.code) == (1, 1)
    for each in (found, borough):
        assert not re.search("900123|jane", each.summary + each.log + each.data.decode())
    assert "not repeated here" in found.summary


def test_workbooks_handed_in_are_checked_and_their_plan_is_told(check: Callable[..., Checked], tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "Systems"
    for row in (["Id", "Users", "In use since"], ["moderngov", 90, None], ["new", 5, "TBC"]):
        page.append(row)
    book.save(tmp_path / "systems.xlsx")
    found = check({"submissions/camden/systems.xlsx": (tmp_path / "systems.xlsx").read_bytes()})
    assert (found.code, found.report.data_only) == (1, True)
    (section,) = found.report.submissions
    assert section.title == "submissions/camden/systems.xlsx"
    assert "changed: system camden/moderngov" in "\n".join(section.lines)
    assert [(fault.path, fault.cell, fault.rule) for fault in found.report.faults] == [
        ("submissions/camden/systems.xlsx", "Systems!C3", "wrong-date")
    ]
    assert "Systems!C3" in found.summary


def test_what_is_no_workbook_is_refused_in_words(check: Callable[..., Checked]) -> None:
    found = check({"submissions/camden/systems.xlsx": EXCEL})
    assert (found.code, found.report.data_only) == (1, True)
    assert "is damaged, or was not copied whole" in found.summary


def test_the_working_tree_does_not_matter(repository: Repository, tmp_path: Path) -> None:
    """In a clone whose files say something else, what is checked is what is committed."""
    git(tmp_path, "clone", "-q", str(repository.folder), "copy")
    copy = tmp_path / "copy"
    (copy / CAMDEN).write_text("not: what is checked\n")
    (copy / "citytools").mkdir()
    (copy / "citytools" / "__init__.py").write_text("raise SystemExit('run')\n")
    done = run("ci", "check", "--repo", str(copy), "--base", "HEAD", "--as-of", AS_OF)
    assert (done.code, done.out) == (0, "Passed. No record differs. 1 older finding in other files is left out.\n")


def test_what_cannot_be_checked_says_so_with_another_code(repository: Repository, tmp_path: Path) -> None:
    alone = git(repository.folder, "commit-tree", "-m", "alone", f"{repository.propose('x', {CAMDEN: GOOD})}^{{tree}}")
    report = tmp_path / "report.json"
    for base, words in (
        ("nowhere", "there is no commit"),
        (alone, "have no commit in common"),
        ("::error::x\n::error::y", "there is no commit"),
        ("##[error]x", '"# #[error]x"'),
    ):
        done = run("ci", "check", "--repo", str(repository.folder), "--base", base, "--head", "main", "--report", str(report))
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
        assert words in done.err
        assert done.err.startswith("citytools: ")
    assert not report.exists()


def test_the_register_before_a_change_may_be_unusable(repository: Repository, check: Callable[..., Checked]) -> None:
    """Mending what nobody could read is no worse than other changes; what it means cannot be told."""
    repository.propose("broken", {"data/catalogue/products.yaml": "schema: [\n"})
    git(
        repository.folder,
        "update-ref",
        "refs/heads/mended",
        repository.propose("change", {"data/catalogue/products.yaml": FILES["data/catalogue/products.yaml"]}, on="broken"),
    )
    done = run(
        "ci",
        "check",
        "--repo",
        str(repository.folder),
        "--base",
        "broken",
        "--head",
        "mended",
        "--as-of",
        AS_OF,
        "--labels",
        "maintainer-approved",
    )
    assert (done.code, done.err) == (0, "")
