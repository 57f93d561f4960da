"""Verify an exported journal without our database: `python offline.py FILE`.

This file needs nothing but Python: an auditor can read it, copy it and run it alone. It works the hashes out as
PostgreSQL does in `journal_hash` and `journal_seal_hash`: SHA-256 over the text of a jsonb array.
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

HASHED = (
    "previous_hash", "case_id", "sequence", "kind", "action", "from_tier", "from_stage", "to_tier", "to_stage",
    "custody_id", "occurred_at", "recorded_at", "actor_id", "actor_kind", "organisation_id", "details", "effects",
)  # fmt: skip
"""What an event's hash covers, in this order."""

_ESCAPES = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_ESCAPED = re.compile(r'[\x00-\x1f"\\]')


def jsonb_text(value: Any) -> str:
    """Write a value as PostgreSQL writes jsonb: keys by length and then by bytes, numbers without an exponent."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return _string(value)
        case int() | Decimal():
            return _number(value)
        case Mapping():
            keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
            return "{" + ", ".join(f"{_string(key)}: {jsonb_text(value[key])}" for key in keys) + "}"
        case _:
            return "[" + ", ".join(jsonb_text(item) for item in value) + "]"


def _string(value: str) -> str:
    return '"' + _ESCAPED.sub(lambda found: _ESCAPES.get(found[0], f"\\u{ord(found[0]):04x}"), value) + '"'


def _number(value: int | Decimal) -> str:
    if isinstance(value, int):
        return str(value)
    _, _, exponent = value.as_tuple()
    assert isinstance(exponent, int), "JSON has no infinity"
    if value == 0:
        # There is no negative zero there, and no zero with an exponent.
        return "0" if exponent >= 0 else "0." + "0" * -exponent
    return format(value, "f")


def event_hash(event: Mapping[str, Any]) -> str:
    """Work out an event's hash, hexadecimal, from what an exported line says."""
    return hashlib.sha256(jsonb_text([event[name] for name in HASHED]).encode()).hexdigest()


def seal_hash(seal: Mapping[str, Any], *, events: int, digest: str) -> str:
    """Work out a seal's hash, hexadecimal, from its line and the events that came before it."""
    parts = [seal["previous_hash"], seal["sealed_at"], seal["up_to_event_id"], events, digest]
    return hashlib.sha256(jsonb_text(parts).encode()).hexdigest()


@dataclass(slots=True)
class Verified:
    """What was verified, and every place that does not hold, the first one first."""

    events: int = 0
    seals: int = 0
    heads: dict[int, tuple[int, str]] = field(default_factory=dict)
    """Case number -> its last event's sequence and hash: what the database's rows must carry."""
    broken: list[str] = field(default_factory=list)
    last_seal: str | None = None

    @property
    def exit_code(self) -> int:
        """1 when something does not hold."""
        return 1 if self.broken else 0


def verify_lines(path: Path) -> Verified:
    """Verify an exported file of one case or of all. Memory grows with the number of cases, not of events."""
    with path.open(encoding="utf-8") as lines:
        return verify_text(lines)


def verify_text(lines: Iterable[str]) -> Verified:
    """Verify lines as they were exported."""
    found = Verified()
    sealing, covered = hashlib.sha256(), 0
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line, parse_float=Decimal)
            if "seal" in entry:
                _verify_seal(found, entry, events=covered, digest=sealing.hexdigest())
                sealing, covered = hashlib.sha256(), 0
            else:
                _verify_event(found, entry)
                sealing.update(bytes.fromhex(entry["hash"]))
                covered += 1
        except (ValueError, KeyError, TypeError, AttributeError):
            found.broken.append(f"Line {number} is not an event or a seal as they are exported.")
    return found


def _verify_event(found: Verified, event: Mapping[str, Any]) -> None:
    found.events += 1
    sequence, before = found.heads.get(event["case_id"], (0, ""))
    name = f"{event['reference'] or 'A case that is gone'}, event {event['sequence']}"
    if event["sequence"] != sequence + 1:
        found.broken.append(f"{name}: the event before it is missing.")
    elif event["previous_hash"] != before:
        found.broken.append(f"{name}: it does not carry the hash of the event before it.")
    if event["hash"] != event_hash(event):
        found.broken.append(f"{name}: its hash does not fit its content.")
    found.heads[event["case_id"]] = (event["sequence"], event["hash"])


def _verify_seal(found: Verified, seal: Mapping[str, Any], *, events: int, digest: str) -> None:
    found.seals += 1
    name = f"Seal {seal['seal']} of {seal['sealed_at'][:10]}"
    if seal["previous_hash"] != (found.last_seal or ""):
        found.broken.append(f"{name}: it does not follow the seal before it.")
    elif seal["events"] != events:
        found.broken.append(f"{name}: it covers {seal['events']} events; {events} of those are there.")
    elif seal["hash"] != seal_hash(seal, events=events, digest=digest):
        found.broken.append(f"{name}: it does not fit the events that it covers.")
    found.last_seal = seal["hash"]


def main(arguments: list[str]) -> int:
    """Verify the file named on the command line and say what was found."""
    if len(arguments) != 1:
        sys.stderr.write("Name the exported file: python offline.py journal.jsonl\n")
        return 2
    found = verify_lines(Path(arguments[0]))
    told = [f"Verified {len(found.heads)} cases, {found.events} events, {found.seals} seals."]
    told += found.broken or ["Every link and every seal holds."]
    told += [f"Last seal: {found.last_seal}"] if found.last_seal else []
    sys.stdout.write("\n".join(told) + "\n")
    return found.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
