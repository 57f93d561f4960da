"""Names and addresses as people really spell them: keys that put likely repeats side by side, and how alike they are.

Keys find candidates, `name_similarity` ranks them, and a person decides: nothing here says that two people are one.
"""

import re
import unicodedata
from itertools import product

import jellyfish
from rapidfuzz.distance import OSA, JaroWinkler

LIKELY_SAME_NAME = 0.88
"""From here up two names are worth showing to a person as one; below are the likes of John and Jane of one surname."""

INITIAL_LIKENESS = 0.85
SOUND_ALIKE_LIKENESS = 0.92
LEAST_LIKENESS_OF_SOUND_ALIKES = 0.75
SHORTEST_MISSPELT = 3
"""Shorter words are one slip away from almost any other."""

_APOSTROPHES = re.compile("['`\u2018\u2019\u02bc]")
_MAC = re.compile(r"\b(?:mac|mc)\s*(?=[a-z]{3})")
_WORD = re.compile(r"[^\W\d_]+")
_TITLES = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "rev", "sir", "dame", "lady", "lord", "prof"))
# Letters with a stroke or joined: decomposing a string takes accents off and leaves these as they are.
_WHOLE_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"})

_NUMBER_AND_LETTER = re.compile(r"\b([0-9]+)\s+([a-z])\b")
_ADDRESS_WORD = re.compile(r"[^\W_]+")
_POSITIONS = frozenset(("ground", "basement", "upper", "lower", "top", "left", "right", "front", "rear"))
_SHORT_FORMS = {
    "apartment": "flat", "apt": "flat", "ave": "avenue", "av": "avenue", "cres": "crescent", "ct": "court",
    "dr": "drive", "gdns": "gardens", "hse": "house", "ln": "lane", "pl": "place", "rd": "road", "sq": "square",
    "st": "street", "terr": "terrace", "ter": "terrace",
}  # fmt: skip


def name_keys(name: str) -> tuple[str, ...]:
    """Return the keys of a name, sorted: people whose names share one are candidates.

    Two for each word, how it sounds (Metaphone) and its consonants (Soundex); each catches misspellings that the
    other does not. The order of words, titles, accents and Mac or Mc make no difference. A word in another
    alphabet is its own key. Initials have none, unless the name is all initials.
    """
    words = _name_words(name)
    spoken = [word for word in words if len(word) > 1 or not word.isascii()] or words
    return tuple(sorted({key for word in spoken for key in _sound_keys(word)}))


def name_similarity(first: str, second: str) -> float:
    """Return how alike two names are, from 0 (nothing in common, or a name is blank) to 1 (the same words).

    Words are paired with their likeliest in any order; an initial is like a word that it begins; a word without
    a pair, such as a middle name that one side left out, lowers it a little.
    """
    # Sorted, so that the two names may be given either way round.
    shorter, longer = sorted((_name_words(first), _name_words(second)), key=lambda words: (len(words), words))
    if not shorter:
        return 0.0
    likeness = _paired_likeness(shorter, longer)
    of_shorter = likeness / len(shorter)
    of_both = 2 * likeness / (len(shorter) + len(longer))
    return (of_shorter + of_both) / 2


def nearly_called(typed: str, name: str) -> bool:
    """Tell whether each word typed is a word of the name, begins one, or is one slip away from one.

    A slip is a letter dropped, added or wrong, or two side by side swapped. Two words typed may be one word of the
    name (`mac donald`, `o neil`, `mary ann`), and what a hyphen joins in the name may be typed as one.
    """
    asked, known = _in_order(typed), _in_order(name)
    asked = [word for word in asked if word not in _TITLES] or asked
    joined = ("".join(_in_order(piece)) for piece in name.split() if "-" in _plain(piece))
    words = {*known, *joined}
    closed_up = ([*asked[:i], asked[i] + asked[i + 1], *asked[i + 2 :]] for i in range(len(asked) - 1))
    return bool(asked) and any(all(_is_among(word, words) for word in way) for way in (asked, *closed_up))


def _is_among(word: str, words: set[str]) -> bool:
    slips = 1 if len(word) >= SHORTEST_MISSPELT else 0
    return any(known.startswith(word) or OSA.distance(word, known, score_cutoff=slips) <= slips for known in words)


def address_key(address: str, postcode: str | None) -> str:
    """Return a key that is the same for one home however its address is laid out; blank for a blank address.

    With a postcode the numbers in the address are enough, whatever street or town is written beside them; for a
    home without a number it is the first line. Without a postcode all words count, so fewer repeats are found.
    """
    text = _NUMBER_AND_LETTER.sub(r"\1\2", _APOSTROPHES.sub("", _plain(address)))
    area = "".join(_ADDRESS_WORD.findall(_plain(postcode or "")))
    words = _address_words(text)
    if area:
        telling = [word for word in words if word[0].isdigit() or word in _POSITIONS]
        has_number = any(word[0].isdigit() for word in telling)
        words = telling if has_number else _address_words(re.split(r"[,\n]", text.strip(" ,\n"))[0])
    return " ".join([area, *sorted(words)]).strip() if words else ""


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_WHOLE_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _in_order(name: str) -> list[str]:
    return _WORD.findall(_MAC.sub("mac", _APOSTROPHES.sub("", _plain(name))))


def _name_words(name: str) -> list[str]:
    words = sorted(_in_order(name))
    return [word for word in words if word not in _TITLES] or words


def _sound_keys(word: str) -> tuple[str, ...]:
    if not word.isascii():
        return (f"word:{word}",)
    sound = jellyfish.metaphone(word) or word
    return (f"metaphone:{sound}", f"soundex:{jellyfish.soundex(word)}")


def _paired_likeness(shorter: list[str], longer: list[str]) -> float:
    """Add up the likeness of the best pairs, taking the likeliest first and each word once."""
    places = product(range(len(shorter)), range(len(longer)))
    pairs = sorted((-_word_likeness(shorter[one], longer[other]), one, other) for one, other in places)
    used_ones: set[int] = set()
    used_others: set[int] = set()
    total = 0.0
    for likeness, one, other in pairs:
        if one not in used_ones and other not in used_others:
            used_ones.add(one)
            used_others.add(other)
            total -= likeness
    return total


def _word_likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if min(len(one), len(other)) == 1:
        return INITIAL_LIKENESS if one[0] == other[0] else 0.0
    likeness = JaroWinkler.similarity(one, other)
    # John and Jane sound the same to Metaphone, so sound counts only for words that look alike too.
    if likeness >= LEAST_LIKENESS_OF_SOUND_ALIKES and set(_sound_keys(one)) & set(_sound_keys(other)):
        return max(likeness, SOUND_ALIKE_LIKENESS)
    return likeness


def _address_words(text: str) -> list[str]:
    return [_SHORT_FORMS.get(word, word) for word in _ADDRESS_WORD.findall(text)]
