"""What the Procurement Act 2023 asks of a pipeline notice, as far as a register can tell what it would hold.

The sources say no more than is used here: the rule itself, how long a notice looks ahead, and that estimates count VAT in.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from citytools import timeline
from citytools.reports.words import pounds

LIMIT = 200_000_000  # pence
VAT_PERCENT = 20
REPORTING_MONTHS = 18
SOURCES = {
    "rule": "https://www.legislation.gov.uk/ukpga/2023/54/section/93",
    "reporting_period": "https://www.gov.uk/government/publications/procurement-act-2023-guidance-documents-plan-phase/guidance-pipeline-notice-html",
    "vat": "https://www.procurementpathway.civilservice.gov.uk/documents/guidance/thresholds",
}
DRAFT = (
    "A draft made from a register of public sources. It is not the pipeline notice (UK1) of the Procurement Act 2023, "
    "which only the authority itself can publish."
)
RULE = (
    "A pipeline notice is due from an authority that expects to pay more than £100m in the coming financial year, within 56 days of its "
    "first day. It covers public contracts of more than £2m for which a tender or transparency notice is intended in the "
    f"{REPORTING_MONTHS} months from that day (section 93, and government guidance)."
)
VAT_RULE = (
    f"Over £2m: the Act counts VAT in, so {VAT_PERCENT} % is added where VAT is excluded. Where that is not said, or another figure of the "
    "same contract would be over, it says perhaps."
)


def over_limit(row: Mapping[str, Any], amount: int | None) -> tuple[str, str]:
    """Whether an estimate is over £2m with VAT (yes, perhaps, no, not known), and why for yes and perhaps."""
    if amount is None:
        return "not known", ""
    vat = row["value_vat"]
    gross, add = _with_vat(amount), f"with VAT at {VAT_PERCENT} %"
    if amount > LIMIT:
        return "yes", "yes"
    if vat == "excluded" and gross > LIMIT:
        return "yes", f"yes, {add}: {pounds(gross)}"
    if vat not in ("excluded", "included") and gross > LIMIT:
        return "perhaps", f"perhaps, {pounds(gross)} if VAT at {VAT_PERCENT} % is still to be added"
    dearer = _dearer(row, amount)
    if dearer and (dearer[0] if vat == "included" else _with_vat(dearer[0])) > LIMIT:
        return "perhaps", f"perhaps, as {dearer[1]} comes to {pounds(dearer[0])}{'' if vat == 'included' else ', VAT not counted'}"
    return "no", ""


def _with_vat(amount: int) -> int:
    return amount * (100 + VAT_PERCENT) // 100


def _dearer(row: Mapping[str, Any], amount: int) -> tuple[int, str] | None:
    """A higher figure than the estimate that the same source allows, and what it is."""
    lower, upper, total = row["value_amount_pence"], row["value_amount_to_pence"], row["total_value_pence"]
    figures = [(amount * upper // lower, "the upper end of its range")] if lower and upper else []
    figures += [(total, "the present contract in all")] if total is not None else []
    return max((figure for figure in figures if figure[0] > amount), default=None)


def notice_period(as_of: str) -> tuple[str, str]:
    """The first and last day that a pipeline notice of the financial year covers."""
    today = datetime.date.fromisoformat(as_of)
    first = timeline.Day(datetime.date(today.year - (today.month < 4), 4, 1))
    return first.date.isoformat(), first.plus(REPORTING_MONTHS, -1).date.isoformat()


def covered(market: str, as_of: str) -> str:
    """That a day for going to market falls within the period of this financial year's notice, to follow what is said; empty where not."""
    start, end = notice_period(as_of)
    if not market or not start[: len(market)] <= market <= end:
        return ""
    return f"; falls within the {REPORTING_MONTHS} months to {end} that this financial year's notice covers"
