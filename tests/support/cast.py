"""The fixed cast of the tests: two organisations of one partnership and a stranger's.

Clydeview is a housing association, Eastlaw the health and social care partnership's occupational therapy. Each role has
one holder at Clydeview, named after the role; the therapists hold theirs at Eastlaw too. The stranger is a housing
officer of an organisation that is party to nothing.
"""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import text

from app.access.roles import SIGHT, Role
from app.edge.doors import token_hash
from app.kernel.database import Session

STRANGER = "stranger"
SECOND_MANAGER = "second_team_manager"
SECOND_TECHNICIAN = "second_technical_officer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """A member of the cast."""

    id: int
    email: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What a request of theirs carries."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Everybody, by role; `STRANGER`, `SECOND_MANAGER` and `SECOND_TECHNICIAN` beside them."""

    players: dict[str, Player]
    organisations: dict[str, int]

    def __getitem__(self, name: str) -> Player:
        return self.players[name]


async def gather(session: Session) -> Cast:
    """Create the cast; the session is the schema owner's."""
    await session.execute(
        text(
            "INSERT INTO partnership (name, pathway_key, calendar_key)"
            " VALUES ('Testshire', 'housing-solutions', 'scotland')"
        )
    )
    organisations = {
        key: await _organisation(session, key, name, kind)
        for key, name, kind in (
            ("clydeview", "Clydeview Housing Association", "housing_association"),
            ("eastlaw", "Eastlaw HSCP Occupational Therapy", "health_and_social_care"),
            ("elsewhere", "Elsewhere Council", "council"),
        )
    }
    clydeview, eastlaw = organisations["clydeview"], organisations["eastlaw"]
    players = {}
    for role in Role:
        homes = [clydeview, eastlaw] if role in _THERAPISTS and SIGHT[role] == "organisation" else [clydeview]
        players[role.value] = await _player(session, role.value, dict.fromkeys(homes, role))
    players[STRANGER] = await _player(session, STRANGER, {organisations["elsewhere"]: Role.HOUSING_OFFICER})
    players[SECOND_MANAGER] = await _player(session, SECOND_MANAGER, {clydeview: Role.TEAM_MANAGER})
    players[SECOND_TECHNICIAN] = await _player(session, SECOND_TECHNICIAN, {clydeview: Role.TECHNICAL_OFFICER})
    for role, modules in _TRAINING.items():
        for module in modules:
            await train(session, players[role.value].id, module, expires_on=date(2099, 1, 1))
    return Cast(players=players, organisations=organisations)


_THERAPISTS = {Role.OCCUPATIONAL_THERAPIST, Role.SENIOR_OCCUPATIONAL_THERAPIST}
_TRAINING = {
    Role.ASSESSOR: (1, 2),
    Role.OCCUPATIONAL_THERAPIST: (1, 2, 3),
    Role.SENIOR_OCCUPATIONAL_THERAPIST: (1, 2, 3),
}


async def train(session: Session, user_id: int, module: int, *, expires_on: date) -> None:
    """Record a training module as completed a year before it expires."""
    await session.execute(
        text(
            "INSERT INTO training_records (user_id, module, completed_on, expires_on, evidence)"
            " VALUES (:user_id, :module, :completed_on, :expires_on, 'certificate seen')"
        ),
        {
            "user_id": user_id,
            "module": module,
            "completed_on": expires_on - timedelta(days=365),
            "expires_on": expires_on,
        },
    )


async def _organisation(session: Session, key: str, name: str, kind: str) -> int:
    statement = text("INSERT INTO organisations (key, name, kind) VALUES (:key, :name, :kind) RETURNING id")
    found: int = await session.scalar(statement, {"key": key, "name": name, "kind": kind})
    return found


async def _player(session: Session, name: str, holdings: dict[int, Role]) -> Player:
    email = f"{name}@test.example"
    statement = text("INSERT INTO users (email, name, home_organisation_id) VALUES (:email, :name, :home) RETURNING id")
    values = {"email": email, "name": name.replace("_", " ").title(), "home": next(iter(holdings))}
    user_id: int = await session.scalar(statement, values)
    for organisation, role in holdings.items():
        await session.execute(
            text("INSERT INTO role_holdings (user_id, organisation_id, role) VALUES (:u, :o, :r)"),
            {"u": user_id, "o": organisation, "r": role.value},
        )
    token = secrets.token_urlsafe(16)
    await session.execute(
        text(
            "INSERT INTO api_tokens (user_id, name, token_hash, scopes, expires_at)"
            " VALUES (:u, 'tests', :h, '{read,write}', now() + interval '30 days')"
        ),
        {"u": user_id, "h": token_hash(token)},
    )
    return Player(id=user_id, email=email, token=token)
