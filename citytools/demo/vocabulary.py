"""What the catalogue offers to choose from, with the popularity that this seed gives each product."""

from __future__ import annotations

import re
from dataclasses import dataclass

from citytools.catalogue import Catalogue
from citytools.demo.dice import Dice
from citytools.model import Record

# What a borough builds on a platform for its other services, by what the platform is.
_PLATFORMS = {
    "bi-analytics/dashboards": "dashboards",
    "compute/cloud-hosting": "hosting",
    "crm/contact-centre": "telephone line",
    "crm/crm-system": "cases",
    "crm/digital-platform": "online forms",
    "doc-records/edms": "documents",
    "geo/gis": "maps",
    "productivity/collaboration": "workspace",
    "revenues/card-payments": "payments",
}
_USES = 20
_RESELLERS = ("boxxe", "bytes", "cdw", "computacenter", "insight-direct", "phoenix-software", "scc", "softcat", "trustmarque", "xma")
_PRODUCT_SKILLS = re.compile(r"support|administ|design|integrat|test|data|configur|develop|programm|maint", re.ASCII)
# No company is called so, and none could be: the last word is in every name.
_BRANDS = (
    "Specimen Systems",
    "Placeholder Software",
    "Sample Solutions",
    "Mockup Digital",
    "Fictional Data",
    "Imaginary Applications",
    "Invented Technology",
    "Pretend Platforms",
    "Notional Networks",
    "Hypothetical Hosting",
    "Makebelieve Media",
    "Nonesuch Software",
)
MADE_UP = tuple(f"{brand} (synthetic)" for brand in _BRANDS)


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the catalogue, with its latest maker if one is known."""

    id: str
    name: str
    supplier: str
    functions: tuple[str, ...]
    bought: bool


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework of the catalogue and the days between which it can be used; empty where no one says."""

    id: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Platform:
    """A kind of product that other services are built on: in a word, the products, and for which services."""

    word: str
    products: tuple[Product, ...]
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The catalogue as choices; products stand in the order of their popularity."""

    functions: tuple[str, ...]
    services: tuple[str, ...]
    names: dict[str, str]
    products: tuple[Product, ...]
    skills: tuple[str, ...]
    product_skills: tuple[str, ...]
    frameworks: tuple[Framework, ...]
    resellers: tuple[str, ...]
    by_function: dict[str, tuple[Product, ...]]
    platforms: tuple[Platform, ...]


def vocabulary(catalogue: Catalogue, dice: Dice) -> Vocabulary:
    """The choices that a catalogue offers."""
    names = {each: catalogue.name("function", each) for each in catalogue.ids("function")}
    services = tuple(each for each, name in names.items() if "outsourced" in name)
    entries = (entry for each in catalogue.ids("product") if (entry := catalogue.entry("product", each)))
    # A product past its end of support would be a warning on whichever day the dataset is checked.
    usable = [_product(entry) for entry in entries if entry.items("functions") and "end_of_support" not in entry.fields]
    products = tuple(dice.some(usable, len(usable)))
    by_function = {each: found for each in names if (found := tuple(product for product in products if each in product.functions))}
    uses = [each for each in names if each not in services and each not in _PLATFORMS]
    frameworks = (entry for each in catalogue.ids("framework") if (entry := catalogue.entry("framework", each)))
    skills = catalogue.ids("skill-name")
    return Vocabulary(
        functions=tuple(each for each in names if each not in services),
        services=services,
        names={each: re.split(r"[,(]", name)[0].strip() for each, name in names.items()},
        products=products,
        skills=skills,
        product_skills=tuple(skill for skill in skills if _PRODUCT_SKILLS.search(skill)) or skills,
        frameworks=tuple(Framework(entry.id, entry.text("open_from"), entry.text("open_until")) for entry in frameworks),
        resellers=tuple(each for each in _RESELLERS if catalogue.entry("supplier", each)),
        by_function=by_function,
        platforms=tuple(
            Platform(word, by_function[each], tuple(dice.some(uses, _USES))) for each, word in _PLATFORMS.items() if each in by_function
        ),
    )


def _product(entry: Record) -> Product:
    makers = [maker.get("supplier", "") for maker in entry.items("makers")]
    bought = entry.text("origin") not in ("open-source", "in-house")
    return Product(entry.id, entry.text("name"), makers[-1] if makers else "", tuple(entry.items("functions")), bought)
