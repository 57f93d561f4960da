"""The coordinator's pages of a panel's seats: who sits there, who sits for them, who is always invited."""

from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Response
from sqlalchemy import text

from app.access.actor import Actor
from app.edge.form_sheets import FormSheet, show_form, take_form
from app.edge.pages import AtPageDesk
from app.edge.parameters import Id, KeyInPath
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question, missing_message
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, NotFound, Unprocessable
from app.panels import queries, shown, wording
from app.panels.actions.invite_always import InviteAlways, invite_always
from app.panels.actions.send_apologies import EndSubstitute, NameSubstitute, end_substitute, name_substitute
from app.panels.actions.set_up_panel import (
    AddMember,
    EndMembership,
    ReplaceMember,
    add_member,
    end_membership,
    replace_member,
)
from app.panels.panel_forms import form_of_panel
from app.panels.schemas import MemberIn
from app.panels.setting_schemas import InviteeIn, ReplacementIn

router = APIRouter(include_in_schema=False)
MEMBERS: Final = "/panels/{key}/members"
INVITED: Final = "/panels/{key}/invitees"
MEMBER: Final = "/panels/{key}/members/{member_id}"
_USERS = text("SELECT email, name FROM users WHERE active ORDER BY name, id LIMIT 2000")
_ORGANISATIONS = text("SELECT key, name FROM organisations WHERE active ORDER BY name")
_SECTORS: Final = tuple(Option(value=key, label=label) for key, label in wording.SECTORS.items())


@router.get(MEMBERS)
async def get_members(key: KeyInPath, desk: AtPageDesk) -> Response:
    """Ask who is to sit on the panel."""
    return await show_form(desk, lambda session, actor: _ask_member(session, actor, key))


@router.post(MEMBERS)
async def post_members(key: KeyInPath, desk: AtPageDesk) -> Response:
    """Seat them."""

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
        body = validated(MemberIn, answers)
        await add_member(session, actor, AddMember(panel=key, **body.model_dump()))
        return asked.back

    return await take_form(desk, lambda session, actor: _ask_member(session, actor, key), take)


async def _ask_member(session: Session, actor: Actor, key: str) -> FormSheet:
    form = await form_of_panel(session, actor, key)
    organisations = (await session.execute(_ORGANISATIONS)).all()
    own = Option(value="", label="Their own")
    return replace(
        form,
        title="Seat a member",
        help="A member speaks for one partner, and counts for one sector.",
        button="Seat this member",
        questions=(
            Question(name="email", kind="select", label="Who?", options=await _users(session)),
            Question(name="sector", kind="choice", label="For which sector?", options=_SECTORS),
            Question(
                name="organisation",
                kind="select",
                label="For which organisation?",
                required=False,
                options=(own, *(Option(value=one.key, label=one.name) for one in organisations)),
            ),
        ),
    )


@router.get(INVITED)
async def get_invited(key: KeyInPath, desk: AtPageDesk) -> Response:
    """Ask who is to be invited to every meeting, or no longer."""
    return await show_form(desk, lambda session, actor: _ask_invited(session, actor, key))


@router.post(INVITED)
async def post_invited(key: KeyInPath, desk: AtPageDesk) -> Response:
    """Change the list."""

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
        body = validated(InviteeIn, answers)
        await invite_always(session, actor, InviteAlways(panel=key, email=body.email, ends=body.ends))
        return asked.back

    return await take_form(desk, lambda session, actor: _ask_invited(session, actor, key), take)


async def _ask_invited(session: Session, actor: Actor, key: str) -> FormSheet:
    form = await form_of_panel(session, actor, key)
    panel = await queries.find_panel(session, key)
    names = ", ".join(one.name for one in await queries.invited(session, panel.id))
    return replace(
        form,
        title="Who is always invited?",
        help=f"Members are. On the list beside them: {names or 'nobody'}.",
        button="Keep this",
        questions=(
            Question(name="email", kind="select", label="Who?", options=await _users(session)),
            Question(name="ends", kind="yes_no", label="Are they to be taken off the list?", required=False),
        ),
    )


@router.get(MEMBER)
async def get_member(key: KeyInPath, member_id: Id, desk: AtPageDesk) -> Response:
    """Ask what is to become of a seat."""
    return await show_form(desk, lambda session, actor: _ask_seat(session, actor, key, member_id))


@router.post(MEMBER)
async def post_member(key: KeyInPath, member_id: Id, desk: AtPageDesk) -> Response:
    """Do it."""

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
        what, who = answers.get("what"), answers.get("email")
        if what not in wording.SEAT_CHANGES:
            raise Unprocessable([FieldProblem("/what", missing_message(asked.questions[0]))])
        if what == "end":
            await end_membership(session, actor, EndMembership(panel=key, member_id=member_id))
            return asked.back
        email = validated(ReplacementIn, {"email": who} if who else {}).email
        if what == "replace":
            await replace_member(session, actor, ReplaceMember(panel=key, member_id=member_id, email=email))
        elif what == "name":
            named = NameSubstitute(panel=key, member_id=member_id, substitute=email)
            await name_substitute(session, actor, named)
        else:
            await end_substitute(session, actor, EndSubstitute(panel=key, member_id=member_id, substitute=email))
        return asked.back

    return await take_form(desk, lambda session, actor: _ask_seat(session, actor, key, member_id), take)


async def _ask_seat(session: Session, actor: Actor, key: str, member_id: int) -> FormSheet:
    form = await form_of_panel(session, actor, key)
    panel = await shown.show_panel(session, key)
    member = next((one for one in panel.members if one.id == member_id), None)
    if member is None:
        raise NotFound("No current member of this panel has this number. The page of panels lists them.")
    named = ", ".join(one.name for one in panel.substitutes if one.member == member_id)
    return replace(
        form,
        title=f"The seat of {member.name}",
        help=f"{member.organisation}. "
        + (f"May be sat for by {named}." if named else "Nobody is named to sit for them."),
        button="Do this",
        questions=(
            Question(
                name="what",
                kind="choice",
                label="What is to be done?",
                options=tuple(Option(value=value, label=label) for value, label in wording.SEAT_CHANGES.items()),
            ),
            Question(
                name="email",
                kind="select",
                label="Who takes the seat, or sits for them?",
                hint="Not needed to end the membership.",
                required=False,
                options=await _users(session),
            ),
        ),
    )


async def _users(session: Session) -> tuple[Option, ...]:
    return tuple(Option(value=one.email, label=one.name) for one in (await session.execute(_USERS)).all())
