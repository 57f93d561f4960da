"""The letter that tells a person what the panel decided: drafted in plain words, from the decision alone. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from app.edge.templating import day

_OPENING: Final[Mapping[str, str]] = {
    "agreed": "We have agreed on what will be done.",
    "agreed_with_conditions": "We have agreed on what will be done, if the conditions below are met.",
    "refused": "We are sorry. We cannot offer what was asked for.",
    "rehouse": "We think that moving to a home that suits you would be better than changing this one.",
    "deferred": "We could not decide yet, because we need to know more first.",
    "referred_on": "We have asked somebody else to look at it before we decide.",
}
_APPEAL: Final = (
    "If you think that our rules were applied wrongly, or that your situation is exceptional, you may appeal. "
    "Tell us by {by}, by telephone, in writing or through somebody who speaks for you. "
    "People who took no part in this decision will look at it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a letter is drafted from: the decision, the answers of its form, conditions, and days to appeal."""

    person: str
    reference: str
    panel: str
    decided_on: date
    decision: str
    details: Mapping[str, Any]
    conditions: Sequence[tuple[str, date]] = ()
    appeal_days: int | None = None


def draft(told: Told) -> str:
    """Write the letter, in paragraphs with an empty line between them. Nobody but the person is named in it."""
    details = told.details
    paragraphs = [
        f"Dear {told.person},",
        f"The {told.panel.lower()} looked at your case {told.reference} on {day(told.decided_on)}.",
        _OPENING[told.decision],
    ]
    if solution := details.get("solution"):
        paragraphs.append(f"What will be done: {solution}")
    if told.conditions:
        listed = "\n".join(f"* {what} (by {day(by)})" for what, by in told.conditions)
        paragraphs.append(f"The conditions:\n{listed}")
    elif details.get("conditions"):
        paragraphs.append(f"The conditions: {details['conditions']}")
    if why := details.get("reasons") or details.get("reason"):
        paragraphs.append(f"Why: {why}")
    if needed := details.get("what_is_needed"):
        by_when = day(date.fromisoformat(str(details["by_when"])))
        paragraphs.append(f"What we need: {needed} We have asked for it by {by_when}. You need do nothing.")
    if details.get("review_on"):
        paragraphs.append(f"We will look at it again on {day(date.fromisoformat(str(details['review_on'])))}.")
    if told.decision == "refused" and told.appeal_days is not None:
        paragraphs.append(_APPEAL.format(by=day(told.decided_on + timedelta(days=told.appeal_days))))
    paragraphs.append("If anything in this letter is not clear, please ask us. We are glad to explain it.")
    return "\n\n".join(paragraphs)
