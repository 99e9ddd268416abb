"""Who may change what, and what may not come in at all: decided from git's trees alone, before any file of a change is read.

The rules are those of the base. Who wrote the commits does not count: anybody can write any name into them. What counts is which
folders a change touches, and the labels that people who may give some have given it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from citytools import dataset, gitrepo, suggest
from citytools.ci.event import FILES, borough_data
from citytools.errors import CitytoolsError
from citytools.gitrepo import Touched
from citytools.render.escape import visible
from citytools.yamlfile import MAX_BYTES

MAINTAINER = "maintainer-approved"
BOROUGH = "borough:"
WORKBOOK = 10_000_000
TOTAL = 20_000_000
_TOLD = 50
_NAME = 300
_OWN = ("borough.yaml", "technology.yaml", "skills.yaml", "contracts.yaml")
_HOLDERLESS = (
    "dataset",
    "documentation",
    *(f"catalogue-{name}" for name in ("frameworks", "functions", "products", "skills", "suppliers")),
)
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.I)
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\\]|[. ]$')
_SPECIAL = {
    "120000": "is a symbolic link, and these are never followed. Put an ordinary file in its place",
    "160000": "is another repository (a submodule), which is not taken in. Take it out",
    "100755": "is marked as a program, which data never is. Run: git update-index --chmod=-x {}",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a change touches, and sentences on what of it may not be so.

    ``unfit`` are files that are never read. ``boroughs`` are those whose folders are touched; ``data_only`` is whether nothing else is.
    ``readable`` is whether the whole is small enough to look into.
    """

    files: tuple[Touched, ...]
    refusals: tuple[str, ...]
    unfit: frozenset[str]
    boroughs: tuple[str, ...]
    data_only: bool
    readable: bool


def judge(folder: Path, base: str, head: str, labels: Collection[str]) -> Verdict:
    """Judge what ``head`` changes since it parted from ``base``, by the rules of ``base``. Raises CitytoolsError where git cannot tell."""
    if not gitrepo.at_top(folder):
        raise CitytoolsError(f"{folder} is a folder inside a repository. Name the repository itself")
    if gitrepo.crossed(folder, base, head):
        raise CitytoolsError(
            f'"{base}" and "{head}" were merged into one another, so that it cannot be told what the change does. '
            "Merge the newest state of the base into it, and push it again"
        )
    files = gitrepo.touched(folder, gitrepo.parting(folder, base, head), gitrepo.commit_of(folder, head))
    authorities = _authorities(folder, base)
    boroughs = tuple(sorted({owner for file in files if (owner := owner_of(file.path)) in authorities}))
    data_only = bool(files) and all(borough_data(file.path) and owner_of(file.path) in authorities for file in files)
    if len(files) > FILES:
        many = f"{len(files):,} files are touched, and more than {FILES:,} are not looked into at once. Split the change"
        return Verdict(files, (many,), frozenset(), boroughs, data_only, readable=False)
    sizes = _sizes(folder, files)
    unfit = dict(_unfit(files, sizes, gitrepo.names_in(folder, gitrepo.commit_of(folder, head))))
    total = sum(size for path, size in sizes.items() if _data(path) and path not in unfit)
    refused = [f"{total:,} bytes of data are touched, and more than {TOTAL:,} are not looked into at once. Split the change"]
    refused = refused if total > TOTAL else []
    refused += (f"{shown(path)} {why}" for path, why in unfit.items())
    refused += _not_theirs([file for file in files if file.path not in unfit], authorities, labels)
    return Verdict(files, tuple(_few(refused)), frozenset(unfit), boroughs, data_only, readable=total <= TOTAL)


def _data(path: str) -> bool:
    """Whether a file is in the folders of data, however these are spelt."""
    return PurePosixPath(path).parts[0].casefold() in ("data", "submissions")


def owner_of(path: str) -> str:
    """The borough in whose folder a file is, known or not; empty where it is in nobody's."""
    match PurePosixPath(path).parts:
        case ("data", "boroughs", borough, _, *_) | ("submissions", borough, _, *_):
            return borough
    return ""


def shown(path: str) -> str:
    """A path as a person is shown it: on one line, with what cannot be seen made visible, and not too long."""
    plain = visible(path).replace("\n", "\\n").replace("\t", "\\t")
    return plain if len(plain) <= _NAME else f"{plain[: _NAME - 1]}…"


def _authorities(folder: Path, base: str) -> tuple[str, ...]:
    data = dataset.reader_at(folder, base)(dataset.DATASET_FILE)
    found = dataset.build({dataset.DATASET_FILE: data}).authorities
    if not found:
        raise CitytoolsError(f'no authorities are listed in {dataset.DATASET_FILE} of "{base}", so that it is not known whose a folder is')
    return found


def _sizes(folder: Path, files: Iterable[Touched]) -> dict[str, int]:
    """The size of each file that is there after the change, by path. Raises CitytoolsError where one is not here."""
    there = {file.path: file.id for file in files if file.after in (*gitrepo.ORDINARY, "120000")}
    found = gitrepo.sizes(folder, there.values())
    if missing := [path for path, digest in there.items() if digest not in found]:
        raise CitytoolsError(f"git does not have the content of {shown(missing[0])} here. In a partial clone, fetch it first")
    return {path: found[digest] for path, digest in there.items()}


def _unfit(files: Sequence[Touched], sizes: Mapping[str, int], names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The files that may not come in whoever agrees, each with why; what is taken out may go."""
    spellings = _spellings(names)
    for file in files:
        if file.after and (why := _why_unfit(file, sizes.get(file.path, 0), spellings)):
            yield file.path, why


def _why_unfit(file: Touched, size: int, spellings: Mapping[str, Collection[str]]) -> str:
    path = PurePosixPath(file.path)
    if str(path) != file.path:
        return "is not written as a path is. Give it another name"
    if odd := next((why for part in path.parts if (why := _odd(part))), ""):
        return odd
    if _data(file.path):
        if file.after != "100644":
            return _SPECIAL.get(file.after, f"is no ordinary file: git has it as {file.after}").format(shown(file.path))
        if why := _misplaced(path):
            return why
        most = WORKBOOK if path.suffix == ".xlsx" else MAX_BYTES
        if size > most:
            return f"has {size:,} bytes, and no more than {most:,} are read. Split it, or take out what does not belong"
    for each in (file.path, *(str(parent) for parent in path.parents)):
        others = sorted(spellings.get(_folded(each), {each}))
        if len(others) > 1:
            return f"cannot exist beside {shown(next(other for other in others if other != each))} on Windows or macOS. Keep one of the two"
    return ""


def _odd(name: str) -> str:
    """Why a name is one that not every computer can have; empty where all can."""
    if visible(name) != name or "\n" in name or "\t" in name:
        return "has a character in its name that cannot be seen. Give it another name"
    if name.casefold() in (".git", "git~1"):
        return "has a name that git keeps for itself. Give it another name"
    if _DEVICES.match(name):
        return "has a name that Windows keeps for a device. Give it another name"
    if _NOT_IN_NAMES.search(name):
        return "has a name that Windows does not allow. Give it another name"
    return ""


def _misplaced(path: PurePosixPath) -> str:
    """Why a file below data/ or submissions/ has no place there; empty where it has one."""
    if dataset.kind_of(str(path))[0] in _HOLDERLESS or str(path) == "submissions/README.md":
        return ""
    if not str(path).isascii():
        return "has letters from another alphabet in its name. Type it anew, in plain letters"
    match path.parts:
        case ("data", "boroughs" | "bodies", holder, _) | ("submissions", holder, _) if not _SLUG.fullmatch(holder):
            return f"is in a folder whose name is no id. Call the folder as its borough is called here, such as {_slug(holder) or 'camden'}"
        case ("data", "boroughs", holder, _):
            return "" if dataset.kind_of(str(path))[0] else _unknown(path, holder)
        case ("submissions", _, _):
            return "" if borough_data(str(path)) else "is no workbook whose name ends in .xlsx. Save it as such, under a plain name"
        case ("data", "bodies", _, _):
            return "" if dataset.kind_of(str(path))[0] else "has a name that is never read here"
        case ("data", *_):
            return "is not where a file belongs. Files belong in data/boroughs/<borough>/, data/bodies/<id>/ and data/catalogue/"
        case ("submissions", *_):
            return "is not in a folder called after its borough, such as submissions/camden/systems.xlsx"
    return f"is in a folder called {path.parts[0]}. It is called {path.parts[0].casefold()}, in small letters"


def _unknown(path: PurePosixPath, borough: str) -> str:
    """Why a file with this name has no place in a borough's folder, and where it has."""
    if path.suffix.casefold() in (".xlsx", ".xls", ".xlsm", ".ods"):
        return f"is a workbook, and here stand YAML files. Put it into submissions/{borough}/, as .xlsx, and it is read"
    meant = suggest.closest(f"{path.stem}.yaml", _OWN)
    return f"has a name that is never read here. The files are {', '.join(_OWN)}" + (f". Did you mean {meant}?" if meant else "")


def _slug(name: str) -> str:
    return "-".join(re.findall("[a-z0-9]+", name.casefold())).lstrip("0123456789-")


def _spellings(names: Iterable[str]) -> dict[str, set[str]]:
    """Every file and folder, as it is spelt, under what it is where case and width do not count."""
    found: dict[str, set[str]] = {}
    for each in {str(whole) for name in names for whole in (PurePosixPath(name), *PurePosixPath(name).parents)}:
        found.setdefault(_folded(each), set()).add(each)
    return found


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _not_theirs(files: Sequence[Touched], authorities: Collection[str], labels: Collection[str]) -> Iterator[str]:
    """Sentences on what nobody has agreed to who would have to."""
    if MAINTAINER in labels:
        return
    boroughs: dict[str, str] = {}
    for file in files:
        owner = owner_of(file.path)
        if owner in authorities:
            boroughs.setdefault(owner, file.path)
        else:
            known = f"there is no borough {shown(owner)} yet, so that " if owner else ""
            yield f"{shown(file.path)} is for maintainers to change: {known}it needs the label {MAINTAINER}"
    names = list(boroughs)
    whose = f"the folders of {len(names)} boroughs are touched ({', '.join(names[:5])}{', …' if len(names) > 5 else ''})"
    for borough, path in boroughs.items() if len(names) > 1 else ():
        if f"{BOROUGH}{borough}" not in labels:
            yield (
                f"{shown(path)} belongs to {borough}, and {whose}. Give each borough a change of its own, "
                f"or this one the label {BOROUGH}{borough}"
            )


def _few(sentences: Sequence[str]) -> Iterator[str]:
    yield from sentences[:_TOLD]
    if len(sentences) > _TOLD:
        yield f"and {len(sentences) - _TOLD:,} more such"
