"""A partnership's colour: white text must be readable on it, or the service does not start."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.kernel.colours import contrast
from app.settings import Settings


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        # The darkest grey on white that WCAG's own examples call just enough.
        ("#767676", "#ffffff", 4.54),
        ("#1d70b8", "#ffffff", 5.17),
    ],
)
def test_contrast_is_that_of_the_guidelines(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


def test_a_colour_on_which_white_cannot_be_read_is_refused_with_its_contrast() -> None:
    assert Settings(brand_colour="#0b5a4b").brand_colour == "#0b5a4b"
    with pytest.raises(ValidationError, match=r"contrast of 1\.07; 4\.5 is needed"):
        Settings(brand_colour="#ffff00")
    with pytest.raises(ValidationError, match="Write a colour as #rrggbb"):
        Settings(brand_colour="green")


def test_a_logo_is_a_picture_that_is_there(tmp_path: Path) -> None:
    picture = tmp_path / "logo.svg"
    picture.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert Settings(brand_logo=picture).brand_logo == picture
    for wrong in (tmp_path / "gone.svg", tmp_path):
        with pytest.raises(ValidationError, match="There is no picture"):
            Settings(brand_logo=wrong)
