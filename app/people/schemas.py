"""What the API reads and writes about organisations, users, their roles, training and tokens."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from app.access.permissions import Permission
from app.access.roles import Role, Sight
from app.edge.bodies import Body, Day, Email, Key, Prose, Short, example
from app.people.actions.add_organisation import Kind
from app.people.actions.tokens import DEFAULT_DAYS, MOST_DAYS, Scope

TokenName = Annotated[Short, Field(max_length=100)]


class OrganisationIn(Body):
    """An organisation of the partnership."""

    key: Key
    name: Short
    kind: Kind

    model_config = example(
        {"key": "sampleton-care-and-repair", "name": "Sampleton Care & Repair", "kind": "third_sector"}
    )


class OrganisationOut(BaseModel):
    """An organisation: `key` for programs, `name` for people."""

    key: str
    name: str
    kind: str
    active: bool


class OrganisationPage(BaseModel):
    """Some organisations, by name."""

    items: list[OrganisationOut]
    next_cursor: str | None


class RoleHeld(BaseModel):
    """A role and the organisation in which it is held."""

    role: Role
    organisation: str


class MeOut(BaseModel):
    """Who is asking, and what they may do."""

    id: int
    email: str
    name: str
    organisation: str
    roles: list[RoleHeld]
    sees: list[Sight]
    """How far the roles see: an organisation's cases, the partnership's, those of one's own panel meetings, nothing."""
    permissions: list[Permission]
    scopes: list[Scope]


class UserIn(Body):
    """A new user, with the roles held in the home organisation from today."""

    email: Email
    name: Short
    organisation: Short
    roles: Annotated[list[Role], Field(max_length=13, default_factory=list)]

    model_config = example(
        {
            "email": "morag.mockett@demo.example",
            "name": "Morag Mockett",
            "organisation": "clydeview",
            "roles": ["housing_officer"],
        }
    )


class RoleIn(Body):
    """A role to hold: in the user's home organisation unless another is named, from today unless a day is given."""

    role: Role
    organisation: Short | None = None
    held_from: Day | None = None

    model_config = example({"role": "assessor"})


class RoleEndIn(Body):
    """A role to end: `ends_on` is the first day without it, today when not given."""

    role: Role
    organisation: Short | None = None
    ends_on: Day | None = None

    model_config = example({"role": "assessor"})


class TrainingIn(Body):
    """A training module that a user has completed; `expires_on` is the last day on which it counts."""

    module: Annotated[int, Field(ge=1, le=9)]
    completed_on: Day
    expires_on: Day
    evidence: Prose

    model_config = example(
        {
            "module": 2,
            "completed_on": "2026-09-14",
            "expires_on": "2029-09-13",
            "evidence": "Certificate 4711 of the training day seen.",
        }
    )


class TrainingOut(BaseModel):
    """The latest record of a module."""

    module: int
    completed_on: date
    expires_on: date
    in_date: bool


class Workload(BaseModel):
    """Open cases assigned to somebody, of those that the reader may see."""

    open: int
    overdue: int


class StaffOut(BaseModel):
    """A colleague. `workload` is null for a reader whose roles see no cases."""

    id: int
    email: str
    name: str
    organisation: str
    roles: list[RoleHeld]
    training: list[TrainingOut]
    workload: Workload | None


class StaffPage(BaseModel):
    """Some colleagues, by name."""

    items: list[StaffOut]
    next_cursor: str | None


class TokenIn(Body):
    """A token for a program that acts as you."""

    name: TokenName
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=2, default_factory=lambda: ["read", "write"])]
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = DEFAULT_DAYS

    model_config = example({"name": "Nightly import", "scopes": ["read", "write"], "days": 90})


class TokenOut(BaseModel):
    """One of your tokens; its secret was shown once and is not kept."""

    id: int
    name: str
    scopes: list[Scope]
    created_at: AwareDatetime
    expires_at: AwareDatetime
    revoked_at: AwareDatetime | None


class TokenMade(TokenOut):
    """A new token. `token` is the secret: keep it now. A repeat of the request has null there, it is not kept here."""

    token: str | None = None


class TokenPage(BaseModel):
    """Some of your tokens, newest first."""

    items: list[TokenOut]
    next_cursor: str | None


class SessionOut(BaseModel):
    """A session of yours in a browser. `opened_by` is `password`, or the key of your organisation's sign-in."""

    created_at: AwareDatetime
    last_seen_at: AwareDatetime
    opened_by: str


class SessionsOut(BaseModel):
    """Your open sessions, the newest hundred at most."""

    items: list[SessionOut]


class SessionsEnded(BaseModel):
    """How many sessions were ended."""

    ended: int


class DirectProvisionIn(Body):
    """What a landlord provides to its own tenants without an assessment, and by which criteria."""

    organisation: Short
    adaptation: Short
    criteria: Prose

    model_config = example(
        {
            "organisation": "clydeview",
            "adaptation": "level_access_shower",
            "criteria": "The tenant can no longer step over the bath and manages washing alone otherwise.",
        }
    )


class DirectProvisionOut(BaseModel):
    """An agreement that stands."""

    id: int
    organisation: str
    adaptation: str
    criteria: str
    agreed_on: date


class DirectProvisionPage(BaseModel):
    """Some agreements, by number."""

    items: list[DirectProvisionOut]
    next_cursor: str | None
