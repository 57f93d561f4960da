"""Judge a permission: pure, over the actor's roles and the parties of a case."""

from collections.abc import Collection

from app.access.actor import Actor
from app.access.permissions import GRANTS, Permission
from app.access.roles import label
from app.kernel.problems import NotPermitted


def permits(actor: Actor, permission: Permission, parties: Collection[int] | None = None) -> bool:
    """Whether the actor has the permission: on a case with these parties, or anywhere when `parties` is None."""
    held = actor.all_roles if parties is None else actor.roles_on(parties)
    return not held.isdisjoint(GRANTS[permission])


def require(actor: Actor, permission: Permission, parties: Collection[int] | None = None) -> None:
    """Raise NotPermitted unless the actor has the permission; the message names the roles that do."""
    if not permits(actor, permission, parties):
        raise NotPermitted(refusal(GRANTS[permission]))


def require_role(actor: Actor, roles: Collection[str], parties: Collection[int] | None = None) -> None:
    """Raise NotPermitted unless the actor holds one of the roles that the pathway names for an action."""
    held = actor.all_roles if parties is None else actor.roles_on(parties)
    if held.isdisjoint(roles):
        raise NotPermitted(refusal(roles))


def refusal(roles: Collection[str]) -> str:
    """Who could do it instead, in words."""
    names = sorted(label(role) for role in roles)
    if not names:
        return "Nobody may do this."
    listed = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]
    return f"This is for: {listed}. Ask one of them, or ask an administrator for the role."
