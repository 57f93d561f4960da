"""The annual performance snapshot: its sample, what organisations add about their cases, and their submissions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.kernel.clock import LONDON, local_date
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, NotFound, Unprocessable
from app.reports.snapshot_schemas import EntryIn, PartOut, SampledOut, SnapshotIn, SnapshotOut, SubmissionIn

METHOD: Final = (
    "Of the cases of each tier (as proposed when the referral was logged) and tenure, in the order in which they came"
    " into the year, one in every {one_in} is in the sample. Where counting begins is decided by the seed alone: the"
    " first eight hexadecimal digits of the SHA-256 of “seed|tier|tenure”, divided by {one_in}, leave the number of"
    " cases to pass over. Whether a case is in it is settled when it is logged. Cases brought in from sheets are not"
    " drawn."
)
NOT_OVER: Final = (
    "The year is not over, so cases may still be drawn. Parts can be submitted from 1 April {after} on; cases can be"
    " completed now."
)
_ALL = text("SELECT s.*, u.name FROM snapshots s JOIN users u ON u.id = s.published_by ORDER BY s.year DESC")
_ONE = text("SELECT s.*, u.name FROM snapshots s JOIN users u ON u.id = s.published_by WHERE s.year = :year")
_PUBLISH = text(
    """
    INSERT INTO snapshots (year, one_in, seed, seed_source, published_by)
    VALUES (:year, :one_in, :seed, :seed_source, :by) ON CONFLICT (year) DO NOTHING RETURNING year
    """
)
# A case is in the part of whoever held it when the year was over (until then, of whoever holds it): a part that has
# been handed in keeps its cases when they are handed over later.
_SAMPLE = text(
    """
    SELECT s.case_id, c.reference, s.tier, s.tenure, c.stage, o.id AS organisation_id, o.key, o.name AS organisation,
           e.professions, e.outcome_told, e.surveyed, e.not_asked_because, e.version, e.entered_at, u.name AS entered_by
      FROM door.snapshot_sample(:year) s JOIN cases c ON c.id = s.case_id
      JOIN LATERAL (SELECT h.custody_id FROM case_events h
                     WHERE h.case_id = s.case_id
                       AND h.recorded_at < make_date(:year + 1, 4, 1)::timestamp AT TIME ZONE 'Europe/London'
                     ORDER BY h.sequence DESC LIMIT 1) held ON true
      JOIN organisations o ON o.id = held.custody_id
      LEFT JOIN snapshot_entries e ON e.year = :year AND e.case_id = s.case_id AND e.organisation_id = o.id
      LEFT JOIN users u ON u.id = e.entered_by
     ORDER BY c.id
    """
)
_SUBMISSIONS = text(
    """
    SELECT s.*, o.key, o.name AS organisation, u.name AS submitter FROM snapshot_submissions s
      JOIN organisations o ON o.id = s.organisation_id JOIN users u ON u.id = s.submitted_by WHERE s.year = :year
    """
)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('snapshot part ' || :organisation, :year))")
# One that replaces an entry must have seen it: where somebody else has written meanwhile, nothing is written.
_ENTER = text(
    """
    INSERT INTO snapshot_entries AS e (year, case_id, organisation_id, professions, outcome_told, surveyed,
                                       not_asked_because, entered_by)
    VALUES (:year, :case_id, :organisation_id, :professions, :outcome_told, :surveyed, :not_asked_because, :by)
    ON CONFLICT (year, case_id, organisation_id) DO UPDATE SET professions = excluded.professions,
      outcome_told = excluded.outcome_told, surveyed = excluded.surveyed,
      not_asked_because = excluded.not_asked_because, entered_by = excluded.entered_by,
      entered_at = clock_timestamp(), version = e.version + 1
      WHERE CAST(:replaces AS integer) IS NULL OR e.version = :replaces
    RETURNING e.version
    """
)
_EARLIER = text(
    """
    SELECT e.*, o.name AS organisation, u.name AS entered_by FROM snapshot_entries e
      JOIN organisations o ON o.id = e.organisation_id JOIN users u ON u.id = e.entered_by
     WHERE e.year = :year AND e.case_id = :case_id AND e.organisation_id <> :organisation_id ORDER BY e.entered_at
    """
)
_SUBMIT = text(
    """
    INSERT INTO snapshot_submissions (year, organisation_id, note, cases, completed, submitted_by)
    VALUES (:year, :organisation_id, :note, :cases, :completed, :by)
    """
)
_ORGANISATION = text("SELECT id, key, name FROM organisations WHERE key = :key")
_OWN = text("SELECT id, key, name FROM organisations WHERE id = ANY (:ids) ORDER BY id")


class EnteredMeanwhile(Conflict):
    """Somebody else has entered something about the case since the writer last looked."""


async def publish(session: Session, actor: Actor, wanted: SnapshotIn) -> None:
    """Publish a year's seed. Raises Conflict where the year has one: it is never drawn anew."""
    require(actor, Permission.SNAPSHOT_PUBLISH)
    values = {**wanted.model_dump(), "by": actor.user_id}
    if (await session.execute(_PUBLISH, values)).scalar_one_or_none() is None:
        raise Conflict("This year's sample has been published. It is never drawn anew, so that nobody can pick it.")


async def published(session: Session) -> list[SnapshotOut]:
    """Every snapshot, the newest first."""
    return [_out(row) for row in (await session.execute(_ALL)).all()]


async def find(session: Session, year: int) -> SnapshotOut:
    """A year's snapshot. Raises NotFound."""
    row = (await session.execute(_ONE, {"year": year})).one_or_none()
    if row is None:
        raise NotFound("No sample has been published for this year.")
    return _out(row)


def _out(row: Row[Any]) -> SnapshotOut:
    return SnapshotOut(
        year=row.year, one_in=row.one_in, seed=row.seed, seed_source=row.seed_source, published_at=row.published_at,
        published_by=row.name, in_time=local_date(row.published_at, LONDON) <= date(row.year, 4, 1),
        method=METHOD.format(one_in=row.one_in),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """The sampled cases that a reader may see, and their numbers for the record of reads."""

    rows: Sequence[Row[Any]]

    def shown(self) -> list[SampledOut]:
        """As the API tells them."""
        return [SampledOut.model_validate(row, from_attributes=True) for row in self.rows]

    def ids(self) -> list[int]:
        """The numbers of the cases."""
        return [row.case_id for row in self.rows]

    def case(self, reference: str) -> Row[Any]:
        """One of the cases. Raises NotFound where it is not in the sample, or not for the reader's eyes."""
        found = next((row for row in self.rows if row.reference == reference), None)
        if found is None:
            raise NotFound("There is no such case in the sample.")
        return found


async def sample(session: Session, year: int) -> Sample:
    """The sampled cases that the reader may see. Raises NotFound where nothing was published."""
    await find(session, year)
    return Sample((await session.execute(_SAMPLE, {"year": year})).all())


async def enter(session: Session, actor: Actor, year: int, reference: str, wanted: EntryIn) -> None:
    """Write down what an organisation adds about one of its sampled cases, until its part is submitted.

    Raises NotFound, NotPermitted, Unprocessable where it is not said why nobody asked, Conflict once the part is
    submitted and where somebody else has entered something since `wanted.replaces`.
    """
    row = await sampled_case(session, year, reference)
    require(actor, Permission.SNAPSHOT_ENTER, [row.organisation_id])
    _check_asked(wanted)
    await _part_open(session, year, row.organisation_id)
    values = {**wanted.model_dump(), "year": year, "case_id": row.case_id, "organisation_id": row.organisation_id}
    if (await session.execute(_ENTER, {**values, "by": actor.user_id})).scalar_one_or_none() is None:
        raise EnteredMeanwhile(
            "Somebody has entered something about this case since you opened it. Look at what they wrote; if yours is"
            " right, send it again and it takes the place of theirs.",
            code="entered_meanwhile",
        )


def _check_asked(wanted: EntryIn) -> None:
    pointer = "/not_asked_because"
    if not wanted.surveyed and wanted.not_asked_because is None:
        raise Unprocessable([FieldProblem(pointer, "Choose why the person has not been asked.")])
    if wanted.surveyed and wanted.not_asked_because is not None:
        raise Unprocessable([FieldProblem(pointer, "Leave this out: the person has been asked.")])


async def sampled_case(session: Session, year: int, reference: str) -> Row[Any]:
    """One sampled case. Raises NotFound where it is not in the sample, or not for the reader's eyes."""
    return (await sample(session, year)).case(reference)


async def entered_earlier(session: Session, year: int, case: Row[Any]) -> Sequence[Row[Any]]:
    """What other organisations entered about a sampled case before they handed it over; it counts in no part."""
    values = {"year": year, "case_id": case.case_id, "organisation_id": case.organisation_id}
    return (await session.execute(_EARLIER, values)).all()


def is_over(year: int, today: date) -> bool:
    """Whether no case can be drawn any more: parts are handed in from then on."""
    return today >= date(year + 1, 4, 1)


async def submit(session: Session, actor: Actor, year: int, wanted: SubmissionIn, *, today: date) -> str:
    """Hand in an organisation's part, and give its key.

    Raises Conflict before the year is over, twice, and while cases are missing.
    """
    require(actor, Permission.SNAPSHOT_SUBMIT)
    await find(session, year)
    if not is_over(year, today):
        raise Conflict(NOT_OVER.format(after=year + 1))
    organisation = await _organisation(session, actor, wanted.organisation)
    require(actor, Permission.SNAPSHOT_SUBMIT, [organisation.id])
    await _part_open(session, year, organisation.id)
    rows = [row for row in (await sample(session, year)).rows if row.organisation_id == organisation.id]
    missing = [row.reference for row in rows if row.outcome_told is None]
    if missing:
        raise Conflict(
            f"{len(missing)} of {len(rows)} sampled cases are not complete yet: {', '.join(missing[:5])}"
            f"{' and others' if len(missing) > 5 else ''}. Complete them first."  # as many as are read
        )
    values = {"year": year, "organisation_id": organisation.id, "note": wanted.note or None, "by": actor.user_id}
    await session.execute(_SUBMIT, {**values, "cases": len(rows), "completed": len(rows)})
    return str(organisation.key)


async def _organisation(session: Session, actor: Actor, key: str | None) -> Row[Any]:
    if key is not None:
        found = (await session.execute(_ORGANISATION, {"key": key})).one_or_none()
        if found is None:
            raise Unprocessable([FieldProblem("/organisation", "There is no such organisation.")])
        return found
    own = (await session.execute(_OWN, {"ids": sorted(actor.holdings)})).all()
    if len(own) != 1:
        raise Unprocessable([FieldProblem("/organisation", "Say for which of your organisations.")])
    return own[0]


async def _part_open(session: Session, year: int, organisation_id: int) -> None:
    await session.execute(_LOCK, {"organisation": str(organisation_id), "year": year})
    rows = (await session.execute(_SUBMISSIONS, {"year": year})).all()
    if any(row.organisation_id == organisation_id for row in rows):
        raise Conflict("This organisation's part has been submitted, and stays as it is.")


async def parts(session: Session, year: int, drawn: Sample) -> list[PartOut]:
    """Each organisation with sampled cases or a submission: as handed in, else as far as the reader may see."""
    handed = {row.key: row for row in (await session.execute(_SUBMISSIONS, {"year": year})).all()}
    names = {row.key: row.organisation for row in [*drawn.rows, *handed.values()]}
    told = []
    for key, name in sorted(names.items(), key=lambda item: item[1]):
        own = [row for row in drawn.rows if row.key == key]
        row = handed.get(key)
        told.append(
            PartOut(
                key=key, organisation=name, cases=row.cases if row else len(own),
                completed=row.completed if row else sum(each.outcome_told is not None for each in own),
                submitted_at=row.submitted_at if row else None, submitted_by=row.submitter if row else None,
                note=row.note if row else None,
            )
        )  # fmt: skip
    return told
