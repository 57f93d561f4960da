"""The lock that keeps published versions as they are: a checksum for each file of each of them."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.pathways.faults import Fault, PathwayFaults

LOCK_NAME = "published.lock"
_HEADER = (
    "# Written by `adapt pathway publish`. A published version never changes: cases are judged by it.\n"
    "# pathway/version file sha256\n"
)
_LINE = re.compile(r"([a-z0-9-]+)/(\d{1,6}) ([a-z0-9-]+(?:\.v\d{1,3})?\.yaml) ([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Locked:
    """One line of the lock."""

    key: str
    version: int
    file: str
    digest: str
    line: int


def read_lock(folder: Path) -> tuple[Locked, ...]:
    """Read the lock; no file means that nothing is published. Raises PathwayFaults."""
    path = folder / LOCK_NAME
    if not path.exists():
        return ()
    found, faults = [], []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            faults.append(Fault(LOCK_NAME, number, "This line cannot be read.", "Restore it from history."))
            continue
        key, version, file, digest = match.groups()
        found.append(Locked(key, int(version), file, digest, number))
    if faults:
        raise PathwayFaults(faults)
    return tuple(found)


def check_lock(folder: Path, locked: Sequence[Locked]) -> Iterator[Fault]:
    """Compare every published file with its checksum."""
    for entry in locked:
        path = folder / entry.key / entry.file
        name = f"{entry.key}/{entry.file}"
        version = f"version {entry.version} of {entry.key}"
        if not path.exists():
            message = f"This file of {version} is missing, and that version is published."
            yield Fault(name, 1, message, "Put it back: cases may still be judged by it.")
        elif digest(path) != entry.digest:
            message = f"This file has been edited, and it belongs to {version}, which is published."
            mend = "Put it back as it was, and make the change in a new version with files of its own."
            yield Fault(name, 1, message, mend)


def is_published(locked: Sequence[Locked], key: str, version: int) -> bool:
    """Tell whether a version is in the lock."""
    return any((entry.key, entry.version) == (key, version) for entry in locked)


def lock_with(folder: Path, locked: Sequence[Locked], key: str, version: int, files: Sequence[str]) -> str:
    """Return the lock's text with one more version published."""
    lines = [f"{entry.key}/{entry.version} {entry.file} {entry.digest}" for entry in locked]
    lines += [f"{key}/{version} {file} {digest(folder / key / file)}" for file in files]
    return _HEADER + "".join(f"{line}\n" for line in sorted(lines))


def digest(path: Path) -> str:
    """Return the sha256 of a file, whatever line endings a checkout has given it."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
