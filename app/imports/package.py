"""The parts of an XLSX beside its rows: which sheet comes first, its shared texts, which styles show dates.

An XLSX is a zip of XML parts (ECMA-376). We read it ourselves, part by part through expat: the libraries that
were tried either hold a whole sheet in memory as a full rectangle, so that two far-apart cells in a file of
6 kB end the process, or take six times as long.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from app.imports.limits import Limits, SheetRefused, damaged
from app.imports.texts import Attributes, SharedTexts, TextCollector

_CHUNK = 1 << 16
_MOST_PARTS = 5_000
_WORKSHEET = "/worksheet"
# Number formats that every workbook has without saying so, and that show a day.
_DATE_FORMATS = frozenset({14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58})
_NOT_A_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_SHOWS_A_DAY = re.compile(r"[dy]|mmm", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FirstSheet:
    """Where the first sheet that a person sees is. `dates_from_1904` is what its workbook says of itself."""

    part: str
    dates_from_1904: bool


@dataclass(slots=True)
class Handlers:
    """What to do at each element of a part; names come without their namespace prefix."""

    start: Callable[[str, Attributes], None]
    end: Callable[[str], None] = field(default=lambda _name: None)
    text: Callable[[str], None] = field(default=lambda _text: None)


@contextmanager
def open_package(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """Open the zip and turn everything that can be wrong inside it, then and later, into SheetRefused."""
    try:
        with zipfile.ZipFile(path) as package:
            _require_modest(package, limits)
            yield package
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, expat.ExpatError, UnicodeError):
        raise damaged() from None
    except (RuntimeError, NotImplementedError):
        # What zipfile raises for a part with a password, and for a compression that it does not know.
        message = "The workbook is locked with a password or packed in an unusual way. Save it as a plain .xlsx file."
        raise SheetRefused(message) from None


def parse(package: zipfile.ZipFile, part: str, handlers: Handlers) -> Iterator[None]:
    """Feed a part through the handlers, and pause after every piece so that the caller can hand on what it has."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: handlers.start(_local(name), attributes)
    parser.EndElementHandler = lambda name: handlers.end(_local(name))
    parser.CharacterDataHandler = handlers.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    with package.open(part) as file:
        while piece := file.read(_CHUNK):
            parser.Parse(piece, False)  # noqa: FBT003 - expat takes it by position
            yield
        parser.Parse(b"", True)  # noqa: FBT003
        yield


def first_sheet(package: zipfile.ZipFile) -> FirstSheet:
    """Find the first sheet that is shown. Raises SheetRefused when the zip is something else than an XLSX."""
    main = [target for kind, target in _related(package, "").values() if kind.endswith("/officeDocument")]
    if not main or not main[0].endswith(".xml") or main[0] not in package.namelist():
        message = "The file is not an Excel workbook (.xlsx) or a CSV file. Save it as one of them and try again."
        raise SheetRefused(message)
    related = _related(package, main[0])
    sheets: list[str] = []
    of_1904: list[bool] = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "workbookPr":
            of_1904.append(attributes.get("date1904", "0") in {"1", "true"})
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            link = next((value for key, value in attributes.items() if _local(key) == "id" and ":" in key), "")
            kind, part = related.get(link, ("", ""))
            if kind.endswith(_WORKSHEET):
                sheets.append(part)

    _drain(package, main[0], Handlers(start))
    if not sheets:
        message = "The workbook has no sheet that is shown. Put the rows on its first sheet."
        raise SheetRefused(message)
    return FirstSheet(sheets[0], dates_from_1904=any(of_1904))


def shared_texts(package: zipfile.ZipFile, limits: Limits) -> SharedTexts:
    """Read the texts that cells point to. Raises SheetRefused when they are too many to hold."""
    texts = SharedTexts()
    part = _part_ending(package, "sharedstrings.xml")
    if part is None:
        return texts
    if package.getinfo(part).file_size > limits.shared_strings_bytes:
        message = "The workbook has too much text in it. Save the sheet as CSV UTF-8, or split it in two."
        raise SheetRefused(message)
    collecting = TextCollector()

    def end(name: str) -> None:
        collecting.end(name)
        if name == "si":
            texts.append(collecting.take())

    _drain(package, part, Handlers(collecting.start, end, collecting.text))
    return texts


def date_styles(package: zipfile.ZipFile) -> frozenset[int]:
    """Say which cell styles show a number as a day, by their place in the list of styles."""
    part = _part_ending(package, "styles.xml")
    if part is None:
        return frozenset()
    codes: dict[str, str] = {}
    formats: list[str] = []
    in_cell_styles = False

    def start(name: str, attributes: Attributes) -> None:
        nonlocal in_cell_styles
        if name == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "xf" and in_cell_styles:
            formats.append(attributes.get("numFmtId", "0"))
        elif name == "cellXfs":
            in_cell_styles = True

    def end(name: str) -> None:
        nonlocal in_cell_styles
        in_cell_styles = in_cell_styles and name != "cellXfs"

    _drain(package, part, Handlers(start, end))
    return frozenset(index for index, key in enumerate(formats) if _shows_a_day(key, codes))


def _shows_a_day(key: str, codes: Mapping[str, str]) -> bool:
    if key in codes:
        return bool(_SHOWS_A_DAY.search(_NOT_A_CODE.sub("", codes[key]).split(";")[0]))
    return key.isdecimal() and int(key) in _DATE_FORMATS


def _related(package: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Read the relations of a part: id -> (what it is, the part that it names)."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}

    def start(element: str, attributes: Attributes) -> None:
        if element == "Relationship":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), target)

    if listed in package.namelist():
        _drain(package, listed, Handlers(start))
    return found


def _part_ending(package: zipfile.ZipFile, name: str) -> str | None:
    return next((part for part in package.namelist() if posixpath.basename(part).lower() == name), None)


def _drain(package: zipfile.ZipFile, part: str, handlers: Handlers) -> None:
    for _ in parse(package, part, handlers):
        pass


def _require_modest(package: zipfile.ZipFile, limits: Limits) -> None:
    # Zipfile never unpacks more of a part than the directory says, so the directory can be believed.
    parts = package.infolist()
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > limits.unpacked_bytes:
        message = "The workbook is too big when unpacked. Take out what is not needed, or split it in two."
        raise SheetRefused(message)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_doctype(*_details: object) -> None:
    raise damaged()
