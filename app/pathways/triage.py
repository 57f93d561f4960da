"""Proposes a tier from what is asked for and what is known of the person, and says why not a lower one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.pathways.catalogue import Catalogue
from app.pathways.companion_definitions import FlagDefinition, TriageDefinition, TriageRow


class UnknownWord(ValueError):
    """An adaptation or a flag that this version of the pathway does not have."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The lowest tier that would do. `reasons` are the rows that led to it, `lower_ruled_out` says of every
    lower tier what stopped it; each is a sentence for people.
    """

    tier: str
    reasons: tuple[str, ...]
    lower_ruled_out: tuple[str, ...]

    def recorded(self) -> dict[str, object]:
        """Give the proposal as it is kept in the journal."""
        return {
            "lowest_tier": self.tier,
            "reasons": list(self.reasons),
            "lower_ruled_out": list(self.lower_ruled_out),
        }


@dataclass(frozen=True, slots=True)
class Triage:
    """The decision table of one pathway version. `tiers` maps keys to labels, the simplest first."""

    definition: TriageDefinition
    catalogue: Catalogue
    tiers: dict[str, str]

    order: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        # The class is frozen, and what only saves work may still be worked out once.
        object.__setattr__(self, "order", tuple(self.tiers))

    @property
    def flags(self) -> dict[str, FlagDefinition]:
        """What may be said of a person or a need, in the order of the file."""
        return self.definition.flags

    def propose(self, adaptations: Sequence[str], flags: Sequence[str]) -> Proposal:
        """Propose a tier. Every matching row is looked at and the highest wins. Raises UnknownWord."""
        self._require_known(adaptations, flags)
        order = self.order
        rows = list(self._matching(tuple(dict.fromkeys(adaptations)), frozenset(flags)))
        highest = max(rank for rank, _ in rows)
        return Proposal(
            tier=order[highest],
            reasons=tuple(reason for rank, reason in rows if rank == highest),
            lower_ruled_out=tuple(
                f"{self.tiers[lower]}: " + "; ".join(reason for above, reason in rows if above > rank)
                for rank, lower in enumerate(order[:highest])
            ),
        )

    def _require_known(self, adaptations: Sequence[str], flags: Sequence[str]) -> None:
        unknown = [key for key in adaptations if self.catalogue.get(key) is None]
        unknown += [flag for flag in flags if flag not in self.definition.flags]
        if unknown:
            raise UnknownWord(f"Not in this pathway: {', '.join(unknown)}.")

    def _matching(self, adaptations: Sequence[str], flags: frozenset[str]) -> Iterator[tuple[int, str]]:
        order = self.order
        base = 0
        for key in adaptations:
            item = self.catalogue.items[key]
            rank = order.index(item.base_tier)
            base = max(base, rank)
            yield rank, f"{item.label}: normally {self.tiers[item.base_tier].lower()}"
        if not adaptations:
            base = order.index(self.definition.no_adaptation)
            yield base, "no adaptation is named yet, so somebody has to find out what would help"
        for row in self.definition.rows:
            if self._matches(row, len(adaptations), flags):
                named = [self.flags[flag].label.lower() for flag in row.any_flag or () if flag in flags]
                yield self._rank(row, base), row.reason + (f" ({', '.join(named)})" if named else "")

    def _matches(self, row: TriageRow, adaptations: int, flags: frozenset[str]) -> bool:
        flagged = row.any_flag is None or not flags.isdisjoint(row.any_flag)
        return flagged and adaptations >= (row.adaptations_at_least or 0)

    def _rank(self, row: TriageRow, base: int) -> int:
        order = self.order
        if row.at_least is not None:
            return order.index(row.at_least)
        return min(base + (row.tiers_up or 0), len(order) - 1)
