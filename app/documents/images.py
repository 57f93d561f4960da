"""Make an image anew from its points alone: no place, no owner, no profile, nothing that was hidden in or after it.

What people upload is decoded, turned the way it was held, and written again. The bytes that came in are not kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO, Final

from PIL import Image, ImageOps

from app.documents.formats import JPEG, PNG, WEBP, FileRefused, Format

MOST_POINTS: Final = 64_000_000
"""As many as the cameras of telephones make; decoded they take 200 MB."""
LONGEST_SIDE: Final = 4_096
THUMBNAIL_SIDE: Final = 360
_WHITE: Final = (255, 255, 255)
# MPO is what some telephones make of a JPEG: the picture with smaller ones behind it. The first is the picture.
_FORMATS: Final = {"JPEG": JPEG, "MPO": JPEG, "PNG": PNG, "WEBP": WEBP}
_HOW: Final[dict[str, tuple[str, dict[str, object]]]] = {
    "jpg": ("JPEG", {"quality": 88, "optimize": True, "progressive": True}),
    "png": ("PNG", {"compress_level": 6}),
    "webp": ("WEBP", {"quality": 88, "method": 4}),
}
_TOO_LARGE: Final = (
    f"This image has more than {MOST_POINTS // 1_000_000} million points. Make it smaller, or add it as a PDF."
)
_BROKEN: Final = "This image cannot be read: it is damaged or cut off. Open it, save it again, and add that."


@dataclass(frozen=True, slots=True)
class MadeAnew:
    """A clean image and a small one of it; both are open temporary files."""

    format: Format
    file: BinaryIO
    thumbnail: BinaryIO


def made_anew(file: BinaryIO, keep: Callable[[BinaryIO], BinaryIO]) -> MadeAnew:
    """Write the image anew. `keep` closes what is opened here in the end. Raises FileRefused, OSError without room."""
    file.seek(0)
    try:
        with Image.open(file, formats=("JPEG", "PNG", "WEBP")) as image:
            _require_modest(image)
            kind = _FORMATS[image.format or ""]
            points = _points(image)
    except FileRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileRefused(_TOO_LARGE) from None
    except Exception:  # noqa: BLE001 # over bytes that were made to break it, a decoder may raise anything
        raise FileRefused(_BROKEN) from None
    # From here on nothing of what came in is read.
    small = _flat(points)
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return MadeAnew(kind, keep(_written(points, kind)), keep(_written(small, JPEG)))


def _require_modest(image: Image.Image) -> None:
    """Before a point is decoded: what the file says its size is costs nothing to read."""
    if image.width * image.height > MOST_POINTS:
        raise FileRefused(_TOO_LARGE)


def _points(image: Image.Image) -> Image.Image:
    """The first picture, upright, not larger than needed, in colours that its format can hold."""
    if image.format in ("JPEG", "MPO"):
        # Read at a half or a quarter where that is still large enough: a fraction of the memory.
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.load()
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    see_through = image.format not in ("JPEG", "MPO") and image.has_transparency_data
    points = upright if upright.mode in ("L", "RGB") and not see_through else _converted(upright, see_through)
    # Everything that was said about the picture goes; writers would put some of it back.
    points.info = {}
    return points


def _converted(image: Image.Image, see_through: bool) -> Image.Image:  # noqa: FBT001 # a private step
    if image.mode.startswith("I"):
        # 16 bits a point: the upper eight of them.
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("RGBA" if see_through else "RGB")


def _flat(points: Image.Image) -> Image.Image:
    if points.mode != "RGBA":
        return points.copy()
    ground = Image.new("RGB", points.size, _WHITE)
    ground.paste(points, mask=points.getchannel("A"))
    return ground


def _written(points: Image.Image, kind: Format) -> BinaryIO:
    name, options = _HOW[kind.extension]
    target = TemporaryFile()  # noqa: SIM115 # closed by whoever keeps it
    points.save(target, name, **options)
    return target
