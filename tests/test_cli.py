"""The command line: every command, every exit code, and what surrounds it: roots, pipes, full disks, small terminals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT, golden, run, write
from test_index import BOROUGHS, CATALOGUE
from test_overlaps import RECORDS

from citytools import __version__
from citytools.rules import GIVEN, RULES


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS, **RECORDS}.items()}
    return write(tmp_path_factory.mktemp("register"), files)


def ask(root: Path, *arguments: str, code: int = 0) -> str:
    done = run(*arguments, "--root", str(root), "--as-of", "2026-11-23")
    assert (done.code, done.err) == (code, "")
    return done.out


def test_version() -> None:
    assert run("--version").out == f"citytools {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [(), ("--help",), ("report",), ("report", "--help"), ("validate", "--help"), ("report", "overlaps", "--help")]
)
def test_help(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert "Usage: citytools" in done.out + done.err
    assert done.code == (2 if arguments == () else 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("validate", "--nonsense"),
        ("sql",),
        ("report", "overlaps", "--by", "x"),
        ("report", "overlaps", "--min-boroughs", "0"),
    ],
)
def test_wrong_use_is_exit_2(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert "Error" in done.err


@pytest.mark.parametrize(("name", "hint"), [("overlap", "Did you mean overlaps?"), ("xyzzy", "List them with: citytools report.")])
def test_a_report_that_is_not_there_is_exit_2_with_a_suggestion(name: str, hint: str) -> None:
    done = run("report", name)
    assert (done.code, done.out, done.err) == (2, "", f'citytools: there is no report "{name}". {hint}\n')


def test_the_root_may_stand_before_or_after_the_command_or_in_the_environment(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("validate").code == 2
    before = run("--root", str(root), "validate")
    assert before.code == 0
    assert run("validate", "--root", str(root)).out == before.out
    assert run("validate", env={"CITYTOOLS_ROOT": str(root)}).out == before.out
    monkeypatch.chdir(root / "data/boroughs/camden")
    assert run("validate").out == before.out
    for arguments in (("validate", "--root", str(tmp_path)), ("--root", str(tmp_path), "validate")):
        assert run(*arguments, env={"CITYTOOLS_ROOT": str(root)}).code == 2


GOLDEN: dict[str, tuple[str, ...]] = {
    "find-name": ("find", "explorer"),
    "find-alias": ("find", "unit4 business"),
    "find-borough": ("find", "hackney"),
    "show-contract": ("show", "sutton/erp"),
    "show-partial-contract": ("show", "contract:hackney/resold"),
    "show-bundle": ("show", "camden/everything"),
    "show-system": ("show", "camden/erp"),
    "show-shared-system": ("show", "system:sutton/erp"),
    "show-product": ("show", "explorer"),
    "show-supplier": ("show", "softcat"),
    "show-function": ("show", "planning/register"),
    "show-borough": ("show", "camden"),
    "show-body": ("show", "consortium"),
    "sql": ("sql", "SELECT holder, COUNT(*) AS systems, NULL AS empty FROM systems GROUP BY holder ORDER BY holder"),
    "sql-nothing": ("sql", "SELECT * FROM systems WHERE 1 = 0"),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_answers(root: Path, name: str) -> None:
    golden(f"{name}.txt", ask(root, *GOLDEN[name]))


def test_nothing_found_is_exit_1_with_a_suggestion(root: Path) -> None:
    assert "Did you mean Planning Explorer?" in ask(root, "find", "planing explorer", code=1)
    assert "Nothing has a name like that." in ask(root, "find", "xyzzy", code=1)
    assert "Nothing has a name like that." in ask(root, "find", "%", code=1)


def test_no_such_record_is_exit_2_with_a_suggestion(root: Path) -> None:
    done = run("show", "camden/explorr", "--root", str(root))
    assert (done.code, done.out) == (2, "")
    assert done.err == 'citytools: there is no record "camden/explorr". Did you mean camden/explorer?\n'


def test_several_records_of_one_name_are_one_json(root: Path) -> None:
    answer = json.loads(ask(root, "show", "sutton/erp", "--format", "json"))
    assert [table["title"] for table in answer] == ["system sutton/erp", "contract sutton/erp"]


def test_tables_says_what_there_is() -> None:
    everything = run("tables").out
    assert "systems_in_use" in everything
    assert "yearly_value_pence" in run("tables", "contract_terms").out
    done = run("tables", "contract_term")
    assert (done.code, done.err) == (2, 'citytools: there is no table "contract_term". Did you mean contract_terms?\n')


def test_rules_lists_every_rule() -> None:
    listed = {row["rule"] for row in json.loads(run("rules", "--format", "json").out)["rows"]}
    assert listed == {*RULES, *GIVEN}
    assert "unknown-reference" in run("rules").out


def test_output_replaces_a_file_in_one_step(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    target.chmod(0o640)
    assert ask(root, "report", "overlaps", "--format", "csv", "--output", str(target)) == ""
    assert target.read_bytes().startswith(b"boroughs,name,")
    assert target.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_output_that_cannot_be_written_changes_nothing(root: Path, tmp_path: Path) -> None:
    done = run("report", "overlaps", "--root", str(root), "--output", str(tmp_path / "missing" / "out.txt"))
    assert done.code == 2
    assert "cannot be written: No such file or directory. Nothing was changed.\n" in done.err
    done = run("report", "overlaps", "--root", str(root), "--output", str(tmp_path))
    assert done.code == 2
    assert list(tmp_path.iterdir()) == []


def test_output_through_a_link_keeps_the_link(root: Path, tmp_path: Path) -> None:
    target, link = tmp_path / "target.txt", tmp_path / "link.txt"
    target.write_text("old")
    link.symlink_to(target)
    ask(root, "report", "overlaps", "--output", str(link))
    assert link.is_symlink()
    assert target.read_text("utf-8").startswith("Overlaps by product")


def test_output_never_replaces_what_is_not_a_file(root: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    done = run("report", "overlaps", "--root", str(root), "--output", str(pipe))
    assert (done.code, pipe.is_fifo()) == (2, True)
    assert "is not an ordinary file" in done.err


@pytest.mark.parametrize("format", ["text", "markdown", "csv", "json"])
def test_odd_values_of_a_query_fit_every_format(root: Path, format: str) -> None:
    assert "00ff" in ask(root, "sql", "SELECT x'00ff' AS b, 9e999 AS n", "--format", format)


def test_a_terminal_without_utf8_gets_plain_marks(root: Path) -> None:
    done = run("report", "overlaps", "--root", str(root), "--as-of", "2026-11-23", encoding="ascii")
    assert done.code == 0
    assert "Unit4 ERP - Unit4" in done.out
    assert "GBP 400,340 a year" in done.out


def test_a_bug_is_exit_3_without_a_traceback(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citytools.validate.validate", lambda *_: 1 / 0)
    done = run("validate", "--root", str(root))
    assert done.code == 3
    assert done.err.startswith("citytools: a bug in citytools (ZeroDivisionError")
    assert done.err.count("\n") == 1


def test_ctrl_c_is_130(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("citytools.validate.validate", stop)
    done = run("validate", "--root", str(root))
    assert (done.code, done.out) == (130, "")


def process(*arguments: str, stdout: int | None = subprocess.PIPE, **more: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "citytools", *arguments], stdout=stdout, stderr=subprocess.PIPE, cwd=ROOT, check=False, timeout=60, **more
    )  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_long_answer_arrives_whole_through_a_pipe(unbuffered: str) -> None:
    sql = "SELECT a.ref, b.url FROM systems a, sources b LIMIT 20000"
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m citytools sql '{sql}' --format csv | (sleep 0.2; wc -l)"],
        capture_output=True,
        cwd=ROOT,
        env=env,
        check=True,
    )
    assert done.stdout.strip() == b"20001"


def test_a_closed_pipe_ends_quietly() -> None:
    command = (
        f"{sys.executable} -m citytools sql 'SELECT * FROM sources, systems LIMIT 20000' --format csv | head -1; exit ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, cwd=ROOT, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (141, b"")
    assert done.stdout.count(b"\n") == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
def test_a_full_disk_is_an_error() -> None:
    with open("/dev/full", "wb") as full:
        done = process("report", "overlaps", stdout=full.fileno())
    assert done.returncode == 2
    assert done.stderr == b"citytools: No space left on device.\n"


def test_a_closed_output_is_an_error_for_tables_too() -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m citytools tables >&-"], capture_output=True, cwd=ROOT, check=False, timeout=60
    )
    assert done.returncode == 2


def test_a_closed_output_is_an_error() -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m citytools validate >&-"], capture_output=True, cwd=ROOT, check=False, timeout=60
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert done.stderr.startswith(b"citytools: ")


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; from citytools.cli import main; main(['--help']); print(sorted({m.partition('.')[0] for m in sys.modules}))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout.splitlines()[-1]
    assert not {"yaml", "rich", "jsonschema_rs", "sqlite3"} & set(eval(out))


def test_nothing_is_looked_through_for_garbage_at_the_end() -> None:
    code = "import atexit, gc, sys; from citytools.__main__ import run; atexit.register(lambda: print(len(gc.get_objects()))); run()"
    out = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    version, left = out.splitlines()
    assert version == f"citytools {__version__}"
    assert int(left) < 100


def test_a_comparison_loads_nothing_that_it_has_no_use_for() -> None:
    """Of what fits on its lines; where it does not, rich has to wrap it."""
    code = "import sys; from citytools.cli import main; main(['diff', *2 * ['data/boroughs/camden']]); print(sorted(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout.splitlines()
    assert "no record differs" in out[0]
    unused = {"rich", "jinja2", "jsonschema_rs", "openpyxl", "citytools.workbook", "citytools.yamlfile.editing", "citytools.render.page"}
    assert not unused & set(eval(out[-1]))


@pytest.mark.parametrize("arguments", [("show",), ("find",), ("validate",), ("report", "product")])
def test_help_says_what_each_argument_is(arguments: tuple[str, ...]) -> None:
    """What typer hands to some versions of click gets lost there."""
    text = run(*arguments, "--help").out
    (said,) = [
        line for line in text.partition("Arguments:\n")[2].partition("\n\n")[0].splitlines() if line.startswith("  ") and line[2] != " "
    ]
    assert len(said.split()) > 3, text
