"""Data files are read without YAML's surprises, and every fault names its line."""

from pathlib import Path

import pytest

from app.pathways.faults import Fault, PathwayFaults
from app.pathways.source import MAX_BYTES, parse_source, read_source


def faults(text: str) -> tuple[Fault, ...]:
    with pytest.raises(PathwayFaults) as found:
        parse_source(text, "file.yaml")
    return found.value.faults


def test_words_stay_words_and_numbers_are_numbers() -> None:
    text = "a: no\nb: 12\nc: '12'\nd: 1.5\ne: true\nf: ~\ng: 2025-01-31\nh: 0x1F\ni: 1_000\nj: on\nk: yes\n"
    assert parse_source(text, "file.yaml").data == {
        "a": "no", "b": 12, "c": "12", "d": 1.5, "e": True, "f": None, "g": "2025-01-31", "h": "0x1F",
        "i": "1_000", "j": "on", "k": "yes",
    }  # fmt: skip


def test_every_key_and_item_has_its_line() -> None:
    source = parse_source("a:\n  b: 1\n  c:\n    - x\n    - y: 2\n", "file.yaml")
    assert source.line(("a", "b")) == 2
    assert source.line(("a", "c", 1, "y")) == 5
    assert source.line(("a", "c", 1, "nothing", 7)) == 5
    assert source.line(("gone",)) == 1


def test_an_empty_file_is_nothing() -> None:
    assert parse_source("", "file.yaml").data is None
    assert parse_source("", "file.yaml").line(("a",)) == 1


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "“a” stands here a second time"),
        ("a: &x 1\nb: *x\n", 1, "anchor"),
        ("a: *x\n", 1, "alias"),
        ("a: 1\nb: !!python/object/apply:os.system [echo]\n", 2, "tag"),
        ("!!str a: 1\n", 1, "not a plain word"),
        ("? [a]\n: 1\n", 1, "not a plain word"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("a: [1\n", 2, "not YAML"),
        ("a: b: c\n", 1, "not YAML"),
        ("a: \x07\n", 1, "not YAML"),
        ("\t- a\n", 1, "not YAML"),
    ],
)
def test_what_is_not_plain_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    found = faults(text)
    assert [fault.line for fault in found] == [line]
    assert said in found[0].message
    assert found[0].mend


def test_every_key_that_stands_twice_is_told() -> None:
    assert [fault.line for fault in faults("a: 1\na: 2\nb: {c: 1, c: 2}\n")] == [2, 3]


def test_an_alias_bomb_goes_off_at_once() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{letter}: &{letter} [{', '.join(['*' + before] * 9)}]\n"
        for before, letter in zip("abcdefgh", "bcdefghi", strict=True)
    )
    found = faults(bomb)
    assert [fault.line for fault in found] == [1]


def test_a_file_nested_without_end_is_refused() -> None:
    assert "levels deep" in faults("[" * 5000 + "]" * 5000)[0].message


def test_a_file_of_ten_megabytes_is_not_even_parsed(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"a: x\n" * 2_000_000)
    with pytest.raises(PathwayFaults) as found:
        read_source(path, "large.yaml")
    assert found.value.faults == (
        Fault("large.yaml", 1, f"The file is larger than {MAX_BYTES:,} bytes.", "Take out what does not belong in it."),
    )


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"a: 1\nb: caf\xe9\n")
    with pytest.raises(PathwayFaults) as found:
        read_source(path, "latin.yaml")
    assert (found.value.faults[0].line, found.value.faults[0].mend) == (2, "Save it again as UTF-8.")


def test_a_missing_file_is_a_fault_and_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(PathwayFaults) as found:
        read_source(tmp_path / "gone.yaml", "gone.yaml")
    assert "cannot be read" in found.value.faults[0].message


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes("a: 1\n".encode("utf-8-sig"))
    assert read_source(path, "bom.yaml").data == {"a": 1}
