"""Problems: what went wrong, in words for the person, with the HTTP status and a stable slug (RFC 9457).

Raised anywhere below the edge, turned into an answer by the edge alone. A problem's text never carries a person's
name, number, address or birth date.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that needs mending; `pointer` is a JSON pointer into the body (`/person/name`)."""

    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class BlockerProblem:
    """Why an action is not possible now."""

    code: str
    message: str


class Problem(Exception):
    """Base of every expected refusal."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "problem"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str, **extensions: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extensions = extensions


class NotSignedIn(Problem):
    """No token, or one that is unknown, expired or revoked."""

    status, slug, title = 401, "not-signed-in", "Sign in first"


class NotPermitted(Problem):
    """Visible, but not for this role."""

    status, slug, title = 403, "not-permitted", "Your role does not allow this"


class NotFound(Problem):
    """Does not exist, or not for the reader's eyes: the answer is the same on purpose."""

    status, slug, title = 404, "not-found", "Not found"


class ActionBlocked(Problem):
    """The action is not possible now; every reason is given."""

    status, slug, title = 409, "action-blocked", "Not possible now"

    def __init__(self, blockers: Sequence[BlockerProblem]) -> None:
        super().__init__(
            " ".join(b.message for b in blockers),
            blockers=[{"code": b.code, "message": b.message} for b in blockers],
        )
        self.blockers = tuple(blockers)


class Conflict(Problem):
    """Contradicts what is already recorded."""

    status, slug, title = 409, "conflict", "Contradicts what is recorded"

    def __init__(self, detail: str, *, code: str = "conflict", **extensions: object) -> None:
        super().__init__(detail, blockers=[{"code": code, "message": detail}], **extensions)


class CaseMovedOn(Problem):
    """The case has moved since the caller last looked."""

    status, slug, title = 412, "case-moved-on", "The case has moved on"


class ChangedMeanwhile(Problem):
    """What the caller saw of something that is no case has changed since; `now` is how it is."""

    status, slug, title = 412, "changed-meanwhile", "It has changed since you looked"


class TooLarge(Problem):
    """The body is bigger than this route takes."""

    status, slug, title = 413, "too-large", "Too large"


class WrongContentType(Problem):
    """The body is not in a form this route reads."""

    status, slug, title = 415, "wrong-content-type", "Wrong content type"


class Unprocessable(Problem):
    """The body or a parameter is not what it must be; each field is named."""

    status, slug, title = 422, "unprocessable", "Some answers need mending"

    def __init__(self, errors: Sequence[FieldProblem], detail: str | None = None) -> None:
        super().__init__(
            detail or (errors[0].message if len(errors) == 1 else f"{len(errors)} answers need mending: see `errors`."),
            errors=[{"pointer": e.pointer, "message": e.message} for e in errors],
        )
        self.errors = tuple(errors)


class NotReady(Problem):
    """The service cannot answer now; trying again is right."""

    status, slug, title = 503, "not-ready", "Not ready"


PROBLEMS: tuple[type[Problem], ...] = (
    NotSignedIn, NotPermitted, NotFound, ActionBlocked, Conflict, ChangedMeanwhile, CaseMovedOn, TooLarge,
    WrongContentType, Unprocessable, NotReady,
)  # fmt: skip
