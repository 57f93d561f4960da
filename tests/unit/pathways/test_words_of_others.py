"""How other people's spreadsheets write things: the vocabulary and the catalogue understand them, or say nothing."""

import pytest

from app.pathways.loader import PathwayCatalogue
from app.pathways.pathway import CompiledPathway
from app.pathways.words import normal

UNDERSTOOD = [
    ("tenure", "HA tenant", "rsl_tenant"),
    ("tenure", "  h.a.  Tenant ", "rsl_tenant"),
    ("tenure", "Housing association", "rsl_tenant"),
    ("tenure", "rsl_tenant", "rsl_tenant"),
    ("tenure", "RSL", "rsl_tenant"),
    ("tenure", "Owner occ", "owner_occupier"),
    ("tenure", "Owner-occupier", "owner_occupier"),
    ("tenure", "OWNER OCCUPIED", "owner_occupier"),
    ("tenure", "Council", "council_tenant"),
    ("tenure", "LA tenant", "council_tenant"),
    ("tenure", "PRS", "private_rented"),
    ("tenure", "Private landlord", "private_rented"),
    ("tenure", "private-rent", "private_rented"),
    ("tenure", "Other", "other"),
    ("tier", "Tier 1", "direct_access"),
    ("tier", "direct", "direct_access"),
    ("tier", "simple", "non_complex"),
    ("tier", "TIER  2", "non_complex"),
    ("tier", "tier 3", "moderate"),
    ("tier", "3", "moderate"),
    ("tier", "complex / panel", "complex"),
    ("tier", "Tier-4", "complex"),
    ("priority", "Critical", "critical"),
    ("priority", "P2", "substantial"),
    ("priority", "MODERATE", "moderate"),
    ("fast_track", "hospital discharge", "hospital_discharge"),
    ("fast_track", "End of life", "end_of_life"),
    ("fast_track", "palliative", "end_of_life"),
    ("fast_track", "progressive condition", "progressive_condition"),
    ("fast_track", "MND", "progressive_condition"),
    ("outcome", "adapted", "adapted"),
    ("outcome", "advice only", "advice_only"),
    ("outcome", "Declined contribution", "declined_contribution"),
    ("outcome", "no contact", "lost_contact"),
    ("outcome", "Deceased", "died"),
    ("outcome", "reablement", "other_solution"),
    ("panel_decision", "agreed with conditions", "agreed"),
    ("panel_decision", "deferred", "deferred"),
    ("funding_source", "Scheme of Assistance 80", "scheme_of_assistance"),
    ("funding_source", "HRA", "hra"),
    ("funding_source", "RSL adaptations grant", "rsl_adaptations_grant"),
    ("funding_level", "Scheme of Assistance 80", "80"),
    ("funding_level", "Scheme of Assistance (100%)", "100"),
    ("hold_cause", "person in hospital", "person_in_hospital"),
    ("hold_cause", "waiting for landlord consent", "landlord_consent"),
    ("hold_cause", "contractor delay", "contractor_delay"),
    ("waits_on", "person_in_hospital", "person"),
    ("waits_on", "landlord_consent", "landlord"),
    ("waits_on", "contractor_delay", "contractor"),
]


@pytest.mark.parametrize(("table", "text", "key"), UNDERSTOOD)
def test_the_words_are_understood(pathways: PathwayCatalogue, table: str, text: str, key: str) -> None:
    assert pathways.vocabulary.match(table, text) == key


@pytest.mark.parametrize(
    "text", ["", "n/k", "unknown", "tied cottage??", "caravan", "?", "private", "tenant", "x" * 5000]
)
def test_a_tenure_that_is_not_clear_is_not_guessed(pathways: PathwayCatalogue, text: str) -> None:
    assert pathways.vocabulary.match("tenure", text) is None


def test_a_table_that_does_not_exist_is_an_error(pathways: PathwayCatalogue) -> None:
    with pytest.raises(KeyError):
        pathways.vocabulary.match("shoe_size", "42")


def test_every_cause_of_a_hold_waits_on_somebody(pathways: PathwayCatalogue, housing: CompiledPathway) -> None:
    vocabulary = pathways.vocabulary
    assert set(vocabulary.tables["hold_cause"]) == set(housing.definition.choices["hold_reason"])
    assert set(vocabulary.tables["waits_on"]) == set(housing.definition.choices["waits_on"])
    for cause in vocabulary.tables["hold_cause"]:
        assert vocabulary.match("waits_on", cause) is not None, cause


def test_the_vocabulary_leads_to_what_the_pathway_knows(pathways: PathwayCatalogue, housing: CompiledPathway) -> None:
    tables, about = pathways.vocabulary.tables, housing.definition
    assert list(tables["tenure"]) == about.tenures
    assert set(tables["tier"]) == set(about.tiers)
    assert set(tables["outcome"]) == set(about.outcomes)
    assert set(tables["funding_source"]) == set(about.funding_sources)
    assert set(tables["priority"]) == set(about.choices["priority"])
    assert set(tables["fast_track"]) == set(about.choices["fast_track"])


def test_a_pathway_may_have_tables_of_its_own(grant: CompiledPathway) -> None:
    assert grant.vocabulary.match("tier", "Straightforward") == "simple"
    assert grant.vocabulary.match("funding_source", "DFG") == "disabled_facilities_grant"
    assert grant.vocabulary.match("tenure", "HA tenant") == "rsl_tenant"


def test_a_key_is_shown_in_words(pathways: PathwayCatalogue) -> None:
    assert pathways.vocabulary.label("outcome", "advice_only") == "Advice only"
    assert pathways.vocabulary.label("outcome", "gone_fishing") == "gone fishing"


ITEMS = [
    ("grab rails x2", "grab_rails"),
    ("2 x grab rail", "grab_rails"),
    ("Grab-rails (bathroom)", "grab_rails"),
    ("grab_rail", "grab_rails"),
    ("Handrail (external)", "handrails"),
    ("handrails both sides", "handrails"),
    ("banister rail", "banister_rails"),
    ("second bannister rail", "banister_rails"),
    ("lever taps", "lever_taps"),
    ("socket raising", "socket_raising"),
    ("door entry system", "door_entry_system"),
    ("Key safe", "key_safe"),
    ("over bath shower", "over_bath_shower"),
    ("Over-bath shower", "over_bath_shower"),
    ("half step", "half_step"),
    ("half step x 2", "half_step"),
    ("L/A shower", "level_access_shower"),
    ("level access shower", "level_access_shower"),
    ("wet floor shower", "level_access_shower"),
    ("Wetroom", "level_access_shower"),
    ("Stairlift (curved)", "stairlift"),
    ("stairlift - straight", "stairlift"),
    ("supply and fit stairlift", "stairlift"),
    ("door widening", "door_widening"),
    ("ramp - removable", "removable_ramp"),
    ("portable ramp to front door", None),
    ("ramp at front entrance", "removable_ramp"),
    ("through floor lift", "through_floor_lift"),
    ("ceiling track hoist", "ceiling_track_hoist"),
    ("kitchen alterations", "kitchen_alterations"),
    ("ground floor shower room", "ground_floor_shower_room"),
    ("extension - ground floor bedroom", "extension"),
    ("Extension", "extension"),
    ("", None),
    ("hot tub", None),
    ("new kitchen", None),
    ("no ramp wanted", None),
    ("rail", None),
    ("x" * 5000, None),
]


@pytest.mark.parametrize(("text", "key"), ITEMS)
def test_the_catalogue_finds_what_somebody_asked_for(housing: CompiledPathway, text: str, key: str | None) -> None:
    assert housing.catalogue.match(text) == key


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Over-bath shower + grab rail", ("over_bath_shower", "grab_rails")),
        ("grab rails and lever taps", ("grab_rails", "lever_taps")),
        ("stairlift, door widening & key safe", ("stairlift", "door_widening", "key_safe")),
        ("wet room / level access shower", ("level_access_shower",)),
        ("grab rails x2 with half step", ("grab_rails", "half_step")),
        ("grab rail + hot tub", ()),
        ("stairlift", ("stairlift",)),
    ],
)
def test_several_things_in_one_phrase_are_all_found_or_none(
    housing: CompiledPathway, text: str, keys: tuple[str, ...]
) -> None:
    assert housing.catalogue.match_all(text) == keys


def test_every_label_and_key_finds_its_own_item(pathways: PathwayCatalogue) -> None:
    for pathway in pathways.all():
        for key, item in pathway.catalogue.items.items():
            for words in (key, item.label, item.label.upper(), *item.synonyms):
                assert pathway.catalogue.match(words) == key, words


def test_an_item_is_shown_by_its_label(housing: CompiledPathway) -> None:
    assert housing.catalogue.label("key_safe") == "Key safe"
    assert housing.catalogue.label("gone_item") == "gone item"
    assert housing.catalogue.listed()[0]["key"] == "grab_rails"


@pytest.mark.parametrize(
    ("text", "plain"),
    [("L/A  Shower", "l a shower"), ("Café & Bar", "cafe and bar"), ("person's", "persons"), ("80 %", "80 %")],
)
def test_phrases_have_a_plainest_form(text: str, plain: str) -> None:
    assert normal(text) == plain
