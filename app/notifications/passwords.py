"""Messages about passwords: the link by which to set a new one, and that one was set."""

import asyncio
from collections.abc import Collection, Mapping
from email.errors import MessageError
from typing import Any, Final

from sqlalchemy import text

from app.notifications.jobs import Work
from app.notifications.mail import postman_of, written
from app.people.actions.reset_password import issue_reset
from app.people.reset_links import reset_link

# A request is answered within the hour or not at all: a link that comes late is no help and some risk.
_ASKED = text(
    """
    SELECT u.id, u.email, ARRAY(SELECT l.issuer FROM provider_links l WHERE l.user_id = u.id) AS issuers
      FROM reset_requests r JOIN users u ON u.id = r.user_id AND u.active
     WHERE r.id = :request AND r.at > clock_timestamp() - interval '1 hour'
    """
)
_WHOSE = text("SELECT email FROM users WHERE id = :user AND active")

LINK: Final = """\
Somebody, most likely you, has asked to set a new password for your account in Adapt.

Open this link within 30 minutes. It works once.

{link}

If it was not you, do nothing: your password stays as it is.
"""
ELSEWHERE: Final = """\
Somebody, most likely you, has asked to set a new password for your account in Adapt. You sign in with your
organisation's own sign-in, so there is no password to set here: on the sign-in page, choose your organisation.

If it was not you, do nothing.
"""
CHANGED: Final = """\
The password of your account in Adapt was set anew, by a link that was sent to this address. You have been signed out
everywhere.

If it was not you, tell an administrator of your organisation now.
"""


async def send_reset_link(work: Work) -> Mapping[str, Any]:
    """Make a link and send it, where the request was for somebody; run twice, it sends another that works too."""
    async with work.db.transaction() as session:
        asked = (await session.execute(_ASKED, {"request": work.args["request"]})).one_or_none()
        elsewhere = asked is not None and _signs_in_elsewhere(work, asked.issuers)
        secret = await issue_reset(session, asked.id) if asked is not None and not elsewhere else ""
    if asked is None:
        return {"sent": 0}
    if elsewhere:
        return await _send(work, asked.email, "How you sign in", ELSEWHERE)
    link = reset_link(work.args["base"], secret)
    return await _send(work, asked.email, "Set a new password", LINK.format(link=link))


def _signs_in_elsewhere(work: Work, issuers: Collection[str]) -> bool:
    """Whether somebody signs in with their organisation, which alone decides whether they still may."""
    return not {provider.issuer for provider in work.settings.oidc_providers.values()}.isdisjoint(issuers)


async def tell_of_new_password(work: Work) -> Mapping[str, Any]:
    """Tell somebody that their password is another now."""
    async with work.db.transaction() as session:
        email = await session.scalar(_WHOSE, {"user": work.args["user"]})
    return await _send(work, email, "Your password was set anew", CHANGED) if email else {"sent": 0}


async def _send(work: Work, to: str, subject: str, words: str) -> Mapping[str, Any]:
    try:
        message = written(work.settings, to=to, subject=subject, text=words, now=work.now)
    except (ValueError, MessageError):  # an address that no message can be sent to
        return {"sent": 0}
    await asyncio.to_thread(postman_of(work.settings).send, message)
    return {"sent": 1}
