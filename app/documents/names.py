"""Make a file's name safe: no path, no hidden characters, the extension of what the file really is."""

import re
import unicodedata
from typing import Final
from urllib.parse import quote

LONGEST: Final = 120
FALLBACK: Final = "document"
# Letters, digits and what people put between them; format and control characters turn names round or cut them short.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NOT_IN_NAMES: Final = re.compile(r'[<>:"|?*%;=\\/]')
_EXTENSION: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,7}$")
_RESERVED: Final = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def safe_name(given: str | None, extension: str) -> str:
    """The name to show and to save under: what was given, as far as it is safe, with the true `extension`."""
    last = re.split(r"[/\\]", given or "")[-1]
    shown = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c) not in _HIDDEN)
    stem = _without_extensions(_NOT_IN_NAMES.sub("_", " ".join(shown.split())))
    stem = stem.strip(" ._")[: LONGEST - len(extension) - 1].rstrip(" ._")
    if not stem or _RESERVED.match(stem):
        stem = f"{FALLBACK}-{stem}" if stem else FALLBACK
    return f"{stem}.{extension}"


def _without_extensions(name: str) -> str:
    """Drop what a system could take for the kind of file: `plan.pdf.exe` becomes `plan`."""
    while (found := _EXTENSION.search(name)) and found.start() > 0:
        name = name[: found.start()]
    return name if not _EXTENSION.fullmatch(name) else ""


def disposition(name: str, *, inline: bool) -> str:
    """The Content-Disposition of a safe name: plain letters for old programs, the whole name for the others."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or FALLBACK
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
