"""Each check is shown a file broken in one way: the fault names the file, the line and the mend."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from app.kernel.calendars import Calendar
from app.pathways.faults import Fault, PathwayFaults
from app.pathways.loader import load_pathways
from app.pathways.published import LOCK_NAME

HOUSING = "housing-solutions/v1.yaml"
CATALOGUE = "housing-solutions/catalogue.yaml"
TRIAGE = "housing-solutions/triage.yaml"
VOCABULARY = "vocabulary.yaml"


class Broken(NamedTuple):
    """Replace `old` (which stands in `file` once) by `new`; the fault is on the line of `at`, and says `said`."""

    file: str
    old: str
    new: str
    at: str
    said: str


def found_in(folder: Path, calendars: Mapping[str, Calendar]) -> tuple[Fault, ...]:
    with pytest.raises(PathwayFaults) as found:
        load_pathways(folder, calendars)
    return found.value.faults


def edit(folder: Path, file: str, old: str, new: str) -> list[str]:
    """Change a file that is not published, and return its lines as they are then."""
    lock = folder / LOCK_NAME
    lock.unlink(missing_ok=True)
    text = (folder / file).read_text("utf-8")
    assert text.count(old) == 1, (file, old, text.count(old))
    changed = text.replace(old, new)
    (folder / file).write_text(changed, "utf-8")
    return changed.splitlines()


BROKEN = {
    "an unknown key": Broken(HOUSING, "title: Housing Solutions\n", "titel: Housing Solutions\n", "titel:", "“titel” is not known"),
    "a calendar that does not exist": Broken(HOUSING, "calendar: scotland", "calendar: wales", "calendar: wales", "calendar called “wales”"),
    "a role that does not exist": Broken(HOUSING, "roles: [funding_officer]\n    from: [funding]\n    form: funding_approval", "roles: [banker]\n    from: [funding]\n    form: funding_approval", "roles: [banker]", "role called “banker”"),
    "an owner that is no role": Broken(HOUSING, "help: It may be ordered.", "help: It may be ordered.\n  lost: {label: L, waits_for: w, group: held, owner: keeper, help: h}", "lost:", "role called “keeper”"),
    "a blocker that does not exist": Broken(HOUSING, "{blocker: own_recommendation}", "{blocker: bad_mood}", "bad_mood", "blocker called “bad_mood”"),
    "a form that does not exist": Broken(HOUSING, "form: funding_approval\n", "form: money_form\n", "form: money_form", "form called “money_form”"),
    "a tier that does not exist": Broken(HOUSING, "panel_tiers: [complex]", "panel_tiers: [enormous]", "panel_tiers: [enormous]", "tier called “enormous”"),
    "a stage to leave that does not exist": Broken(HOUSING, "from: [rehousing]\n    form: move_home", "from: [rehoming]\n    form: move_home", "from: [rehoming]", "stage called “rehoming”"),
    "a stage to reach that does not exist": Broken(HOUSING, "- {to: signposted}", "- {to: signed}", "{to: signed}", "stage called “signed”"),
    "a condition that does not exist": Broken(HOUSING, "given: direct_provision_agreed", "given: moon_is_full", "moon_is_full", "condition called “moon_is_full”"),
    "a condition for a required field that does not exist": Broken(HOUSING, "{condition: source_is_a_grant}", "{condition: source_is_odd}", "source_is_odd", "condition called “source_is_odd”"),
    "a list of choices that does not exist": Broken(HOUSING, "choices: consent\n", "choices: assent\n", "choices: assent", "list of choices called “assent”"),
    "a case attribute that does not exist": Broken(HOUSING, "sets: {meeting: meeting}", "sets: {gathering: meeting}", "gathering", "case attribute called “gathering”"),
    "a field to set from that does not exist": Broken(HOUSING, "sets: {meeting: meeting}", "sets: {meeting: gathering}", "gathering", "field in the form called “gathering”"),
    "a part to remember that does not exist": Broken(HOUSING, "remembers: [order_placer]", "remembers: [buyer]", "remembers: [buyer]", "part to remember called “buyer”"),
    "an outcome that does not exist": Broken(HOUSING, "outcome: {fixed: advice_only}", "outcome: {fixed: advised}", "advised", "outcome called “advised”"),
    "a reason for closing that is no outcome": Broken(HOUSING, "    duplicate: {label: It is a duplicate of another case}", "    boredom: {label: Boredom}", "outcome: {from_field: reason}", "outcome called “boredom”"),
    "a tenure that does not exist": Broken(HOUSING, "tenures: [council_tenant]", "tenures: [castle]", "tenures: [castle]", "tenure called “castle”"),
    "a target for a stage that does not exist": Broken(HOUSING, "    installed:\n      - {working_days: 10}", "    instaled:\n      - {working_days: 10}", "instaled:", "stage called “instaled”"),
    "an urgent priority that does not exist": Broken(HOUSING, "priorities: [critical]", "priorities: [extreme]", "priorities: [extreme]", "choice called “extreme”"),
    "a blocker whose field the form lacks": Broken(HOUSING, "      consent:\n        type: choice\n        choices: consent\n        label: Has", "      assent:\n        type: choice\n        choices: consent\n        label: Has", "{blocker: consent_missing}", "field in the form (which consent_missing reads)"),
    "a blocker whose number is not given": Broken(HOUSING, "  appeal_window_days: 28\n", "", "{blocker: appeal_window_closed}", "reads appeal_window_days"),
    "a stage that nothing leads to": Broken(HOUSING, "help: It may be ordered.", "help: It may be ordered.\n  lost: {label: L, waits_for: w, group: ended, help: h}", "lost:", "Nothing leads to complex/lost"),
    "two ways that are not told apart": Broken(HOUSING, "      - {tiers: [moderate], to: feasibility, when: {next_step: [feasibility]}}", "      - {tiers: [moderate], to: feasibility, when: {next_step: [feasibility, funding]}}", "moves:\n      - {tiers: [non_complex], to: funding", "could lead from moderate/recommended both to"),
    "a way to a stage that the tier lacks": Broken(HOUSING, "- {tiers: [complex], to: panel_referred}", "- {to: panel_referred}", "moves:\n      - {to: panel_referred}", "the tier moderate has no stage panel_referred"),
    "an open stage without an owner": Broken(HOUSING, "    group: deciding\n    owner: funding_officer\n", "    group: deciding\n", "funding:\n    label: Funding", "has no owner"),
    "an open stage without a target": Broken(HOUSING, "    appeal:\n      - {working_days: 20}\n", "", "appeal:\n    label: Appeal", "has no target"),
    "a tier without a target": Broken(HOUSING, "      - {tiers: [complex], working_days: 20}\n", "", "assessment:\n      - {tiers: [non_complex], working_days: 5}", "no target in the tier complex"),
    "a target in days and months": Broken(HOUSING, "      - {working_days: 10}\n    review:", "      - {working_days: 10, months: 1}\n    review:", "months: 1}", "working days or in months"),
    "an ended stage with an owner": Broken(HOUSING, "help: Advice was what was needed.", "help: Advice was what was needed.\n    owner: housing_officer", "signposted:\n    label", "nobody waits there"),
    "an end without an outcome": Broken(HOUSING, "    outcome: {fixed: advice_only}\n", "", "signpost:\n    label: Give", "without an outcome"),
    "an outcome without an end": Broken(HOUSING, "    remembers: [order_placer]", "    outcome: {fixed: adapted}", "place_order:", "does not end a case"),
    "a stage that an action leaves for nowhere": Broken(HOUSING, "    from: [rehousing]\n    form: move_home", "    from: [rehousing, review]\n    form: move_home\n    moves:\n      - {from: [rehousing], to: review}\n    solution: rehoused\n    clock: stops\n\n  spare:\n    label: S\n    past_label: S\n    help: S\n    roles: [housing_officer]\n    from: [rehousing]\n    form: move_home", "from: [rehousing, review]", "leads nowhere from review"),
    "no action that opens a case": Broken(HOUSING, "    starts: true\n", "    from: [completed]\n", "actions:", "One action opens a case; here it is: none"),
    "a form that nobody uses": Broken(HOUSING, "  appeal_decision:\n    fields:", "  spare: {fields: {}}\n  appeal_decision:\n    fields:", "spare:", "No action uses the form"),
    "a field called like what every form has": Broken(HOUSING, "      what_is_wrong:", "      occurred_at:", "occurred_at:", "already"),
    "a choice without choices": Broken(HOUSING, "        choices: consent\n", "", "consent:\n        type: choice\n        label: Has", "offers no choices"),
    "rows without fields": Broken(HOUSING, "      what_is_wrong:\n        type: long_text", "      what_is_wrong:\n        type: rows", "what_is_wrong:", "Rows have fields"),
    "a text with the day of a date": Broken(HOUSING, "      what_is_wrong:\n        type: long_text", "      what_is_wrong:\n        type: long_text\n        when: past", "when: past\n        label: What is wrong", "Only a date has"),
    "a text that must be yes": Broken(HOUSING, "      what_is_wrong:\n        type: long_text", "      what_is_wrong:\n        type: long_text\n        must_be: {answer: true, otherwise: No}", "must_be: {answer: true, otherwise: No}", "Only a yes or no has"),
    "a date not before one that does not exist": Broken(HOUSING, "not_before: expected_start", "not_before: started", "not_before: started", "field in the form called “started”"),
    "a required field that follows nothing": Broken(HOUSING, "{field: warrant_needed, is: [true]}", "{field: warrant_needed}", "{field: warrant_needed}", "belong together"),
    "a required field that follows an unknown one": Broken(HOUSING, "{field: warrant_needed, is: [true]}", "{field: permit, is: [true]}", "{field: permit", "field in the form called “permit”"),
    "a field without an example": Broken(HOUSING, "        example: The water does not drain away.\n", "", "what_is_wrong:", "has no example"),
    "an example that is not an answer": Broken(HOUSING, "        example: landlord_consent\n", "        example: bad_luck\n", "example: bad_luck", "not a valid answer"),
    "a way that needs a tier nobody chooses": Broken(HOUSING, "    form: tier_change\n    moves:\n      - {tier: lower", "    form: snag\n    moves:\n      - {tier: lower", "- {tier: lower", "no field to choose it"),
    "an item in a tier that does not exist": Broken(CATALOGUE, "    base_tier: complex\n    specification: A lift", "    base_tier: vast\n    specification: A lift", "base_tier: vast", "tier called “vast”"),
    "costs the wrong way round": Broken(CATALOGUE, "cost_to: 28000", "cost_to: 8000", "cost_to: 8000", "ends below its beginning"),
    "words for two items": Broken(CATALOGUE, "synonyms: [keysafe,", "synonyms: [Hand-Rails, keysafe,", "key_safe:", "“Hand-Rails” stands for both handrails and key_safe"),
    "a flag that does not exist": Broken(TRIAGE, "previous_adaptation_failed, child]", "previous_adaptation_failed, grandchild]", "[progressive_condition", "flag called “grandchild”"),
    "a row of triage that always matches": Broken(TRIAGE, "    adaptations_at_least: 3\n", "", "- reason: three", "matches always"),
    "a row of triage without a result": Broken(TRIAGE, "    tiers_up: 1\n", "", "- reason: three", "“at_least” or “tiers_up”"),
    "words with two meanings": Broken(VOCABULARY, "synonyms: [direct, da,", "synonyms: [Tier-4, direct, da,", "complex:\n      label: Complex", "stands for both direct_access and complex"),
}  # fmt: skip


def line_of(lines: list[str], at: str) -> int:
    """Find the line on which the first of some text stands."""
    text = "\n".join(lines)
    return text[: text.index(at)].count("\n") + 1


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_told_with_its_line_and_its_mend(
    copy_of_pathways: Path, calendars: dict[str, Calendar], broken: Broken
) -> None:
    lines = edit(copy_of_pathways, broken.file, broken.old, broken.new)
    faults = found_in(copy_of_pathways, calendars)
    matching = [fault for fault in faults if broken.said in fault.message]
    assert matching, faults
    assert (broken.file, line_of(lines, broken.at)) in [(fault.file, fault.line) for fault in matching], matching
    assert all(fault.mend for fault in faults)


def test_a_stage_from_which_no_end_can_be_reached_is_told(
    copy_of_pathways: Path, calendars: dict[str, Calendar]
) -> None:
    limbo = "  limbo: {label: Limbo, waits_for: a sign, group: deciding, owner: team_manager, help: h}\n"
    edit(copy_of_pathways, HOUSING, "    outcome: {fixed: advice_only}\n", "")
    edit(copy_of_pathways, HOUSING, "- {to: signposted}", "- {to: limbo}")
    edit(
        copy_of_pathways,
        HOUSING,
        "    appeal:\n      - {working_days: 20}\n",
        "    appeal:\n      - {working_days: 20}\n    limbo: review_date\n",
    )
    lines = edit(copy_of_pathways, HOUSING, "  signposted:\n    label", f"{limbo}  signposted:\n    label")
    faults = found_in(copy_of_pathways, calendars)
    told = [fault for fault in faults if fault.message == "From complex/limbo no end can be reached."]
    assert [fault.line for fault in told] == [line_of(lines, "limbo: {label")]


def test_every_fault_in_every_file_is_told_and_not_the_first(
    copy_of_pathways: Path, calendars: dict[str, Calendar]
) -> None:
    for name in ("an unknown key", "an item in a tier that does not exist", "words with two meanings"):
        broken = BROKEN[name]
        edit(copy_of_pathways, broken.file, broken.old, broken.new)
    edit(copy_of_pathways, "disabled-facilities-grant/v1.yaml", "calendar: england", "calendar: atlantis")
    edit(copy_of_pathways, "disabled-facilities-grant/v1.yaml", "{fixed: advice_only}", "{fixed: nothing_much}")
    faults = found_in(copy_of_pathways, calendars)
    assert {fault.file for fault in faults} >= {HOUSING, VOCABULARY, "disabled-facilities-grant/v1.yaml"}
    assert len([fault for fault in faults if fault.file == "disabled-facilities-grant/v1.yaml"]) == 2
    assert list(faults) == sorted(faults)


def test_a_folder_without_pathways_is_a_fault(tmp_path: Path, calendars: dict[str, Calendar]) -> None:
    (tmp_path / VOCABULARY).write_text("tables: {}\n", "utf-8")
    assert [fault.message for fault in found_in(tmp_path, calendars)] == ["No pathway is here."]


@pytest.mark.parametrize("file", [HOUSING, CATALOGUE, TRIAGE, VOCABULARY])
def test_a_file_of_ten_megabytes_stops_the_start(
    copy_of_pathways: Path, calendars: dict[str, Calendar], file: str
) -> None:
    with (copy_of_pathways / file).open("ab") as data:
        data.write(b"# nothing\n" * 1_000_000)
    faults = found_in(copy_of_pathways, calendars)
    assert [fault.line for fault in faults if fault.file == file and "larger than" in fault.message] == [1]


@pytest.mark.parametrize("file", [CATALOGUE, TRIAGE])
def test_a_missing_companion_file_is_a_fault(copy_of_pathways: Path, calendars: dict[str, Calendar], file: str) -> None:
    (copy_of_pathways / file).unlink()
    assert file in {fault.file for fault in found_in(copy_of_pathways, calendars)}


def test_two_default_pathways_are_a_fault(copy_of_pathways: Path, calendars: dict[str, Calendar]) -> None:
    edit(
        copy_of_pathways,
        "disabled-facilities-grant/v1.yaml",
        "catalogue: catalogue.yaml\n",
        "catalogue: catalogue.yaml\ndefault: true\n",
    )
    faults = found_in(copy_of_pathways, calendars)
    assert [fault.message for fault in faults] == ["disabled-facilities-grant is the default pathway already."]
