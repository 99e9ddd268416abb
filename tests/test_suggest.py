"""What a person probably meant to type."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citytools import suggest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("31/03/2027", "2027-03-31"),
        ("31.3.2027", "2027-03-31"),
        ("31-03-2027", "2027-03-31"),
        ("05/01/2026", "2026-01-05 or 2026-05-01"),
        ("31/3/27", "2027-03-31 or 2031-03-27"),
        ("31-03-27", ""),
        ("31/03.2027", ""),
        ("31/3.27", ""),
        ("03/2027", "2027-03"),
        ("March 2027", "2027-03"),
        ("mar 2027", "2027-03"),
        ("Sept-2027", "2027-09"),
        ("31 March 2027", "2027-03-31"),
        ("31st march 2027", "2027-03-31"),
        ("31-Mar-27", "2027-03-31 or 2031-03-27"),
        ("Mar-27", ""),
        ("20270331", "2027-03-31"),
        ("2027-3-1", "2027-03-01"),
        ("2027/03/31", "2027-03-31"),
        ("2027-01-05T10:00:00Z", "2027-01-05"),
        ("2027-01-05 00:00:00", "2027-01-05"),
        (" 2027-03-31 ", "2027-03-31"),
        ("2028-02-29", "2028-02-29"),
        ("2027-02-29", ""),
        ("31/04/2027", ""),
        ("12/31/2027", "2027-12-31"),
        ("05/05/2027", "2027-05-05"),
        ("29/2/28", "2028-02-29 or 2029-02-28"),
        ("20271331", ""),
        ("2026/27", ""),
        ("0000-01-01", ""),
        ("Marching 2027", ""),
        ("Ma 2027", ""),
        ("Easter 2027", ""),
        ("soon", ""),
        ("٣١/٠٣/٢٠٢٧", ""),
        ("", ""),
    ],
)
def test_dates(text: str, expected: str) -> None:
    assert " or ".join(suggest.dates(text)) == expected


@given(
    st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)), st.sampled_from(["%d/%m/%Y", "%Y%m%d", "%Y-%m-%dT%H:%M", "%d.%m.%Y"])
)
def test_a_date_in_another_form_is_the_same_date(date: datetime.date, form: str) -> None:
    assert suggest.dates(date.strftime(form))[0] == date.isoformat()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("£1,250", "1250"),
        ("£ 1250.50", "1250.5"),
        ("1,250,000", "1250000"),
        ("1.2m", "1200000"),
        ("£1.2 million", "1200000"),
        ("50k", "50000"),
        ("50 K", "50000"),
        ("007", "7"),
        ("100", "100"),
        ("100.00", "100"),
        ("0.00", "0"),
        ("999999999999999999.99", "999999999999999999.99"),
        ("1,25", ""),
        ("12,50,000", ""),
        ("1,000,000,000,000,000,000", ""),
        ("50%", ""),
        ("(500)", ""),
        ("-500", ""),
        ("1.250.000", ""),
        ("1e6", ""),
        ("€500", ""),
        ("£", ""),
        ("four", ""),
        ("9" * 5000, ""),
        ("", ""),
    ],
    ids=lambda text: text[:24],
)
def test_amount(text: str, expected: str) -> None:
    assert suggest.amount(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes", "true"),
        ("Y", "true"),
        ("on", "true"),
        ("TRUE", "true"),
        (" Yes ", "true"),
        ("no", "false"),
        ("N", "false"),
        ("off", "false"),
        ("False", "false"),
        ("maybe", ""),
        ("1", ""),
        ("", ""),
    ],
)
def test_boolean(text: str, expected: str) -> None:
    assert suggest.boolean(text) == expected


@pytest.mark.parametrize(
    ("word", "choices", "expected"),
    [
        ("suplier", ["supplier", "status"], "supplier"),
        ("End_Basis", ["end", "end_basis"], "end_basis"),
        ("endbasis", ["end", "end_basis"], "end_basis"),
        ("Tower Hamlets", ["tower-hamlets", "hackney"], "tower-hamlets"),
        ("price", ["supplier", "status"], ""),
        ("supplier", [], ""),
        ("", ["supplier"], ""),
    ],
)
def test_closest(word: str, choices: list[str], expected: str) -> None:
    assert suggest.closest(word, choices) == expected


def test_closest_can_be_asked_for_less_likeness() -> None:
    assert suggest.closest("mosiac", ["mosaic-system"]) == ""
    assert suggest.closest("mosiac", ["mosaic-system"], cutoff=0.5) == "mosaic-system"
