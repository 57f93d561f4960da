"""What a file is decides its content, whatever it is called; what could do something is refused or made harmless."""

import io
import struct
import tempfile
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from app.documents.formats import DOCX, JPEG, PDF, PNG, TEXT, WEBP, XLSX, FileRefused, Format
from app.documents.images import LONGEST_SIDE, THUMBNAIL_SIDE
from app.documents.inspection import inspect
from tests.support.files import MARK, archive, office, packed_objects, pdf, photograph, picture, png_that_says


@dataclass(frozen=True)
class Kept:
    """What is kept of a file."""

    format: Format
    name: str
    content: bytes
    thumbnail: bytes | None


def kept(content: bytes, name: str = "file.bin") -> Kept:
    with tempfile.TemporaryFile() as file, ExitStack() as until:
        file.write(content)
        file.flush()
        found = inspect(file, name, until=until)
        stored = found.file.read()
        assert found.size == len(stored)
        return Kept(found.format, found.name, stored, found.thumbnail and _whole(found.thumbnail))


def _whole(file) -> bytes:
    file.seek(0)
    return file.read()


def refusal(content: bytes, name: str = "file.jpg") -> str:
    with pytest.raises(FileRefused) as refused:
        kept(content, name)
    return refused.value.message


GOOD = {
    "a JPEG": (picture("JPEG"), JPEG),
    "a grey JPEG": (picture("JPEG", mode="L"), JPEG),
    "a CMYK JPEG": (picture("JPEG", mode="CMYK"), JPEG),
    "a PNG": (picture("PNG"), PNG),
    "a PNG with see-through parts": (picture("PNG", mode="RGBA"), PNG),
    "a PNG with a palette": (picture("PNG", mode="P"), PNG),
    "a PNG with one bit a point": (picture("PNG", mode="1"), PNG),
    "a WebP": (picture("WEBP"), WEBP),
    "a PDF": (pdf(), PDF),
    "a PDF with packed objects": (pdf(packed_objects(b"1 0 << /Type /Font >>")), PDF),
    "a PDF with a line after its end": (pdf(after=b"\r\n\r\n"), PDF),
    "text": ("Dear Mrs Dummie,\r\n\tthe rail costs £40 – about €47.\f".encode(), TEXT),
    "text with a byte order mark": ("\ufeffDear all".encode(), TEXT),
    "text with a smaller sign": (b"width < 900 mm, <b> is not a tag at the end", TEXT),
    "a Word file": (office("docx"), DOCX),
    "a Word file with a picture": (office("docx", extra={"word/media/image1.jpeg": picture()}), DOCX),
    "an Excel file": (office("xlsx"), XLSX),
}


@pytest.mark.parametrize(("content", "kind"), GOOD.values(), ids=GOOD)
@pytest.mark.parametrize("name", ["page.html", "no extension", "x.exe"])
def test_a_file_is_what_it_holds_whatever_it_is_called(content: bytes, kind: Format, name: str) -> None:
    found = kept(content, name)
    assert found.format == kind
    assert found.name.endswith(f".{kind.extension}")
    assert (found.thumbnail is not None) == kind.image
    if not kind.image:
        assert found.content == content


HTML = f"<!DOCTYPE html><html><body>{MARK}</body></html>".encode()


def _with_two_entries_on_one_place() -> bytes:
    """The second directory entry points at the first one's data, as in a zip bomb without nesting."""
    content = bytearray(office("docx", extra={"a.xml": b"x" * 900}))
    entries = [i for i in range(len(content)) if content[i : i + 4] == b"PK\x01\x02"]
    content[entries[-1] + 42 : entries[-1] + 46] = content[entries[0] + 42 : entries[0] + 46]
    return bytes(content)


def _understated() -> bytes:
    """A part that says it is shorter than it is."""
    content = bytearray(office("docx", extra={"a.xml": b"x" * 900_000}))
    entry = max(i for i in range(len(content)) if content[i : i + 4] == b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 10)
    return bytes(content)


def _locked() -> bytes:
    content = bytearray(office("docx"))
    entry = content.index(b"PK\x01\x02")
    content[entry + 8] |= 1
    return bytes(content)


def _twice() -> bytes:
    target = io.BytesIO(office("docx"))
    with zipfile.ZipFile(target, "a") as package:
        package.writestr("WORD/document.xml", b"<other/>")
    return target.getvalue()


BAD = {
    "nothing": (b"", "empty"),
    "HTML named .jpg": (HTML, "web page"),
    "HTML after a byte order mark and a line": (b"\xef\xbb\xbf\n " + HTML, "web page"),
    "HTML in capitals": (b"<HTML><BODY>", "web page"),
    "a script in the middle of text": (b"x" * 70_000 + MARK.encode(), "web page"),
    "a script over two pieces of reading": (b"x" * (65_536 - 4) + MARK.encode(), "web page"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "web page"),
    "SVG after an XML declaration": (b'<?xml version="1.0"?>\n<svg onload="alert(1)"/>', "web page"),
    "GIF": (picture("GIF"), "GIF"),
    "GIF and script at once": (b"GIF89a/*" + b"\0" * 40 + b"*/=1;alert(1)", "GIF"),
    "BMP and script at once": (b"BM/*" + b"\0" * 40 + b"*/=1;alert(1)", "cannot tell"),
    "TIFF": (picture("TIFF"), "cannot tell"),
    "HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40, "JPEG"),
    "a program": (b"MZ\x90\0" + b"\0" * 60, "cannot tell"),
    "an ELF program": (b"\x7fELF\x02\x01\x01" + b"\0" * 60, "cannot tell"),
    "a shell script": (b"#!/bin/sh\nrm -rf /\n", "a program"),
    "RTF": (b"{\\rtf1\\ansi hello}", "whatever its name says"),
    "an old Word file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "whatever its name says"),
    "text with NUL": (b"hello\0there", "cannot tell"),
    "text with escapes": (b"hello \x1b[2J", "cannot tell"),
    "text of another age": ("Käse".encode("latin-1"), "cannot tell"),
    "a cut-off JPEG": (picture("JPEG", (600, 600))[:900], "cannot be read"),
    "three bytes of a JPEG": (b"\xff\xd8\xff", "cannot be read"),
    "HTML after a JPEG's first bytes": (b"\xff\xd8\xff\xe0" + HTML, "cannot be read"),
    "a broken PNG": (picture("PNG")[:60], "cannot be read"),
    "a PNG that says it is enormous": (png_that_says(50_000, 50_000), "million points"),
    "a PNG just over the limit": (png_that_says(9_000, 9_000), "million points"),
    "a PNG that Pillow would warn of": (png_that_says(11_000, 11_000), "million points"),
    "PDF with HTML in its first line": (pdf(header=b"%PDF-1.4 " + HTML + b"\n"), "damaged"),
    "PDF with HTML in a comment": (pdf(header=b"%PDF-1.4\n%" + HTML + b"\n"), "damaged"),
    "PDF after HTML": (HTML + pdf(), "web page"),
    "HTML after a PDF": (pdf(after=b"\n" + HTML), "damaged"),
    "a zip after a PDF": (pdf(after=b"\n" + office("docx")), "damaged"),
    "a PDF that breaks off": (pdf()[:150], "damaged"),
    "a PDF's first line alone": (b"%PDF-1.7\n", "damaged"),
    "a PDF with a script": (pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>"), "Print it to a new PDF"),
    "a PDF with a script in another spelling": (pdf(b"<< /S /J#61vaScr#69pt /JS (x) >>"), "Print it to a new PDF"),
    "a PDF that starts a program": (pdf(b"<< /S /Launch /F (cmd.exe) >>"), "Print it to a new PDF"),
    "a PDF with a file in it": (pdf(b"<< /Names << /EmbeddedFiles 5 0 R >> >>"), "Print it to a new PDF"),
    "a PDF with a packed script": (pdf(packed_objects(b"1 0 << /S /JavaScript >>")), "Print it to a new PDF"),
    "a PDF packed in an unusual way": (
        pdf(packed_objects(b"1 0 << >>", filters=b"/Filter [/ASCII85Decode]")),
        "damaged",
    ),
    "a PDF that unpacks to too much": (pdf(packed_objects(b"\0" * 50_000_001)), "unpacks to far more"),
    "a locked PDF": (pdf(b"<< /Filter /Standard >>\n/Encrypt 4 0 R"), "locked"),
    "an archive": (archive({"a.txt": b"hello"}), "archive"),
    "a zip bomb": (archive({"a": b"\0" * 30_000_000}), "unpacks to far more"),
    "a Word file with a bomb in it": (office("docx", extra={"word/a.xml": b"\0" * 30_000_000}), "unpacks to far more"),
    "a Word file with many parts": (office("docx", extra={f"p{n}.xml": b"" for n in range(2_001)}), "unpacks"),
    "a Word file with parts on one place": (_with_two_entries_on_one_place(), "damaged"),
    "a Word file with an understated part": (_understated(), "damaged"),
    "a Word file with a part twice": (_twice(), "damaged"),
    "a Word file with a way out": (office("docx", extra={"../../etc/passwd": b"x"}), "damaged"),
    "a Word file with a password": (_locked(), "damaged"),
    "a Word file with macros": (office("docx", extra={"word/vbaProject.bin": b"x"}), "macros"),
    "a Word file that says it has macros": (
        office("docx", main="application/vnd.ms-word.document.macroEnabled.main+xml"),
        "macros",
    ),
    "a Word file with a file in it": (office("docx", extra={"word/embeddings/oleObject1.bin": b"x"}), "macros"),
    "a Word file with a control in it": (office("docx", extra={"word/activeX/activeX1.xml": b"x"}), "macros"),
    "a Word template": (office("docx", main="application/vnd.openxmlformats-officedocument.template"), "archive"),
    "a zip after HTML": (HTML + office("docx"), "web page"),
    "something after a Word file": (office("docx") + HTML, "damaged"),
    "a Word file with a comment": (office("docx")[:-2] + struct.pack("<H", len(HTML)) + HTML, "damaged"),
    "entities in a Word file": (
        archive({"[Content_Types].xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "word/document.xml": b"x"}),
        "damaged",
    ),
    "a cut-off Word file": (office("docx")[:-30], "damaged"),
}


@pytest.mark.parametrize(("content", "words"), BAD.values(), ids=BAD)
def test_what_could_do_harm_is_refused_in_plain_words(content: bytes, words: str) -> None:
    assert words in refusal(content)


HIDING = {
    "a zip after a JPEG": picture("JPEG") + archive({"a.html": MARK.encode()}),
    "HTML after a JPEG": picture("JPEG") + HTML,
    "HTML in a JPEG's comment": picture("JPEG", comment=HTML),
    "HTML after a PNG": picture("PNG") + HTML,
    "HTML after a WebP": picture("WEBP") + HTML,
    "a photograph with everything": photograph(),
}


@pytest.mark.parametrize("content", HIDING.values(), ids=HIDING)
def test_nothing_that_hid_in_an_image_or_after_it_is_kept(content: bytes) -> None:
    assert MARK.encode() in content or b"PK\x03\x04" in content
    found = kept(content)
    for stored in (found.content, found.thumbnail):
        assert stored is not None
        for hidden in (b"script", b"PK\x03\x04", b"PK\x05\x06", b"Exif", b"ICC_PROFILE", b"Davina", b"profile of"):
            assert hidden not in stored
        with Image.open(io.BytesIO(stored)) as image:
            assert dict(image.getexif()) == {}
            assert not {"exif", "icc_profile", "comment", "xmp", "photoshop"} & set(image.info)


def test_a_photograph_stands_as_it_was_held() -> None:
    found = kept(photograph(orientation=6, size=(64, 48)))
    with Image.open(io.BytesIO(found.content)) as image:
        assert image.size == (48, 64)
        red, _, blue = image.convert("RGB").getpixel((40, 5))
        assert red > 150 > blue


def test_text_in_a_png_does_not_come_out_again() -> None:
    said = PngInfo()
    said.add_text("Comment", MARK)
    said.add_itxt("XML:com.adobe.xmp", MARK, zip=True)
    found = kept(picture("PNG", pnginfo=said))
    assert b"tEXt" not in found.content
    assert b"iTXt" not in found.content


def test_only_the_first_picture_of_a_moving_one_is_kept() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    target = io.BytesIO()
    frames[0].save(target, "WEBP", save_all=True, append_images=frames[1:])
    with Image.open(io.BytesIO(kept(target.getvalue()).content)) as image:
        assert getattr(image, "n_frames", 1) == 1


def test_a_large_photograph_is_made_smaller_and_its_thumbnail_small() -> None:
    found = kept(picture("JPEG", (6_000, 3_000)))
    with Image.open(io.BytesIO(found.content)) as image:
        assert max(image.size) <= LONGEST_SIDE
        assert image.width == image.height * 2
    assert found.thumbnail is not None
    with Image.open(io.BytesIO(found.thumbnail)) as image:
        assert (image.format, max(image.size)) == ("JPEG", THUMBNAIL_SIDE)


def test_sixteen_bits_a_point_are_shown_as_eight() -> None:
    deep = Image.new("I;16", (4, 4), 200 * 256)
    target = io.BytesIO()
    deep.save(target, "PNG")
    with Image.open(io.BytesIO(kept(target.getvalue()).content)) as image:
        value = image.convert("L").getpixel((1, 1))
    assert value == pytest.approx(200, abs=1)
