"""Tells one story: adds steps and keeps what they have led to, so that only what is possible next is told."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any, Final, TypeVar

from app.access.roles import Role
from app.cases.rules import Kind
from app.demo import cast, words
from app.demo.needs import NEEDS, Need
from app.demo.outlines import Outline, Turn
from app.demo.steps import NO_EVENT, Deed, Jot, Offer, Reply, Step, Take
from app.pathways.pathway import CompiledPathway

T = TypeVar("T")
OWNERS: Final = ("owner_occupier", "private_rented")


class Teller:
    """The story so far. The same outline, need and seed tell the same story."""

    def __init__(
        self, outline: Outline, need: Need, *, tier: str, tenure: str, pathway: CompiledPathway, rng: Random
    ) -> None:
        self.outline = outline
        self.need = need
        self.tenure = tenure
        self.pathway = pathway
        self.rng = rng
        self.tier = tier
        self.stage = ""
        self.steps: list[Step] = []
        self.custody = ""
        self.parties: set[str] = set()
        self.consent = not self.turn("no_consent")
        self.priority = rng.choices(("critical", "substantial", "moderate", "low"), weights=(8, 42, 36, 14))[0]
        self.assessor: str | None = None
        self.placer: str | None = None
        self.goals: list[str] = []
        self.solution: str | None = None
        self.spoken = False
        self.provided_directly = False
        self.goes_to_panel = tier == "complex" and (outline.stage.startswith("panel") or self.turn("panel"))
        self.needs_feasibility = "feasibility" in (outline.stage, outline.at) or rng.random() < 0.4
        self.skips_works = "works" not in (outline.stage, outline.at) and rng.random() < 0.35
        self.cost = self._estimate()
        self.events: dict[str, int] = {}
        """Action -> the number of the event that it last wrote."""
        self.left = ""
        """The stage that a hold has left."""
        self.paid_by = self.funding()
        """The source of money and its level."""

    def turn(self, turn: Turn) -> bool:
        """Tell whether this is to happen in the story."""
        return turn in self.outline.turns

    def pick(self, several: Sequence[T]) -> T:
        """One of several ways to say it."""
        return self.rng.choice(several)

    def likely(self, chance: float) -> bool:
        """Toss a coin that falls this way so often."""
        return self.rng.random() < chance

    def days(self, low: int, high: int) -> int:
        """Working days that something takes: rather few than many, and fewer on a fast track."""
        days = round(self.rng.triangular(low, high, low + (high - low) * 0.3))
        return max(low // 2, days // 2) if self.outline.fast_track else days

    @property
    def sequence(self) -> int:
        """The number of the case's last event."""
        return sum(not isinstance(step.deed, NO_EVENT) for step in self.steps)

    def add(self, who: str, deed: Deed, wait: int = 0, *, lag: int | None = None, at_meeting: bool = False) -> None:
        """Tell one step. Without a `lag` one in five is written down a day or two late."""
        late = self.rng.randint(1, 2) if wait > 2 and self.likely(0.2) else 0
        step = Step(who=who, deed=deed, wait=wait, lag=late if lag is None else lag, at_meeting=at_meeting)
        self.steps.append(step)

    def take(self, action: str, who: str, to: str, wait: int, **answers: Any) -> None:
        """Tell a move to another stage."""
        # What a panel decides, it decides at its meeting.
        self.add(who, Take(action, answers), wait, at_meeting=self.stage == "panel_scheduled")
        self.events[action] = self.sequence
        self.stage = to

    def jot(self, who: str, kind: Kind, details: Mapping[str, Any], wait: int = 0, **effects: Any) -> None:
        """Tell something that does not move the case."""
        self.add(who, Jot(kind, details, effects), wait)

    def anyone(self, role: Role) -> str:
        """The holder of a role in every organisation, or sometimes a colleague in one that is party to the case."""
        known = [member.login for member in cast.colleagues(role) if member.home in self.parties]
        return self.pick(known) if known and self.likely(0.4) else role.value

    def joins(self, login: str) -> None:
        """Keep in mind that a colleague's organisation is party to the case from now on."""
        self.parties.add(cast.HOME[login] if "." in login else self.custody)

    def converse(self, who: str, wait: int) -> None:
        """Tell a Housing Solutions conversation, with moving home among what was talked about."""
        spoken = ["staying", "rehousing", self.pick(("equipment", "technology", "reablement")), "adaptation"]
        details = {
            "with_whom": list(self.pick(words.CONVERSATION_WITH)),
            "what_matters": self.need.matters,
            "options": [{"option": option, "outcome": self.pick(words.OPTIONS[option])} for option in spoken],
        }
        self.jot(who, "conversation_recorded", details, wait, options=sorted(spoken))
        self.spoken = True

    def offer(self, organisation: str, wait: int) -> None:
        """Tell that the case is offered to another organisation, which is party from then on."""
        self.add(Role.HOUSING_OFFICER.value, Offer(organisation, words.HANDOVERS[organisation]), wait)
        self.parties.add(organisation)

    def hand_over(self, organisation: str) -> None:
        """Tell that the case is offered and accepted, unless the organisation holds it."""
        if organisation == self.custody:
            return
        self.offer(organisation, self.days(0, 2))
        self.add(Role.TEAM_MANAGER.value, Reply(accepts=True), self.days(0, 3))
        self.custody = organisation

    def funding(self) -> tuple[str, int | None]:
        """A source that fits the tenure, and the level where it is a grant."""
        if self.tenure in OWNERS:
            if any(self.pathway.catalogue.is_extension(item) for item in self.need.adaptations):
                return "charity", None
            return self.pick((("scheme_of_assistance", 80), ("scheme_of_assistance", 100), ("self_funded", None)))
        if self.tenure == "rsl_tenant":
            return self.pick((("rsl_adaptations_grant", 100), ("rsl_adaptations_grant", 100), ("landlord", None)))
        return ("hra", None) if self.tenure == "council_tenant" else ("charity", None)

    def shares(self) -> list[dict[str, str]]:
        """Who paid what in the end: the grant its level, the person the rest."""
        source, level = self.paid_by
        if level in (None, 100):
            return [{"source": source, "amount": str(self.cost)}]
        granted = (self.cost * Decimal(level or 100) / 100).quantize(Decimal("0.01"))
        return [
            {"source": source, "amount": str(granted)},
            {"source": "self_funded", "amount": str(self.cost - granted)},
        ]

    def turns_out(self, tier: str) -> None:
        """Tell on in another tier, with what the person needs there and what that costs."""
        self.tier = tier
        self.need = self.pick(NEEDS[tier])
        self.cost = self._estimate()
        self.paid_by = self.funding()

    def _estimate(self) -> Decimal:
        items = [self.pathway.catalogue.items[key] for key in self.need.adaptations]
        pounds = sum(self.rng.randint(item.cost_from, item.cost_to) for item in items)
        return Decimal(pounds).quantize(Decimal("0.01"))
