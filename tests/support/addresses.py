"""Find what must not be in the repository: addresses of package registries and paths of somebody's machine.

A lock that names a registry installs from nowhere else; a path that exists on one machine works on no other.
Run `python -m tests.support.addresses` to list what there is.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNTRACKED_FOLDERS = frozenset({".git", ".venv", ".data", "build", "node_modules", "__pycache__", ".work"})
# Dots are written [.] so that this file does not find itself.
FORBIDDEN = {
    "a registry's address": re.compile(
        r"pypi[.]org|pythonhosted[.]org|npmjs[.]org|yarnpkg[.]com|/simple/[a-z]|--(?:extra-)?index-url[ =]|--find-links[ =]"
        r"|https?://\S+[.](?:whl|tgz)\b|https?://\S*(?:artifactory|nexus|jfrog|devpi)"
    ),
    "a path of one machine": re.compile(r"(?<![\w.$}{/-])/(?:work|root|Users|tmp|home/[\w-]+)/[\w.-]"),
}


def findings(root: Path = ROOT) -> list[str]:
    """Every offending line as `file:line: what: text`."""
    return [finding for path in _files(root) for finding in _findings_in(path, root)]


def _findings_in(path: Path, root: Path) -> Iterator[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (UnicodeDecodeError, FileNotFoundError):
        return
    for number, line in enumerate(lines, start=1):
        for what, pattern in FORBIDDEN.items():
            if pattern.search(line):
                yield f"{path.relative_to(root)}:{number}: {what}: {line.strip()[:120]}"


def _files(root: Path) -> list[Path]:
    """The files git tracks or would track; all but the usual left-overs where there is no git."""
    command = ("git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    try:
        listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        return [p for p in root.rglob("*") if p.is_file() and not UNTRACKED_FOLDERS & set(p.relative_to(root).parts)]
    return [root / name for name in listed if name]


if __name__ == "__main__":
    found = findings()
    sys.stdout.write("".join(f"{finding}\n" for finding in found))
    sys.exit(1 if found else 0)
