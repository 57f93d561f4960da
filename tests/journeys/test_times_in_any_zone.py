"""A time is one moment whatever zone it is written in: the stored state equals the replayed one."""

import pytest
from sqlalchemy import text

from app.cases import rules
from app.cases.events import load_events
from tests.support.referrals import referral
from tests.support.service import Service

pytestmark = pytest.mark.database


async def test_a_move_told_in_summer_time_is_kept_as_it_is_replayed(service: Service) -> None:
    logged = (await service.post("housing_officer", "/referrals", referral())).json()
    reference = logged["reference"]
    moment = (await service.get("housing_officer", f"/cases/{reference}")).json()["received_at"]
    elsewhere = moment.replace("Z", "+00:00")
    hour = int(elsewhere[11:13])
    shifted = f"{elsewhere[:11]}{(hour + 1) % 24:02d}{elsewhere[13:-6]}+01:00" if hour < 23 else elsewhere
    body = {"occurred_at": shifted, "reason": "weather", "waits_on": "weather", "review_on": "2099-01-05"}
    answer = await service.post("team_manager", f"/cases/{reference}/actions/hold", body)
    assert answer.status_code == 201, answer.text
    async with service.owner.transaction() as session:
        row = (await session.execute(text("SELECT id, memory FROM cases WHERE reference = :r"), {"r": reference})).one()
        state = rules.replay(await load_events(session, row.id))
    assert state is not None
    assert row.memory == state.memory
