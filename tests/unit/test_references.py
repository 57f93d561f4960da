import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.references import LARGEST_NUMBER, case_reference, parse_reference

numbers = st.integers(min_value=1, max_value=LARGEST_NUMBER)


def test_a_reference_has_six_digits_or_more_and_a_check_letter() -> None:
    assert case_reference(123) == "HS-000123-J"
    assert case_reference(23) == "HS-000023-A"
    assert case_reference(1_234_567) == "HS-1234567-W"


@pytest.mark.parametrize("text", ["hs-000123-j", "HS000123J", " hs 000 123 j ", "HS-123-J", "HS\u2013000123\u2013J"])
def test_a_reference_is_understood_however_it_was_typed(text: str) -> None:
    assert parse_reference(text) == "HS-000123-J"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HS",
        "HS-000123",
        "000123-J",
        "HS-000000-A",
        "AB-000123-J",
        "HS-1234567890123-A",
        "HS-000123-JJ",
        "HS-١٢٣-J",
    ],
)
def test_what_is_not_a_reference_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="looks like HS-000123-J"):
        parse_reference(text)


@pytest.mark.parametrize("number", [0, -1, LARGEST_NUMBER + 1])
def test_a_case_number_out_of_range_has_no_reference(number: int) -> None:
    with pytest.raises(ValueError, match="A case number is from 1"):
        case_reference(number)


@given(numbers)
def test_every_reference_parses_to_itself(number: int) -> None:
    assert parse_reference(case_reference(number)) == case_reference(number)


@given(number=numbers, place=st.integers(min_value=0, max_value=5), shift=st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_always_noticed(number: int, place: int, shift: int) -> None:
    right = case_reference(number)
    digits, letter = right.split("-")[1:]
    wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]
    with pytest.raises(ValueError, match=r"does not match the number|looks like"):
        parse_reference(f"HS-{wrong}-{letter}")


@given(number=numbers, place=st.integers(min_value=0, max_value=4))
def test_two_neighbouring_digits_swapped_are_always_noticed(number: int, place: int) -> None:
    right = case_reference(number)
    digits, letter = right.split("-")[1:]
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    if swapped == digits:
        assert parse_reference(f"HS-{swapped}-{letter}") == right
        return
    with pytest.raises(ValueError, match=r"does not match the number|looks like"):
        parse_reference(f"HS-{swapped}-{letter}")
