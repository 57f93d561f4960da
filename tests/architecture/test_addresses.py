"""Nothing in the repository depends on one registry or one machine."""

import subprocess
from pathlib import Path

import pytest

from tests.support.addresses import ROOT, findings

HOST = "pypi" + ".org"
HOME = "/" + "home/davina/adapt"


def test_no_tracked_file_names_a_registry_or_a_machines_path() -> None:
    assert findings() == []


def test_the_locks_pin_every_package_by_hash() -> None:
    for name in ("run.txt", "dev.txt"):
        lock = (ROOT / "requirements" / name).read_text()
        entries = lock.replace("\\\n", " ").splitlines()
        assert len(entries) > 50
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("text", [f"see https://{HOST}/project/x", f"data = '{HOME}'", "--index" + "-url https://x"])
def test_an_address_in_a_file_is_found_with_its_place(tmp_path: Path, text: str) -> None:
    (tmp_path / "notes.md").write_text(f"fine\n{text}\n")
    assert [finding.split(": ")[0] for finding in findings(tmp_path)] == ["notes.md:2"]


def test_files_git_ignores_are_not_looked_at(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("ignored.txt\n")
    (tmp_path / "ignored.txt").write_text(HOST)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff" + HOST.encode())
    assert findings(tmp_path) == []
    (tmp_path / "new.txt").write_text(HOST)
    assert len(findings(tmp_path)) == 1
