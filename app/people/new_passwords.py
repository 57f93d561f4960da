"""Whether a new password will do: long enough, and not one of the first that anybody would try. Nothing else is asked.

No capitals, digits or signs are wanted: they make passwords harder to remember and hardly harder to guess.
"""

import re
from collections.abc import Collection
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from app.people.passwords import LONGEST

SHORTEST: Final = 12
TOO_SHORT: Final = f"Use {SHORTEST} characters or more; three words that do not belong together are good."
TOO_LONG: Final = f"Use at most {LONGEST:,} characters."
TOO_COMMON: Final = (
    "This is one of the first passwords that somebody would try. Use three words that do not belong together."
)
_LIST: Final = Path(__file__).with_name("common_passwords.txt")
_LONGEST_RUN: Final = 4
_EDGES: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_BESIDE: Final = re.compile(r"[\W\d_]+")
_BETWEEN: Final = re.compile(r"[\W_]+")


def fault_of(password: str, *, about: Collection[str] = ()) -> str | None:
    """Say what is wrong with a password, or None. `about` is what others know of its owner: address, name."""
    if len(password) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    plain = password.casefold()
    known = _common() | {part for word in about for part in _parts(word)}
    return TOO_COMMON if _is_common(plain, known) else None


def _is_common(plain: str, known: Collection[str]) -> bool:
    joined = _BETWEEN.sub("", plain)
    if plain in known or joined in known or _EDGES.sub("", plain) in known:
        return True
    return _is_repeated(joined) or _is_counted(joined) or _is_made_of(plain, known)


def _is_repeated(plain: str) -> bool:
    """Whether it is one short run of characters over and over."""
    return any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, _LONGEST_RUN + 1))


def _is_counted(plain: str) -> bool:
    """Whether it counts up or down, through nought."""
    steps = {(ord(after) - ord(before)) % 10 for before, after in pairwise(plain)}
    return plain.isdecimal() and steps in ({1}, {9})


def _is_made_of(plain: str, known: Collection[str]) -> bool:
    """Whether it is at most two different words of the list, over and over, whatever stands between and around."""
    words = [word for word in _BESIDE.split(plain) if word]
    if words and all(word in known for word in words) and len(set(words)) <= 2:
        return True
    run = "".join(words)
    return any(run == word * (len(run) // len(word)) for word in known if run and len(word) > _LONGEST_RUN)


def _parts(word: str) -> set[str]:
    plain = word.casefold()
    local = plain.partition("@")[0]
    return {plain, local, _BETWEEN.sub("", plain), _BETWEEN.sub("", local)} - {""}


@cache
def _common() -> frozenset[str]:
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
