"""Log a referral: the person, the home, the need, and a case that waits to be screened."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from app.access.actor import Actor
from app.access.policy import require_role
from app.cases import journal, repeats, rules
from app.cases.actions.advance import effects_of
from app.cases.casework import Casework
from app.cases.identify import Home, Person
from app.cases.models import Case, CaseId, Recorded
from app.cases.repeats import PossibleRepeat
from app.cases.rules import Event
from app.kernel.database import Session
from app.kernel.problems import ActionBlocked, BlockerProblem, FieldProblem, Unprocessable
from app.kernel.references import case_reference
from app.pathways.facts import Facts, State
from app.pathways.pathway import CompiledPathway
from app.pathways.results import Incomplete, Move, Refused
from app.pathways.triage import Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReferral:
    """A referral whose person and home have been checked and put into one form (`app.cases.identify`)."""

    person: Person
    home: Home
    referrer: dict[str, Any]
    description: str
    adaptations: tuple[str, ...]
    flags: tuple[str, ...]
    first_contact_on: date
    consent: dict[str, Any]
    pathway_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A new case and what was found on the way."""

    case: Case
    recorded: Recorded
    proposal: Proposal
    repeats: tuple[PossibleRepeat, ...]


async def log_referral(
    session: Session, actor: Actor, command: LogReferral, *, casework: Casework, now: datetime
) -> Logged:
    """Write down a referral as a new case in the pathway's first stage.

    Raises NotPermitted, or Unprocessable naming each field: an unknown adaptation or flag, a day in the future.
    """
    pathway = _pathway(command, casework)
    require_role(actor, pathway.roles_for(pathway.initial_action))
    today = casework.timekeeper.day(now)
    command = replace(command, adaptations=_keys(command.adaptations, pathway))
    _check(command, pathway, today)
    proposal = pathway.propose_tier(command.adaptations, command.flags)
    move = _first_move(actor, command, pathway, proposal, today)
    author = journal.Author(organisation_id=_organisation(actor, pathway), user_id=actor.user_id)
    found = await repeats.find(session, _sought(command))
    case, recorded = await _write(session, command, pathway, proposal, move, author, casework=casework)
    await repeats.keep(session, case.id, found)
    return Logged(case=case, recorded=recorded, proposal=proposal, repeats=tuple(found))


def _pathway(command: LogReferral, casework: Casework) -> CompiledPathway:
    key = command.pathway_key or casework.default_pathway
    known = sorted({pathway.key for pathway in casework.pathways.all()})
    if key not in known:
        raise Unprocessable([FieldProblem("/pathway", f"There is no such pathway. There is: {', '.join(known)}.")])
    return casework.pathways.latest(key)


def _keys(adaptations: tuple[str, ...], pathway: CompiledPathway) -> tuple[str, ...]:
    """Take each adaptation by its key or by a word for it; what is neither stays as it is and is refused by name."""
    catalogue = pathway.catalogue
    found = (a if catalogue.get(a) is not None else catalogue.match(a) or a for a in adaptations)
    return tuple(dict.fromkeys(found))


def _check(command: LogReferral, pathway: CompiledPathway, today: date) -> None:
    errors = [
        FieldProblem(f"/need/adaptations/{i}", "This is not in the catalogue of adaptations; choose one that is.")
        for i, key in enumerate(command.adaptations)
        if pathway.catalogue.get(key) is None
    ]
    errors += [
        FieldProblem(f"/need/flags/{i}", f"This is not one of the flags: {', '.join(pathway.triage.flags)}.")
        for i, flag in enumerate(command.flags)
        if flag not in pathway.triage.flags
    ]
    if command.first_contact_on > today:
        errors.append(FieldProblem("/first_contact_on", "The first contact cannot be in the future."))
    if date.fromisoformat(command.consent["recorded_on"]) > today:
        errors.append(FieldProblem("/consent/recorded_on", "Consent cannot have been recorded in the future."))
    born = command.person.date_of_birth
    if born is not None and born > command.first_contact_on:
        errors.append(FieldProblem("/person/date_of_birth", "The birth date cannot be after the first contact."))
    if errors:
        raise Unprocessable(errors)


def _first_move(actor: Actor, command: LogReferral, pathway: CompiledPathway, proposal: Proposal, today: date) -> Move:
    facts = Facts(
        actor_id=actor.user_id,
        actor_roles=frozenset(actor.all_roles),
        today=today,
        state=State(proposal.tier, ""),
        proposed_tier=proposal.tier,
        tenure=command.home.tenure,
        adaptations=command.adaptations,
        flags=command.flags,
    )
    match pathway.decide(None, pathway.initial_action, facts, {}):
        case Incomplete(errors=errors):
            raise Unprocessable([FieldProblem(e.pointer, e.message) for e in errors])
        case Refused(blockers=blockers):
            raise ActionBlocked([BlockerProblem(b.code, b.message) for b in blockers])
        case Move() as move:
            return move


def _organisation(actor: Actor, pathway: CompiledPathway) -> int:
    return actor.organisation_for(custody_id=None, roles=pathway.roles_for(pathway.initial_action))


def _sought(command: LogReferral) -> repeats.Sought:
    person, home = command.person, command.home
    return repeats.Sought(
        name=person.name,
        date_of_birth=person.date_of_birth,
        chi_number=person.chi_number,
        nhs_number=person.nhs_number,
        name_keys=person.name_keys,
        uprn=home.uprn,
        address_key=home.address_key,
        adaptations=command.adaptations,
    )


_IDS = text(
    """
    SELECT nextval('people_id_seq') AS person_id, nextval('homes_id_seq') AS home_id, nextval('case_id_seq') AS case_id,
           door.now() AS now,
           (SELECT id FROM organisations
             WHERE lower(name) = lower(:landlord) OR key = lower(:landlord) LIMIT 1) AS landlord_id,
           (SELECT kind FROM organisations WHERE id = :organisation_id) AS kind
    """
)
_INSERT_PERSON = text(
    """
    INSERT INTO people (id, name, date_of_birth, chi_number, nhs_number, phone, email, preferred_contact, name_keys)
    VALUES (:id, :name, :date_of_birth, :chi_number, :nhs_number, :phone, :email, :preferred_contact, :name_keys)
    """
)
_INSERT_HOME = text(
    """
    INSERT INTO homes (id, address, postcode, uprn, address_key)
    VALUES (:id, :address, :postcode, :uprn, :address_key)
    """
)
_STATIC = (
    "id", "reference", "pathway_key", "person_id", "home_id", "tenure", "landlord", "landlord_organisation_id",
    "referrer", "need_description", "adaptations", "flags",
)  # fmt: skip
_INSERT_CASE = text(
    f"INSERT INTO cases ({', '.join((*_STATIC, *journal.PROJECTED))}) VALUES ("
    + ", ".join(
        f"CAST(:{n} AS jsonb)" if n in ("referrer", "memory") else f":{n}" for n in (*_STATIC, *journal.PROJECTED)
    )
    + ")"
)


async def _write(
    session: Session,
    command: LogReferral,
    pathway: CompiledPathway,
    proposal: Proposal,
    move: Move,
    author: journal.Author,
    *,
    casework: Casework,
) -> tuple[Case, Recorded]:
    home = command.home
    ids = (
        await session.execute(_IDS, {"landlord": home.landlord or "", "organisation_id": author.organisation_id})
    ).one()
    await session.execute(_INSERT_PERSON, {"id": ids.person_id, **command.person.columns()})
    await session.execute(_INSERT_HOME, {"id": ids.home_id, **home.columns()})
    event = _event(command, pathway, proposal, move, author, at=ids.now)
    state = rules.begin(event)
    landlord_id = ids.landlord_id
    if landlord_id is None and not home.landlord and _is_own_landlord(home.tenure, ids.kind):
        landlord_id = author.organisation_id
    case = Case(
        id=CaseId(ids.case_id),
        reference=case_reference(ids.case_id),
        pathway_key=pathway.key,
        person_id=ids.person_id,
        home_id=ids.home_id,
        tenure=home.tenure,
        landlord_organisation_id=landlord_id,
        adaptations=command.adaptations,
        flags=command.flags,
        head_hash=b"",
        due_on=None,
        due_soon_on=None,
        end_to_end_due_on=None,
        state=state,
    )
    due = casework.timekeeper.deadlines(pathway.key, state)
    values = journal.projected_values(state, due) | {
        **{name: getattr(case, name) for name in _STATIC if hasattr(case, name)},
        "adaptations": list(case.adaptations),
        "flags": list(case.flags),
        "landlord": home.landlord,
        "referrer": journal.as_json(command.referrer),
        "need_description": command.description,
        "head_hash": b"",
    }
    await session.execute(_INSERT_CASE, values)
    recorded = await journal.begin(session, case, event, author=author)
    return case, recorded


def _event(
    command: LogReferral,
    pathway: CompiledPathway,
    proposal: Proposal,
    move: Move,
    author: journal.Author,
    *,
    at: datetime,
) -> Event:
    """The journal keeps the need and the proposal, never who the person is: that can be erased, the journal cannot."""
    effects = effects_of(move, pathway)
    effects["sets"] = {
        **effects.get("sets", {}),
        "proposed_tier": proposal.tier,
        "consent_to_share": command.consent["share_with_partners"],
        "first_contact_on": command.first_contact_on.isoformat(),
        "pathway_version": pathway.version,
    }
    details = {
        "adaptations": list(command.adaptations),
        "flags": list(command.flags),
        "tenure": command.home.tenure,
        "referrer_capacity": command.referrer.get("capacity"),
        "first_contact_on": command.first_contact_on.isoformat(),
        "consent": {k: v for k, v in command.consent.items() if k != "given_by"},
        "proposed_tier": proposal.tier,
        "proposed_because": list(proposal.reasons),
        **move.recorded,
    }
    return Event(
        sequence=1,
        kind="moved",
        action=move.action,
        from_=None,
        to=State(proposal.tier, move.to.stage),
        custody_id=author.organisation_id,
        occurred_at=at,
        actor_id=author.user_id,
        organisation_id=author.organisation_id,
        details=details,
        effects=effects,
    )


def _is_own_landlord(tenure: str, kind: str) -> bool:
    """A tenant whose referral the landlord's own office logs, without naming itself, is that landlord's."""
    return (tenure, kind) in {("rsl_tenant", "housing_association"), ("council_tenant", "council")}
