"""Passwords are kept as Argon2id and compared without telling whether there is a user."""

import re
from importlib.util import find_spec, module_from_spec

import pytest

from app.people.passwords import LONGEST, hash_password, verify_password

PASSWORD = "a tram of seven herons"


@pytest.fixture(scope="module")
def kept() -> str:
    return hash_password(PASSWORD)


def test_what_is_kept_is_an_argon2id_hash_and_not_the_password(kept: str) -> None:
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_the_product_makes_hashes_that_are_slow_to_guess() -> None:
    # The module as it is without the tests' own hasher.
    spec = find_spec("app.people.passwords")
    assert spec is not None
    assert spec.loader is not None
    product = module_from_spec(spec)
    spec.loader.exec_module(product)
    found = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$", product.hash_password(PASSWORD))
    assert found is not None
    memory, rounds, _ = map(int, found.groups())
    # The least that OWASP's password storage cheat sheet names for Argon2id.
    assert memory >= 19_456
    assert rounds >= 2


def test_the_password_opens_and_another_does_not(kept: str) -> None:
    assert verify_password(PASSWORD, kept)
    assert not verify_password(PASSWORD.upper(), kept)


def test_two_users_with_one_password_are_kept_differently(kept: str) -> None:
    assert hash_password(PASSWORD) != kept


def test_nobody_is_let_in_where_no_password_is_kept() -> None:
    assert not verify_password(PASSWORD, None)
    assert not verify_password("nobody's password", None)


def test_a_hash_of_another_kind_lets_nobody_in() -> None:
    assert not verify_password(PASSWORD, "not a hash at all")


@pytest.mark.parametrize("password", ["", "x" * (LONGEST + 1)])
def test_an_empty_or_endless_password_is_not_kept(password: str) -> None:
    with pytest.raises(ValueError, match="characters"):
        hash_password(password)


def test_a_password_is_not_cut_off_at_the_longest() -> None:
    kept = hash_password("x" * LONGEST)
    assert verify_password("x" * LONGEST, kept)
    assert not verify_password("x" * (LONGEST + 1), kept)
