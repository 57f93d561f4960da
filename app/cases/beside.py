"""What is good to have before one's eyes while filling in a form: for the actions that have a template of their own."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.cases.action_questions import Asking
from app.cases.events import newest_events
from app.cases.opened import OpenedCase
from app.cases.presenters import TENURE_WORDS
from app.cases.wording import Told, tell
from app.kernel.database import Session

_READ: Final = 100
OWN: Final[Mapping[str, tuple[str, ...]]] = {
    "recommend": ("conversation_recorded",),
    "recommend_other_solution": ("conversation_recorded",),
    "escalate": ("screen", "escalate", "step_down"),
    "step_down": ("screen", "escalate", "step_down"),
    "approve_recommendation": ("conversation_recorded", "recommend"),
    "approve_funding": ("recommend", "complete_feasibility", "panel_agree"),
    "place_order": ("recommend", "complete_feasibility", "approve_funding"),
    "record_outcome": ("recommend", "recommend_other_solution", "complete_works"),
}
"""Action -> the kinds and actions of events that are shown beside its form, the newest of each."""


def template_of(action: str) -> str | None:
    """The template of an action that has one of its own."""
    return f"cases/templates/actions/{action}.html" if action in OWN else None


async def beside(session: Session, opened: OpenedCase, asking: Asking) -> dict[str, Any]:
    """What the action's own template shows; nothing for one that has none."""
    if asking.action not in OWN:
        return {}
    events = await newest_events(session, opened.case.id, before=None, limit=_READ)
    return {
        "told": _newest(events, OWN[asking.action], opened),
        "tenure": TENURE_WORDS.get(asking.facts.tenure, asking.facts.tenure),
        "sources": _sources(asking),
        "tiers": asking.pathway.definition.tiers,
        "goals": asking.facts.goals,
        "asked_for": [asking.pathway.catalogue.label(key) for key in opened.shown.need.adaptations],
        "standard": [
            asking.pathway.catalogue.items[key] for key in asking.facts.adaptations if asking.pathway.catalogue.get(key)
        ],
    }


def _newest(events: Sequence[Mapping[str, Any]], wanted: tuple[str, ...], opened: OpenedCase) -> list[Told]:
    found: dict[str, Told] = {}
    for event in events:
        key = event["action"] if event["kind"] == "moved" else event["kind"]
        if key in wanted and key not in found:
            found[key] = tell(event, opened.pathway)
    return list(reversed(found.values()))


def _sources(asking: Asking) -> list[str]:
    """Where money may come from for this tenure, in the pathway's order."""
    sources = asking.pathway.definition.funding_sources.values()
    return [source.label for source in sources if asking.facts.tenure in source.tenures]
