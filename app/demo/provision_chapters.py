"""What comes beside the works: quotes before them, what the person says after them, and what becomes of it in the home.

Drawn from seeds of their own, so that the stories go on as they would without.
"""

from decimal import Decimal
from random import Random
from typing import Final

from app.demo import words
from app.demo.steps import Deed, Marked, Quoted, Step, Surveyed
from app.demo.teller import Teller

OFFICER: Final = "housing_officer"
TECHNICIAN: Final = "technical_officer"
_QUOTED_TIERS: Final = frozenset({"moderate", "complex"})
_LONGEST_STORY: Final = 250
"""Working days after which nothing more is told: the demo is two years long."""


def quotes(t: Teller, contractor: str) -> None:
    """Larger works are quoted for; the contractor who gets them asks what was agreed, others ask more."""
    if t.tier not in _QUOTED_TIERS or t.placer is None:
        return
    own = _own(t, "quotes")
    others = [name for name in words.CONTRACTORS if name != contractor]
    offers = [(name, t.cost * own.randint(104, 121) / 100) for name in own.sample(others, own.randint(1, 2))]
    offers.insert(own.randint(0, len(offers)), (contractor, t.cost))
    for number, (name, amount) in enumerate(offers):
        offer = Quoted(name, amount.quantize(Decimal("0.01")), t.need.adaptations, valid_days=60)
        t.add(t.placer, offer, wait=1 if number == 0 else 0)


def afterwards(t: Teller) -> None:
    """Some people are asked how it went; what can be used again is looked at, and given back, when it is not needed."""
    own = _own(t, "afterwards")
    if own.random() < 0.45:
        answers = {name: own.choice(several) for name, several in words.SURVEY.items()}
        if own.random() < 0.5:
            answers["own_words"] = own.choice(words.OWN_WORDS)
        given_by = own.choice(("person", "person", "carer", "household"))
        _later(t, OFFICER, Surveyed(answers, given_by, own.choice(("phone", "visit", "letter", "online"))), 5)
    reusable = [key for key in t.need.adaptations if t.pathway.catalogue.items[key].reusable]
    if t.solution != "adapted" or not reusable or own.random() < 0.1:
        return
    item = own.choice(reusable)
    if own.random() < 0.25:
        _later(t, TECHNICIAN, Marked(item, "still_in_use", None), 30)
        return
    _later(t, OFFICER, Marked(item, "for_recycling", own.choice(words.RECYCLING)), 40)
    if own.random() < 0.45:
        _later(t, TECHNICIAN, Marked(item, "recycled", None), 8)


def _own(t: Teller, what: str) -> Random:
    return Random(f"{what} {t.tier} {t.tenure} {t.cost} {t.need.goal}")  # noqa: S311 - nothing here is secret


def _later(t: Teller, who: str, deed: Deed, wait: int) -> None:
    if sum(step.wait for step in t.steps) + wait < _LONGEST_STORY:
        t.steps.append(Step(who=who, deed=deed, wait=wait))
