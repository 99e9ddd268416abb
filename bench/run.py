"""Measures citytools against others on the same synthetic register, in one run: ``make bench``, or ``python bench/run.py --authorities 5``.

Seconds depend on the machine and on what else it does, so the table is one of ratios. bench/README.md says how to read it.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import orjson

from citytools import demo, schema, workbook, yamlfile

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
CITYTOOLS = str(BIN / "citytools")
KINDS = ("technology", "contracts", "skills")
READ_JSON = "import sys, orjson\nfor path in sys.argv[1:]:\n    orjson.loads(open(path, 'rb').read())"
READ_WORKBOOK = (
    "import sys, openpyxl\nfor page in openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True):\n    list(page.values)"
)
# Without its C reader, as pip installs check-jsonschema: ruamel.yaml looks for it under this name.
AS_INSTALLED = "import sys; sys.modules['_ruamel_yaml'] = None; from check_jsonschema import main; main()"
PEAK = Path(__file__).parent / "peak.py"


@dataclass(frozen=True)
class Times:
    """Seconds that several runs of one thing took."""

    seconds: tuple[float, ...]

    @property
    def middle(self) -> float:
        """The median."""
        return statistics.median(self.seconds)

    def __str__(self) -> str:
        unit, scale, digits = ("ms", 1000, 0) if max(self.seconds) < 0.5 else ("s", 1, 2)
        runs = f" (least of {len(self.seconds)}: {min(self.seconds) * scale:.{digits}f})" if len(self.seconds) > 1 else ""
        return f"{self.middle * scale:.{digits}f} {unit}{runs}"


@dataclass(frozen=True)
class Row:
    """One line of the answer; a row without a target is for information."""

    what: str
    ratio: str
    target: str
    reached: bool | None
    detail: str

    def __str__(self) -> str:
        verdict = {True: "reached", False: "**not reached**", None: ""}[self.reached]
        return f"| {self.what} | {self.ratio} | {self.target} | {verdict} | {self.detail} |"


@dataclass(frozen=True)
class Register:
    """The synthetic register as files of each reader: YAML for two, JSON for one."""

    folder: Path
    yaml: dict[str, list[str]]
    json: list[str]


def main() -> int:
    """Measure and print; 1 where one of them does not accept the register, so that nothing can be compared."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="citytools-bench-") as folder:
        register = _prepare(Path(folder), options.authorities)
        print(_machine(options.authorities, register), flush=True)
        try:
            rows = list(_rows(register, options.runs))
        except subprocess.CalledProcessError as error:
            print(f"bench: exit code {error.returncode} from {' '.join(error.cmd)[:200]} …\n{error.stdout[-2000:]}", file=sys.stderr)
            return 1
    print("| what | measured | target | | seconds, or megabytes |\n|---|--:|--:|---|---|")
    print(*rows, sep="\n")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--authorities", type=int, default=33, metavar="N", help="size of the register; 5 for a quick look (default: 33)")
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="how often each short measurement is repeated (default: 7)")
    return parser.parse_args()


def _prepare(folder: Path, authorities: int) -> Register:
    root = folder / "register"
    demo.write(root, ROOT, authorities, seed=1)
    boroughs = sorted((root / "data" / "boroughs").iterdir())
    for borough in boroughs:
        for kind in KINDS:
            _quote_years(borough / f"{kind}.yaml", kind)
    as_json = folder / "json"
    as_json.mkdir()
    return Register(
        root,
        {kind: [str(borough / f"{kind}.yaml") for borough in boroughs] for kind in KINDS},
        [str(_to_json(root, path, as_json)) for path in sorted((root / "data").rglob("*.yaml"))],
    )


def _quote_years(path: Path, kind: str) -> None:
    """Put quotes round years without a month: readers other than citytools' take them for numbers, and refuse the file."""
    dates = "|".join(sorted({each.name for each in schema.properties(kind) if each.definition.get("format") == "partial-date"}))
    path.write_text(re.sub(rf"\b({dates}): ([0-9]{{4}})(?=[,}}\n])", r'\1: "\2"', path.read_text("utf-8")), "utf-8")


def _to_json(root: Path, path: Path, folder: Path) -> Path:
    name = path.relative_to(root).as_posix()
    kind = path.stem if path.stem in schema.kinds() else f"catalogue-{path.stem}"
    document, _ = yamlfile.read(name, path.read_bytes(), kind=kind, text_fields=schema.text_fields(kind))
    target = folder / f"{name.replace('/', '_')}.json"
    target.write_bytes(orjson.dumps(document.fields, default=float))
    return target


def _machine(authorities: int, register: Register) -> str:
    size = sum(Path(path).stat().st_size for paths in register.yaml.values() for path in paths)
    tools = ", ".join(f"{name} {version(name)}" for name in ("citytools", "check-jsonschema", "ruamel.yaml", "orjson"))
    system = f"{os.cpu_count()} cores ({platform.machine()}, load {os.getloadavg()[0]:.1f}), {platform.system()}"
    return (
        f"{datetime.date.today()}: {system}, Python {platform.python_version()}\n{tools}\n"
        f"{authorities} boroughs, {sum(map(len, register.yaml.values()))} files, {size / 1e6:.1f} MB of YAML\n"
    )


def _rows(register: Register, runs: int) -> Iterator[Row]:
    validate = [CITYTOOLS, "--root", str(register.folder), "validate"]
    read_json = [sys.executable, "-c", READ_JSON, *register.json]
    nothing, help_ = [sys.executable, "-c", "pass"], [CITYTOOLS, "--help"]
    for command in (validate, read_json, nothing, help_):
        _run(command)  # once, so that bytecode is there and the files are in memory

    checked, parsed = _alternately(runs, partial(_cold, register, validate), partial(_run, read_json))
    inside = Times(tuple(_timed(_read, register.json) for _ in range(runs)))
    helped, passed = _alternately(3 * runs, partial(_run, help_), partial(_run, nothing))
    compared, passed_too = _alternately(2 * runs, partial(_run, _diff(register)), partial(_run, nothing))
    peak, largest = _peak(register, validate)

    for name, command, least in _others():
        theirs = _check(command, register)
        yield _ratio(f"{name} ÷ `citytools validate`", theirs, checked, least=least)
    yield _ratio("`citytools validate` ÷ orjson reading it, a process", checked, parsed, most=6)
    yield _ratio("`citytools validate` ÷ orjson reading it, in process", checked, inside)
    yield _ratio("`citytools --help` ÷ `python -c pass`", helped, passed, most=7)
    yield _ratio("the same, the least of each", *map(_least, (helped, passed)))
    yield _ratio("`citytools diff` of two commits, 3 files changed ÷ `python -c pass`", compared, passed_too, most=15)
    yield _ratio("the same, the least of each", *map(_least, (compared, passed_too)))
    yield _memory("validate", peak, largest, 300)
    yield from _workbook(register, runs)


def _memory(what: str, peak: float, largest: float, most: int) -> Row:
    detail = f"all processes together, at their most; the largest alone {largest:.0f} MB"
    return Row(f"memory of `citytools {what}`", f"{peak:.0f} MB", f"≤ {most} MB", peak <= most, detail)


def _workbook(register: Register, runs: int) -> Iterator[Row]:
    """A workbook of 10,000 new contracts, checked; beside it openpyxl, which only reads it."""
    book = str(_contracts(register))
    check = [CITYTOOLS, "--root", str(ROOT), "check", book]
    read = [sys.executable, "-c", READ_WORKBOOK, book]
    for command in (check, read):
        _run(command)
    checked, only_read = _alternately(max(3, runs // 2), partial(_run, check), partial(_run, read))
    yield _ratio("`citytools check` of a workbook of 10,000 lines ÷ openpyxl reading it", checked, only_read)
    yield Row("the same, alone", f"{checked.middle:.2f} s", "≤ 3 s", checked.middle <= 3, str(checked))
    yield _memory("check", *_peak(register, check), 200)


def _contracts(register: Register) -> Path:
    columns = ("Borough", "Id", "Title", "Supplier", "Functions", "Signed", "Start", "End", "Initial term", "What the end date is")
    columns += ("Notice period", "Value: amount", "Value: for", "Value: VAT", "CPV codes", "Notes")
    boroughs = sorted(path.name for path in (ROOT / "data" / "boroughs").iterdir())
    days = (datetime.date(2024, 1, 5), datetime.date(2024, 2, 1), datetime.date(2029, 1, 31))
    rest = ("initial-term", "excluded", "48000000")
    rows = []
    for n in range(10_000):
        named = (boroughs[n % len(boroughs)], f"contract-{n}", f"Contract {n} for something", "Civica", "General ledger and ERP")
        rows.append([*named, *days, 60, "committed", 6, 100_000 + n, *rest, f"Note {n}"])
    sheet = workbook.FormSheet("Contracts", "", [workbook.FormColumn(title) for title in columns], rows)
    book = register.folder.parent / "contracts.xlsx"
    book.write_bytes(workbook.fill(workbook.Form("bench", [], [sheet])))
    return book


def _diff(register: Register) -> list[str]:
    """A comparison of two commits of a copy of the register, between which one field changed in each of three files."""
    copy = register.folder.parent / "committed"
    shutil.copytree(register.folder / "data", copy / "data")
    git = ["git", "-C", str(copy), "-c", "user.name=bench", "-c", "user.email=bench@example.org"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"]):
        _run([*git, *command])
    for path in sorted(copy.glob("data/boroughs/*/technology.yaml"))[:3]:
        path.write_text(re.sub(r"\bsince: .*", "since: 1999-01-01", path.read_text("utf-8"), count=1), "utf-8")
    _run([*git, "commit", "-qam", "two"])
    return [CITYTOOLS, "--root", str(copy), "diff", "HEAD~1", "HEAD"]


def _ratio(what: str, one: Times, other: Times, *, least: float | None = None, most: float | None = None) -> Row:
    found = one.middle / other.middle
    target = f"≥ {least:g} ×" if least else f"≤ {most:g} ×" if most else ""
    reached = found >= least if least else found <= most if most else None
    return Row(what, f"{found:.1f} ×", target, reached, f"{one} ÷ {other}")


def _least(times: Times) -> Times:
    return Times((min(times.seconds),))


def _others() -> Iterator[tuple[str, list[str], float | None]]:
    """Ways of running check-jsonschema, with the target for each."""
    yield "check-jsonschema", [sys.executable, "-c", AS_INSTALLED], 40
    if find_spec("_ruamel_yaml"):
        yield "check-jsonschema with a reader in C", [str(BIN / "check-jsonschema")], None


def _check(command: Sequence[str], register: Register) -> Times:
    """Seconds that check-jsonschema takes for the three kinds of files, one call for each schema."""
    _run([*command, *_schema("skills"), register.yaml["skills"][0]])
    return Times((sum(_timed(_run, [*command, *_schema(kind), *register.yaml[kind]]) for kind in KINDS),))


def _read(paths: Sequence[str]) -> None:
    for path in paths:
        orjson.loads(Path(path).read_bytes())


def _schema(kind: str) -> tuple[str, str]:
    return "--schemafile", str(ROOT / "schemas" / f"{kind}.schema.json")


def _cold(register: Register, command: Sequence[str]) -> str:
    """Run the command as if nothing was remembered from before."""
    shutil.rmtree(register.folder / ".citytools", ignore_errors=True)
    return _run(command)


def _alternately(runs: int, one: Callable[[], object], other: Callable[[], object]) -> tuple[Times, Times]:
    """Times of two things, turn by turn, so that a busy moment meets both."""
    pairs = [(_timed(one), _timed(other)) for _ in range(runs)]
    return Times(tuple(pair[0] for pair in pairs)), Times(tuple(pair[1] for pair in pairs))


def _timed(action: Callable[..., object], *arguments: object) -> float:
    begun = time.perf_counter()
    action(*arguments)
    return time.perf_counter() - begun


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=_environment(), check=True)
    return done.stdout


def _environment() -> dict[str, str]:
    """What a user has: nothing that keeps bytecode from being written, or sends citytools to another register."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CITYTOOLS"))}


def _peak(register: Register, command: Sequence[str]) -> tuple[float, float]:
    """Megabytes of all processes of the command at their most, and of the largest one."""
    together, largest = _run([sys.executable, str(PEAK), *command]).split()[-2:]
    return float(together), float(largest)


if __name__ == "__main__":
    sys.exit(main())
