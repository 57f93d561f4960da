from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count

import pytest

from app.imports.columns import Column
from app.imports.imported import Milestone
from app.imports.rows import judge_rows
from app.imports.sheets import Row
from tests.unit.imports.building import (
    COLUMNS,
    RULES,
    a_row,
    accept,
    accepted,
    blamed,
    csv_text,
    judge_text,
    rejected_columns,
)


def test_an_ordinary_row_becomes_a_case():
    case = accept(
        date_of_birth="17/09/1937", nhs_or_chi="9609139094", address="150 Sample Street", postcode=" ky52 4jr ",
        uprn="030866963147", referred_by="district nurse", priority="Critical", fast_track="end of life", tier="Moderate",
        adaptations="Stairlift; lever taps", received="4 Feb 2025", approved="2025-03-01", panel_decision="agreed",
        funding_source="HRA", cost="£12,199.50", notes="Rings\ntwice",
    )  # fmt: skip
    assert case.source_reference == "GLEN-1"
    assert case.organisation == "Care & Repair Glenmore"
    assert (case.person.name, case.person.date_of_birth) == ("Davina Dummie", date(1937, 9, 17))
    assert (case.person.nhs_number, case.person.chi_number) == ("9609139094", None)
    assert case.home.address == "150 Sample Street"
    assert (case.home.postcode, case.home.uprn, case.home.tenure) == ("KY52 4JR", "30866963147", "rsl_tenant")
    assert (case.priority, case.fast_track, case.tier) == ("critical", "end_of_life", "moderate")
    assert case.adaptations == ("stairlift", "lever_taps")
    assert case.milestones == (
        (Milestone.FIRST_CONTACT, date(2025, 2, 3)),
        (Milestone.RECEIVED, date(2025, 2, 4)),
        (Milestone.APPROVED, date(2025, 3, 1)),
    )
    assert (case.referred_by, case.panel_decision, case.funding_source) == (
        "district nurse",
        "agreed",
        "hra",
    )
    assert (case.cost, case.notes, case.doubts) == (Decimal("12199.50"), "Rings\ntwice", ())


@pytest.mark.parametrize(
    "column", ["source_reference", "organisation", "person_name", "tenure", "adaptations", "first_contact"]
)
@pytest.mark.parametrize("blank", ["", "  ", "\u00a0"])
def test_what_a_row_needs_must_not_be_blank(column, blank):
    assert blamed(**{column: blank}) == {Column[column.upper()]: "This is needed. Fill it in."}


def test_an_empty_received_is_the_first_contact_day():
    assert accept().day_of(Milestone.RECEIVED) == date(2025, 2, 3)
    assert accept(received="05/02/2025").day_of(Milestone.RECEIVED) == date(2025, 2, 5)


def test_all_errors_of_a_row_are_told_in_the_order_of_the_columns():
    errors = blamed(
        nhs_or_chi="1", postcode="G1", tenure="n/k", tier="tier 9", adaptations="moat", first_contact="soon", ordered="31/02/2025",
        closed="01/04/2099", date_of_birth="x", hold_from="y", hold_to="z", person_name="",
    )  # fmt: skip
    assert list(errors) == [
        Column.PERSON_NAME, Column.DATE_OF_BIRTH, Column.NHS_OR_CHI, Column.POSTCODE, Column.TENURE, Column.TIER,
        Column.ADAPTATIONS, Column.FIRST_CONTACT, Column.ORDERED, Column.CLOSED, Column.HOLD_FROM, Column.HOLD_TO,
    ]  # fmt: skip
    assert all(errors.values())


@pytest.mark.parametrize("milestone", [m for m in Milestone if m is not Milestone.FIRST_CONTACT])
def test_a_milestone_before_one_that_comes_first_is_its_own_error(milestone):
    assert list(blamed(**{milestone.value: "02/02/2025"})) == [milestone.column]
    assert accept(**{milestone.value: "03/02/2025"}).day_of(milestone) == date(2025, 2, 3)


def test_a_milestone_is_held_against_all_before_it_not_only_the_last():
    errors = blamed(screened="20/02/2025", assessed="01/01/2025", recommended="10/02/2025", approved="20/02/2025")
    assert list(errors) == [Column.ASSESSED, Column.RECOMMENDED]
    assert "Screened" in errors[Column.RECOMMENDED]


def test_a_milestone_that_is_no_real_past_day_does_not_put_later_ones_in_the_wrong():
    assert list(blamed(screened="01/04/2099", assessed="10/02/2025")) == [Column.SCREENED]
    assert list(blamed(first_contact="32/01/2025", assessed="10/02/2025")) == [Column.FIRST_CONTACT]


@pytest.mark.parametrize("number", ["960 913 9094", "960-913-9094", "9609139094"])
def test_test_numbers_are_let_in_only_where_test_data_is(number):
    assert accept(nhs_or_chi=number).person.nhs_number == "9609139094"
    assert list(blamed(nhs_or_chi=number, rules=replace(RULES, allow_test_numbers=False))) == [Column.NHS_OR_CHI]


def test_a_number_in_scotlands_range_is_a_chi_number_and_has_a_real_date():
    assert accept(nhs_or_chi="0101370008").person.chi_number == "0101370008"
    assert "real date" in blamed(nhs_or_chi="3102370004")[Column.NHS_OR_CHI]


@pytest.mark.parametrize("number", ["9609139095", "960913909", "96091390941", "96091390X4"])
def test_a_number_that_cannot_be_one_is_an_error_and_is_not_repeated(number):
    errors = blamed(nhs_or_chi=number)
    assert list(errors) == [Column.NHS_OR_CHI]
    assert number not in errors[Column.NHS_OR_CHI]


def test_a_dash_is_no_number():
    assert list(blamed(nhs_or_chi="-")) == [Column.NHS_OR_CHI]


def test_several_adaptations_are_separated_by_semicolons_and_one_phrase_may_name_two():
    assert accept(adaptations=" stairlift ;; Over-bath shower + grab rail; STAIRLIFT;").adaptations == (
        "stairlift", "over_bath_shower", "grab_rail",
    )  # fmt: skip


def test_every_unknown_adaptation_is_named_and_one_known_does_not_save_the_row():
    message = blamed(adaptations="moat; lever taps; drawbridge")[Column.ADAPTATIONS]
    assert '"moat", "drawbridge"' in message
    assert list(blamed(adaptations=" ; ;")) == [Column.ADAPTATIONS]


def test_an_empty_tier_is_left_to_triage_and_an_unknown_one_is_an_error():
    assert accept(tier=" ").tier is None
    assert list(blamed(tier="tier 9")) == [Column.TIER]


def test_the_first_row_that_carries_a_reference_claims_it_even_when_it_is_rejected(tmp_path):
    rows = [a_row(tenure="n/k"), a_row(), a_row(source_reference=" GLEN-1 "), a_row(source_reference="GLEN-2")]
    verdicts = judge_text(tmp_path, csv_text(rows))
    assert rejected_columns(verdicts) == {2: ["Tenure"], 3: ["Source reference"], 4: ["Source reference"]}
    assert [verdict.line for verdict in accepted(verdicts)] == [5]


def test_rows_without_a_reference_are_told_so_and_not_called_duplicates(tmp_path):
    verdicts = judge_text(tmp_path, csv_text([a_row(source_reference=""), a_row(source_reference="")]))
    assert {error.message for verdict in verdicts for error in verdict.errors} == {"This is needed. Fill it in."}


def test_a_reference_that_no_index_could_hold_is_an_error():
    assert list(blamed(source_reference="x" * 201)) == [Column.SOURCE_REFERENCE]


def test_errors_name_the_column_as_the_file_has_it(tmp_path):
    header = [" SOURCE_REFERENCE", "organisation", "Person  Name", "tenure ", "Adaptations", "FIRST CONTACT"]
    text = csv_text([dict.fromkeys(header, "x")], header=header)
    assert rejected_columns(judge_text(tmp_path, text)) == {2: ["tenure ", "Adaptations", "FIRST CONTACT"]}


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ({"priority": "urgent-ish"}, "Priority"),
        ({"fast_track": "express"}, "Fast track"),
        ({"outcome": "who knows", "closed": "01/03/2025"}, "Outcome"),
        ({"outcome": "adapted"}, "Outcome"),
        ({"panel_decision": "murmurs"}, "Panel decision"),
        ({"funding_source": "raffle"}, "Funding source"),
        ({"cost": "about £500"}, "Cost GBP"),
        ({"cost": "-5"}, "Cost GBP"),
        ({"cost": "99999999999"}, "Cost GBP"),
        ({"cost": "1" * 5_000}, "Cost GBP"),
        ({"uprn": "n/a"}, "UPRN"),
        ({"date_of_birth": "04/02/2025"}, "Date of birth"),
        ({"first_contact": "03/02/1025"}, "First contact"),
        ({"hold_to": "01/03/2025"}, "Hold from"),
        ({"hold_reason": "person in hospital"}, "Hold from"),
        ({"hold_from": "02/03/2025", "hold_to": "01/03/2025"}, "Hold to"),
        ({"hold_from": "01/01/2025", "hold_to": "01/03/2025"}, "Hold from"),
        ({"hold_from": "01/03/2025", "ordered": "02/03/2025"}, "Hold to"),
        ({"hold_from": "01/03/2025", "hold_to": "01/04/2025", "closed": "02/03/2025"}, "Hold to"),
        ({"hold_from": "01/03/2025", "closed": "01/03/2025"}, "Hold to"),
        ({"hold_from": "01/03/2025", "hold_to": "01/04/2025", "hold_reason": "mercury retrograde"}, "Hold reason"),
        ({"person_name": "D" * 201}, "Person name"),
        ({"address": "A" * 501}, "Address"),
    ],
)
def test_what_the_rules_are_silent_about_is_a_doubt_and_never_keeps_a_row_out(change, about):
    doubts = accept(**change).doubts
    assert [doubt.split(":")[0] for doubt in doubts] == [about]


def test_names_and_addresses_that_cannot_be_stored_are_cut_and_kept_whole_with_the_row():
    case = accept(person_name="D" * 300, address="A" * 600)
    assert (len(case.person.name), len(case.home.address or "")) == (200, 500)
    assert case.raw["Person name"] == "D" * 300


def test_a_hold_says_why_and_whom_it_waits_on():
    hold = accept(hold_from="01/03/2025", hold_to="5 Mar 2025", hold_reason="Person in hospital").hold
    assert hold is not None
    assert (hold.held_from, hold.held_to) == (date(2025, 3, 1), date(2025, 3, 5))
    assert (hold.cause, hold.waits_on, hold.reason) == ("person_in_hospital", "person", "Person in hospital")


def test_a_hold_for_an_unknown_cause_waits_on_whomever_its_reason_names():
    hold = accept(hold_from="01/03/2025", hold_to="5 Mar 2025", hold_reason="landlord").hold
    assert hold is not None
    assert (hold.cause, hold.waits_on) == ("other", "landlord")


def test_a_hold_without_a_reason_waits_on_something_else():
    hold = accept(hold_from="01/03/2025").hold
    assert hold is not None
    assert (hold.held_to, hold.cause, hold.waits_on, hold.reason) == (None, "other", "other", None)


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("£12,199.50", "12199.50"),
        ("7341", "7341.00"),
        ("GBP 10", "10.00"),
        ("10.5 gbp", "10.50"),
        ("0", "0.00"),
        ("£ 1,000,000", "1000000.00"),
    ],
)
def test_costs_are_read_with_or_without_pounds_and_commas(text, cost):
    assert accept(cost=text).cost == Decimal(cost)


@pytest.mark.parametrize("text", ["12,19", "1.2.3", "£", "12k", "1e5", "٥"])
def test_what_is_no_amount_is_no_cost(text):
    assert accept(cost=text).cost is None


def test_rows_are_judged_one_by_one_however_many_there_are():
    rows = (
        Row(line, tuple(a_row(source_reference=str(line)).get(column, "") for column in Column)) for line in count(2)
    )
    verdicts = judge_rows(rows, COLUMNS, RULES)
    assert [next(verdicts).line for _ in range(3)] == [2, 3, 4]


def test_a_message_never_repeats_the_name_number_or_birth_date():
    errors = blamed(person_name="", date_of_birth="31/02/1937", nhs_or_chi="9609139095", postcode="GLASGOW")
    told = " ".join(errors.values())
    assert not any(secret in told for secret in ("1937", "9609139095", "GLASGOW", "Davina"))
