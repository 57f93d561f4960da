from pathlib import Path

import pytest

from app.kernel.calendars import Calendar
from app.pathways.calendar_files import load_calendars
from app.pathways.loader import PathwayCatalogue, load_pathways
from app.pathways.pathway import CompiledPathway
from tests.unit.pathways.support import FOLDER


@pytest.fixture(scope="session")
def calendars() -> dict[str, Calendar]:
    return load_calendars(FOLDER / "calendars")


@pytest.fixture(scope="session")
def pathways(calendars: dict[str, Calendar]) -> PathwayCatalogue:
    return load_pathways(FOLDER, calendars)


@pytest.fixture(scope="session")
def housing(pathways: PathwayCatalogue) -> CompiledPathway:
    return pathways.get("housing-solutions", 1)


@pytest.fixture(scope="session")
def grant(pathways: PathwayCatalogue) -> CompiledPathway:
    return pathways.get("disabled-facilities-grant", 1)


@pytest.fixture
def copy_of_pathways(tmp_path: Path) -> Path:
    """A copy of the shipped files, to be broken."""
    for file in FOLDER.rglob("*"):
        if file.is_file():
            target = tmp_path / file.relative_to(FOLDER)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    return tmp_path
