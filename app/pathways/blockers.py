"""The closed list of blockers that a pathway file may name.

A blocker answers with a sentence that tells a caseworker what is missing and how to put it right, or with
None when it does not stand in the way. Its name is the code that other programs see. Its docstring is
shown in the generated page of each pathway.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from app.pathways.conditions import direct_provision_agreed
from app.pathways.facts import Meeting
from app.pathways.question import Need, Question

Ask = Callable[[Question], str | None]


@dataclass(frozen=True, slots=True)
class BlockerRule:
    """A blocker the service knows. `fields` of the form and `rules` of the pathway are what it reads.

    `instead_of_moving`: where this blocker is named, an action may stand that leads nowhere from there, so
    that people who look for it are told why.
    """

    name: str
    ask: Ask
    explanation: str
    fields: tuple[str, ...]
    rules: tuple[str, ...]
    needs: frozenset[Need]
    instead_of_moving: bool


_found: dict[str, BlockerRule] = {}
BLOCKERS: Mapping[str, BlockerRule] = MappingProxyType(_found)


def _blocker(
    *,
    fields: tuple[str, ...] = (),
    rules: tuple[str, ...] = (),
    needs: tuple[Need, ...] = (),
    instead_of_moving: bool = False,
) -> Callable[[Ask], Ask]:
    def register(ask: Ask) -> Ask:
        name = ask.__name__
        explanation = inspect.cleandoc(ask.__doc__ or "")
        _found[name] = BlockerRule(name, ask, explanation, fields, rules, frozenset(needs), instead_of_moving)
        return ask

    return register


@_blocker()
def no_consent_to_share(question: Question) -> str | None:
    """The person has not agreed that partners may share what they tell us."""
    if question.facts.consent_to_share:
        return None
    return (
        "Record the person's consent to share information with partners first: without it the case cannot be passed on."
    )


@_blocker(needs=("repeats",))
def unresolved_repeat(question: Question) -> str | None:
    """There is an open case for what looks like the same person and need, and nobody has compared the two."""
    repeats = question.facts.unresolved_repeats
    if not repeats:
        return None
    return (
        f"Look at {', '.join(repeats)} first: it may be the same person and the same need. Link it, or "
        "confirm that it is separate."
    )


@_blocker(needs=("direct_provision",), fields=("direct_provision",), rules=("direct_provision_tenures",))
def direct_provision_not_agreed(question: Question) -> str | None:
    """Direct provision is ticked, but the landlord has not agreed to provide all of it without an assessment."""
    if question.details.get("direct_provision") is not True or direct_provision_agreed(question):
        return None
    facts = question.facts
    if facts.tenure not in question.pathway.rules.direct_provision_tenures:
        return "Untick direct provision: it is for a landlord's own tenants, and this home has no such landlord."
    if not facts.adaptations:
        return "Name the adaptations first: the landlord agrees to direct provision item by item."
    missing = tuple(item for item in facts.adaptations if item not in facts.direct_provision_items)
    return (
        f"Untick direct provision, or ask the landlord to agree to it: there is no agreement yet for "
        f"{question.words_for(missing)}."
    )


@_blocker(needs=("assignee",))
def nobody_assigned(question: Question) -> str | None:
    """Nobody has been assigned to assess the person."""
    if question.facts.assignee is not None:
        return None
    return "Assign somebody first: nobody has been asked to assess this person yet."


@_blocker(needs=("assignee",))
def assignee_not_trained(question: Question) -> str | None:
    """The person assigned may not assess in this tier, by role or because a training module is not in date."""
    assignee, tier = question.facts.assignee, question.tier
    if assignee is None:
        return None
    if assignee.roles.isdisjoint(tier.assessor_roles):
        return f"Assign somebody else: {tier.label.lower()} cases are assessed by {tier.who_may_assess}."
    if tier.training_module is None:
        return None
    expires = assignee.training.get(tier.training_module)
    if expires is not None and expires >= question.facts.today:
        return None
    lacking = "is not recorded" if expires is None else f"ran out on {_day(expires)}"
    return (
        f"Assign somebody else, or bring the training up to date: module {tier.training_module}, which "
        f"{tier.label.lower()} cases need, {lacking} for the person assigned."
    )


@_blocker()
def no_conversation(question: Question) -> str | None:
    """No Housing Solutions conversation with the person is on record."""
    if question.facts.conversations:
        return None
    return (
        "Record a Housing Solutions conversation first: nobody has written down what matters to the person "
        "and which options were talked about."
    )


@_blocker()
def rehousing_not_considered(question: Question) -> str | None:
    """Moving home has not been talked about with the person in any Housing Solutions conversation."""
    if "rehousing" in question.facts.options_discussed:
        return None
    return (
        "Record a Housing Solutions conversation about rehousing first: nobody has talked with the person "
        "about moving home yet."
    )


@_blocker()
def own_recommendation(question: Question) -> str | None:
    """The manager who decides is the person who made the recommendation."""
    if not _played(question, "recommender"):
        return None
    return "Ask another manager to decide: you made this recommendation yourself."


@_blocker(fields=("consent",))
def consent_missing(question: Question) -> str | None:
    """The owner or landlord has not consented to the works."""
    if question.details.get("consent", "given") in {"given", "not_needed"}:
        return None
    return (
        "Wait for the owner's or landlord's consent to the works, or put the case on hold until it comes: "
        "funding cannot be asked for without it."
    )


@_blocker(rules=("panel_tiers",), instead_of_moving=True)
def tier_not_complex(question: Question) -> str | None:
    """Only complex cases go to the panel."""
    if question.state.tier in question.pathway.rules.panel_tiers:
        return None
    return f"Escalate the case first: it is {question.tier.label.lower()}, and the panel looks at complex cases only."


@_blocker(needs=("meeting",), fields=("meeting",))
def meeting_full(question: Question) -> str | None:
    """The meeting has as many cases on its agenda as it can hear."""
    meeting = _chosen_meeting(question)
    if meeting is None or meeting.booked < meeting.capacity:
        return None
    return (
        f"Choose another meeting: the one on {_day(meeting.held_on)} is full, with {meeting.booked} of "
        f"{meeting.capacity} places taken."
    )


@_blocker(needs=("meeting",), fields=("meeting",))
def papers_deadline_passed(question: Question) -> str | None:
    """The day by which papers for the meeting had to be in has passed."""
    meeting = _chosen_meeting(question)
    if meeting is None or question.facts.today <= meeting.papers_due_on:
        return None
    return (
        f"Choose a later meeting: papers for the one on {_day(meeting.held_on)} were due by "
        f"{_day(meeting.papers_due_on)}."
    )


@_blocker(needs=("meeting",))
def meeting_not_quorate(question: Question) -> str | None:
    """The meeting does not have the members it needs to decide."""
    meeting = question.facts.meeting
    if meeting is None:
        return "Put the case on a meeting's agenda first: a panel decision belongs to a meeting."
    if meeting.quorate:
        return None
    return (
        f"Record who attended on {_day(meeting.held_on)}, or defer the case: the meeting does not have the "
        "members it needs to decide."
    )


@_blocker(needs=("meeting",))
def assent_missing(question: Question) -> str | None:
    """A partner whose agreement the decision needs has not given it."""
    meeting = question.facts.meeting
    if meeting is None or not meeting.missing_assents:
        return None
    return f"Record the agreement of {', '.join(meeting.missing_assents)} first: the decision belongs to all partners."


@_blocker(fields=("source",))
def funding_source_not_for_tenure(question: Question) -> str | None:
    """The money chosen is not for people with this tenure."""
    source = question.pathway.funding_sources.get(str(question.details.get("source")))
    if source is None or question.facts.tenure in source.tenures:
        return None
    fitting = [
        other.label for other in question.pathway.funding_sources.values() if question.facts.tenure in other.tenures
    ]
    return (
        f"Choose another source of funding: {source.label} is not for this tenure. For this home it can be "
        f"{' or '.join(fitting)}."
    )


@_blocker(fields=("source",))
def extension_on_mandatory_grant(question: Question) -> str | None:
    """The works add living space, which the mandatory grant does not pay for."""
    source = question.pathway.funding_sources.get(str(question.details.get("source")))
    if source is None or not source.mandatory_grant:
        return None
    extensions = tuple(item for item in question.facts.adaptations if question.catalogue.is_extension(item))
    if not extensions:
        return None
    return (
        f"Choose another source of funding: the mandatory grant does not pay for work that adds living "
        f"space ({question.words_for(extensions)})."
    )


@_blocker(rules=("check_roles",))
def check_needs_qualified_person(question: Question) -> str | None:
    """Works in this tier must be checked by somebody qualified to say that they meet the person's need."""
    if not question.facts.actor_roles.isdisjoint(question.pathway.rules.check_roles):
        return None
    roles = " or ".join(role.replace("_", " ") for role in question.pathway.rules.check_roles)
    return f"Ask an {roles} to check the works: {question.tier.label.lower()} cases need that."


@_blocker()
def checker_placed_the_order(question: Question) -> str | None:
    """The person who checks the works is the one who ordered them."""
    if not _played(question, "order_placer"):
        return None
    return "Ask a colleague to check the works: you placed the order yourself."


@_blocker(rules=("appeal_window_days",), fields=("received_on",))
def appeal_window_closed(question: Question) -> str | None:
    """The appeal reached us after the last day on which it could be made."""
    refused_on, days = question.facts.refused_on, question.pathway.rules.appeal_window_days
    if refused_on is None or days is None:
        return None
    received = question.details.get("received_on")
    last_day = refused_on + timedelta(days=days)
    if (received if isinstance(received, date) else question.facts.today) <= last_day:
        return None
    return (
        f"The time to appeal ended on {_day(last_day)}, {days} days after the refusal. If something has "
        "changed for the person, log a new referral."
    )


@_blocker()
def decider_took_part_in_refusal(question: Question) -> str | None:
    """The person who decides the appeal took part in the decision that is appealed."""
    if not _played(question, "refuser"):
        return None
    return "Ask somebody who had no part in the refusal to decide this appeal: you took part in it."


def _chosen_meeting(question: Question) -> Meeting | None:
    """Return the meeting the form names; before it is filled in, an earlier meeting stands in nobody's way."""
    return question.facts.meeting if question.details.get("meeting") is not None else None


def _played(question: Question, part: str) -> bool:
    return question.facts.actor_id in question.facts.remembered.get(part, frozenset())


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
