"""The named lists of a worklist: one table, the same for the API and the pages.

Each list is a condition over what row-level security lets through, so a list never shows more than one may see.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from app.access.actor import Actor
from app.access.permissions import GRANTS, Permission
from app.access.roles import SIGHT, Role
from app.cases.conditions import DUE, OPEN, Condition, all_of, any_of
from app.pathways.loader import PathwayCatalogue

ListName = Literal["mine", "team", "unassigned", "waiting", "overdue", "handovers", "open"]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a list, on which day, and the pathways that say whose turn it is."""

    actor: Actor
    pathways: PathwayCatalogue
    today: date

    def ours(self) -> list[int]:
        """The organisations that the actor acts for."""
        return sorted(self.actor.holdings)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedList:
    """One list: what it is called, what is on it in words, and the condition that puts a case there."""

    key: ListName
    label: str
    help: str
    empty: str
    """What to say when nothing is on it."""
    condition: Callable[[Asker], Condition]


def _mine(asker: Asker) -> Condition:
    return Condition(f"c.assigned_to = :me AND {OPEN}", {"me": asker.actor.user_id})


def _team(asker: Asker) -> Condition:
    return Condition(f"c.custody_id = ANY (:ours) AND {OPEN}", {"ours": asker.ours()})


def _unassigned(asker: Asker) -> Condition:
    return Condition(f"c.custody_id = ANY (:ours) AND c.assigned_to IS NULL AND {OPEN}", {"ours": asker.ours()})


def _overdue(asker: Asker) -> Condition:
    late = Condition(f"{OPEN} AND {DUE} < :today", {"today": asker.today})
    return late if asker.actor.sees_everything else all_of((late, _ours_or_mine(asker)))


def _handovers(asker: Asker) -> Condition:
    offered = Condition(f"c.handover_to IS NOT NULL AND {OPEN}")
    if asker.actor.sees_everything:
        return offered
    ours = Condition("c.handover_to = ANY (:ours) OR c.custody_id = ANY (:ours)", {"ours": asker.ours()})
    return all_of((offered, ours))


def _open(_asker: Asker) -> Condition:
    return Condition(OPEN)


def _ours_or_mine(asker: Asker) -> Condition:
    values = {"ours": asker.ours(), "me": asker.actor.user_id}
    return Condition("c.custody_id = ANY (:ours) OR c.assigned_to = :me", values)


def _waiting(asker: Asker) -> Condition:
    """The stage looks to a role of mine, and no colleague who does that work has the case; or a handover to answer.

    A role counts where it is held: on cases that this organisation holds. One that sees the whole partnership counts
    on all of them, and on a case that is assigned to me it counts whoever holds the case.
    """
    return all_of((Condition(OPEN), any_of((*_turns(asker), _to_answer(asker)))))


def _turns(asker: Asker) -> list[Condition]:
    by_role = _stages_by_owner(asker.pathways)
    return [_turn(asker, role, number, by_role[role]) for number, role in enumerate(sorted(asker.actor.all_roles))
            if role in by_role]  # fmt: skip


def _turn(asker: Asker, role: Role, number: int, stages: Collection[tuple[str, int, str]]) -> Condition:
    """`number` keeps the names of values apart."""
    keys, versions, names = zip(*sorted(stages), strict=True)
    held = f"c.custody_id = ANY (:orgs_{number})" if SIGHT[role] != "partnership" else "true"
    values = {
        f"keys_{number}": list(keys),
        f"versions_{number}": list(versions),
        f"stages_{number}": list(names),
        f"names_{number}": sorted(set(names)),
        f"orgs_{number}": [one for one, roles in asker.actor.holdings.items() if role in roles],
        f"alike_{number}": sorted(_alike(asker.pathways, role)),
        "me": asker.actor.user_id,
    }
    # Names of stages alone let an index help; which pathway's they are is looked at after it.
    return Condition(
        f"""c.stage = ANY (:names_{number}) AND c.stage_group <> 'held'
            AND (c.pathway_key, c.pathway_version, c.stage) IN
                (SELECT * FROM unnest(CAST(:keys_{number} AS text[]), CAST(:versions_{number} AS integer[]),
                                      CAST(:stages_{number} AS text[])))
            AND (c.assigned_to = :me
                 OR {held} AND (c.assigned_to IS NULL OR c.assigned_to <> ALL (ARRAY(
                   SELECT h.user_id FROM role_holdings h
                    WHERE h.role = ANY (:alike_{number}) AND h.held_from <= current_date
                      AND (h.held_to IS NULL OR h.held_to > current_date)))))""",
        {name: value for name, value in values.items() if name != f"orgs_{number}" or held != "true"},
    )


def _alike(pathways: PathwayCatalogue, role: Role) -> set[str]:
    """The roles that do the same work as this one: whoever may assess in some tier, where this one may, too."""
    assessing = [set(tier.assessor_roles) for pathway in pathways.all() for tier in pathway.definition.tiers.values()]
    return {role.value}.union(*(roles for roles in assessing if role in roles))


def _to_answer(asker: Asker) -> Condition:
    may = GRANTS[Permission.CASE_HAND_OVER]
    asked = [one for one, roles in asker.actor.holdings.items() if not roles.isdisjoint(may)]
    return Condition("c.handover_to = ANY (:asked)", {"asked": asked})


def _stages_by_owner(pathways: PathwayCatalogue) -> dict[str, set[tuple[str, int, str]]]:
    """Owner role -> the stages that it looks after, of every version of every pathway."""
    found: dict[str, set[tuple[str, int, str]]] = {}
    for pathway in pathways.all():
        for name, stage in pathway.definition.stages.items():
            if stage.owner is not None:
                found.setdefault(stage.owner, set()).add((pathway.key, pathway.version, name))
    return found


LISTS: Final[Mapping[str, NamedList]] = {
    one.key: one
    for one in (
        NamedList(
            key="mine",
            label="Assigned to me",
            help="Open cases that are assigned to you.",
            empty="No open case is assigned to you.",
            condition=_mine,
        ),
        NamedList(
            key="waiting",
            label="Waiting on me",
            help="Cases whose next step is for a role of yours and that no colleague with this role has, and handovers"
            " that your organisation has not answered.",
            empty="Nothing waits on you.",
            condition=_waiting,
        ),
        NamedList(
            key="unassigned",
            label="Unassigned",
            help="Open cases that your organisation holds and nobody is assigned to.",
            empty="Every open case that your organisation holds is assigned to somebody.",
            condition=_unassigned,
        ),
        NamedList(
            key="team",
            label="My team’s",
            help="Open cases that your organisation holds.",
            empty="Your organisation holds no open case.",
            condition=_team,
        ),
        NamedList(
            key="overdue",
            label="Overdue",
            help="Open cases past their day, held by your organisation or assigned to you.",
            empty="Nothing is overdue.",
            condition=_overdue,
        ),
        NamedList(
            key="handovers",
            label="Handovers",
            help="Cases that one organisation has offered to another, which has not answered yet.",
            empty="No handover waits for an answer.",
            condition=_handovers,
        ),
        NamedList(
            key="open",
            label="Everything open",
            help="Every open case that you may see.",
            empty="There are no open cases for you to see.",
            condition=_open,
        ),
    )
}
