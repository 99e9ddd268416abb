"""What changed in a field, in words: which item of which list, and of long texts which words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from citytools.model import Change, FieldChange, Sort

NOT_STATED, NONE = "not stated", "none"
SAME, GONE, NEW = "same", "gone", "new"

_WORDY = 4  # texts of so many words on both sides are shown word by word
_ALIKE = 0.4  # and if they have at least this share of them in common
_BRIEF = 60  # characters of a text in a summary
_FEW = 3  # words of a list in a summary
_VERBS = ("covers", "does", "includes", "offers", "seeks")
_ITEM = re.compile(r"([^.\[\]]+)(?:\[(.*)\]| (\d+))(?:\.(.+))?", re.DOTALL)

Pieces = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One line about a field: its name, the sign of an item that came (+) or went (-), and runs of words: same, gone or new."""

    name: str
    sign: str
    pieces: Pieces

    @property
    def replaced(self) -> bool:
        """Whether one value stands in place of another, with nothing kept of it."""
        return not self.sign and len(self.pieces) == 2 and SAME not in (op for op, _ in self.pieces)

    @property
    def told(self) -> str:
        """The line without signs, for where it stands among others that begin with one."""
        return f"{self.name} {'added' if self.sign == '+' else 'removed'}: {self.pieces[0][1]}" if self.sign else str(self)

    def __str__(self) -> str:
        if self.replaced:
            return f"{self.name}: {self.pieces[0][1]} → {self.pieces[1][1]}"
        if self.sign:
            return f"{self.sign} {self.name} {self.pieces[0][1]}"
        if len(self.pieces) == 1:
            return f"{self.name}: {self.pieces[0][1]}"
        marks = {SAME: ("", ""), GONE: ("[-", "-]"), NEW: ("{+", "+}")}
        return f"{self.name}: " + "".join(f"{marks[op][0]}{text}{marks[op][1]}" for op, text in self.pieces)


def said(change: FieldChange) -> list[Said]:
    """A change in words; of a list, a line for each item that came or went."""
    old, new, name = change.old, change.new, field_name(change.field)
    if change.item:
        return [_item(name, old if new is None else new, came=old is None)]
    if any(map(_groups, (old, new))) and all(each is None or _groups(each) for each in (old, new)):
        if lines := list(_items(name, old or [], new or [])):
            return lines
        return [Said(f"{name}, now in this order", "", ((NEW, worded(new)),))]
    before, after = _worded(change.field, old), _worded(change.field, new)
    return [Said(name, "", pieces(before, after) if None not in (old, new) else ((GONE, before), (NEW, after)))]


def brief(change: Change, beside: str | None = None) -> str:
    """What an added or removed record says, in a line or two: long texts cut, groups of fields counted.

    Its name is left out, or what else stands ``beside``.
    """
    but = change.name if beside is None else beside
    values = ((each.field, each.old if change.sort is Sort.REMOVED else each.new) for each in change.fields)
    return " · ".join(_brief(name, value) for name, value in values if name != "id" and value != but)


def headline(change: Change) -> str:
    """Which record it is, what people call it, and what it was before."""
    name = f" · {change.name}" if change.name and change.name.casefold() not in change.ref.casefold() else ""
    was = f" (was {change.old})" if change.sort in (Sort.MOVED, Sort.RENAMED) else ""
    link = " of" if change.kind in ("technology", "contracts", "skills") else ""
    ref = "" if change.ref == change.kind else f"{link} {change.ref}"
    return f"{change.kind}{ref}{name}{was}"


def field_name(field: str) -> str:
    """A field as people say it: ``sources[URL].on`` is "source URL, on"."""
    found = _ITEM.fullmatch(field)
    if not found:
        return field.replace("_", " ").replace(".", ", ")
    inside = f", {field_name(found[4])}" if found[4] else ""
    return f"{one_of(found[1])} {found[2] or found[3]}{inside}"


def one_of(name: str) -> str:
    """A list's name as one of its items is called; one that is a verb stays as it is."""
    words = name.replace("_", " ")
    if words in _VERBS:
        return words
    return f"{words[:-3]}y" if words.endswith("ies") else words.removesuffix("es") if words.endswith("ses") else words.removesuffix("s")


def worded(value: Any) -> str:
    """A value in words: nothing at all is "not stated", an empty list is "none"."""
    if value is None:
        return NOT_STATED
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(worded(item) for item in value) or NONE
    if isinstance(value, dict):
        return _grouped(value)
    if isinstance(value, Decimal) or (isinstance(value, int) and abs(value) >= 10_000):
        return f"{value:,}"
    return str(value) if value != "" else "an empty text"


def _worded(name: str, value: Any) -> str:
    if name.rpartition(".")[2] == "amount" and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"£{value:,}"
    return worded(value)


def _grouped(group: dict[str, Any]) -> str:
    """A group of fields, by what is most telling: of a source its date and kind, of a value its amount, of what is unknown its field."""
    if "url" in group:
        about = " ".join(worded(group[key]) for key in ("on", "kind") if key in group)
        sure = f"{worded(group['confidence'])} confidence" if "confidence" in group else ""
        said = ", ".join(filter(None, (about, sure, _others(group, "url", "on", "kind", "confidence"))))
        return f"{said}: {worded(group['url'])}" if said else worded(group["url"])
    if "amount" in group and group.get("currency", "GBP") == "GBP":
        return ", ".join(filter(None, (_worded("amount", group["amount"]), _others(group, "amount", "currency"))))
    if "field" in group and "reason" in group:
        rest = _others(group, "field", "reason")
        return f"{worded(group['field'])}: {worded(group['reason'])}" + (f" ({rest})" if rest else "")
    return _others(group) or "nothing in it"


def _others(group: dict[str, Any], *but: str) -> str:
    return ", ".join(f"{key.replace('_', ' ')} {_worded(key, each)}" for key, each in group.items() if key not in but)


def pieces(old: str, new: str) -> Pieces:
    """A text before and after as runs of words; the two as they are where they have little in common."""
    if min(len(old.split()), len(new.split())) < _WORDY:
        return (GONE, old), (NEW, new)
    before, after = (re.findall(r"\s+|\S+", each) for each in (old, new))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if matcher.quick_ratio() < _ALIKE or matcher.ratio() < _ALIKE:
        return (GONE, old), (NEW, new)
    return tuple(_runs(before, after, matcher.get_opcodes()))


def _runs(before: list[str], after: list[str], codes: Iterable[tuple[str, int, int, int, int]]) -> Iterator[tuple[str, str]]:
    for tag, a, b, c, d in codes:
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        if tag == "equal":
            yield SAME, gone
        else:
            yield from (piece for piece in ((GONE, gone), (NEW, come)) if piece[1])


def _groups(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _items(name: str, old: list[Any], new: list[Any]) -> Iterator[Said]:
    yield from (_item(name, item, came=False) for item in old if item not in new)
    yield from (_item(name, item, came=True) for item in new if item not in old)


def _item(name: str, item: Any, *, came: bool) -> Said:
    return Said(one_of(name), "+" if came else "-", ((NEW if came else GONE, worded(item)),))


def _brief(name: str, value: Any) -> str:
    words = name.replace("_", " ")
    if _groups(value):
        return f"{len(value)} {words if len(value) > 1 else one_of(name)}"
    if isinstance(value, list) and len(value) > _FEW:
        return f"{words} {worded(value[:_FEW])} and {len(value) - _FEW} more"
    text = _worded(name, value)
    return f"{words} {text if len(text) <= _BRIEF else f'{text[: _BRIEF - 1].rstrip()}…'}"
