"""Papers: what is withheld is nowhere in them, what has changed is told, and one hash is one text."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.panels.papers import (
    Pack,
    PackDocument,
    PackLine,
    PackPart,
    changes,
    digest,
    places,
    read,
    withheld_in,
    withhold,
    written,
)

texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)
keys = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)
lines = st.builds(PackLine, keys, texts, st.lists(texts, min_size=1, max_size=3).map(tuple))
parts = st.builds(PackPart, keys, texts, st.lists(lines, max_size=4, unique_by=lambda line: line.key).map(tuple))


@st.composite
def packs(draw: st.DrawFn) -> Pack:
    drawn = tuple(draw(st.lists(parts, min_size=1, max_size=5, unique_by=lambda part: part.key)))
    named = [f"{part.key}.{line.key}" for part in drawn for line in part.lines]
    documents = tuple(PackDocument(number, 1, place) for number, place in enumerate(named, 1))
    return Pack(reference="HS-000001-A", parts=drawn, documents=documents)


@settings(max_examples=40)
@given(packs(), st.data())
def test_what_is_withheld_stands_nowhere_in_the_papers(pack: Pack, data: st.DataObject) -> None:
    marked = _marked(pack)
    chosen = data.draw(st.lists(st.sampled_from([place for place, _ in places(marked)] or ["none"]), unique=True))
    shown = withhold(marked, dict.fromkeys(chosen, "Not needed."))
    told = str(written(shown))
    for part in marked.parts:
        for line in part.lines:
            place = f"{part.key}.{line.key}"
            hidden = bool({part.key, place} & set(chosen))
            assert (line.texts[0] in told) is not hidden
            assert (line.label in told) is not hidden
            assert (place in {document.key for document in shown.documents}) is not hidden


@settings(max_examples=40)
@given(packs(), st.data())
def test_what_a_pack_withholds_can_be_kept_from_earlier_ones(pack: Pack, data: st.DataObject) -> None:
    before = _marked(pack)
    chosen = data.draw(st.lists(st.sampled_from([place for place, _ in places(before)] or ["none"]), unique=True))
    after = withhold(before, dict.fromkeys(chosen, "Not needed."))
    assert withhold(before, withheld_in(after)) == after
    assert changes(withhold(before, withheld_in(after)), after) == []


def _marked(pack: Pack) -> Pack:
    """The same with words that stand in one place only."""
    return replace(
        pack,
        parts=tuple(
            replace(
                part,
                lines=tuple(
                    replace(line, label=f"<label {part.key}.{line.key}>", texts=(f"<text {part.key}.{line.key}>",))
                    for line in part.lines
                ),
            )
            for part in pack.parts
        ),
    )


@settings(max_examples=40)
@given(packs())
def test_kept_and_read_again_it_is_the_same_with_the_same_hash(pack: Pack) -> None:
    assert read(written(pack)) == pack
    assert digest(written(read(written(pack)))) == digest(written(pack))


@settings(max_examples=40)
@given(packs(), packs())
def test_papers_differ_in_their_hash_and_in_what_is_told_to_have_changed(before: Pack, after: Pack) -> None:
    assert changes(before, before) == []
    if written(before) != written(after):
        assert digest(written(before)) != digest(written(after))
    there = {(part.key, line.key): line for part in before.parts for line in part.lines}
    now = {(part.key, line.key): line for part in after.parts for line in part.lines}
    differing = [place for place in {*there, *now} if there.get(place) != now.get(place)]
    assert len(changes(before, after)) == len(differing)


def test_a_line_that_comes_goes_or_changes_is_told_as_that() -> None:
    def pack(*lines: PackLine) -> Pack:
        return Pack(reference="HS-000001-A", parts=(PackPart("need", "What is needed", lines),))

    before = pack(PackLine("a", "Bath", ("old",)), PackLine("b", "Stairs", ("steep",)))
    after = pack(PackLine("a", "Bath", ("new",)), PackLine("c", "Door", ("narrow",)))
    told = [(one.label, one.kind, one.before, one.after) for one in changes(before, after)]
    assert told == [
        ("Bath", "changed", ("old",), ("new",)),
        ("Door", "came", (), ("narrow",)),
        ("Stairs", "went", ("steep",), ()),
    ]
