"""Write down the demo's organisations, users, training and agreements."""

from datetime import date, timedelta
from typing import Final

from sqlalchemy import text

from app.demo import cast
from app.kernel.database import Session
from app.people.actions.add_organisation import write_organisation
from app.people.actions.add_user import AddUser, write_user
from app.people.actions.hold_role import HoldRole, grant_role
from app.people.actions.record_training import RecordTraining, write_training

_AGREE = text(
    """
    INSERT INTO direct_provision (organisation_id, adaptation, criteria, agreed_on)
    VALUES (:organisation_id, :adaptation, :criteria, :agreed_on)
    """
)
_SHOWERS: Final = {
    "adaptation": "level_access_shower",
    "criteria": "The tenant has lived in the home for a year, the bathroom is on the ground floor or served by a lift, "
    "and no other adaptation is asked for.",
}
_TRAINING_YEARS: Final = 5


async def gather(session: Session, *, today: date, since: date) -> dict[str, int]:
    """Write everybody down, with roles held since the demo's first day, and give the users' numbers by login."""
    organisations = {command.key: await write_organisation(session, command) for command in cast.ORGANISATIONS}
    users: dict[str, int] = {}
    for member in cast.MEMBERS:
        command = AddUser(email=member.email, name=member.name, organisation=member.home)
        users[member.login] = user_id = await write_user(session, command, added_by=None)
        for organisation in member.organisations:
            role = HoldRole(user_id=user_id, role=member.role, organisation=organisation, held_from=since)
            await grant_role(session, role, granted_by=None)
    await _train(session, users, today)
    agreed = {"organisation_id": organisations["clydeview"], "agreed_on": since, **_SHOWERS}
    await session.execute(_AGREE, agreed)
    return users


async def _train(session: Session, users: dict[str, int], today: date) -> None:
    """Training that lasts five years, completed so that it expires when the cast says."""
    for member in cast.MEMBERS:
        for module, days in member.modules.items():
            expires = today + timedelta(days=days)
            command = RecordTraining(
                user_id=users[member.login],
                module=module,
                completed_on=expires - timedelta(days=365 * _TRAINING_YEARS),
                expires_on=expires,
                evidence="Certificate seen.",
            )
            await write_training(session, command, recorded_by=users["administrator"], today=today)
