"""The forms by which a year's target is set or changed, and an indicator withdrawn."""

from typing import Any, Final

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.edge.form_sheets import FormSheet
from app.edge.pages import AtPageDesk
from app.edge.parameters import Id
from app.edge.problem_answers import validated
from app.edge.questions import filled_with
from app.edge.templating import moment
from app.kernel.database import Session
from app.kernel.problems import Unprocessable
from app.reports import periods, target_store
from app.reports.target_questions import AIMED, MONTHS, WITHDRAWN, on_page, with_quarters
from app.reports.target_rules import plain
from app.reports.target_schemas import TargetIn, WithdrawIn
from app.reports.target_setting import aim_of, set_target, withdraw
from app.reports.target_sheets import HOME, ONE, TargetSheet, Year, number_seen, show_sheet, take_sheet

router = APIRouter(include_in_schema=False)
TARGET: Final = f"{ONE}/target"
WITHDRAW: Final = f"{ONE}/withdraw"


async def _ask_target(session: Session, actor: Actor, indicator_id: int, year: int) -> TargetSheet:
    require(actor, Permission.TARGET_SET)
    row = await target_store.find(session, indicator_id)
    aims = await target_store.aims(session, indicator_id)
    before = aims.get(year)
    named = periods.financial_year(year).key
    known: dict[str, Any] = {}
    others: list[str] = []
    if before is not None:
        known["target"] = plain(before.target)
        if list(before.trajectory) != list(aim_of(row, aims, year, before.target).trajectory):
            known["trajectory"] = {str(place): plain(before.trajectory[place]) for place in range(len(MONTHS))}
        steps = ", ".join(plain(value) for value in before.trajectory)
        others.append(f"{before.set_by} set it to {plain(before.target)} on {moment(before.set_at)}, by {steps}.")
    reasons = _closed(withdrawn=row.ended_at is not None, signed=before is not None and before.signed)
    shown_at = year if before is not None else max(aims, default=year)
    form = FormSheet(
        title=f"{'Change the' if before is not None else 'Set a'} target for {named}", caption=row.title,
        help="Each year goes on from the one before. It can be changed until one of its quarters is signed off.",
        button="Set the target", back=f"{HOME}/{indicator_id}/{shown_at}",
        back_label=row.title, questions=AIMED, filled=filled_with(AIMED, known),
    )  # fmt: skip
    facts = [
        ("Better", row.better.capitalize()),
        ("Baseline", f"{plain(row.baseline)} ({row.baseline_told})"),
        *((f"Target for {periods.financial_year(one).key}", plain(aims[one].target)) for one in aims if one != year),
    ]
    seen = str(before.version if before is not None else 0)
    return TargetSheet(form=form, seen=seen, others=others, reasons=reasons, facts=facts)


def _closed(*, withdrawn: bool, signed: bool) -> list[str]:
    if withdrawn:
        return ["This indicator was withdrawn, so nothing more is written about it."]
    return ["A quarter of this year has been signed off, so its target stays."] if signed else []


@router.get(TARGET)
async def get_target(indicator_id: Id, year: Year, desk: AtPageDesk) -> Response:
    """The form of a year's target."""

    async def ask(session: Session, actor: Actor) -> TargetSheet:
        return await _ask_target(session, actor, indicator_id, year)

    return await show_sheet(desk, ask)


@router.post(TARGET)
async def post_target(indicator_id: Id, year: Year, desk: AtPageDesk) -> Response:
    """Set a year's target, or change it."""

    async def ask(session: Session, actor: Actor) -> TargetSheet:
        return await _ask_target(session, actor, indicator_id, year)

    async def take(session: Session, actor: Actor, answers: dict[str, Any], seen: str) -> str:
        try:
            wanted = validated(TargetIn, with_quarters(answers))
            await set_target(session, actor, indicator_id, year, wanted, seen=number_seen(seen), now=desk.now())
        except Unprocessable as wrong:
            raise on_page(wrong, {}) from None
        return f"{HOME}/{indicator_id}/{year}"

    return await take_sheet(desk, AIMED, ask, take)


async def _ask_withdraw(session: Session, actor: Actor, indicator_id: int, year: int) -> TargetSheet:
    require(actor, Permission.TARGET_SET)
    row = await target_store.one(session, indicator_id, year)
    form = FormSheet(
        title="Withdraw this indicator", caption=row.title, button="Withdraw it", back=f"{HOME}/{indicator_id}/{year}",
        back_label=row.title, questions=WITHDRAWN,
        help="It is not followed any more, in any year. Quarters that were signed off stay as they are, and who"
        " withdrew it, when and why is kept. This cannot be undone.",
    )  # fmt: skip
    return TargetSheet(
        form=form, seen=str(await target_store.writings(session, indicator_id)),
        others=["Look at what was written about it. If it is still to be withdrawn, send this again."],
        reasons=_closed(withdrawn=row.ended_at is not None, signed=False),
    )  # fmt: skip


@router.get(WITHDRAW)
async def get_withdraw(indicator_id: Id, year: Year, desk: AtPageDesk) -> Response:
    """Ask why an indicator is withdrawn."""

    async def ask(session: Session, actor: Actor) -> TargetSheet:
        return await _ask_withdraw(session, actor, indicator_id, year)

    return await show_sheet(desk, ask)


@router.post(WITHDRAW)
async def post_withdraw(indicator_id: Id, year: Year, desk: AtPageDesk) -> Response:
    """Withdraw an indicator."""

    async def ask(session: Session, actor: Actor) -> TargetSheet:
        return await _ask_withdraw(session, actor, indicator_id, year)

    async def take(session: Session, actor: Actor, answers: dict[str, Any], seen: str) -> str:
        wanted = validated(WithdrawIn, answers)
        await withdraw(session, actor, indicator_id, wanted.reason, seen=number_seen(seen), now=desk.now())
        return f"{HOME}/{indicator_id}/{year}"

    return await take_sheet(desk, WITHDRAWN, ask, take)
