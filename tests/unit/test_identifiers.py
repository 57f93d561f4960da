"""CHI and NHS numbers, postcodes and UPRNs; the CHI vectors are Public Health Scotland's published ones."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.identifiers import InvalidIdentifier, chi_number, chi_or_nhs, nhs_number, postcode, uprn

ISSUABLE_CHI = [
    "1904851231",
    "2902201230",
    "0101011237",
    "0101336489",
    "0101405073",
    "0101625707",
    "2902000014",
]
NHS_TEST_NUMBER = "9434765919"
NHS_ENGLAND = "4010232137"


def fault(check: Callable[[str], object], text: str) -> str:
    with pytest.raises(InvalidIdentifier) as caught:
        check(text)
    assert caught.value.message == str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("number", ISSUABLE_CHI)
def test_a_chi_number_with_a_real_date_and_a_right_check_digit_is_kept_as_text(number: str) -> None:
    assert chi_number(number) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1904851232", "bad_check_digit"),
        ("0101201234", "bad_check_digit"),
        ("2902191230", "invalid_date"),  # 1919 had no 29 February
        ("3213209999", "invalid_date"),
        ("0000000000", "invalid_date"),
        ("9434765919", "invalid_date"),  # a good NHS test number, an impossible CHI number
        ("", "blank"),
        (" - ", "blank"),
        ("190485123", "too_few"),
        ("19048512311", "too_many"),
        ("19O4851231", "invalid_characters"),
        ("1904851231.0", "invalid_characters"),
        ("١٩٠٤٨٥١٢٣١", "invalid_characters"),
    ],
)
def test_each_way_a_chi_number_can_be_wrong_has_its_own_code(text: str, code: str) -> None:
    assert fault(chi_number, text) == code


@pytest.mark.parametrize("last", "0123456789")
def test_a_body_whose_check_digit_would_be_ten_is_never_valid(last: str) -> None:
    assert fault(chi_number, f"010180007{last}") == "bad_check_digit"


@pytest.mark.parametrize("text", ["190485 1231", " 190-485-1231 ", "190485\u00a01231", "190485\u20131231"])
def test_spaces_and_hyphens_in_a_number_do_not_matter(text: str) -> None:
    assert chi_number(text) == "1904851231"


def test_a_number_too_short_says_that_a_spreadsheet_may_have_dropped_a_nought() -> None:
    with pytest.raises(InvalidIdentifier, match="dropped a 0"):
        chi_number("101011237")


@pytest.mark.parametrize("check", [chi_number, nhs_number])
@pytest.mark.parametrize("text", ["1904851232", "2902191230", "19048512311", "1904X51231"])
def test_a_message_never_repeats_the_number(check: Callable[[str], str], text: str) -> None:
    with pytest.raises(InvalidIdentifier) as caught:
        check(text)
    assert text not in str(caught.value)


@pytest.mark.parametrize("number", [NHS_ENGLAND, "0101011237"])
def test_an_nhs_number_of_any_british_range_is_accepted(number: str) -> None:
    assert nhs_number(number) == number


def test_a_test_number_is_accepted_only_where_test_data_is() -> None:
    assert fault(nhs_number, NHS_TEST_NUMBER) == "test_number"
    assert nhs_number("943 476 5919", allow_test_numbers=True) == NHS_TEST_NUMBER


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4010232138", "bad_check_digit"),
        ("0000000000", "invalid_date"),
        ("", "blank"),
        ("401023213", "too_few"),
    ],
)
def test_a_wrong_nhs_number_says_how_it_is_wrong(text: str, code: str) -> None:
    assert fault(nhs_number, text) == code


@pytest.mark.parametrize("number", ISSUABLE_CHI)
def test_a_number_in_scotlands_range_is_told_to_be_a_chi_number(number: str) -> None:
    assert chi_or_nhs(number, allow_test_numbers=False) == ("chi", number)


def test_a_number_in_another_range_is_told_to_be_an_nhs_number() -> None:
    assert chi_or_nhs("401 023 2137", allow_test_numbers=False) == ("nhs", NHS_ENGLAND)
    assert chi_or_nhs(NHS_TEST_NUMBER, allow_test_numbers=True) == ("nhs", NHS_TEST_NUMBER)


@pytest.mark.parametrize(
    ("text", "code"),
    [(NHS_TEST_NUMBER, "test_number"), ("2902191230", "invalid_date"), ("9434765918", "bad_check_digit")],
)
def test_a_number_that_is_neither_is_refused(text: str, code: str) -> None:
    assert fault(lambda number: chi_or_nhs(number, allow_test_numbers=False), text) == code


@given(
    number=st.sampled_from([*ISSUABLE_CHI, NHS_ENGLAND]),
    place=st.integers(min_value=0, max_value=9),
    shift=st.integers(min_value=1, max_value=9),
)
def test_one_wrong_digit_is_always_noticed(number: str, place: int, shift: int) -> None:
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    with pytest.raises(InvalidIdentifier):
        chi_or_nhs(wrong, allow_test_numbers=True)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("ab101ab", "AB10 1AB"),
        (" Dd1  4hn ", "DD1 4HN"),
        ("m1 1ae", "M1 1AE"),
        ("EC1A1BB", "EC1A 1BB"),
        ("w1a 0ax", "W1A 0AX"),
        ("G 2 3 B Z", "G2 3BZ"),
    ],
)
def test_a_postcode_is_stored_in_one_form_however_it_was_typed(text: str, stored: str) -> None:
    assert postcode(text) == stored
    assert postcode(stored) == stored


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "blank"),
        ("G2 3", "too_few"),
        ("AB10 1ABC", "too_many"),
        ("AB1O 1A8", "bad_shape"),
        ("1AB 2CD", "bad_shape"),
        ("ABC1 2DE", "bad_shape"),
        ("G2, 3BZ", "invalid_characters"),
        ("ß1 1AA", "invalid_characters"),
    ],
)
def test_each_way_a_postcode_can_be_wrong_has_its_own_code(text: str, code: str) -> None:
    assert fault(postcode, text) == code


@pytest.mark.parametrize(
    ("text", "stored"),
    [("9051012345", "9051012345"), ("000123456789", "123456789"), ("100 012 345 678", "100012345678")],
)
def test_a_uprn_is_stored_without_leading_noughts(text: str, stored: str) -> None:
    assert uprn(text) == stored


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "blank"), ("0000", "bad_shape"), ("1234567890123", "too_many"), ("12E5", "invalid_characters")],
)
def test_a_wrong_uprn_says_how_it_is_wrong(text: str, code: str) -> None:
    assert fault(uprn, text) == code
