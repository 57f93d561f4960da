"""What a target allows in a tier is its first rule that fits, for whoever asks."""

from app.pathways.measure_definition import Target
from app.pathways.measures import Measure
from app.reports.dashboard import target_of
from tests.reports.test_measures_by_hand import CATALOGUE

RULES = [{"tiers": ["complex"], "working_days": 180}, {"working_days": 40}]


def aiming(rules: list[dict[str, object]]) -> Measure:
    one = CATALOGUE.measures.versions["end-to-end", 1]
    target = Target.model_validate({"choice_of": "partnership", "rules": rules})
    return Measure(one.definition.model_copy(update={"target": target}), one.start, None, published=True)


def test_the_first_rule_that_fits_holds() -> None:
    measure = aiming(RULES)
    assert target_of(measure, "complex") == 180
    assert target_of(measure, "moderate") == 40
    # All tiers together have no one target where they differ.
    assert target_of(measure, None) is None
    assert target_of(aiming(RULES[1:]), None) == 40
    assert target_of(aiming(RULES[:1]), "moderate") is None
