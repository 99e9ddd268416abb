"""Purchases that are planned, as planning releases of the Open Contracting Data Standard 1.1.

Only what the standard's own schema has, no extension. A day that is not known to the day stays in words: the standard's dates
have no other precision, and none is made up.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citytools.model import Package

# Prefixes are given out by the Open Contracting Partnership, and this register has none.
PREFIX = "ocds-xxxxxx"
UNREGISTERED = (
    f"{PREFIX} is a placeholder: no prefix is registered for this register, so these ocids are not globally unique. "
    "An authority that publishes a release puts its own prefix, or the ocid of its notice, in its place."
)
_AUTHORITIES = "GB-LAE"
_PUBLISHER = "Not published: a draft made with citytools from a register of public sources"


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys: ``code`` is its code in the register of local authorities for England, empty where none is known."""

    holder: str
    name: str
    legal_name: str
    gss: str = ""
    code: str = ""

    @property
    def id(self) -> str:
        """What the party is called within a release."""
        return f"{_AUTHORITIES}-{self.code}" if self.code else self.gss or self.holder


@dataclass(frozen=True, slots=True)
class Purchase:
    """A planned purchase by the contract that it follows.

    ``market_day`` and ``start`` are ISO days, empty where no full day is known; ``market`` says the former in words.
    """

    contract: str
    title: str
    rationale: str
    description: str
    buyers: tuple[Buyer, ...]
    market: str
    market_day: str = ""
    stated: bool = False
    start: str = ""
    value_pence: int | None = None
    cpv: tuple[str, ...] = ()
    ocids: tuple[str, ...] = ()
    sources: tuple[Mapping[str, Any], ...] = ()


def package(purchases: Sequence[Purchase], as_of: str, licence: str, said: Mapping[str, Any], coverage: Sequence[str]) -> Package:
    """The releases in a package; ``said`` is what its file says beside them, ``as_of`` its date: the same answer has the same bytes."""
    releases = [_release(purchase, as_of) for purchase in purchases]
    name = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([releases, as_of], sort_keys=True))
    content = {
        "uri": name.urn,
        "version": "1.1",
        "publishedDate": _moment(as_of),
        "publisher": {"name": _PUBLISHER},
        **({"license": licence} if licence else {}),
        **said,
        "releases": releases,
    }
    return Package(content, tuple(coverage))


def _moment(day: str) -> str:
    return f"{day}T00:00:00Z"


def _release(purchase: Purchase, as_of: str) -> dict[str, Any]:
    # A full stop cannot stand in an id of ours, so that no two contracts can have the same name here.
    ocid = f"{PREFIX}-{purchase.contract.replace('/', '.')}"
    lead = purchase.buyers[0]
    return {
        "ocid": ocid,
        "id": f"{ocid}-{as_of}",
        "date": _moment(as_of),
        "tag": ["planning"],
        "initiationType": "tender",
        "language": "en",
        "parties": [_party(buyer) for buyer in purchase.buyers],
        "buyer": {"id": lead.id, "name": lead.name},
        "planning": dict(_planning(purchase)),
        "tender": dict(_tender(purchase)),
        **_related(purchase),
    }


def _party(buyer: Buyer) -> dict[str, Any]:
    register = {"scheme": _AUTHORITIES, "id": buyer.code} if buyer.code else {}
    return {"id": buyer.id, "name": buyer.name, "identifier": {**register, "legalName": buyer.legal_name}, "roles": ["buyer"]}


def _planning(purchase: Purchase) -> Iterator[tuple[str, Any]]:
    milestone = {"id": "market", "title": "Approach to the market", "type": "preProcurement", "description": purchase.market}
    if purchase.market_day:
        milestone |= {"dueDate": _moment(purchase.market_day), "status": "scheduled"}
    yield "rationale", purchase.rationale
    if documents := [_document(number, source) for number, source in enumerate(purchase.sources, start=1)]:
        yield "documents", documents
    yield "milestones", [milestone]


def _document(number: int, source: Mapping[str, Any]) -> dict[str, Any]:
    title = ", ".join(part for part in (f"Source: {source['kind'] or 'not said of what kind'}", source["on_date"]) if part)
    return {"id": str(number), "title": title, "url": source["url"]}


def _tender(purchase: Purchase) -> Iterator[tuple[str, Any]]:
    yield "id", purchase.contract
    yield "title", purchase.title
    yield "description", purchase.description
    yield "status", "planned" if purchase.stated else "planning"
    if purchase.value_pence is not None:
        pounds, pence = divmod(purchase.value_pence, 100)
        yield "value", {"amount": purchase.value_pence / 100 if pence else pounds, "currency": "GBP"}
    if purchase.cpv:
        yield "mainProcurementCategory", _category(purchase.cpv[0])
        first, *others = ({"scheme": "CPV", "id": code} for code in purchase.cpv)
        more = {"additionalClassifications": others} if others else {}
        yield "items", [{"id": "1", "description": purchase.title, "classification": first, **more}]
    if purchase.start:
        yield "contractPeriod", {"startDate": _moment(purchase.start)}


def _category(cpv: str) -> str:
    """The vocabulary's divisions: works are 45, services from 50 on, supplies the others, software packages (48) among them."""
    division = int(cpv[:2])
    return "works" if division == 45 else "services" if division >= 50 else "goods"


def _related(purchase: Purchase) -> dict[str, Any]:
    """The processes that led to the present contract."""
    related = [
        {"id": str(number), "relationship": ["prior"], "title": purchase.title, "scheme": "ocid", "identifier": ocid}
        for number, ocid in enumerate(purchase.ocids, start=1)
    ]
    return {"relatedProcesses": related} if related else {}
