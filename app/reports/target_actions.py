"""What people do with a quarter of an indicator: say something of it, judge it, sign it off."""

from dataclasses import dataclass
from datetime import datetime

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.timekeeping import Timekeeper
from app.kernel.clock import LONDON, local_date
from app.kernel.database import Session
from app.kernel.problems import ChangedMeanwhile, Conflict, FieldProblem, Unprocessable
from app.reports import target_store
from app.reports.periods import financial_year
from app.reports.sight import whole_sight
from app.reports.target_schemas import QuarterIn
from app.reports.target_setting import followed
from app.reports.target_shown import show_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """One quarter of an indicator's year."""

    indicator_id: int
    year: int
    quarter: int


async def say_of_quarter(
    session: Session, actor: Actor, at: Quarter, said: QuarterIn, *, seen: int | None, now: datetime
) -> None:
    """Write a commentary, and a judgement of one's own with its reason.

    `seen` is how often something had been said when the caller looked; None for whatever it is now. Raises Conflict
    once the quarter is signed off, ChangedMeanwhile where somebody else has written since.
    """
    require(actor, Permission.TARGET_SET)
    whole_sight(actor)
    if said.judged is not None and said.judged_because is None:
        raise Unprocessable([FieldProblem("/judged_because", "Say why you judge it otherwise than the rule.")])
    if said.judged is None and said.judged_because is not None:
        message = "Choose how you judge it, or leave the reason empty to let the rule’s judgement stand."
        raise Unprocessable([FieldProblem("/judged", message)])
    first = financial_year(at.year, at.quarter).first
    if said.judged is not None and first is not None and local_date(now, LONDON) < first:
        raise Unprocessable([FieldProblem("/judged", "This quarter has not begun. Judge it from its first day on.")])
    version = await _open_still(session, at)
    if seen is not None and seen != version.number:
        raise ChangedMeanwhile("Somebody else has written about this quarter since you looked.", now=version.told)
    await target_store.say(
        session,
        {
            "id": at.indicator_id, "year": at.year, "quarter": at.quarter, "by": actor.user_id, "at": now,
            **said.model_dump(),
        },
    )  # fmt: skip


async def sign_off(
    session: Session, actor: Actor, at: Quarter, shown: str, *, keeper: Timekeeper, now: datetime
) -> None:
    """Make a quarter final as it was shown: `shown` of the quarter that the caller looked at.

    Raises Conflict before it is over and once it is done, ChangedMeanwhile where its figure, its judgement or what is
    said of it is not what was shown.
    """
    require(actor, Permission.TARGET_SIGN_OFF)
    whole_sight(actor)
    await _open_still(session, at)
    period = financial_year(at.year, at.quarter)
    assert period.last is not None
    if keeper.day(now) <= period.last:
        raise Conflict("This quarter is not over. Sign it off on the day after its last, or later.")
    item = await show_one(session, at.indicator_id, at.year, keeper=keeper, now=now)
    one = item.quarters[at.quarter - 1]
    if one.shown != shown:
        raise ChangedMeanwhile(
            "Its figure, how it is judged or what is said of it has changed since you looked. Nothing was signed off.",
            now=one.model_dump(mode="json"),
        )
    await target_store.sign(
        session,
        {
            "id": at.indicator_id, "year": at.year, "quarter": at.quarter, "by": actor.user_id, "at": now,
            "value": one.value, "counted": one.counted, "ruled": one.ruled, "ruled_because": one.ruled_because,
            "definition": f"{item.definition} {item.rule}", "trajectory": one.trajectory,
        },
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Version:
    """How often something was said of a quarter, and what was said last."""

    number: int
    told: dict[str, object]


async def _open_still(session: Session, at: Quarter) -> _Version:
    """Wait for whoever writes about this indicator. Raises NotFound, and Conflict where nothing may be written."""
    await target_store.wait(session, at.indicator_id)
    await followed(session, at.indicator_id)
    await target_store.one(session, at.indicator_id, at.year)
    known = await target_store.quarters(session, [at.indicator_id], at.year)
    said = known.get((at.indicator_id, at.quarter))
    if said is None:
        return _Version(0, {"version": 0})
    if said.signed_off_at is not None:
        raise Conflict("This quarter has been signed off, so what is said of it stays.")
    told = {
        "version": said.version, "commentary": said.commentary, "judged": said.judged,
        "judged_because": said.judged_because, "written_by": said.writer, "written_at": said.written_at,
    }  # fmt: skip
    return _Version(said.version, told)
