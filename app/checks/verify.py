"""`adapt journal verify`: whether the journal of one case, or of all, is what was recorded."""

from dataclasses import dataclass

from app.cases import queries
from app.checks.chain import BrokenLink, Count, broken_links, count
from app.checks.seals import BrokenSeal, broken_seals, count_seals, has_seal
from app.checks.spans import Span, spans
from app.kernel.database import Database, Session

MORE = 20
"""Broken places that are told; the first is what matters, the others help to find what happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was verified and where it does not hold. `broken` counts all places, `links` and `seals` are the first."""

    cases: int
    events: int
    seals: int
    broken: int
    links: tuple[BrokenLink, ...]
    broken_seals: tuple[BrokenSeal, ...]
    noted_seal_missing: bool = False

    @property
    def exit_code(self) -> int:
        """1 when something does not hold."""
        return 1 if self.broken else 0

    def lines(self) -> list[str]:
        """The verdict in words: the counts, then what is broken, the first place first."""
        told = [f"Verified {self.cases} cases, {self.events} events, {self.seals} seals."]
        if not self.broken:
            return [*told, "Every link and every seal holds."]
        told += [f"{link.reference or 'A case that is gone'}: {link.message}" for link in self.links]
        told += [broken.message for broken in self.broken_seals]
        if self.noted_seal_missing:
            told.append("The seal that was written down is not among the seals here: seals have been replaced.")
        told.append(f"{self.broken} places are broken. Keep the database as it is and compare it with a backup.")
        return told


async def verify(db: Database, reference: str | None = None, *, noted_seal: str | None = None) -> Verdict:
    """Verify one case's chain, or all chains and all seals.

    `noted_seal` is the hexadecimal hash of a seal that was written down elsewhere: it must still be there. Raises
    NotFound for a case that does not exist, ValueError for a noted seal that is not hexadecimal.
    """
    noted = bytes.fromhex(noted_seal) if noted_seal else None
    async with db.snapshot() as session:
        if reference is not None:
            case = await queries.find(session, reference)
            return await _verdict(session, [Span(case.id - 1, case.id)], seals=False, noted=None)
        return await _verdict(session, [span async for span in spans(session)], seals=True, noted=noted)


async def _verdict(session: Session, parts: list[Span], *, seals: bool, noted: bytes | None) -> Verdict:
    counted, links, broken = Count(), list[BrokenLink](), 0
    for span in parts:
        counted += await count(session, span)
        async for link in broken_links(session, span):
            broken += 1
            links += [link] if broken <= MORE else []
    bad_seals = [bad async for bad in broken_seals(session)] if seals else []
    missing = noted is not None and not await has_seal(session, noted)
    return Verdict(
        cases=counted.cases,
        events=counted.events,
        seals=await count_seals(session) if seals else 0,
        broken=broken + len(bad_seals) + missing,
        links=tuple(links),
        broken_seals=tuple(bad_seals[:MORE]),
        noted_seal_missing=missing,
    )
