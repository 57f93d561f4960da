"""The same key and body give the first answer again; the same key with another body is refused.

Kept in the transaction of the work itself, so an answer is remembered exactly when its work was done. A second request
with a key that is being worked on waits for the first. Refusals for what the case was like (409, 412) are remembered
too; answers about the form (422), the caller (401, 403) and the service (503) are not, because mending those is why
one tries again.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import text

from app.kernel.database import Session
from app.kernel.problems import FieldProblem, Unprocessable

REMEMBERED_REFUSALS = frozenset({409, 412})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An answer as it went out."""

    status: int
    content_type: str
    body: bytes


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, :user_id))")
_RECALL = text(
    "SELECT request_hash, status, content_type, body FROM idempotency_keys WHERE user_id = :user_id AND key = :key"
)
_REMEMBER = text(
    """
    INSERT INTO idempotency_keys (user_id, key, request_hash, status, content_type, body)
    VALUES (:user_id, :key, :request_hash, :status, :content_type, :body) ON CONFLICT DO NOTHING
    """
)


def request_hash(method: str, path: str, body: bytes) -> bytes:
    """What makes two requests the same."""
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).digest()


def check_key(key: str) -> str:
    """Refuse a key that could not be kept."""
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise Unprocessable([FieldProblem("/Idempotency-Key", "Use 1 to 200 printable characters.")])
    return key


async def recall(session: Session, user_id: int, key: str, wanted: bytes) -> Stored | None:
    """Give the first answer to this key, if there was one; hold the key until the transaction ends.

    Raises Unprocessable when the key was used for another request.
    """
    await session.execute(_LOCK, {"key": key, "user_id": user_id})
    row = (await session.execute(_RECALL, {"user_id": user_id, "key": key})).one_or_none()
    if row is None:
        return None
    if bytes(row.request_hash) != wanted:
        message = "This key was used for another request. Use a new key for new work."
        raise Unprocessable([FieldProblem("/Idempotency-Key", message)])
    return Stored(status=row.status, content_type=row.content_type, body=bytes(row.body))


async def remember(session: Session, user_id: int, key: str, wanted: bytes, answer: Stored) -> None:
    """Keep the answer for a repeat of the request."""
    values = {
        "user_id": user_id,
        "key": key,
        "request_hash": wanted,
        "status": answer.status,
        "content_type": answer.content_type,
        "body": answer.body,
    }
    await session.execute(_REMEMBER, values)
