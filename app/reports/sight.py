"""Who may be told what is of the whole partnership: figures for publication, targets, the annual report."""

from app.access.actor import Actor
from app.kernel.problems import NotPermitted


def whole_sight(actor: Actor) -> None:
    """Let in who sees all cases: what is said of the whole is not worked out from a part. Raises NotPermitted."""
    if not actor.sees_everything:
        raise NotPermitted("This is told of all cases together. This is for: whoever sees all cases.")
