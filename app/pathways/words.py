"""Makes two ways of writing the same thing equal: case, accents, punctuation, spaces and plurals aside."""

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[^a-z0-9%+]+")


def normal(text: str) -> str:
    """Write a phrase in its plainest form, such as `L/A  Shower` as `l a shower`; `&` is `and`."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NOT_A_WORD.sub(" ", letters.replace("'", "").replace("’", "")).strip()


def singular(word: str) -> str:
    """Take a plain plural ending off, so that `rails` is `rail`; short words and `-ss` stay."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
