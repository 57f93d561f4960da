"""Log a referral and, where nothing speaks against it, screen it at once: what a counter needs in one go.

Direct access needs no assessment, so screening approves it. Whatever stands in the way undoes all of it, and the
person at the counter decides: say why a repeat is another need, or leave the screening to a colleague.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.access.actor import Actor
from app.cases.actions.advance import Advance, advance
from app.cases.actions.decide_repeat import DecideRepeat, decide_repeat
from app.cases.actions.log_referral import Logged, LogReferral, log_referral
from app.cases.casework import Casework
from app.cases.models import Recorded
from app.kernel.database import Session

SCREEN = "screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleReferral:
    """A referral. `screening` are the answers of the screening's form, without the tier, which is the proposed one;
    None leaves the screening to somebody else. `separate` says why no possible repeat is the same need.
    """

    referral: LogReferral
    screening: Mapping[str, Any] | None
    separate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The new case, and its last event: the screening where there was one."""

    logged: Logged
    screened: Recorded | None

    @property
    def last(self) -> Recorded:
        """What was recorded last."""
        return self.screened or self.logged.recorded


async def settle_referral(
    session: Session, actor: Actor, command: SettleReferral, *, casework: Casework, now: datetime
) -> Settled:
    """Log, decide on repeats, screen. Raises what each of them raises, and then nothing has happened."""
    logged = await log_referral(session, actor, command.referral, casework=casework, now=now)
    reference = logged.case.reference
    if command.separate:
        for repeat in (found for found in logged.repeats if found.blocks):
            decision = DecideRepeat(
                reference=reference,
                other_reference=repeat.reference,
                decision="separate",
                reason=command.separate,
            )
            last = await decide_repeat(session, actor, decision, casework=casework)
            logged = replace(logged, recorded=last)
    if command.screening is None:
        return Settled(logged=logged, screened=None)
    details = {**command.screening, "tier": logged.proposal.tier}
    screen = Advance(reference=reference, action=SCREEN, details=details)
    return Settled(logged=logged, screened=await advance(session, actor, screen, casework=casework, now=now))
