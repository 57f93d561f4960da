"""What the `adapt` command does with people, as the database's owner."""

from collections.abc import AsyncIterator
from datetime import date
from itertools import count

import pytest
from sqlalchemy import text

from app.access.roles import Role
from app.kernel.database import Session
from app.kernel.problems import Conflict, NotFound, Unprocessable
from app.people import commands
from tests.support.service import API, Service

pytestmark = pytest.mark.database

TODAY = date(2026, 6, 2)
_numbers = count(1)


@pytest.fixture
async def session(service: Service) -> AsyncIterator[Session]:
    """The owner's transaction, rolled back at the end."""
    async with service.owner.engine.connect() as connection:
        yield connection


async def a_user(session: Session) -> str:
    email = f"fergus.fictional-{next(_numbers)}@test.example"
    await commands.add_user(session, email, name="Fergus Fictional", organisation="clydeview")
    return email


async def test_a_token_made_by_command_opens_the_door_until_it_is_revoked(service: Service) -> None:
    email = service.cast["technical_officer"].email
    async with service.owner.transaction() as session:
        secret = await commands.create_token(session, email.upper(), name="by command", scopes=["read"], days=1)
    headers = {"Authorization": f"Bearer {secret}"}
    assert (await service.http.get(f"{API}/me", headers=headers)).json()["email"] == email
    async with service.owner.transaction() as session:
        [listed] = [t for t in await commands.list_tokens(session, email) if t.name == "by command"]
        assert (listed.email, listed.scopes, listed.revoked_at) == (email, ("read",), None)
        await commands.revoke_token(session, listed.id)
    assert (await service.http.get(f"{API}/me", headers=headers)).status_code == 401


async def test_everybodys_tokens_are_listed_when_nobody_is_named(session: Session) -> None:
    listed = await commands.list_tokens(session)
    assert {role.value for role in Role} <= {token.email.partition("@")[0] for token in listed}


async def test_a_partnership_can_be_set_up_by_command(session: Session) -> None:
    await commands.add_organisation(session, "newton", name="Newton Council", kind="council")
    email = "nora.noname@test.example"
    await commands.add_user(session, email, name="Nora Noname", organisation="Newton Council", roles=["assessor"])
    await commands.hold_role(session, email, Role.TEAM_MANAGER)
    await commands.end_role(session, email, Role.ASSESSOR)
    await commands.record_training(
        session, email, 2, completed_on=date(2026, 5, 1), expires_on=date(2029, 4, 30), evidence="Seen.", today=TODAY
    )
    statement = text(
        """
        SELECT o.key, h.role, h.granted_by, t.module FROM users u
          JOIN role_holdings h ON h.user_id = u.id AND h.held_to IS NULL
          JOIN organisations o ON o.id = h.organisation_id JOIN training_records t ON t.user_id = u.id
         WHERE u.email = :email
        """
    )
    assert [tuple(row) for row in await session.execute(statement, {"email": email})] == [
        ("newton", "team_manager", None, 2)
    ]


async def test_a_command_may_give_a_role_that_an_administrator_may_not_take(session: Session) -> None:
    await commands.hold_role(session, "administrator@test.example", Role.SERVICE_MANAGER)
    with pytest.raises(Conflict):
        await commands.hold_role(session, "administrator@test.example", Role.SERVICE_MANAGER)


@pytest.mark.parametrize("email", ["nobody@test.example", "", "no address"])
async def test_an_unknown_user_is_refused_with_words_to_show(session: Session, email: str) -> None:
    with pytest.raises(Unprocessable, match="no user with this e-mail address"):
        await commands.create_token(session, email)
    with pytest.raises(Unprocessable, match="no user with this e-mail address"):
        await commands.hold_role(session, email, Role.ASSESSOR)


async def test_what_the_database_could_not_keep_is_refused_before_it_is_asked(session: Session) -> None:
    with pytest.raises(Unprocessable):
        await commands.add_user(session, "no address", name="Nobody", organisation="clydeview")
    with pytest.raises(Unprocessable):
        await commands.add_user(session, "n@test.example", name="N", organisation="clydeview", roles=["king"])
    with pytest.raises(Unprocessable):
        await commands.add_organisation(session, "Not A Key", name="N", kind="council")
    with pytest.raises(Unprocessable):
        await commands.create_token(session, "auditor@test.example", days=366)
    with pytest.raises(Unprocessable):
        await commands.record_training(
            session, await a_user(session), 10, completed_on=TODAY, expires_on=TODAY, evidence="", today=TODAY
        )


async def test_a_token_that_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        await commands.revoke_token(session, 2_000_000_000)


async def test_a_lost_second_factor_is_taken_away_and_the_sessions_with_it(session: Session) -> None:
    email = await a_user(session)
    with pytest.raises(Conflict):
        await commands.reset_second_factor(session, email)
    statements = (
        "INSERT INTO second_factors (user_id, secret, created_at) SELECT id, repeat('x', 50), now() FROM users WHERE email = :e",
        "INSERT INTO recovery_codes (user_id, code_hash) SELECT id, sha256('x') FROM users WHERE email = :e",
        """INSERT INTO sessions (id, user_id, created_at, last_seen_at, expires_at)
           SELECT sha256(convert_to(email, 'UTF8')), id, now(), now(), now() + interval '1 hour' FROM users WHERE email = :e""",
    )
    for statement in statements:
        await session.execute(text(statement), {"e": email})
    await commands.reset_second_factor(session, email.upper())
    left = "SELECT (SELECT count(*) FROM second_factors f WHERE f.user_id = u.id) FROM users u WHERE email = :e"
    assert await session.scalar(text(left), {"e": email}) == 0
    assert await commands.sign_out(session, email) == 0


async def test_a_user_is_signed_out_by_command(session: Session) -> None:
    email = await a_user(session)
    insert = """INSERT INTO sessions (id, user_id, created_at, last_seen_at, expires_at)
                SELECT sha256(:n), id, now(), now(), now() + interval '1 hour' FROM users WHERE email = :e"""
    for number in (b"one", b"two"):
        await session.execute(text(insert), {"e": email, "n": number})
    assert await commands.sign_out(session, email) == 2
    assert await commands.sign_out(session, email) == 0
    with pytest.raises(Unprocessable):
        await commands.sign_out(session, "nobody@test.example")
