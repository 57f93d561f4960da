"""The ground that the checks' tests stand on: a few cases, and a way to break them on purpose."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from app.cases.casework import Casework
from app.checks.findings import Rule, Surroundings
from app.checks.run import judge_all
from app.kernel.clock import SystemClock
from app.kernel.database import Session
from tests.support.service import Service
from tests.support.walks import walked

GUARDED = ("cases", "case_events", "holds", "journal_seals", "panel_items")
HOLD = {"reason": "landlord_consent", "waits_on": "landlord"}


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The service and its cases by what they are; inside a transaction also the session to break them in."""

    service: Service
    cases: dict[str, str]
    casework: Casework
    session: Session | None = None

    def __getitem__(self, name: str) -> str:
        """The reference of a case."""
        return self.cases[name]

    @asynccontextmanager
    async def inside(self) -> "AsyncIterator[Ground]":
        """Open a transaction without triggers, which ends without a trace."""
        async with self.service.owner.engine.connect() as session:
            transaction = await session.begin()
            for table in GUARDED:
                await session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            yield replace(self, session=session)
            await transaction.rollback()

    async def sql(self, statement: str, case: str | None = None, **values: Any) -> None:
        """Change something, bypassing the service; `:case` is the number of a case of ours."""
        assert self.session is not None
        if case is not None:
            number = await self.session.scalar(text("SELECT id FROM cases WHERE reference = :r"), {"r": self[case]})
            values["case"] = number
        await self.session.execute(text(statement), values)

    async def found(self, rule: Rule, *, now: datetime | None = None) -> list[tuple[str | None, str]]:
        """What a rule finds here: references and messages."""
        assert self.session is not None
        surroundings = Surroundings(casework=self.casework, now=now or SystemClock().now())
        [outcome] = await judge_all(self.session, [rule], surroundings)
        assert outcome.count == len(outcome.findings)
        return [(finding.reference, finding.message) for finding in outcome.findings]

    async def finds_only(self, rule: Rule, case: str, *words: str, now: datetime | None = None) -> None:
        """Expect one finding, about this case, that says these words."""
        [(reference, message)] = await self.found(rule, now=now)
        assert reference == self[case]
        for word in words:
            assert word in message, message


async def lay(service: Service) -> Ground:
    """Walk cases to where the rules look."""
    casework: Casework = service.app.state.casework
    now = SystemClock().now()
    today = casework.timekeeper.day(now)
    contact = {"first_contact_on": today.isoformat()}
    review = (today + timedelta(days=30)).isoformat()
    cases = {
        "received": await walked(service, tier="direct_access", **contact),
        "assessed": await walked(service, "screen", "start_assessment", tier="non_complex", **contact),
        "waiting": await walked(service, "screen", tier="moderate", **contact),
        "held": await walked(service, "screen", tier="complex", **contact),
        "referred": await walked(
            service, "screen", "start_assessment", "refer_to_panel", tier="complex", **contact
        ),
        "ended": await walked(
            service, "screen", "place_order", "complete_works", "pass_check", "record_outcome",
            tier="direct_access", **contact,
        ),
    }  # fmt: skip
    await cases["held"].take("hold", review_on=review, **HOLD)
    return Ground(service=service, cases={name: walk.reference for name, walk in cases.items()}, casework=casework)
