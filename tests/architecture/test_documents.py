"""The documents keep to the code: links lead somewhere, named files exist, what is generated is current."""

import re
from pathlib import Path

import pytest

from app.commands.pathways import generated_documents
from app.settings import ROOT, Settings

README = ROOT / "README.md"
DECISIONS = ROOT / "docs" / "decisions"
DEPENDENCIES = DECISIONS / "0017-dependencies.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").rglob("*.md"))]
HEADINGS = ["Context", "Decision", "Consequences", "Alternatives considered", "References to code"]

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# A folder or a file of the project; names with a placeholder (<key>, …) or a pattern stand for several.
PATH = re.compile(r"`((?:\.ci|app|benchmarks|docs|migrations|pathways|requirements|tests)/[\w./-]*)`")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def prose(path: Path) -> str:
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """The places in a document that a link can lead to, named as a forge names them."""
    headings = HEADING.findall(prose(path))
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def broken_links(path: Path) -> list[str]:
    broken = []
    for target in LINK.findall(prose(path)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        found = (path.parent / name).resolve() if name else path
        if not found.exists() or (anchor and anchor not in anchors(found)):
            broken.append(target)
    return broken


def names(path: Path) -> list[str]:
    """The dependencies that a requirements file asks for, as registries write them."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    asked = (line for line in lines if line and not line.startswith(("-", "#")))
    return [re.split(r"[\[<>=~;! ]", line)[0].lower().replace("_", "-") for line in asked]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    assert broken_links(path) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_document_names_exists(path: Path) -> None:
    named = PATH.findall(path.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_map_of_the_code_names_every_part_of_the_app() -> None:
    text = README.read_text(encoding="utf-8")
    start = text.index("## A map of the code")
    drawn = text[start : text.index("\n## ", start + 1)]
    parts = {f"app/{path.name}/" for path in (ROOT / "app").iterdir() if (path / "__init__.py").exists()}
    named = PATH.findall(drawn)
    assert len(named) > 20
    assert [part for part in sorted(parts) if not any(name.startswith(part) for name in named)] == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A page\n[a](gone.md) [b](#a-page) [c](#nowhere) [d](https://example.org)\n```\n[e](gone.md)\n```\n"
    )
    assert broken_links(page) == ["gone.md", "#nowhere"]


def test_every_decision_has_its_parts_and_stands_in_the_index() -> None:
    index = LINK.findall(prose(DECISIONS / "README.md"))
    pages = sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")
    assert index == [path.name for path in pages]
    for path in pages:
        title, *headings = HEADING.findall(prose(path))
        assert title.startswith(f"{path.name[:4]} "), path.name
        assert headings == HEADINGS, path.name
        assert "\nStatus: " in prose(path), path.name


def test_every_dependency_has_its_reason() -> None:
    reasons = re.findall(r"^\| ([a-z][a-z0-9-]*) \|", prose(DEPENDENCIES), re.MULTILINE)
    folder = ROOT / "requirements"
    asked = {*names(folder / "run.in"), *names(folder / "dev.in")}
    assert sorted(asked - set(reasons)) == []


def test_the_generated_documents_are_current() -> None:
    wanted = generated_documents(Settings())
    stale = [path for path, text in wanted.items() if (ROOT / path).read_text(encoding="utf-8") != text]
    assert stale == [], "Run `make docs`."
