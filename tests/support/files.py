"""Files made from bytes, good ones and bad ones: for tests that upload them."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image

MARK = "<script>alert(1)</script>"
"""What must not come out again of a file that it was hidden in."""


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: Any) -> bytes:
    """A picture whose upper left is red and whose rest is blue."""
    colours = {"L": (220, 60), "RGB": ((220, 20, 20), (20, 20, 220)), "RGBA": ((220, 20, 20, 255), (0, 0, 220, 40))}
    corner, rest = colours.get(mode, colours["RGB"])
    image = Image.new(mode if mode in colours else "RGB", size, rest)
    image.paste(corner, (0, 0, size[0] // 2, size[1] // 2))
    image = image.convert(mode)
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def photograph(*, orientation: int = 6, **options: Any) -> bytes:
    """A JPEG as a telephone writes it: held on its side, with the place, the owner and a comment in it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Telephone of Davina Dummie"
    exif.get_ifd(0x8825).update({1: "N", 2: (55.0, 57.0, 1.0), 3: "W", 4: (3.0, 11.0, 1.0)})
    profile = b"\0" * 128 + b"profile of nobody"
    return picture(exif=exif, comment=MARK.encode(), icc_profile=profile, **options)


def pdf(*objects: bytes, header: bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", after: bytes = b"\n") -> bytes:
    """A PDF of one empty page, with more objects in it."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>",
        *objects,
    ]
    written, places = bytearray(header), []
    for number, body in enumerate(bodies, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, start)
    return bytes(written) + after


def packed_objects(inside: bytes, *, filters: bytes = b"/Filter /FlateDecode") -> bytes:
    """An object of a PDF in which others are packed."""
    packed = zlib.compress(inside)
    return b"<< /Type /ObjStm /N 1 /First 4 %s /Length %d >>\nstream\n%s\nendstream" % (filters, len(packed), packed)


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def office(kind: str = "docx", *, main: str | None = None, extra: dict[str, bytes] | None = None) -> bytes:
    """A Word or Excel file of no more than its necessary parts, and `extra` ones."""
    part, content = {
        "docx": ("word/document.xml", f"{_WORD}.document"),
        "xlsx": ("xl/workbook.xml", f"{_EXCEL}.sheet"),
    }[kind]
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{part}" ContentType="{main or content + ".main+xml"}"/></Types>'
    )
    parts = {"[Content_Types].xml": types.encode(), part: b"<document/>" * 20, **(extra or {})}
    return archive(parts)


def archive(parts: dict[str, bytes]) -> bytes:
    """A zip of these parts, the same whenever it is made."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def png_that_says(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says it is enormous: a decompression bomb."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
