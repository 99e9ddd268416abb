"""The files of a synthetic register: made-up boroughs over a real catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from citytools import dataset, files
from citytools.catalogue import Catalogue
from citytools.demo import emit, said
from citytools.demo.contracts import contracts
from citytools.demo.dice import REFERENCE, Dice, later
from citytools.demo.skills import skills
from citytools.demo.systems import System, landscape
from citytools.demo.vocabulary import vocabulary
from citytools.errors import CitytoolsError
from citytools.model import Dataset, Severity

_LIMITS = ("freshness", "assumed_term_months", "buying_times", "unknown_value_buying_months", "mobilisation")
_README = """\
# SYNTHETIC data

Made up by `citytools demo` with seed {seed}, for trying citytools out and for measuring it. **No such borough exists, and nothing
that these files say of one is true**: not what it runs, not what it pays, not what it thinks of a product. Only
`catalogue/`, the shared vocabulary, is a copy of the real one.
"""


class Size(NamedTuple):
    """How many records of each kind an authority has, about."""

    systems: int = 300
    contracts: int = 400
    skills: int = 100


FULL = Size()


def write(folder: Path, root: Path, authorities: int, seed: int, size: Size = FULL) -> dict[str, int]:
    """Write a synthetic dataset over the catalogue of the one in ``root``; how many records of each kind it has.

    Raises CitytoolsError where there is something in the folder already, or the catalogue has faults.
    """
    if folder.resolve().is_relative_to(root / "data"):
        raise CitytoolsError(f"{folder} is inside {root / 'data'}, and made-up data does not belong there. Name a folder of its own")
    files.check_vacant(folder)
    taken, real = _catalogue(root)
    made, counts = _made(real, authorities, seed, size)
    files.write_folder(folder, {**taken, **made})
    return counts


def _catalogue(root: Path) -> tuple[dict[str, bytes], Dataset]:
    """The catalogue's files as they are, and what they and data/dataset.yaml say."""
    paths = [root / dataset.DATASET_FILE, *sorted((root / "data" / "catalogue").glob("*.yaml"))]
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    read, errors = dataset.sound(dataset.build(found))
    if any(error.severity is Severity.ERROR for error in errors) or not {*read.records} >= {"function", "product", "skill-name"}:
        raise CitytoolsError(f"there are faults in the catalogue or in {dataset.DATASET_FILE} of {root}. Run citytools validate first")
    del found[dataset.DATASET_FILE]
    return found, read


def _made(real: Dataset, authorities: int, seed: int, size: Size) -> tuple[dict[str, bytes], dict[str, int]]:
    digits = max(2, len(str(authorities)))
    numbers = {f"demo-{number:0{digits}}": number for number in range(1, authorities + 1)}
    dice = Dice(seed)
    words = vocabulary(Catalogue(real), dice)
    systems = landscape(dice, words, list(numbers), size.systems)
    signed = contracts(dice, words, systems, size.contracts)
    able = skills(dice, words, systems, size.skills)
    label = f'# SYNTHETIC: made up by "citytools demo" with seed {seed}. No such borough exists, and nothing in this file is true of any.\n'
    made = {
        "data/README.md": _README.format(seed=seed),
        "data/dataset.yaml": _head("dataset", label, 1) + _dataset(real, list(numbers), seed),
    }
    for holder, number in numbers.items():
        place = f"data/boroughs/{holder}"
        made[f"{place}/borough.yaml"] = _head("borough", label) + _borough(dice, holder, number, digits, systems[holder])
        made[f"{place}/technology.yaml"] = _file("technology", label, "systems", [system.fields for system in systems[holder]])
        made[f"{place}/contracts.yaml"] = _file("contracts", label, "contracts", signed[holder])
        made[f"{place}/skills.yaml"] = _file("skills", label, "skills", able[holder])
    counts = {
        "systems": sum(map(len, systems.values())),
        "contracts": sum(map(len, signed.values())),
        "skills": sum(map(len, able.values())),
    }
    return {path: text.encode() for path, text in made.items()}, counts


def _head(kind: str, label: str, depth: int = 3) -> str:
    return f"# yaml-language-server: $schema={'../' * depth}schemas/{kind}.schema.json\n{label}schema: 1\n"


def _file(kind: str, label: str, key: str, found: Sequence[Mapping[str, Any]]) -> str:
    return f"{_head(kind, label)}\n{emit.records(key, found)}"


def _dataset(real: Dataset, holders: Sequence[str], seed: int) -> str:
    document = real.document("dataset")
    limits = {key: document.fields[key] for key in _LIMITS if document and document.fields and key in document.fields}
    return emit.fields(
        {
            "title": f"SYNTHETIC demonstration data, not a register: {len(holders)} made-up boroughs (seed {seed})",
            "description": "Written by citytools demo for trying out and measuring. No such borough exists.",
            # Ratings are for members only, and a made-up register is to have everything.
            "visibility": "members",
            "authorities": list(holders),
            **{key: _without_basis(value) for key, value in limits.items()},
        }
    )


def _without_basis(limit: Any) -> Any:
    """The figures alone: what they rest on may name a real borough."""
    return [{key: value for key, value in row.items() if key != "basis"} for row in limit] if isinstance(limit, list) else limit


def _borough(dice: Dice, holder: str, number: int, digits: int, systems: Sequence[System]) -> str:
    population = {"count": dice.between(150_000, 400_000), "on": "2024-06-30", "source": f"{said.ADDRESS}/{holder}/population"}
    kinds = [kind for kind in ("technology", "skills", "contracts") if dice.chance(30)]
    whole = sorted({function for system in systems if system.in_use for function in system.functions})
    kept = {
        "name": f"Demo Borough {number:0{digits}} (synthetic)",
        "gss": f"E09{900_000 + number}",
        "population": population,
        "mailbox": f"digital-{holder}@example.org",
        "confirmations": [{"kind": kind, "on": _late(dice), "by": dice.one(said.ROLES)} for kind in kinds],
        "complete": [{"function": function, "on": _late(dice)} for function in sorted(dice.some(whole, 4))],
        "sources": [{"url": f"{said.ADDRESS}/{holder}", "on": "2026-01", "kind": "register", "confidence": "high"}],
    }
    return emit.fields({key: value for key, value in kept.items() if value})


def _late(dice: Dice) -> str:
    return dice.day(later(said.LAST_SOURCE, 0, 1), REFERENCE).isoformat()
