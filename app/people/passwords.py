"""Passwords: kept as Argon2id hashes, compared in the same time whether there is a user or not.

Both functions take tens of milliseconds on purpose; call them in a thread (`asyncio.to_thread`) where others wait.
"""

from functools import cache
from typing import Final

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

LONGEST: Final = 1_000
_hasher = PasswordHash((Argon2Hasher(),))


def hash_password(password: str) -> str:
    """Give what is kept of a password. Raises ValueError for an empty or an absurdly long one."""
    if not 0 < len(password) <= LONGEST:
        message = f"A password has 1 to {LONGEST} characters."
        raise ValueError(message)
    return _hasher.hash(password)


def verify_password(password: str, kept: str | None) -> bool:
    """Tell whether the password is the one that was kept; `kept` is None for a user who is not there or has none."""
    try:
        matches = _hasher.verify(password[:LONGEST], kept or _nobodys())
    except UnknownHashError:
        return False
    return matches and kept is not None and len(password) <= LONGEST


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody's password")
