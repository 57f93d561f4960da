"""The roles are written down twice, in code and in the database: they must say the same."""

import pytest
from sqlalchemy import text

from app.access.roles import SIGHT, Role
from tests.support.service import Service


@pytest.mark.database
async def test_the_database_lets_each_role_see_as_far_as_the_code_says(service: Service) -> None:
    async with service.owner.transaction() as session:
        rows = (await session.execute(text("SELECT key, sees FROM roles"))).all()
    assert {row.key: row.sees for row in rows} == {role.value: sight for role, sight in SIGHT.items()}


def test_every_role_has_a_sight() -> None:
    assert set(SIGHT) == set(Role)
