import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.names import LIKELY_SAME_NAME, address_key, name_keys, name_similarity, nearly_called

ONE_PERSON = [
    ("Davina Dummie", "davina  DUMMIE"),
    ("Davina Dummie", "Dummie, Davina"),
    ("Davina Dummie", "Mrs Davina Dummie"),
    ("Davina Dummie", "Devina Dumme"),
    ("Davina Dummie", "Davnia Dumie"),
    ("Davina Dummie", "D. Dummie"),
    ("Davina Dummie", "Davina Jane Dummie"),
    ("Catherine Placeholder", "Kathryn Placeholder"),
    ("Tessa McSample", "Tessa MacSample"),
    ("Tessa MacSample", "Tessa Mac Sample"),
    ("Tessa O'Sample", "Tessa O\u2019Sample"),
    ("Zoë Example", "Zoe Example"),
    ("Søren Example", "Soren Example"),
    ("Tessa Sample-Example", "Tessa Sample Example"),
]
TWO_PEOPLE = [
    ("Davina Dummie", "Peter Placeholder"),
    ("Davina Dummie", "Davina Example"),
    ("John Sample", "Jane Sample"),
    ("Margaret Dummie", "Marion Dummie"),
    ("Davina", "Davina Dummie"),
]

names = st.text(alphabet="abcdeé '-MDO", max_size=20)


@pytest.mark.parametrize(("one", "other"), ONE_PERSON)
def test_the_spellings_of_one_name_share_a_key_and_look_alike(one: str, other: str) -> None:
    assert set(name_keys(one)) & set(name_keys(other))
    assert name_similarity(one, other) >= LIKELY_SAME_NAME


@pytest.mark.parametrize(("one", "other"), TWO_PEOPLE)
def test_the_names_of_two_people_do_not_look_alike(one: str, other: str) -> None:
    assert name_similarity(one, other) < LIKELY_SAME_NAME


def test_names_that_sound_of_nothing_alike_share_no_key() -> None:
    assert not set(name_keys("Davina Dummie")) & set(name_keys("Peter Placeholder"))


def test_an_initial_or_a_title_is_no_key_when_there_is_a_name() -> None:
    assert name_keys("Dr D Dummie") == name_keys("Dummie")


def test_a_name_of_initials_alone_still_has_keys() -> None:
    assert name_keys("A. B.") == ("metaphone:A", "metaphone:B", "soundex:A000", "soundex:B000")


def test_a_name_in_another_alphabet_is_its_own_key() -> None:
    assert name_keys("Δοκιμή") == name_keys("ΔΟΚΙΜΗ")
    assert name_keys("例 Dummie")[-1] == "word:例"


@pytest.mark.parametrize("blank", ["", "  ", "123", "-"])
def test_a_blank_name_has_no_keys_and_is_like_nothing(blank: str) -> None:
    assert name_keys(blank) == ()
    assert name_similarity(blank, blank) == 0
    assert name_similarity(blank, "Davina Dummie") == 0


@given(one=names, other=names)
def test_likeness_is_the_same_either_way_round_and_between_nought_and_one(one: str, other: str) -> None:
    likeness = name_similarity(one, other)
    assert 0 <= likeness <= 1
    assert likeness == name_similarity(other, one)


@given(names)
def test_a_name_is_wholly_like_itself_unless_it_is_blank(name: str) -> None:
    assert name_similarity(name, name) == (1 if name_keys(name) else 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("22 Acacia Avenue", "22, ACACIA AVE., Testtown"),
        ("Flat 2/1, 22 Acacia Avenue", "22 Acacia Avenue\nFlat 2/1"),
        ("22A Acacia Avenue", "22 a Acacia Avenue"),
        ("Flat, Top Left, 3 Sample Street", "3 Sample St (top left)"),
        ("Rose Cottage", "Rose Cottage, Testtown"),
        ("St. Example's House", "St Examples Hse"),
    ],
)
def test_one_home_written_two_ways_has_one_key(one: str, other: str) -> None:
    assert address_key(one, "AB10 1AB") == address_key(other, "ab101ab")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("22 Acacia Avenue", "24 Acacia Avenue"),
        ("22 Acacia Avenue", "22A Acacia Avenue"),
        ("Flat 2/1, 22 Acacia Avenue", "Flat 2/2, 22 Acacia Avenue"),
        ("3 Sample Street, top left", "3 Sample Street, top right"),
        ("Rose Cottage", "Thorn Cottage"),
    ],
)
def test_neighbours_in_one_postcode_have_different_keys(one: str, other: str) -> None:
    assert address_key(one, "AB10 1AB") != address_key(other, "AB10 1AB")


def test_the_same_number_in_another_postcode_is_another_home() -> None:
    assert address_key("22 Acacia Avenue", "AB10 1AB") != address_key("22 Acacia Avenue", "AB10 1AD")


@pytest.mark.parametrize("postcode", [None, "", "  "])
def test_without_a_postcode_the_street_tells_homes_apart(postcode: str | None) -> None:
    key = address_key("22 Acacia Avenue", postcode)
    assert key == address_key("22 Acacia Ave", None)
    assert key != address_key("22 Sample Avenue", None)


@pytest.mark.parametrize("postcode", [None, "AB10 1AB"])
def test_a_blank_address_has_a_blank_key(postcode: str | None) -> None:
    assert address_key(" , ", postcode) == ""


@pytest.mark.parametrize(
    ("typed", "name", "found"),
    [
        ("Davina Dumie", "Davina Dummie", True),  # a letter dropped
        ("Davina Dummmie", "Davina Dummie", True),  # a letter added
        ("Davina Dummei", "Davina Dummie", True),  # two letters swapped
        ("Davina Dunmie", "Davina Dummie", True),  # a wrong letter
        ("Hummie", "Davina Dummie", True),  # the first letter wrong
        ("Davna Dumie", "Davina Dummie", True),  # one slip in each word
        ("Dume", "Davina Dummie", False),  # two slips in one word
        ("Dummie Davina", "Davina Dummie", True),  # the last name first
        ("Dav Dum", "Davina Dummie", True),  # the beginnings of words
        ("Mrs Dummie", "Davina Dummie", True),  # a title is not a name
        ("Zoe", "Zoë Example", True),  # an accent left out
        ("Zoë", "Zoe Example", True),  # an accent put in
        ("McSample", "Tessa MacSample", True),  # Mc for Mac
        ("Mac Sample", "Tessa McSample", True),  # Mac apart
        ("Sample Example", "Tessa Sample-Example", True),  # a hyphen left out
        ("SampleExample", "Tessa Sample-Example", True),  # a hyphen closed up
        ("Sample-Example", "Tessa SampleExample", True),  # a hyphen put in
        ("O Sample", "Tessa O'Sample", True),  # an apostrophe as a blank
        ("Mary Ann", "Maryann Example", True),  # one name typed as two
        ("Mary Ann Exmple", "Maryann Example", True),  # and a letter dropped in another word
        ("Ann", "Ian Example", False),  # short names that only look a little alike
        ("Jo", "Al Example", False),  # too short to be misspelt
        ("Davina Peters", "Davina Dummie", False),  # half of it is another name
        ("", "Davina Dummie", False),  # nothing typed
        ("...", "Davina Dummie", False),  # no word typed
    ],
)
def test_a_name_is_known_by_one_slip_in_a_word(typed: str, name: str, found: bool) -> None:
    assert nearly_called(typed, name) is found


@given(st.text("abdeo", min_size=5, max_size=20), st.integers(0, 19))
def test_a_letter_left_out_of_a_word_never_hides_a_name(word: str, place: int) -> None:
    at = place % len(word)
    assert nearly_called(word[:at] + word[at + 1 :], f"Davina {word}")
