"""A pack of papers: what a panel is given to read about a case. Pure: parts, what is withheld, a hash, what changed."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

import orjson

_ALL: Final = "all"
FORMAT: Final = 1
"""Of a pack's content as it is kept: a later one is read beside it."""


@dataclass(frozen=True, slots=True)
class PackLine:
    """One thing that the papers say, under a label. `key` is unique in its part and stays from version to version."""

    key: str
    label: str
    texts: tuple[str, ...]
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class PackPart:
    """A part of the papers, with a heading; without lines nothing is on record about it."""

    key: str
    title: str
    lines: tuple[PackLine, ...] = ()


@dataclass(frozen=True, slots=True)
class PackDocument:
    """A document of the case that goes with the papers, in the version that it had."""

    id: int
    version: int
    key: str
    """The line of the papers that names it: withheld with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """The papers of one case for one meeting."""

    reference: str
    parts: tuple[PackPart, ...]
    documents: tuple[PackDocument, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A line that is not as it was. `before` is empty for one that came, `after` for one that went."""

    part: str
    label: str
    kind: Literal["came", "went", "changed"]
    before: tuple[str, ...]
    after: tuple[str, ...]


def places(pack: Pack) -> Iterator[tuple[str, str]]:
    """What can be withheld: the key of every part and of every line (`part.line`), with what people call it."""
    for part in pack.parts:
        if not part.lines:
            continue
        yield part.key, f"{part.title}: all of it"
        for line in part.lines:
            yield f"{part.key}.{line.key}", f"{part.title}: {line.label}"


def withhold(pack: Pack, reasons: Mapping[str, str]) -> Pack:
    """The pack with parts and lines replaced by the reason why members need not see them. `reasons` is by place."""
    parts = tuple(_withheld(part, reasons) for part in pack.parts)
    open_lines = {f"{part.key}.{line.key}" for part in parts for line in part.lines if not line.withheld}
    return replace(pack, parts=parts, documents=tuple(one for one in pack.documents if one.key in open_lines))


def _withheld(part: PackPart, reasons: Mapping[str, str]) -> PackPart:
    if part.key in reasons:
        return replace(part, lines=(PackLine(_ALL, "Withheld", (reasons[part.key],), withheld=True),))
    # A label that names a document or an option can say as much as the line.
    lines = tuple(
        PackLine(line.key, "Withheld", (reasons[place],), withheld=True)
        if (place := f"{part.key}.{line.key}") in reasons
        else line
        for line in part.lines
    )
    return replace(part, lines=lines)


def withheld_in(pack: Pack) -> dict[str, str]:
    """What a pack withholds: place -> reason. Earlier versions are shown without it too."""
    return {
        part.key if line.key == _ALL else f"{part.key}.{line.key}": line.texts[0]
        for part in pack.parts
        for line in part.lines
        if line.withheld
    }


def written(pack: Pack) -> dict[str, Any]:
    """The pack as it is kept: JSON, the same whether it was just written or read back."""
    content: dict[str, Any] = orjson.loads(orjson.dumps({"format": FORMAT, **asdict(pack)}))
    return content


def read(content: Mapping[str, Any]) -> Pack:
    """The pack that was kept."""
    parts = tuple(
        PackPart(part["key"], part["title"], tuple(_line(line) for line in part["lines"])) for part in content["parts"]
    )
    documents = tuple(PackDocument(**document) for document in content["documents"])
    return Pack(reference=content["reference"], parts=parts, documents=documents)


def _line(line: Mapping[str, Any]) -> PackLine:
    return PackLine(line["key"], line["label"], tuple(line["texts"]), withheld=line["withheld"])


def digest(content: Mapping[str, Any]) -> bytes:
    """SHA-256 of a pack's content as JSON with its keys in order: what was circulated can be told from all else."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()


def changes(before: Pack, after: Pack) -> list[Change]:
    """What the later papers say otherwise, in the order of the papers; what went comes last."""
    old, new = _by_place(before), _by_place(after)
    found = [
        _change(part, old[place][1] if place in old else None, line)
        for place, (part, line) in new.items()
        if place not in old or _says(old[place][1]) != _says(line)
    ]
    return [*found, *(_change(part, line, None) for place, (part, line) in old.items() if place not in new)]


def _by_place(pack: Pack) -> dict[tuple[str, str], tuple[str, PackLine]]:
    return {(part.key, line.key): (part.title, line) for part in pack.parts for line in part.lines}


def _says(line: PackLine) -> tuple[str, Sequence[str], bool]:
    return line.label, line.texts, line.withheld


def _change(part: str, old: PackLine | None, new: PackLine | None) -> Change:
    return Change(
        part=part,
        label=(new or old or _NO_LINE).label,
        kind="came" if old is None else "went" if new is None else "changed",
        before=(old or _NO_LINE).texts,
        after=(new or _NO_LINE).texts,
    )


_NO_LINE: Final = PackLine("", "", ())
