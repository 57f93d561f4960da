"""The closed list of conditions that a pathway file may name, for required fields and for ways to lead."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.pathways.question import Need, Question


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is so or not. `fields` are the form's fields it reads, `needs` the costly facts."""

    name: str
    holds: Callable[[Question], bool]
    fields: tuple[str, ...] = ()
    needs: frozenset[Need] = frozenset()


def tier_is_not_proposed(question: Question) -> bool:
    """Tell whether the officer has chosen another tier than triage proposes."""
    return question.details.get("tier") not in {None, question.facts.proposed_tier}


def source_is_a_grant(question: Question) -> bool:
    """Tell whether the money chosen is a grant, so that its level must be said."""
    source = question.pathway.funding_sources.get(str(question.details.get("source")))
    return source is not None and source.grant


def direct_provision_agreed(question: Question) -> bool:
    """Tell whether the landlord has agreed to provide every adaptation of its tenant's case directly."""
    facts = question.facts
    return (
        facts.tenure in question.pathway.rules.direct_provision_tenures
        and bool(facts.adaptations)
        and facts.direct_provision_items.issuperset(facts.adaptations)
    )


CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        condition.name: condition
        for condition in (
            Condition("tier_is_not_proposed", tier_is_not_proposed, fields=("tier",)),
            Condition("source_is_a_grant", source_is_a_grant, fields=("source",)),
            Condition(
                "direct_provision_agreed",
                direct_provision_agreed,
                needs=frozenset({"direct_provision"}),
            ),
        )
    }
)
