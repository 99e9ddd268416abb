"""The skills of made-up boroughs."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from citytools.demo import said
from citytools.demo.dice import Dice
from citytools.demo.systems import System
from citytools.demo.vocabulary import Vocabulary

_LEVELS = ((25, "awareness"), (35, "working"), (28, "practitioner"), (12, "expert"))
_ACTIVITIES = ("develop", "configure", "integrate", "support", "manage-supplier", "train")
_OFFERS = (
    "A day's introduction for another team",
    "A second opinion on a business case",
    "Documents and templates",
    "Someone on an evaluation panel",
    "A place on our next course",
)
_SEEKS = (
    "Advice before we go to market",
    "Someone to learn from for a few weeks",
    "Training for two or three people",
    "A review of our set-up",
    "Others to share a post with",
)
_NOTES = ("One post is vacant.", "Bought in when needed.", "Shared with the neighbouring team.", "Mostly in the schools team.")
_KINDS: said.Kinds = ((85, "survey"), (10, "foi"), (5, "website"))
_LONGEST_ID = 80
_FIRST_SURVEY = datetime.date(2023, 1, 1)


def skills(dice: Dice, words: Vocabulary, systems: Mapping[str, Sequence[System]], count: int) -> dict[str, list[dict[str, Any]]]:
    """The skills of each holder, about ``count`` of them: two thirds general, the others in a product that it uses."""
    return {holder: _of_holder(dice, words, holder, own, count) for holder, own in systems.items()}


def _of_holder(dice: Dice, words: Vocabulary, holder: str, systems: Sequence[System], count: int) -> list[dict[str, Any]]:
    products = sorted({system.product for system in systems if system.in_use and system.product})
    chosen: dict[str, tuple[str, str]] = {}
    for _ in range(count // 3 if products else 0):
        skill, product = dice.one(words.product_skills), dice.one(products)
        if len(f"{skill}-{product}") <= _LONGEST_ID:
            chosen[f"{skill}-{product}"] = skill, product
    chosen |= {skill: (skill, "") for skill in dice.some(words.skills, count - len(chosen))}
    return [_fields(dice, holder, each, *chosen[each]) for each in sorted(chosen)]


def _fields(dice: Dice, holder: str, id: str, skill: str, product: str) -> dict[str, Any]:
    level = dice.weighted(_LEVELS)
    offers, seeks = (30, 3) if level in ("practitioner", "expert") else (3, 30)
    does = [activity for activity in _ACTIVITIES if dice.chance(35)]
    kept = {
        "id": id,
        "skill": skill,
        "product": product,
        "level": level if dice.chance(90) else "",
        "people": _people(dice) if dice.chance(80) else 0,
        "does": does if dice.chance(70) else [],
        "offers": dice.some(_OFFERS, dice.between(1, 2)) if dice.chance(offers) else [],
        "seeks": dice.some(_SEEKS, dice.between(1, 2)) if dice.chance(seeks) else [],
        "apprentices": dice.between(1, 4) if dice.chance(12) else 0,
        "notes": dice.one(_NOTES) if dice.chance(8) else "",
        **said.sources(dice, f"{holder}/{id}", _FIRST_SURVEY, kinds=_KINDS),
    }
    unknown = [field for field in ("level", "people") if not kept[field] and dice.chance(30)]
    kept["unknown"] = [said.not_found(dice, field) for field in unknown]
    return {key: value for key, value in kept.items() if value}


def _people(dice: Dice) -> int | Decimal:
    halves = dice.weighted(((60, dice.between(1, 4)), (30, dice.between(4, 12)), (10, dice.between(12, 40))))
    return Decimal(halves) / 2 if halves % 2 else halves // 2
