"""What may be done with a case now, for a page: each action with its reasons, and what would mend them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.access.actor import Actor
from app.access.policy import permits
from app.cases.models import Case
from app.cases.record_questions import RECORD_FORMS
from app.cases.recording import RECORDINGS
from app.pathways.pathway import CompiledPathway

_MENDS: Final[Mapping[str, tuple[str, str]]] = {
    "nobody_assigned": ("Assign somebody", "record/assignment"),
    "assignee_not_trained": ("Assign somebody else", "record/assignment"),
    "no_conversation": ("Record a conversation", "record/conversation"),
    "rehousing_not_considered": ("Record a conversation about moving home", "record/conversation"),
    "no_consent_to_share": ("Record consent", "record/consent"),
    "unresolved_repeat": ("Look at the possible repeats", "repeats"),
}
"""A blocker's code -> what to do about it, and on which page of the case."""
_IN_THE_WAY: Final = ("hold", "close_not_proceeding", "escalate", "step_down", "refuse")
"""Possible nearly everywhere: shown after what carries the case on."""


@dataclass(frozen=True, slots=True)
class Mend:
    """Something that may be done about a reason."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an action is not possible now, and what would help."""

    message: str
    mend: Mend | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An action as a page offers it. `reasons` are empty where it may be done now."""

    action: str
    label: str
    help: str
    path: str
    reasons: tuple[Reason, ...]
    for_others: bool
    """Whether it is not for this reader's role, whatever else stands in the way."""
    carries_on: bool
    """Whether it moves the case along its way, rather than out of it or aside."""


def offers_of(judged: Sequence[Mapping[str, Any]], pathway: CompiledPathway, reference: str) -> list[Offer]:
    """Put the judged actions (`app.cases.available`) into words, what carries the case on first."""
    offers = [_offer(one, pathway, reference) for one in judged]
    return sorted(offers, key=lambda offer: not offer.carries_on)


def _offer(one: Mapping[str, Any], pathway: CompiledPathway, reference: str) -> Offer:
    action, blockers = one["action"], one["blockers"]
    return Offer(
        action=action,
        label=one["label"],
        help=pathway.action(action).definition.help,
        path=f"/cases/{reference}/actions/{action}",
        reasons=tuple(reason(blocker["code"], blocker["message"], reference) for blocker in blockers),
        for_others=any(blocker["code"] == "not_permitted" for blocker in blockers),
        carries_on=action not in _IN_THE_WAY,
    )


def reason(code: str, message: str, reference: str) -> Reason:
    """A blocker with what would mend it."""
    mend = _MENDS.get(code)
    return Reason(message, Mend(mend[0], f"/cases/{reference}/{mend[1]}") if mend else None)


def recordable(actor: Actor, case: Case, reference: str, *, offered_to_us: bool) -> Iterator[Mend]:
    """What this reader may record beside the moves, as links."""
    for key, form in RECORD_FORMS.items():
        if key in ("repeats", "corrections") or (key == "handover-answer" and not offered_to_us):
            continue
        if case.state.stage_group == "ended" and key in ("assignment", "handover"):
            continue
        parties = case.state.party_ids if key == "handover-answer" else case.state.acting_party_ids
        if permits(actor, RECORDINGS[key].permission, parties):
            yield Mend(form.label, f"/cases/{reference}/record/{key}")
