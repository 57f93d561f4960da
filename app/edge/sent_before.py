"""A form that comes once more after going back: the browser shows what was typed, and the page has a new key.

Who did not mean it would write the same down twice; who did, because it happened twice, sends it once more.
"""

import hashlib
from typing import Final

from app.access.actor import Actor
from app.edge.forms import Filled
from app.edge.idempotency import Stored, recall, remember
from app.edge.pages import LEAVE_OUT
from app.kernel.database import Session
from app.kernel.problems import Problem

ONCE_MORE: Final = "once_more"
"""The hidden field of a form that is sent a second time on purpose."""


class SentBefore(Problem):
    """The same was sent from the same page before, under another key, and was taken."""

    status, slug, title = 409, "sent-before", "You have sent exactly this before"


async def refuse_repeat(session: Session, actor: Actor, path: str, form: Filled, *, but_not: frozenset[str]) -> None:
    """Raise SentBefore for what this person sent from this page before, unless it is sent once more on purpose.

    `but_not`: fields that say nothing of what was meant. What was sent is remembered as long as keys of forms are.
    """
    meant = form.encoded(but_not=LEAVE_OUT | but_not | {ONCE_MORE}).encode()
    digest = hashlib.sha256(b"\0".join((path.encode(), meant)))
    key = f"sent {digest.hexdigest()}"
    if await recall(session, actor.user_id, key, digest.digest()) is None:
        await remember(session, actor.user_id, key, digest.digest(), Stored(status=204, content_type="", body=b""))
    elif not form.get(ONCE_MORE):
        raise SentBefore(
            "You have sent exactly this before, and it was recorded: look at the timeline. "
            "If it happened twice, send it once more."
        )
