"""Git's merge of one file, record by record: three states of its bytes → one, with both sides' comments and order.

What git would make of the lines alone stands on the disk before anything else is tried, so that a crash cannot pass for a merge.
"""

from __future__ import annotations

import re
import shlex
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from citytools import dataset, diff, gitrepo, schema, threeway, yamlfile
from citytools.errors import CitytoolsError
from citytools.files import write_atomically
from citytools.model import Dataset, Sort
from citytools.threeway import Side
from citytools.yamlfile import Piece

ATTRIBUTES = "data/**/*.yaml merge=citytools"

_BOM = "\ufeff"
_REMARKED = "# comment"  # no field can have this name
_REMARK = re.compile(r"(?=[ \t]+#|[\r\n])")
_COMMENT = re.compile(r"(?:^|[ \t])(#.*?)[ \t]*$", re.M)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A merged file, and whether a person has to decide about what stands between its markers."""

    data: bytes
    conflicted: bool


class Three(NamedTuple):
    """The bytes of a file in the three states; an empty base where the file began on both sides."""

    base: bytes
    ours: bytes
    theirs: bytes


def drive(folder: Path, base: Path, ours: Path, theirs: Path, path: str) -> bool:
    """Merge as git asks for it, with the result in the file ``ours``; whether nothing is left to decide. Raises CitytoolsError."""
    three = Three(base.read_bytes(), ours.read_bytes(), theirs.read_bytes())
    text = gitrepo.text_merge(folder, base, ours, theirs)
    if text is None:
        return False
    plain = Outcome(*text)
    write_atomically(ours, plain.data)
    found = merge(three, path, plain)
    if found != plain:
        write_atomically(ours, found.data)
    return not found.conflicted


def merge(three: Three, path: str, plain: Outcome) -> Outcome:
    """Merge three states of a file by what they say; ``plain``, the merge of their lines, stays where that cannot be done."""
    states = _read(three, path)
    if states is None:
        return plain
    conflicts, fields = states.merged()
    if not conflicts and not plain.conflicted and states.say(plain.data, fields):
        return plain
    found = _by_records(states, conflicts=conflicts)
    if found is not None:
        return found
    return plain if plain.conflicted else Outcome(_marked(three.ours.decode(), three.theirs.decode()).encode(), conflicted=True)


@dataclass(frozen=True, slots=True)
class _States:
    """The three states as read, and as text with ``\\n`` at the end of each line where each of them has but one line end."""

    kind: str
    holder: str
    path: str
    fields: tuple[Mapping[str, Any] | None, ...]
    texts: tuple[str, ...]
    newline: str
    pieces: _Sides

    def merged(self, take: threeway.Take = threeway.undecided) -> tuple[bool, dict[str, Any]]:
        """Whether anything is left to decide, and the merged fields."""
        base, ours, theirs = _remarked(self.fields, self.pieces)
        found = threeway.merge_files(self.kind, base, ours, theirs, take, holder=self.holder, path=self.path)
        return bool(found.conflicts), _unmarked(found.fields or {})

    def taking(self, side: Side) -> dict[str, Any]:
        """The fields with every conflict decided for one side."""
        return self.merged(lambda _: side)[1]

    def read(self, data: bytes) -> Any:
        """What a file of this kind says; None where it cannot be read."""
        return yamlfile.read(self.path, data, kind=self.kind, text_fields=schema.text_fields(self.kind))[0].fields

    def say(self, data: bytes, fields: Any) -> bool:
        """Whether a file says this and nothing else."""
        return yamlfile.same(self.read(data), fields)

    def edited(self, text: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
        """A text that says the old with as few changes as make it say the new. Raises CitytoolsError."""
        edits = yamlfile.changes(old, new)
        return yamlfile.edit(text.encode(), edits, text_fields=schema.text_fields(self.kind), order=self._order).decode()

    def _order(self, path: Any) -> Sequence[str]:
        return tuple(schema.definition(self.kind, path).get("properties", {}))

    def finished(self, text: str) -> bytes:
        """The text with the line ends that the file has."""
        return text.replace("\n", self.newline).encode()


def _read(three: Three, path: str) -> _States | None:
    """The three states; None where one cannot be read, or no file of the dataset has that place."""
    place = _place(path)
    read = dataset.build_all([({place: data} if data else {}, ()) for data in three], judged=False)
    base, ours, theirs = (next(iter(each.documents), None) for each in read)
    if ours is None or theirs is None or ours.fields is None or theirs.fields is None or (three.base and (not base or base.fields is None)):
        return None
    texts, newline = _texts(three)
    fields = (base.fields if base else None, ours.fields, theirs.fields)
    one, other, third = (yamlfile.pieces(text) if text else {} for text in texts)
    return _States(ours.kind, ours.holder, place, fields, texts, newline, _Sides(one, other, third, _renamed(read, ours.holder)))


def _place(path: str) -> str:
    """A path in the repository as one from the dataset's folder."""
    parts = PurePosixPath(path).parts
    starts = [number for number, part in enumerate(parts) if part == "data"]
    return "/".join(parts[starts[-1] :]) if starts else path


def _texts(three: Three) -> tuple[tuple[str, ...], str]:
    """The three texts, and the line end that the merged one is to have."""
    texts = [data.decode().removeprefix(_BOM) for data in three]
    ends = [_line_end(text) for text in texts]
    if "" in ends:
        return tuple(texts), "\n"
    newline = ends[2] if texts[0] and ends[1] == ends[0] else ends[1]
    plain = (text.replace(end, "\n") for text, end in zip(texts, ends, strict=True))
    return tuple(text if text.endswith("\n") or not text else f"{text}\n" for text in plain), newline


def _line_end(text: str) -> str:
    """The one line end of a text; empty where it has several."""
    found = set(re.findall(r"\r\n|\n|\r", text))
    return found.pop() if len(found) == 1 else "" if found else "\n"


def _renamed(read: Sequence[Dataset], holder: str) -> dict[str, str]:
    """The ids that either side gave to records, each with the one before."""
    changes = (change for side in read[1:] for change in diff.diff(read[0], side).changes if change.sort is Sort.RENAMED)
    return {change.new.removeprefix(f"{holder}/"): change.old.removeprefix(f"{holder}/") for change in changes}


def _remarked(fields: Sequence[Mapping[str, Any] | None], pieces: _Sides) -> Iterator[Mapping[str, Any] | None]:
    """The three states, in which a new comment on a record that the other side removed counts as a change of the record."""
    base, ours, theirs = fields
    yield base
    yield _with_remarks(ours or {}, pieces.base, pieces.ours, pieces.theirs, pieces.was)
    yield _with_remarks(theirs or {}, pieces.base, pieces.theirs, pieces.ours, pieces.was)


def _with_remarks(
    fields: Mapping[str, Any], base: Mapping[Piece, str], side: Mapping[Piece, str], other: Mapping[Piece, str], was: Mapping[str, str]
) -> dict[str, Any]:
    known = {*was, *was.values()}
    removed = [piece for piece in side if piece[0] == "own" and len(piece) > 2 and piece in base and piece not in other]
    remarked = {piece[1:] for piece in removed if piece[2] not in known and _comments(side[piece]) - _comments(base[piece])}
    lists = {name: fields[name] for name, _ in remarked}
    marked = {
        name: [{**item, _REMARKED: True} if (name, str(item["id"])) in remarked else item for item in items]
        for name, items in lists.items()
    }
    return {**fields, **marked}


def _unmarked(fields: Mapping[str, Any]) -> dict[str, Any]:
    def plain(item: Any) -> Any:
        return {name: value for name, value in item.items() if name != _REMARKED} if isinstance(item, dict) else item

    return {name: [plain(item) for item in value] if isinstance(value, list) else value for name, value in fields.items()}


def _by_records(states: _States, *, conflicts: bool) -> Outcome | None:
    """The merged file, with markers where a person has to decide; None where it cannot be written without a loss."""
    fields = states.taking(Side.OURS)
    ours = _written(states, states.texts[1], states.fields[1] or {}, fields, Side.OURS)
    theirs = _written(states, ours, fields, states.taking(Side.THEIRS), Side.THEIRS) if ours is not None else None
    if ours is None or theirs is None or (conflicts and ours == theirs):
        return None
    theirs = _with_their_comments(states.pieces, ours, theirs)
    text = ours if ours == theirs else _marked(ours, theirs)
    return Outcome(states.finished(text), conflicted=ours != theirs) if _keeps_comments(states.texts, text) else None


def _with_their_comments(sides: _Sides, ours: str, theirs: str) -> str:
    """Their side of what a person decides, with their own lines of what lost a comment in being written anew."""
    mine, yours = yamlfile.pieces(ours), yamlfile.pieces(theirs)
    for piece, part in yours.items():
        base, _, own = sides.of(piece)
        if own is not None and _comments(own) - _comments(base or "") - _comments(part) - _comments(mine.get(piece, "")):
            yours[piece] = _indented_as(own, part) if piece[0] == "own" else own
    return "".join(yours.values()) or theirs


def _written(states: _States, text: str, old: Mapping[str, Any], new: Mapping[str, Any], lead: Side) -> str | None:
    """A text that said the old and now says the new, with the lines of either side wherever these say just that.

    ``lead`` is the side whose conflicts were taken: first ours, then theirs on top of what came of that.
    """
    try:
        edited = states.edited(text, old, new)
    except CitytoolsError:
        return None
    done = yamlfile.pieces(text) if lead is Side.THEIRS else {}
    parts = yamlfile.pieces(edited)
    chosen = "".join(part if part == done.get(piece) else _chosen(states, piece, part, new, lead) for piece, part in parts.items())
    return chosen if parts and states.say(chosen.encode(), new) else edited


@dataclass(frozen=True, slots=True)
class _Sides:
    """The pieces of the three states, found under the id that a record has or had."""

    base: Mapping[Piece, str]
    ours: Mapping[Piece, str]
    theirs: Mapping[Piece, str]
    was: Mapping[str, str]

    def of(self, piece: Piece) -> tuple[str | None, str | None, str | None]:
        """A piece in each of the three; None where there is none."""
        before = (*piece[:2], self.was.get(piece[2], piece[2])) if len(piece) > 2 else piece
        base, ours, theirs = (side.get(piece, side.get(before)) for side in (self.base, self.ours, self.theirs))
        return base, ours, theirs


def _chosen(states: _States, piece: Piece, part: str, fields: Mapping[str, Any], lead: Side) -> str:
    """The first way to write a piece that says what it must; ``part``, as it was edited, always does."""
    for text in _ways(*states.pieces.of(piece), lead):
        fitted = _indented_as(text, part) if piece[0] == "own" else text
        if fitted == part or piece[0] != "own" or _says(states, piece, fitted, fields):
            return fitted
    return part


def _ways(base: str | None, ours: str | None, theirs: str | None, lead: Side) -> Iterator[str]:
    """How a piece may be written, the best first."""
    if theirs is None or theirs in (base, ours):
        return
    if ours is None or ours == base:
        if theirs.strip() or ours is not None:
            yield theirs
        return
    if not theirs.strip():
        return
    first, second = (ours, theirs) if lead is Side.OURS else (theirs, ours)
    for prefer in ("both", "first"):
        yield _woven(base or "", first, second, prefer)


def _woven(base: str, first: str, second: str, prefer: str) -> str:
    """The lines of both sides; where these meet, those of both if each only put lines in, else those of the first."""
    lines = [side.splitlines(keepends=True) for side in (base, first, second)]
    return "".join(line for chunk in _chunks(*lines) for line in _resolved(*chunk, prefer))


_Chunk = tuple[list[str], list[str], list[str]]


def _chunks(base: list[str], first: list[str], second: list[str]) -> Iterator[_Chunk]:
    """Three texts cut where all have the same line."""
    ways = [dict(_matches(base, side)) for side in (first, second)]
    at = (0, 0, 0)
    for number in sorted(ways[0].keys() & ways[1].keys()):
        here = (number, ways[0][number], ways[1][number])
        yield base[at[0] : here[0]], first[at[1] : here[1]], second[at[2] : here[2]]
        yield [base[number]], [base[number]], [base[number]]
        at = (here[0] + 1, here[1] + 1, here[2] + 1)
    yield base[at[0] :], first[at[1] :], second[at[2] :]


def _matches(base: list[str], side: list[str]) -> Iterator[tuple[int, int]]:
    for start, at, size in SequenceMatcher(None, base, side, autojunk=False).get_matching_blocks():
        yield from ((start + n, at + n) for n in range(size))


def _resolved(base: list[str], first: list[str], second: list[str], prefer: str) -> list[str]:
    if first in (base, second):
        return second
    if second == base:
        return first
    if len(base) == len(first) == len(second):
        lines = zip(base, first, second, strict=True)
        return [_line(*each, prefer) for each in lines]
    return _put_in(base, first, second) or first if prefer == "both" else first


def _put_in(base: list[str], first: list[str], second: list[str]) -> list[str]:
    """The lines of both sides where one of them only put some in, above or below; none where neither did."""
    if not base:
        return [*first, *(line for line in second if line not in first)]
    for one, other in ((first, second), (second, first)):
        if one[-len(base) :] == base:
            return [*(line for line in one[: -len(base)] if line not in other), *other]
        if one[: len(base)] == base:
            return [*other, *(line for line in one[len(base) :] if line not in other)]
    return []


def _line(base: str, first: str, second: str, prefer: str) -> str:
    """A line with what both sides did, where one changed what it says and the other its comment; else that of the first."""
    if first in (base, second):
        return second
    if second == base or prefer == "first":
        return first
    old, one, other = ((*_REMARK.split(line, maxsplit=1), "")[:2] for line in (base, first, second))
    if one[0] == old[0] and other[1] == old[1]:
        return other[0] + one[1]
    return one[0] + other[1] if other[0] == old[0] and one[1] == old[1] else first


def _indented_as(text: str, like: str) -> str:
    """The lines of a record as far in as another is."""
    here, there = _indent(text), _indent(like)
    lines = text.splitlines(keepends=True)
    if here < there:
        return "".join(" " * (there - here) + line if line.strip() else line for line in lines)
    return "".join(line.removeprefix(" " * (here - there)) for line in lines)


def _indent(text: str) -> int:
    first = next((line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
    return len(first) - len(first.lstrip(" "))


def _says(states: _States, piece: Piece, text: str, fields: Mapping[str, Any]) -> bool:
    """Whether the lines of a record or field say what is to be said of it."""
    name = piece[1]
    read = states.read((text if len(piece) == 2 else f"{name}:\n{text}").encode()) or {}
    if len(piece) == 2:
        return yamlfile.same(read, {name: fields.get(name)})
    meant = [item for item in fields.get(name) or () if isinstance(item, dict) and str(item.get("id")) == piece[2]]
    return bool(meant) and yamlfile.same(read.get(name), meant)


def _keeps_comments(texts: Iterable[str], result: str) -> bool:
    """Whether every comment is there that both sides left in place or that one of them wrote."""
    base, ours, theirs = map(_comments, texts)
    added = (ours - base) | (theirs - base)
    return not ((base & ours & theirs) + added) - _comments(result)


def _comments(text: str) -> Counter[str]:
    return Counter(_COMMENT.findall(text))


def _marked(ours: str, theirs: str) -> str:
    """Two texts as one, with git's markers where they differ."""
    mine, yours = (side.splitlines(keepends=True) for side in (ours, theirs))
    end = next((line[len(line.rstrip("\r\n")) :] for line in mine if line.endswith(("\n", "\r"))), "\n")
    result: list[str] = []
    for tag, start, stop, first, last in SequenceMatcher(None, mine, yours, autojunk=False).get_opcodes():
        if tag == "equal":
            result += mine[start:stop]
        else:
            sides = ("".join(part) for part in (mine[start:stop], yours[first:last]))
            one, other = (part if not part or part.endswith(("\n", "\r")) else part + end for part in sides)
            result += [f"<<<<<<< ours{end}", one, f"======={end}", other, f">>>>>>> theirs{end}"]
    return "".join(result)


_SECTION = "merge.citytools"
_NAME = "records of the citytools dataset"
_SAMPLE = "data/boroughs/a/technology.yaml"


@dataclass(frozen=True, slots=True)
class BranchMerge:
    """What merging a branch did: the new commit, the files it brought, and those in which a person has to decide."""

    commit: str
    files: tuple[str, ...]
    conflicts: tuple[str, ...]


def command(python: str) -> str:
    """How git is to call this module with a Python; where that has gone, git's own merge is called, so that no side is lost."""
    quoted = shlex.quote(python).replace("%", "%%")
    there = f"{quoted} -c \"from importlib.util import find_spec as f; exit(not f('citytools.driver'))\" 2>/dev/null"
    instead = "git merge-file -L ours -L base -L theirs %A %O %B"
    return f"{there} && exec {quoted} -m citytools merge-driver %O %A %B %P; {instead}"


def set_up(folder: Path, command: str) -> tuple[str, ...]:
    """Have git merge the dataset's files of this clone with a command; what was done, in sentences. Raises CitytoolsError."""
    attributes, prefix = gitrepo.own_attributes(folder)
    said = []
    wanted = {"name": _NAME, "driver": command}
    if any(gitrepo.setting(folder, f"{_SECTION}.{name}") != value for name, value in wanted.items()):
        gitrepo.set_settings(folder, _SECTION, wanted)
        said.append(f"This clone's git now has the merge driver citytools ({_SECTION} in its config).")
    if gitrepo.driver_of(folder, _SAMPLE) != "citytools":
        attributes.parent.mkdir(exist_ok=True)
        write_atomically(attributes, _with_line(_bytes_of(attributes), f"{prefix}{ATTRIBUTES}"))
        said.append(f"It is used for {prefix}data/**/*.yaml, as a new line in {attributes} says.")
    return tuple(said) or ("Everything was set up already. Nothing was changed.",)


def take_down(folder: Path) -> tuple[str, ...]:
    """Undo ``set_up``; what was done, in sentences. Raises CitytoolsError."""
    attributes, prefix = gitrepo.own_attributes(folder)
    said = []
    if gitrepo.setting(folder, f"{_SECTION}.driver"):
        gitrepo.set_settings(folder, _SECTION, {})
        said.append("This clone's git has the merge driver citytools no longer, and merges lines of text as before.")
    lines = _bytes_of(attributes).splitlines(keepends=True)
    left = [line for line in lines if line.strip() != f"{prefix}{ATTRIBUTES}".encode()]
    if left != lines:
        write_atomically(attributes, b"".join(left))
        said.append(f"Its line was taken out of {attributes}.")
    return tuple(said) or ("Nothing had been set up. Nothing was changed.",)


def merge_branch(folder: Path, ref: str, command: str) -> BranchMerge:
    """Merge a branch with a commit of its own, record by record, without any setting up. Raises CitytoolsError where nothing was done."""
    commit, head = gitrepo.commit_of(folder, ref), gitrepo.commit_of(folder, "HEAD")
    if gitrepo.ongoing_merge(folder):
        raise CitytoolsError("a merge was begun here and not finished. Finish it with git commit, or give it up with git merge --abort")
    if changed := gitrepo.changed_files(folder):
        named = ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
        raise CitytoolsError(f"there are changes that are not committed: {named}. Commit them first. Nothing was changed")
    with tempfile.TemporaryDirectory() as scratch:
        settings = {f"{_SECTION}.name": _NAME, f"{_SECTION}.driver": command}
        if gitrepo.driver_of(folder, _SAMPLE) != "citytools":
            attributes = Path(scratch, "attributes")
            attributes.write_text(f"**/{ATTRIBUTES}\n", "utf-8")
            settings["core.attributesFile"] = str(attributes)
        conflicts = gitrepo.merge_commit(folder, commit, f"Merge {ref}", settings)
    made = gitrepo.commit_of(folder, "HEAD")
    return BranchMerge("" if made == head else made, gitrepo.differing(folder, head, made), conflicts)


def _bytes_of(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _with_line(data: bytes, line: str) -> bytes:
    return data + (b"\n" if data and not data.endswith(b"\n") else b"") + line.encode() + b"\n"
