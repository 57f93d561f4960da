"""What an import asks of the database and writes there: a batch of rows in each statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError

from app.cases import journal
from app.imports.batches import Compiled, Ids
from app.imports.columns import Columns
from app.imports.tally import Tally
from app.kernel.database import Session, sqlstate
from app.kernel.problems import NotReady


def _insert(table: str, columns: str) -> TextClause:
    return text(
        f"INSERT INTO {table} ({columns})"
        f" SELECT {columns} FROM json_populate_recordset(NULL::{table}, CAST(:rows AS json))"
    )


_CASE_COLUMNS = (
    "id", "reference", "pathway_key", "person_id", "home_id", "tenure", "landlord_organisation_id", "referrer",
    "need_description", "adaptations", "flags", "source", "source_reference", *journal.PROJECTED,
)  # fmt: skip
_INSERTS = {
    "people": _insert("people", "id, name, date_of_birth, chi_number, nhs_number, name_keys"),
    "homes": _insert("homes", "id, address, postcode, uprn, address_key"),
    "cases": _insert("cases", ", ".join(_CASE_COLUMNS)),
    "home_adaptations": _insert(
        "home_adaptations", "case_id, adaptation, uprn, address_key, installed_on, organisation_id, reusable"
    ),
    "import_rows": _insert(
        "import_rows", "source, source_reference, content_hash, case_id, import_id, line, raw, extra, doubts"
    ),
    "import_conflicts": _insert("import_conflicts", "import_id, line, source_reference, content_hash, case_id, raw"),
    "import_rejected": _insert("import_rejected", "import_id, line, cells"),
    "import_errors": _insert("import_errors", "import_id, line, place, column_name, message"),
}
_EMPTY = "[]"

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('import of ' || :source, 0))")
_NOW = text("SELECT door.now()")
_BEGIN = text(
    """
    INSERT INTO imports (source, file_hash, dry_run, run_by, header)
    VALUES (:source, :file_hash, :dry_run, :run_by, :header) RETURNING id
    """
)
_FINISH = text(
    """
    UPDATE imports SET finished_at = clock_timestamp(), rows = :rows, accepted = :accepted, unchanged = :unchanged,
           conflict = :conflict, rejected = :rejected, notes = CAST(:notes AS jsonb)
     WHERE id = :id
    """
)
_KNOWN = text(
    """
    SELECT source_reference, encode(content_hash, 'hex') AS content_hash, case_id FROM import_rows
     WHERE source = :source AND source_reference = ANY (:references)
    """
)
_IDS = text(
    """
    SELECT nextval('case_id_seq') AS case_id, nextval('people_id_seq') AS person_id, nextval('homes_id_seq') AS home_id
      FROM generate_series(1, :wanted)
    """
)


@dataclass(frozen=True, slots=True)
class Known:
    """A reference that an earlier import of the same source brought in."""

    content_hash: str
    case_id: int


async def lock_source(session: Session, source: str) -> None:
    """Let imports of one source take turns, until the transaction ends. Raises NotReady when another takes long."""
    try:
        await session.execute(_LOCK, {"source": source})
    except DBAPIError as error:
        if sqlstate(error) == "55P03":
            message = "Another import of this source is running. Wait until it has finished, then try again."
            raise NotReady(message) from None
        raise


async def latest_moment(session: Session, now: datetime) -> datetime:
    """Give the present as the caller or the journal's clock has it, whichever is earlier: nothing lies after it."""
    clock: datetime = await session.scalar(_NOW)
    return min(now, clock)


async def begin_report(
    session: Session, *, source: str, file_hash: bytes, dry_run: bool, run_by: int | None, columns: Columns
) -> int:
    """Begin an import's report and give its number."""
    values = {
        "source": source,
        "file_hash": file_hash,
        "dry_run": dry_run,
        "run_by": run_by,
        "header": list(columns.header),
    }
    number: int = await session.scalar(_BEGIN, values)
    return number


async def finish_report(session: Session, import_id: int, tally: Tally, notes: Any) -> None:
    """Write what came of an import."""
    await session.execute(_FINISH, {"id": import_id, **tally.counts(), "notes": journal.as_json(notes)})


async def known_references(session: Session, source: str, references: Sequence[str]) -> dict[str, Known]:
    """Find those references that earlier imports of the source brought in."""
    rows = await session.execute(_KNOWN, {"source": source, "references": list(references)})
    return {row.source_reference: Known(row.content_hash, row.case_id) for row in rows}


async def set_aside(session: Session, wanted: int) -> list[Ids]:
    """Set numbers aside for new cases."""
    rows = await session.execute(_IDS, {"wanted": wanted})
    return [Ids(row.case_id, row.person_id, row.home_id) for row in rows]


async def write_cases(session: Session, batch: Compiled) -> None:
    """Write the new cases of a batch with their journals and the rows they came from."""
    if batch.tables["cases"] == _EMPTY:
        return
    for table in ("people", "homes", "cases"):
        await session.execute(_INSERTS[table], {"rows": batch.tables[table]})
    await journal.append_imported(session, batch.journals)
    for table in ("home_adaptations", "import_rows"):
        await session.execute(_INSERTS[table], {"rows": batch.tables[table]})


async def write_report(session: Session, batch: Compiled) -> None:
    """Write those rows of a batch that a person should look at."""
    for table, rows in batch.report.items():
        if rows != _EMPTY:
            await session.execute(_INSERTS[table], {"rows": rows})
