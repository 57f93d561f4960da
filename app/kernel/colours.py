"""Colours, as far as whether a text can be read on them: relative luminance and contrast as WCAG 2.2 defines them."""

import re

_HEX = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
READABLE = 4.5
"""The least contrast of text with what it stands on (WCAG 2.2, 1.4.3, level AA)."""


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb`, from 0 (black) to 1 (white). Raises ValueError for anything else."""
    found = _HEX.fullmatch(colour)
    if found is None:
        raise ValueError("Write a colour as #rrggbb, such as #0b5a4b.")
    red, green, blue = (_linear(int(part, 16) / 255) for part in found.groups())
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 (none) to 21 (black on white)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _linear(part: float) -> float:
    # The threshold is the one of the definition, which differs from that of sRGB itself.
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
