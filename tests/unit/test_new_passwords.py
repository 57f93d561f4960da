"""Which new passwords will do: long enough, and not what anybody would try first."""

import pytest

from app.people.new_passwords import TOO_COMMON, TOO_LONG, TOO_SHORT, fault_of

ABOUT = ("fergus.fictional@test.example", "Fergus Fictional")


@pytest.mark.parametrize("password", ["", "short", "elevenchars", "é" * 11])
def test_short_ones_will_not_do(password: str) -> None:
    assert fault_of(password) == TOO_SHORT


def test_absurdly_long_ones_will_not_do() -> None:
    assert fault_of("word " * 250) == TOO_LONG


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "PASSWORD1234", "Password1234!", "!!password!!!!", "passwordpassword", "password password",
        "aaaaaaaaaaaa", "abababababab", "abc abc abc abc", "123412341234", "123456789012", "098765432109", "!!!!!!!!!!!!",
        "qwertyuiop12", "qwertyuiopasdfghjkl", "summer-2026-summer", "Manchesterunited1", "welcome2026welcome",
        "sunshine-rainbow-sunshine", "letmeinletmein", "fergus.fictional", "Fergus Fictional", "fergusfictional2026",
        "fergus.fictional@test.example",
    ],
)  # fmt: skip
def test_common_ones_and_ones_own_name_will_not_do(password: str) -> None:
    assert fault_of(password, about=ABOUT) == TOO_COMMON


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery", "a long enough pass phrase", "kettle umbrella tram", "zzzz qqqq kettle", "482915730264",
        "ünïcödé wörds hier", "the password of my aunt", "𝄞𝄞 and a clef it is", "fictional kettle tram",
    ],
)  # fmt: skip
def test_others_will_do_whatever_they_are_made_of(password: str) -> None:
    assert fault_of(password, about=ABOUT) is None
