"""The permission table as a page: complete, true, and the one in docs/."""

from app.access.documents import PAGE, SHORT, documents, permission_table
from app.access.permissions import GRANTS, Permission
from app.access.roles import Role
from app.pathways.calendar_files import load_calendars
from app.pathways.loader import PathwayCatalogue, load_pathways
from app.settings import ROOT


def pathways() -> PathwayCatalogue:
    return load_pathways(ROOT / "pathways", load_calendars(ROOT / "pathways" / "calendars"))


def row_of(page: str, name: str) -> dict[str, str]:
    lines = [line for line in page.splitlines() if line.startswith(f"| `{name}`:")]
    assert lines, f"{name} is not on the page"
    return dict(zip(SHORT, (cell.strip() for cell in lines[0].strip("|").split("|")[1:]), strict=True))


def test_every_permission_stands_on_the_page_with_the_roles_that_have_it() -> None:
    page = permission_table([])
    for permission in Permission:
        marked = {role for role, mark in row_of(page, permission).items() if mark == "✓"}
        assert marked == GRANTS[permission], permission


def test_every_permission_is_explained_in_a_sentence() -> None:
    page = permission_table([])
    for permission in Permission:
        [line] = [line for line in page.splitlines() if line.startswith(f"| `{permission}`:")]
        assert line.split("|")[1].strip().endswith("."), permission


def test_every_action_of_every_pathway_stands_on_the_page_with_who_may_take_it() -> None:
    for pathway in pathways().all():
        page = permission_table([pathway])
        for action in pathway.actions:
            marked = {role for role, mark in row_of(page, action).items() if mark == "✓"}
            assert marked == pathway.roles_for(action), action


def test_every_role_has_a_short_name_of_its_own() -> None:
    assert set(SHORT) == set(Role)
    assert len(set(SHORT.values())) == len(Role)


def test_the_committed_page_is_the_generated_one() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == documents(pathways().all())[PAGE]
