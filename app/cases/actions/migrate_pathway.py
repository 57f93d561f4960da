"""Move running cases to a new version of their pathway, as events of their journals.

Finished cases are never touched: they were judged by the version of their time. Nothing happens to a case that is
moved: its stage may get another name or group, every clock goes on. A case that cannot be moved stays where it is and
is named; what has been moved is not looked at again, so a run that was stopped is run again.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import text

from app.cases import journal, rules
from app.cases.casework import Casework
from app.cases.events import event_from
from app.cases.models import SELECT_CASE, Case, case_from
from app.cases.projection import differences
from app.cases.rules import Event
from app.kernel.database import Database, Session
from app.kernel.problems import Conflict
from app.pathways.facts import State
from app.pathways.pathway import CompiledPathway

BATCH = 500
"""Cases in a transaction: others wait for one of these at most a second or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MigratePathway:
    """Move the open cases of one version of a pathway to the version that replaces it."""

    key: str
    from_version: int
    to_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A case that cannot be moved, and why."""

    reference: str
    why: str


@dataclass(slots=True, kw_only=True)
class Migration:
    """What would be, or has been, moved. `moved` counts cases by where they stood and where they go."""

    command: MigratePathway
    applied: bool
    published: bool
    finished: int
    moved: Counter[tuple[State, State]] = field(default_factory=Counter)
    stuck: list[Stuck] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """1 when cases cannot be moved."""
        return 1 if self.stuck else 0

    def lines(self) -> list[str]:
        """What to tell, first the counts, then every case that cannot be moved."""
        done = "were moved" if self.applied else "would be moved"
        told = [f"{self.moved.total()} cases {done}, {len(self.stuck)} cannot be; {self.finished} finished stay."]
        told += [f"{cases} from {came} to {goes}" for (came, goes), cases in sorted(self.moved.items())]
        told += [f"{stuck.reference}: {stuck.why}" for stuck in self.stuck]
        if not self.published and not self.applied:
            told.append("The new version is not published yet; publish it before cases are moved to it.")
        return told


_FINISHED = text(
    "SELECT count(*) FROM cases WHERE pathway_key = :key AND pathway_version = :version AND stage_group = 'ended'"
)
_OPEN = f"""{SELECT_CASE} WHERE c.pathway_key = :key AND c.pathway_version = :version AND c.stage_group <> 'ended'
            AND c.id > :after ORDER BY c.id LIMIT :batch"""
_LOOK, _LOCK = text(_OPEN), text(f"{_OPEN} FOR UPDATE OF c")
_EVENTS = text("SELECT * FROM case_events WHERE case_id = ANY (:ids) ORDER BY case_id, sequence")


async def migrate_pathway(db: Database, command: MigratePathway, *, casework: Casework, apply: bool) -> Migration:
    """Move cases as the schema's owner, some hundred in a transaction; without `apply` only say what would be moved.

    Raises UnknownPathway for a version that is not there, Conflict when the one does not replace the other or, to
    apply, is not published.
    """
    new = _replacement(command, casework, apply=apply)
    values = {"key": command.key, "version": command.from_version}
    async with db.transaction() as session:
        finished = await session.scalar(_FINISHED, values)
    migration = Migration(command=command, applied=apply, published=new.published, finished=finished)
    after: int | None = 0
    while after is not None:
        async with db.transaction() as session:
            batch = {**values, "after": after, "batch": BATCH}
            after = await _move_batch(session, batch, migration, new, casework)
    return migration


def _replacement(command: MigratePathway, casework: Casework, *, apply: bool) -> CompiledPathway:
    casework.pathways.get(command.key, command.from_version)
    new = casework.pathways.get(command.key, command.to_version)
    replaces = new.definition.replaces
    if replaces is None or replaces.version != command.from_version:
        said = f"it replaces version {replaces.version}" if replaces else "it replaces none"
        raise Conflict(f"Version {command.to_version} does not replace version {command.from_version}: {said}.")
    if apply and not new.published:
        raise Conflict(f"Publish version {command.to_version} first: a version that can still change judges no case.")
    return new


async def _move_batch(
    session: Session, batch: dict[str, Any], migration: Migration, new: CompiledPathway, casework: Casework
) -> int | None:
    """Move the next cases; the number of the last one, None when there are no more."""
    last = None
    async for case, events in _cases(session, batch, lock=migration.applied):
        last = case.id
        found = judge(case, events, new)
        if isinstance(found, Stuck):
            migration.stuck.append(found)
            continue
        migration.moved[case.state.state, found.to or case.state.state] += 1
        if migration.applied:
            author = journal.Author(organisation_id=case.state.custody_id, user_id=None, kind="system")
            await journal.append(session, case, found, author=author, timekeeper=casework.timekeeper)
    return last


async def _cases(session: Session, batch: dict[str, Any], *, lock: bool) -> AsyncIterator[tuple[Case, Sequence[Event]]]:
    cases = [case_from(row) for row in await session.execute(_LOCK if lock else _LOOK, batch)]
    rows = await session.execute(_EVENTS, {"ids": [case.id for case in cases]})
    journals = {number: [event_from(row) for row in own] for number, own in groupby(rows, lambda row: row.case_id)}
    for case in cases:
        yield case, journals.get(case.id, [])


def judge(case: Case, events: Sequence[Event], new: CompiledPathway) -> journal.Draft | Stuck:
    """Give the event that moves a case to the new version, or say why it cannot be moved. Pure."""
    why = _why_not(case, events, new)
    if why is not None:
        return Stuck(reference=case.reference, why=why)
    state, replaces = case.state, new.definition.replaces
    assert replaces is not None
    to = new.migrated(state.state)
    effects: dict[str, Any] = {
        "stage_group": new.stage_group(to.stage),
        "renames": {old: name for old, name in replaces.stages.items() if old != name},
        "resume_stage": replaces.stages[state.resume_stage] if state.resume_stage else None,
        "sets": {
            "pathway_version": new.version,
            "proposed_tier": replaces.tiers.get(state.proposed_tier, state.proposed_tier),
        },
    }
    return journal.Draft(
        kind="pathway_migrated",
        to=to,
        details={"pathway": new.key, "from_version": state.pathway_version, "to_version": new.version},
        effects={name: value for name, value in effects.items() if value},
    )


def _why_not(case: Case, events: Sequence[Event], new: CompiledPathway) -> str | None:
    if not _follows(case, events):
        return "Its row does not follow its journal. `adapt check` tells what to do."
    for stage in filter(None, (case.state.stage, case.state.resume_stage)):
        state = State(case.state.tier, stage)
        try:
            to = new.migrated(state)
        except KeyError:
            return f"Version {new.version} does not say where {state} goes."
        if to not in new.states:
            return f"{state} would go to {to}, which version {new.version} does not have."
    return _new_end(case, new) or _unknown_word(case, new)


def _follows(case: Case, events: Sequence[Event]) -> bool:
    """Whether the case is where its journal says: a migration must not carry a mistake over."""
    try:
        replayed = rules.replay(events)
    except (KeyError, ValueError, TypeError, AssertionError):
        return False  # changed by hand, in whatever way
    return replayed is not None and not differences(case.state, replayed)


def _new_end(case: Case, new: CompiledPathway) -> str | None:
    """A version may regroup stages, but moving to it neither ends a case nor takes it in or out of a hold."""
    to = new.migrated(case.state.state)
    before, after = case.state.stage_group, new.stage_group(to.stage)
    if after != before and {"ended", "held"} & {before, after}:
        return f"{case.state.state} is {before} and {to} is {after}: only a decision or a hold may change that."
    return None


def _unknown_word(case: Case, new: CompiledPathway) -> str | None:
    wanted = case.state.memory.get("attributes", {}).get("adaptations") or ()
    unknown = [key for key in dict.fromkeys((*case.adaptations, *wanted)) if new.catalogue.get(key) is None]
    unknown += [flag for flag in case.flags if flag not in new.triage.flags]
    unknown += [case.tenure] if case.tenure not in new.definition.tenures else []
    return f"Version {new.version} does not know: {', '.join(unknown)}." if unknown else None
