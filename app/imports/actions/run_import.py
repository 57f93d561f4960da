"""Bring in an extract: every row becomes a case, is known already, contradicts what is known, or is rejected.

All in the caller's one transaction, a few hundred rows at a time: memory does not grow with the file, and an import
that is stopped leaves nothing behind. While the database writes one batch, a thread works out the next.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.casework import Casework
from app.imports import writing
from app.imports.batches import Arrival, Clash, Compiled, Ids, Sorted, compile_batch, give_way
from app.imports.extracts import Extract
from app.imports.journeys import Provenance, Traveller
from app.imports.organisations import Organisations
from app.imports.readings import Rules
from app.imports.rows import Accepted, Rejected, Verdict, judge_rows
from app.imports.tally import Tally
from app.kernel.database import Session

BATCH = 1_000
BATCH_CHARS = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunImport:
    """Import an opened extract under the name of a source. A dry run writes its report and nothing else."""

    extract: Extract
    source: str
    dry_run: bool = False


def nobody_watches(_rows: int) -> None:
    """Show no progress."""


async def run_import(
    session: Session,
    actor: Actor | None,
    command: RunImport,
    *,
    casework: Casework,
    now: datetime,
    progress: Callable[[int], None] = nobody_watches,
) -> int:
    """Import every row and give the number of the report. `actor` is None for the schema's owner.

    `progress` is told how many rows are done. Raises NotPermitted, NotReady while another import of the source runs,
    SheetRefused when a fault shows only in a row.
    """
    if actor is not None:
        require(actor, Permission.IMPORT_RUN)
    await writing.lock_source(session, command.source)
    now = await writing.latest_moment(session, now)
    run_by = actor.user_id if actor else None
    import_id = await writing.begin_report(
        session,
        source=command.source,
        file_hash=command.extract.file_hash,
        dry_run=command.dry_run,
        run_by=run_by,
        columns=command.extract.columns,
    )
    provenance = Provenance(import_id=import_id, source=command.source, run_by=run_by)
    run = await _Run.prepare(session, command, provenance, casework=casework, now=now)
    await run.all_batches(progress)
    notes = run.tally.notes(
        unknown_columns=command.extract.columns.unknown_names(), new_organisations=run.organisations.new
    )
    await writing.finish_report(session, import_id, run.tally, notes)
    return import_id


@dataclass(slots=True)
class _Run:
    """One import while it goes on."""

    session: Session
    command: RunImport
    casework: Casework
    traveller: Traveller
    organisations: Organisations
    verdicts: Iterator[Verdict]
    tally: Tally = field(default_factory=Tally)

    @classmethod
    async def prepare(
        cls, session: Session, command: RunImport, provenance: Provenance, *, casework: Casework, now: datetime
    ) -> "_Run":
        pathway = casework.pathways.latest(casework.default_pathway)
        rules = Rules(
            today=casework.timekeeper.day(now),
            vocabulary=pathway.vocabulary,
            catalogue=pathway.catalogue,
            allow_test_numbers=casework.allow_test_numbers,
        )
        extract = command.extract
        return cls(
            session,
            command,
            casework,
            Traveller.on(pathway, provenance, timekeeper=casework.timekeeper, now=now),
            await Organisations.of(session, dry_run=command.dry_run),
            judge_rows(extract.sheet.rows(), extract.columns, rules),
        )

    async def all_batches(self, progress: Callable[[int], None]) -> None:
        """Go through the rows. Judging and compiling run in a thread beside the database's own work."""
        judged = await asyncio.to_thread(self._judge)
        compiled: Compiled | None = None
        while judged or compiled:
            sorted_ = await self._sort(judged)
            ahead = asyncio.to_thread(self._compile_and_judge, sorted_)
            compiled, judged = await _beside(ahead, self._write(compiled))
            progress(self.tally.rows)

    def _judge(self) -> list[Verdict]:
        """Take some rows: fewer when they are long, so that memory holds a batch whatever the rows are like."""
        judged: list[Verdict] = []
        chars = 0
        for verdict in self.verdicts:
            judged.append(verdict)
            give_way()
            chars += verdict.chars
            if len(judged) == BATCH or chars > BATCH_CHARS:
                break
        return judged

    def _compile_and_judge(self, batch: Sorted | None) -> tuple[Compiled | None, list[Verdict]]:
        if batch is None:
            return None, []
        return compile_batch(batch, self.traveller, self.casework.timekeeper), self._judge()

    async def _sort(self, judged: Sequence[Verdict]) -> Sorted | None:
        """Hold accepted rows against what earlier imports brought in, and count what becomes of each."""
        if not judged:
            return None
        accepted = [verdict for verdict in judged if isinstance(verdict, Accepted)]
        references = [verdict.source_reference for verdict in accepted]
        known = await writing.known_references(self.session, self.command.source, references)
        batch = Sorted(rejected=[verdict for verdict in judged if isinstance(verdict, Rejected)])
        arriving = [verdict for verdict in accepted if verdict.source_reference not in known]
        for verdict in accepted:
            if (before := known.get(verdict.source_reference)) is None:
                continue
            if before.content_hash == verdict.case.content_hash:
                batch.unchanged += 1
            else:
                batch.clashes.append(Clash(verdict, before.case_id))
        batch.arrivals = await self._arrivals(arriving)
        self._count(batch)
        return batch

    async def _arrivals(self, arriving: Sequence[Accepted]) -> list[Arrival]:
        await self.organisations.look_up(self.session, (verdict.case.organisation for verdict in arriving))
        ids = await self._ids(len(arriving))
        return [
            Arrival(verdict, self.organisations.get(verdict.case.organisation), own)
            for verdict, own in zip(arriving, ids, strict=True)
        ]

    async def _ids(self, wanted: int) -> list[Ids]:
        if self.command.dry_run:
            return [Ids(1, 1, 1)] * wanted  # the same work, for cases that are never written
        return await writing.set_aside(self.session, wanted)

    def _count(self, batch: Sorted) -> None:
        self.tally.accepted += len(batch.arrivals)
        self.tally.conflict += len(batch.clashes)
        self.tally.rejected += len(batch.rejected)
        self.tally.unchanged += batch.unchanged

    async def _write(self, batch: Compiled | None) -> None:
        if batch is None:
            return
        for doubts in batch.doubts:
            self.tally.add_doubts(doubts)
        if not self.command.dry_run:
            await writing.write_cases(self.session, batch)
        await writing.write_report(self.session, batch)


async def _beside(
    ahead: Awaitable[tuple[Compiled | None, list[Verdict]]], writes: Awaitable[None]
) -> tuple[Compiled | None, list[Verdict]]:
    """Wait for both, whichever fails: nothing may go on reading a file that is about to be removed."""
    results = await asyncio.gather(ahead, writes, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    found = results[0]
    assert isinstance(found, tuple)
    return found
