"""Names → ids: what is certain resolves, what is only alike is suggested."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citytools import dataset
from citytools.catalogue import KINDS, Catalogue, normalise

SUPPLIERS = """
schema: 1
suppliers:
  - {id: advanced, name: Advanced Business Solutions}
  - {id: agile-applications, name: Agile Applications, not: [Agilisys]}
  - {id: agilisys, name: Agilisys}
  - {id: alpha-group, name: Alpha Group, aliases: [Shared Name]}
  - {id: alpha-holdings, name: Alpha Holdings, aliases: [Shared Name]}
  - {id: civica, name: Civica, aliases: [Civica UK Limited]}
  - {id: cloud-plc, name: Cloud plc, not: [Cloud Ltd]}
  - {id: cloud-ltd, name: Cloud Ltd}
  - {id: esri-uk, name: Esri UK}
  - {id: granicus, name: Granicus, aliases: [Firmstep]}
  - {id: kier, name: Kier Integrated Services for Highways, not: [Kier Integrated Services for Housing]}
  - {id: cafe, name: Café & Söhne}
  - {id: metropolitan, name: Metropolitan Data Centre Services Company}
  - {id: nec-software-solutions, name: NEC Software Solutions, names: [{name: Northgate Public Services (UK) Limited, until: 2021-07}]}
  - {id: oracle, name: Oracle, aliases: [Oracle Corporation UK Limited], not: [Oracle Solutions Asbestos]}
  - {id: punctuation, name: Plus, aliases: ["+++"]}
  - {id: royal-north, name: Royal Society for the Encouragement of the North}
  - {id: royal-south, name: Royal Society for the Encouragement of the South}
"""
OTHERS = {
    "data/dataset.yaml": "schema: 1\ntitle: Test\nauthorities: [camden]\n",
    "data/catalogue/functions.yaml": """
schema: 1
areas:
  - {id: financial, name: Finance}
functions:
  - {id: financial/erp, name: Enterprise resource planning}
""",
    "data/boroughs/camden/borough.yaml": "schema: 1\nname: Camden\nofficial_name: London Borough of Camden\n",
}
FILES = {"data/catalogue/suppliers.yaml": SUPPLIERS, **OTHERS}
CATALOGUE = Catalogue(dataset.build({path: text.encode() for path, text in FILES.items()}))


CERTAIN = {
    "id": ("civica", "civica", "id"),
    "name": ("Civica", "civica", "alias"),
    "alias": ("Civica UK Limited", "civica", "alias"),
    "dated-name": ("Northgate Public Services (UK) Limited", "nec-software-solutions", "alias"),
    "id-goes-before-look-alike": ("agilisys", "agilisys", "id"),
    "name-goes-before-look-alike": ("Agilisys", "agilisys", "alias"),
    "case": ("CIVICA", "civica", "normalised"),
    "punctuation": ("Civica (U.K.) Ltd.", "civica", "normalised"),
    "punctuation-of-a-name": ("Agile-Applications", "agile-applications", "normalised"),
    "spaces": ("  Agile   Applications ", "agile-applications", "normalised"),
    "ltd-for-limited": ("Civica UK Ltd", "civica", "normalised"),
    "plc": ("Oracle Corporation UK P.L.C.", "oracle", "normalised"),
    "legal-form-added": ("GRANICUS, INC.", "granicus", "normalised"),
    "uk-is-no-legal-form": ("Agile Applications UK", None, None),
    "uk-is-part-of-a-name": ("Esri", None, None),
    "accents-and-ampersand": ("CAFE AND SOHNE", "cafe", "normalised"),
    "wide-letters": ("Ｃｉｖｉｃａ", "civica", "normalised"),
    "trading-as": ("XYZ 123 Ltd t/a Civica", "civica", "normalised"),
    "trading-as-in-words": ("Civica Ltd trading as Something Else", "civica", "normalised"),
    "formerly": ("Granicus UK formerly Firmstep", "granicus", "normalised"),
    "formerly-known-as": ("Something (formerly known as Firmstep) Ltd", "granicus", "normalised"),
    "both-names-of-one-entry": ("Granicus (formerly Firmstep)", "granicus", "normalised"),
    "joined-names-of-two-entries": ("Civica formerly Granicus", None, None),
    "formerly-as-part-of-a-word": ("Formerlycivica", None, None),
    "look-alike": ("Oracle Solutions Asbestos", None, None),
    "look-alike-spelt-otherwise": ("ORACLE SOLUTIONS (ASBESTOS) LTD", None, None),
    "look-alike-trading-as": ("Oracle t/a Oracle Solutions Asbestos", None, None),
    "look-alike-formerly": ("Oracle Solutions Asbestos Ltd (formerly Oracle)", None, None),
    "look-alike-leaves-one": ("CLOUD LIMITED", "cloud-ltd", "normalised"),
    "name-as-written-in-spite-of-it": ("Cloud plc", "cloud-plc", "alias"),
    "two-entries-have-it": ("Shared Name", None, None),
    "two-entries-have-it-normalised": ("CATALOGUE NAME LTD", None, None),
    "cut-at-29": ("Metropolitan Data Centre Serv", None, None),
    "cut-at-30": ("Metropolitan Data Centre Servi", "metropolitan", "normalised"),
    "cut-at-30-and-filled-up": (f"{'METROPOLITAN DATA CENTRE SERVI':40}", "metropolitan", "normalised"),
    "cut-at-32": ("Metropolitan Data Centre Service", "metropolitan", "normalised"),
    "cut-at-33": ("Metropolitan Data Centre Services", None, None),
    "cut-in-the-legal-form": ("Northgate Public Services (UK) L", "nec-software-solutions", "normalised"),
    "cut-in-a-legal-form-not-listed": ("Advanced Business Solutions Lim", "advanced", "normalised"),
    "cut-too-early-in-it": ("Advanced Business Solutions  Li", None, None),
    "cut-fits-two": ("Royal Society for the Encourage", None, None),
    "cut-fits-look-alike": ("Kier Integrated Services for Ho", None, None),
    "cut-fits-look-alike-too": ("KIER INTEGRATED SERVICES FOR H", None, None),
    "cut-before-look-alike": ("Kier Integrated Services for Hig", "kier", "normalised"),
    "long-and-nearly-empty": ("Ci............................", None, None),
    "misspelt": ("Civicca", None, None),
    "part-of-a-name": ("Agile", None, None),
    "only-punctuation": ("!?", None, None),
    "empty": ("", None, None),
}


@pytest.mark.parametrize(("text", "id", "how"), CERTAIN.values(), ids=CERTAIN)
def test_resolve(text: str, id: str | None, how: str | None) -> None:
    found = CATALOGUE.resolve("supplier", text)
    assert (found and found.id, found and found.how) == (id, how)


@pytest.mark.parametrize(
    ("kind", "text", "id"),
    [
        ("function", "financial/erp", "financial/erp"),
        ("function", "Enterprise Resource Planning", "financial/erp"),
        ("area", "finance", "financial"),
        ("borough", "LONDON BOROUGH OF CAMDEN", "camden"),
        ("borough", "Civica", None),
        ("body", "camden", None),
        ("product", "civica", None),
    ],
)
def test_resolve_within_a_kind(kind: str, text: str, id: str | None) -> None:
    found = CATALOGUE.resolve(kind, text)
    assert (found and found.id) == id


@pytest.mark.parametrize(
    ("kind", "text", "id"),
    [
        ("supplier", "Civicca", "civica"),
        ("supplier", "CIVICA UK LTD", "civica"),
        ("supplier", "Granics", "granicus"),
        ("supplier", "Northgate Public", "nec-software-solutions"),
        ("supplier", "Oracle Solutions Asbestos", ""),
        ("supplier", "Kier Integrated Services for Housing", ""),
        ("supplier", "Kier Integrated Services for Highway", "kier"),
        ("supplier", "xyzzy", ""),
        ("supplier", "", ""),
        ("function", "erp", "financial/erp"),
        ("borough", "camdem", "camden"),
    ],
)
def test_suggestion(kind: str, text: str, id: str) -> None:
    assert CATALOGUE.suggestion(kind, text) == id


def test_entries_names_and_ids() -> None:
    entry = CATALOGUE.entry("supplier", "civica")
    assert entry is not None
    assert (entry.id, CATALOGUE.name("supplier", "civica"), CATALOGUE.name("supplier", "nobody")) == ("civica", "Civica", "nobody")
    assert CATALOGUE.entry("supplier", "Civica") is None
    assert CATALOGUE.ids("supplier")[:2] == ("advanced", "agile-applications")
    assert CATALOGUE.ids("product") == ()


def test_shared_names_are_told_with_their_entries_in_file_order() -> None:
    found = {form: [entry.id for entry in entries] for form, entries in CATALOGUE.shared_names("supplier")}
    assert found == {"sharedname": ["alpha-group", "alpha-holdings"], "cloud": ["cloud-plc", "cloud-ltd"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Civica UK Limited", "civicauk"),
        ("Smith & Sons, Ltd.", "smithandsons"),
        ("Søren Æther", "sørenæther"),
        ("STRASSE straße", "strassestrasse"),
        ("Limited", "limited"),
        ("Unlimited Inclusion", "unlimitedinclusion"),
        ("A public limited company", "a"),
        ("snake_case", "snakecase"),
        ("𝐁old", "bold"),
        ("…", ""),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


WORDS = [
    "Civica",
    "Oracle",
    "Solutions",
    "Asbestos",
    "ltd",
    "L t d",
    "p.l.c.",
    "&",
    "t/a",
    "formerly",
    "UK",
    "(",
    ")",
    "İ",
    "𝐀",
    "ſ",
    "Ⅷ",
    "\u0345",
]
NAMES = st.text(max_size=40) | st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)


@given(NAMES)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@settings(deadline=None)
@given(NAMES, st.sampled_from(KINDS))
def test_whatever_is_found_is_there(text: str, kind: str) -> None:
    found = CATALOGUE.resolve(kind, text)
    assert found is None or CATALOGUE.entry(kind, found.id) is not None
    suggested = CATALOGUE.suggestion(kind, text)
    assert not suggested or CATALOGUE.entry(kind, suggested) is not None
