"""Reads a data file safely: plain values and the line on which each stands, or every fault that is in it.

The files are YAML without its surprises. No aliases, anchors, tags, merges or second documents, no key twice
in one mapping, at most a megabyte and a few dozen levels. Words are words: only `true`, `false`, `null`
and numbers mean anything else, so a key called `no` stays a key called `no`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from app.pathways.faults import Fault, PathwayFaults

MAX_BYTES = 1_000_000
MAX_DEPTH = 40

Location = tuple[str | int, ...]

_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Source:
    """A file's content as plain values. `lines` gives the line (from 1) of every key and item in it."""

    file: str
    data: object
    lines: Mapping[Location, int]

    def line(self, location: Location) -> int:
        """Return the line of a location, or of the nearest thing around it that is in the file."""
        while location not in self.lines:
            location = location[:-1]
        return self.lines[location]

    def fault(self, location: Location, message: str, mend: str) -> Fault:
        """Describe something wrong at a location of this file."""
        return Fault(self.file, self.line(location), message, mend)


def read_source(path: Path, name: str) -> Source:
    """Read one file; `name` is what faults call it. Raises PathwayFaults."""
    return parse_source(_read_text(path, name), name)


def parse_source(text: str, name: str) -> Source:
    """Parse a file's text; `name` is what faults call it. Raises PathwayFaults with every fault found."""
    builder = _Builder(name)
    try:
        # libyaml's parser, for speed; the events are the same as those of the one in Python.
        data = builder.document(iter(yaml.parse(text, Loader=yaml.CSafeLoader)))
    except yaml.YAMLError as error:
        raise PathwayFaults([*builder.faults, _broken(error, name)]) from error
    if builder.faults:
        raise PathwayFaults(builder.faults)
    return Source(name, data, builder.lines)


def _read_text(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"The file cannot be read: {error.strerror}."
        raise PathwayFaults([Fault(name, 1, message, "Put the file there, or name another one.")]) from error
    if len(content) > MAX_BYTES:
        message = f"The file is larger than {MAX_BYTES:,} bytes."
        raise PathwayFaults([Fault(name, 1, message, "Take out what does not belong in it.")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = "The file is not UTF-8 text."
        raise PathwayFaults([Fault(name, line, message, "Save it again as UTF-8.")]) from error


def _broken(error: yaml.YAMLError, name: str) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be parsed"
    line = mark.line + 1 if mark else 1
    return Fault(name, line, f"This is not YAML: {problem}.", "Check the indentation, colons and quotes here.")


@dataclass(slots=True)
class _Builder:
    file: str
    lines: dict[Location, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def document(self, events: Iterator[Event]) -> object:
        data: object = None
        documents = 0
        for event in events:
            match event:
                case StreamStartEvent() | StreamEndEvent() | DocumentEndEvent():
                    continue
                case DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        self._refuse(event, "A second document starts here.", "Keep one document to a file.")
                case _:
                    data = self._value(event, events, ())
        self.lines.setdefault((), 1)
        return data

    def _value(self, event: Event, events: Iterator[Event], at: Location) -> object:
        self.lines.setdefault(at, _line(event))
        if len(at) > MAX_DEPTH:
            self._refuse(event, f"This is nested more than {MAX_DEPTH} levels deep.", "Make it flatter.")
        if isinstance(event, AliasEvent):
            self._refuse(event, f"An alias (*{event.anchor}) is used here.", "Write the value out instead.")
        if anchor := getattr(event, "anchor", None):
            self._refuse(event, f"An anchor (&{anchor}) is set here.", "Take it out: write values out.")
        if tag := getattr(event, "tag", None):
            self._refuse(event, f"A tag ({tag}) is used here.", "Take it out: values are plain.")
        match event:
            case MappingStartEvent():
                return self._mapping(events, at)
            case SequenceStartEvent():
                return self._sequence(events, at)
            case ScalarEvent():
                return _scalar(event)
            case _:
                return None

    def _mapping(self, events: Iterator[Event], at: Location) -> dict[str, object]:
        found: dict[str, object] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event)
            if key in found:
                self._note(event, f"The key “{key}” stands here a second time.", "Keep one of the two.")
            self.lines[(*at, key)] = _line(event)
            found[key] = self._value(next(events), events, (*at, key))
        return found

    def _sequence(self, events: Iterator[Event], at: Location) -> list[object]:
        found: list[object] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            found.append(self._value(event, events, (*at, len(found))))
        return found

    def _key(self, event: Event) -> str:
        if not isinstance(event, ScalarEvent) or event.anchor or event.tag:
            self._refuse(event, "A key here is not a plain word.", "Use a plain word, a colon and a value.")
        return str(getattr(event, "value", ""))

    def _note(self, event: Event, message: str, mend: str) -> None:
        self.faults.append(Fault(self.file, _line(event), message, mend))

    def _refuse(self, event: Event, message: str, mend: str) -> None:
        """Stop at once: going on could be what the file was made to provoke."""
        self._note(event, message, mend)
        raise PathwayFaults(self.faults)


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _scalar(event: ScalarEvent) -> object:
    text: str = event.value
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text
