"""The filters of a worklist: what each may be, in words, and the condition it stands for.

A value that no pathway knows is refused by name, never taken for an empty list.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final, Literal, get_args

from sqlalchemy import text

from app.access.actor import Actor
from app.cases.conditions import DUE, OPEN, Condition
from app.cases.schemas import Tenure
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, Unprocessable
from app.pathways.loader import PathwayCatalogue
from app.pathways.pathway import CompiledPathway

Due = Literal["overdue", "due_soon", "on_track", "on_hold", "none"]
Options = Mapping[str, Mapping[str, str]]
NOBODY: Final = "nobody"
NO_PRIORITY: Final = "none"
SOME_FAST_TRACK, NO_FAST_TRACK = "true", "false"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which cases: every filter given must hold. Values are as the API takes them."""

    tier: str | None = None
    stage: str | None = None
    group: str | None = None
    tenure: str | None = None
    priority: str | None = None
    fast_track: str | None = None
    due: str | None = None
    organisation: str | None = None
    """Held by: an organisation's key or name."""
    assigned_to: str | None = None
    """A user's number or e-mail address, `me`, or `nobody`."""
    adaptation: str | None = None
    on_hold: bool | None = None
    source: str | None = None

    def given(self) -> dict[str, Any]:
        """Those that are given."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in found.items() if value is not None}


DUE_LABELS: Final[Mapping[str, str]] = {
    "overdue": "Overdue",
    "due_soon": "Due soon",
    "on_track": "On track",
    "on_hold": "On hold until reviewed",
    "none": "No due date",
}
GROUP_LABELS: Final[Mapping[str, str]] = {
    "intake": "Intake",
    "assessing": "Assessing",
    "deciding": "Deciding",
    "delivering": "Delivering",
    "checking": "Checking",
    "held": "On hold",
    "ended": "Ended",
}


def options(pathways: PathwayCatalogue) -> Options:
    """Filter -> value -> label, of every filter that is chosen from a closed list.

    Every version of every pathway counts, because cases of each may be running; the default pathway's words come first.
    """
    found: dict[str, dict[str, str]] = defaultdict(dict)
    found["group"] = {**GROUP_LABELS}
    found["due"] = {**DUE_LABELS}
    found["fast_track"] = {SOME_FAST_TRACK: "Any fast track", NO_FAST_TRACK: "No fast track"}
    for one in sorted(pathways.all(), key=lambda one: (one.key != pathways.default_key, one.key, -one.version)):
        for name, labels in _words(one).items():
            found[name] |= {key: label for key, label in labels.items() if key not in found[name]}
    found["priority"][NO_PRIORITY] = "No priority yet"
    return found


def _words(pathway: CompiledPathway) -> dict[str, dict[str, str]]:
    definition = pathway.definition
    chosen = {name: definition.choices.get(name, {}) for name in ("priority", "fast_track")}
    return {
        "tier": {key: tier.label for key, tier in definition.tiers.items()},
        "stage": {key: stage.label for key, stage in definition.stages.items()},
        "tenure": {key: pathway.vocabulary.label("tenure", key) for key in get_args(Tenure)},
        "adaptation": {key: item.label for key, item in pathway.catalogue.items.items()},
        **{name: {key: choice.label for key, choice in choices.items()} for name, choices in chosen.items()},
    }


_NAMED = text(
    """
    SELECT (SELECT id FROM organisations WHERE key = lower(:organisation) OR lower(name) = lower(:organisation)
             LIMIT 1) AS organisation_id,
           (SELECT id FROM users WHERE id = :number OR lower(email) = lower(:email)) AS user_id
    """
)


async def condition_of(
    session: Session, actor: Actor, filters: Filters, *, pathways: PathwayCatalogue, today: date, at: str = ""
) -> list[Condition]:
    """The conditions of those that are given.

    Raises Unprocessable naming each filter whose value nobody knows; `at` is where the filters stand in a body.
    """
    given = filters.given()
    faults = list(_unknown(given, options(pathways)))
    named = await _named(session, actor, given)
    if "organisation" in given and named["organisation"] is None:
        faults.append(FieldProblem("/organisation", "There is no such organisation in this partnership."))
    if given.get("assigned_to", NOBODY) != NOBODY and named["assigned_to"] is None:
        message = "There is no such colleague. Give a user's number or e-mail address, `me`, or `nobody`."
        faults.append(FieldProblem("/assigned_to", message))
    if faults:
        raise Unprocessable([FieldProblem(at + fault.pointer, fault.message) for fault in faults])
    return [_condition(name, value, named, today) for name, value in given.items()]


def _unknown(given: Mapping[str, Any], known: Options) -> Iterator[FieldProblem]:
    for name, value in given.items():
        if name in known and _plain(name, value) not in known[name]:
            there = ", ".join(known[name])
            yield FieldProblem(f"/{name}", f"There is no {name.replace('_', ' ')} of this name. There is: {there}.")


def _plain(name: str, value: str) -> str:
    """Of a fast track `yes` and `1` were always taken for `true`."""
    if name != "fast_track":
        return value
    return {"yes": SOME_FAST_TRACK, "1": SOME_FAST_TRACK, "no": NO_FAST_TRACK, "0": NO_FAST_TRACK}.get(
        value.lower(), value.lower()
    )


async def _named(session: Session, actor: Actor, given: Mapping[str, Any]) -> dict[str, int | None]:
    """The organisation and the colleague that are meant, found in one question."""
    who = given.get("assigned_to", NOBODY)
    if "organisation" not in given and who in ("me", NOBODY):
        return {"organisation": None, "assigned_to": actor.user_id if who == "me" else None}
    number = actor.user_id if who == "me" else int(who) if _NUMBER.fullmatch(who) else -1
    values = {"organisation": given.get("organisation", ""), "number": number, "email": who if "@" in who else ""}
    row = (await session.execute(_NAMED, values)).one()
    return {"organisation": row.organisation_id, "assigned_to": row.user_id}


_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_COLUMNS: Final[Mapping[str, str]] = {
    "tier": "c.tier",
    "stage": "c.stage",
    "group": "c.stage_group",
    "tenure": "c.tenure",
    "source": "c.source",
}
_RUNNING: Final = "c.stage_group NOT IN ('ended', 'held')"
_DUE: Final[Mapping[str, str]] = {
    "overdue": f"{OPEN} AND {DUE} < :today",
    "due_soon": f"{_RUNNING} AND {DUE} >= :today AND c.due_soon_on <= :today",
    "on_track": f"{_RUNNING} AND c.due_on >= :today AND c.due_soon_on > :today",
    "on_hold": "c.stage_group = 'held' AND c.due_on >= :today",
    "none": "(c.due_on IS NULL OR c.stage_group = 'ended')",
}


def _condition(name: str, value: Any, named: Mapping[str, int | None], today: date) -> Condition:
    match name:
        case "assigned_to" | "organisation":
            return _of(name, named)
        case "due":
            return Condition(_DUE[value], {"today": today} if ":today" in _DUE[value] else {})
        case "fast_track" | "priority":
            return _marked(name, _plain(name, value))
        case "adaptation":
            return Condition("CAST(:adaptation AS text) = ANY (c.adaptations)", {"adaptation": value})
        case "on_hold":
            return Condition("c.stage_group = 'held'" if value else "c.stage_group <> 'held'")
        case _:
            return Condition(f"{_COLUMNS[name]} = :{name}", {name: value})


def _of(name: str, named: Mapping[str, int | None]) -> Condition:
    column = "c.assigned_to" if name == "assigned_to" else "c.custody_id"
    if named[name] is None:
        return Condition(f"{column} IS NULL")
    return Condition(f"{column} = :{name}", {name: named[name]})


def _marked(name: str, value: str) -> Condition:
    """Which priority or fast track; or whether there is one at all."""
    if value in (NO_PRIORITY, NO_FAST_TRACK):
        return Condition(f"c.{name} IS NULL")
    if value == SOME_FAST_TRACK:
        return Condition("c.fast_track IS NOT NULL")
    return Condition(f"c.{name} = :{name}", {name: value})
