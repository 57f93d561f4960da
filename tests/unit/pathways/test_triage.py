"""The decision table: each row of it, alone and together, with the reasons that a person reads."""

import pytest

from app.pathways.pathway import CompiledPathway
from app.pathways.triage import UnknownWord

DIRECT, NON_COMPLEX, MODERATE, COMPLEX = "direct_access", "non_complex", "moderate", "complex"
TABLE = [
    ("a grab rail is direct access", ["grab_rails"], [], DIRECT),
    ("so is each of the standard items", ["key_safe"], [], DIRECT),
    ("two of them stay direct access", ["grab_rails", "lever_taps"], [], DIRECT),
    ("three of them are one tier up", ["grab_rails", "lever_taps", "key_safe"], [], NON_COMPLEX),
    ("the same item three times is one item", ["grab_rails", "grab_rails", "grab_rails"], [], DIRECT),
    ("an over-bath shower is non-complex", ["over_bath_shower"], [], NON_COMPLEX),
    ("so is a half step", ["half_step"], [], NON_COMPLEX),
    ("the highest item counts", ["grab_rails", "stairlift"], [], MODERATE),
    ("three with a moderate one are complex", ["grab_rails", "key_safe", "stairlift"], [], COMPLEX),
    ("three with a complex one stay complex", ["grab_rails", "key_safe", "extension"], [], COMPLEX),
    ("an extension is complex", ["extension"], [], COMPLEX),
    ("nothing named: somebody has to find out", [], [], NON_COMPLEX),
    ("structural change is complex", ["grab_rails"], ["structural_change"], COMPLEX),
    ("planning or a warrant is complex", ["grab_rails"], ["planning_or_warrant_needed"], COMPLEX),
    ("moving and handling is complex", ["grab_rails"], ["moving_and_handling_risk"], COMPLEX),
    ("a progressive condition is at least moderate", ["grab_rails"], ["progressive_condition"], MODERATE),
    ("a fluctuating condition is at least moderate", ["grab_rails"], ["fluctuating_condition"], MODERATE),
    ("a cognitive need is at least moderate", ["grab_rails"], ["cognitive_or_communication_need"], MODERATE),
    ("a failed adaptation is at least moderate", ["grab_rails"], ["previous_adaptation_failed"], MODERATE),
    ("a child is at least moderate", ["grab_rails"], ["child"], MODERATE),
    ("at least moderate does not lower a complex case", ["extension"], ["child"], COMPLEX),
    ("the highest row wins", ["grab_rails"], ["child", "structural_change"], COMPLEX),
    ("three small items of a child: the rows do not add up", ["grab_rails", "lever_taps", "key_safe"], ["child"],
     MODERATE),
]  # fmt: skip


@pytest.mark.parametrize(("case", "adaptations", "flags", "tier"), TABLE)
def test_the_table_proposes(
    housing: CompiledPathway, case: str, adaptations: list[str], flags: list[str], tier: str
) -> None:
    assert housing.propose_tier(adaptations, flags).tier == tier, case


@pytest.mark.parametrize(("case", "adaptations", "flags", "tier"), TABLE)
def test_every_proposal_says_why_and_why_not_lower(
    housing: CompiledPathway, case: str, adaptations: list[str], flags: list[str], tier: str
) -> None:
    proposal = housing.propose_tier(adaptations, flags)
    assert proposal.reasons, case
    lower = list(housing.definition.tiers)[: list(housing.definition.tiers).index(tier)]
    assert [said.split(":")[0] for said in proposal.lower_ruled_out] == [
        housing.definition.tiers[one].label for one in lower
    ]


def test_the_reasons_are_sentences_for_people(housing: CompiledPathway) -> None:
    proposal = housing.propose_tier(["stairlift", "grab_rails"], ["structural_change", "child"])
    assert proposal.reasons == ("the work or the risk calls for an experienced therapist (structural change)",)
    assert proposal.lower_ruled_out[-1] == (
        "Moderate: the work or the risk calls for an experienced therapist (structural change)"
    )


def test_what_the_pathway_does_not_know_is_told(housing: CompiledPathway) -> None:
    with pytest.raises(UnknownWord, match=r"moat, dragon"):
        housing.propose_tier(["grab_rails", "moat"], ["dragon"])


def test_another_jurisdiction_has_its_own_table(grant: CompiledPathway) -> None:
    assert grant.propose_tier(["stairlift"], []).tier == "simple"
    assert grant.propose_tier(["stairlift"], ["child"]).tier == "complex"
    assert grant.propose_tier(["stairlift", "ramp", "rails"], []).tier == "complex"
