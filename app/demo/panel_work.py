"""What the demo's coordinator does around a panel's moves: accepts referrals, circulates papers, writes letters."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from app.access.actor import Actor
from app.cases.casework import Casework
from app.kernel.database import Session
from app.panels.actions.check_referral import CheckReferral, check_referral
from app.panels.actions.prepare_papers import CirculatePapers, WriteOptions, circulate_papers, write_options
from app.panels.actions.write_letter import SendLetter, WriteLetter, send_letter, write_letter
from app.panels.paper_parts import PanelOption

PANEL: Final = "complex-cases"
TOLD: Final = frozenset({"panel_agree", "panel_refuse"})
_OPTIONS: Final = (
    PanelOption(
        name="A ground-floor shower room",
        cost=Decimal("18500.00"),
        meaning="Washing without help, and staying near the neighbours.",
    ),
    PanelOption(name="A suitable home elsewhere", meaning="A longer wait, and further from whoever helps now."),
)


async def accept(session: Session, coordinator: Actor, reference: str, *, casework: Casework, now: datetime) -> None:
    """The referral is found complete enough."""
    command = CheckReferral(panel=PANEL, reference=reference, outcome="accepted")
    await check_referral(session, coordinator, command, casework=casework, now=now)


async def circulate(
    session: Session, coordinator: Actor, place: tuple[int, str], *, casework: Casework, now: datetime
) -> None:
    """The members get the papers with what can be decided."""
    meeting_id, reference = place
    written = WriteOptions(meeting_id=meeting_id, reference=reference, options=_OPTIONS)
    await write_options(session, coordinator, written)
    command = CirculatePapers(meeting_id=meeting_id, reference=reference)
    await circulate_papers(session, coordinator, command, casework=casework, now=now)


async def tell(
    session: Session, coordinator: Actor, place: tuple[int, str], *, casework: Casework, now: datetime
) -> None:
    """The person is told what was decided, by letter, on the day."""
    meeting_id, reference = place
    letter = WriteLetter(meeting_id=meeting_id, reference=reference)
    await write_letter(session, coordinator, letter, casework=casework, now=now)
    sent = SendLetter(meeting_id=meeting_id, reference=reference, sent_on=casework.timekeeper.day(now))
    await send_letter(session, coordinator, sent, casework=casework, now=now)
