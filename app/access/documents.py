"""The permission table as a page: every permission and every action of every pathway, and which roles have it."""

import ast
import inspect
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Final, Protocol

from app.access import permissions
from app.access.permissions import GRANTS, Permission
from app.access.roles import SIGHT, Role, Sight, label

PAGE: Final = "docs/permissions.md"
SHORT: Final[Mapping[Role, str]] = {
    Role.REFERRER: "RF",
    Role.HOUSING_OFFICER: "HO",
    Role.ASSESSOR: "AS",
    Role.OCCUPATIONAL_THERAPIST: "OT",
    Role.SENIOR_OCCUPATIONAL_THERAPIST: "SOT",
    Role.TEAM_MANAGER: "TM",
    Role.FUNDING_OFFICER: "FO",
    Role.TECHNICAL_OFFICER: "TO",
    Role.PANEL_COORDINATOR: "PC",
    Role.PANEL_MEMBER: "PM",
    Role.SERVICE_MANAGER: "SM",
    Role.AUDITOR: "AU",
    Role.ADMINISTRATOR: "AD",
}
_SEES: Final[Mapping[Sight, str]] = {
    "organisation": "the cases to which the organisation is party where the role is held",
    "partnership": "every case of the partnership",
    "meeting": "the cases on the agenda of the panels on which the holder sits",
    "nothing": "no case",
}


class DescribedPathway(Protocol):
    """What the page tells of a pathway."""

    @property
    def key(self) -> str:
        """What programs call it."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def version(self) -> int:
        """Which version."""

    @property
    def actions(self) -> tuple[str, ...]:
        """Its actions, in order."""

    def label(self, action: str) -> str:
        """An action in words."""

    def roles_for(self, action: str) -> frozenset[str]:
        """Who may take an action."""


def documents(pathways: Iterable[DescribedPathway]) -> dict[str, str]:
    """The pages generated here, by path."""
    return {PAGE: permission_table(pathways)}


def permission_table(pathways: Iterable[DescribedPathway]) -> str:
    """Write the page in Markdown. It changes only when a permission, a role or a pathway does."""
    lines = [*_introduction(), *_roles(), *_permissions()]
    for pathway in sorted(pathways, key=lambda p: (p.key, p.version)):
        lines += _actions(pathway)
    return "\n".join(lines) + "\n"


def _introduction() -> Iterator[str]:
    yield "# Who may do what"
    yield ""
    yield "This page is written by `adapt docs` from `app/access` and the pathways; do not edit it."
    yield ""
    yield (
        "A permission counts on the cases that its holder sees. PostgreSQL keeps to the same sight by row-level "
        "security, so a case that a role does not see does not exist for it."
    )
    yield ""


def _roles() -> Iterator[str]:
    yield "## Roles"
    yield ""
    yield "| | role | sees |"
    yield "|---|---|---|"
    for role, short in SHORT.items():
        yield f"| {short} | {label(role)} | {_SEES[SIGHT[role]]} |"
    yield ""


def _permissions() -> Iterator[str]:
    yield "## Permissions"
    yield ""
    told = _sentences()
    yield from _table("permission", ((f"`{p}`: {told[p.name]}", GRANTS[p]) for p in Permission))


def _actions(pathway: DescribedPathway) -> Iterator[str]:
    yield f"## Actions: {pathway.title}, version {pathway.version}"
    yield ""
    rows = ((f"`{action}`: {pathway.label(action)}", pathway.roles_for(action)) for action in pathway.actions)
    yield from _table("action", rows)


def _table(head: str, rows: Iterable[tuple[str, Collection[str]]]) -> Iterator[str]:
    yield f"| {head} | {' | '.join(SHORT.values())} |"
    yield "|---|" + ":-:|" * len(SHORT)
    for name, roles in rows:
        marks = ("✓" if role in roles else " " for role in SHORT)
        yield f"| {name.replace('|', '/')} | {' | '.join(marks)} |"
    yield ""


def _sentences() -> dict[str, str]:
    """The sentence under each permission: at run time only the source knows it."""
    tree = ast.parse(inspect.getsource(permissions))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef))
    found = {}
    for member, said in pairwise(body):
        match member, said:
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=str(sentence))):
                found[name] = sentence
            case _:
                pass
    return found
