"""Who is acting: a signed-in user with the roles held in each organisation, worked out once a request."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.access.roles import SIGHT, Role


@dataclass(frozen=True)
class Actor:
    """A user and what that user holds today. Built by the edge; nothing below it guesses who acts."""

    user_id: int
    email: str
    name: str
    home_organisation_id: int
    holdings: Mapping[int, frozenset[Role]]
    """Organisation id -> roles held there today."""
    scopes: frozenset[str] = frozenset({"read", "write"})
    """What the token allows; a signed-in session allows both."""
    acting_for: str | None = None
    """The organisation whose hat is on, by name; None where what is held anywhere counts."""
    acting_for_id: int | None = None
    has_other_hats: bool = False
    """Whether the user holds roles in other organisations too and could act for one of those."""

    @cached_property
    def all_roles(self) -> frozenset[Role]:
        """Every role, wherever held."""
        return frozenset(role for roles in self.holdings.values() for role in roles)

    @cached_property
    def partnership_roles(self) -> frozenset[Role]:
        """Roles that reach every case, wherever held."""
        return frozenset(r for r in self.all_roles if SIGHT[r] == "partnership")

    @property
    def sees_everything(self) -> bool:
        """Whether some role sees the whole partnership."""
        return bool(self.partnership_roles)

    def roles_on(self, parties: Collection[int]) -> frozenset[Role]:
        """Roles that count on a case to which `parties` (organisation ids) are party."""
        held = {role for organisation, roles in self.holdings.items() if organisation in parties for role in roles}
        return frozenset(held) | self.partnership_roles | (self.all_roles & {Role.PANEL_MEMBER})

    def organisation_for(
        self, *, custody_id: int | None, parties: Collection[int] = (), roles: Collection[str] = ()
    ) -> int:
        """The organisation the actor acts for on a case.

        The one that holds the case if the actor has a fitting role there, else the home organisation, else any party
        where the actor has one; the first that fits is recorded with the event. Without any it is the one whose hat is
        on, or the home organisation.
        """
        wanted = set(roles)
        candidates = [custody_id, self.home_organisation_id, *sorted(parties), *sorted(self.holdings)]
        for organisation in candidates:
            held = self.holdings.get(organisation) if organisation is not None else None
            if held and (not wanted or held & wanted):
                return organisation  # type: ignore[return-value] # None never has holdings
        return self.acting_for_id or self.home_organisation_id
