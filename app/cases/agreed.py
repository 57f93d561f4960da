"""What has been agreed so far on a case, by kind of decision: the latest of each, from the journal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cases.wording import Line, lines_of, title_of
from app.pathways.pathway import CompiledPathway

_UNSAID = frozenset({"screen", "hold", "resume", "log_referral"})
"""What the page says elsewhere already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """The latest event of one kind that said something, in words."""

    title: str
    occurred_at: datetime
    actor: str
    lines: tuple[Line, ...]


def agreed(events: Iterable[Mapping[str, Any]], pathway: CompiledPathway) -> list[Agreed]:
    """The latest conversation and the latest of each action with something to say, in the order they happened."""
    latest: dict[str, Mapping[str, Any]] = {}
    for event in events:
        key = event["action"] if event["kind"] == "moved" else event["kind"]
        if key in _UNSAID or (event["kind"] != "moved" and key != "conversation_recorded"):
            continue
        latest.pop(key, None)
        latest[key] = event
    told = (
        Agreed(
            title=title_of(event, pathway),
            occurred_at=event["occurred_at"],
            actor=event["actor"],
            lines=tuple(lines_of(event, pathway)),
        )
        for event in latest.values()
    )
    return [one for one in told if one.lines]
