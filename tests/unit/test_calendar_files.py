"""The calendars that ship, against counts made by hand and a second library; and what a wrong file is told."""

from datetime import date
from pathlib import Path

import pytest
from govuk_bank_holidays.bank_holidays import BankHolidays

from app.kernel.calendars import Calendar, calendar_days
from app.pathways.calendar_files import load_calendars, read_calendar_files
from app.pathways.calendar_generation import JURISDICTIONS, generate
from app.pathways.faults import PathwayFaults

SHIPPED = Path(__file__).parents[2] / "pathways" / "calendars"
WORLD_CUP_DAY = date(2026, 6, 15)

A_CALENDAR = """\
key: testland
title: Testland's holidays
jurisdiction: Testland
source: made up
closed_days:
  - {date: 2025-05-05, name: May Day}
  - {date: 2025-12-25, name: Christmas Day}
"""


@pytest.fixture(scope="module")
def shipped() -> dict[str, Calendar]:
    return load_calendars(SHIPPED)


def faults_in(folder: Path, text: str, name: str = "testland.yaml") -> list[str]:
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(PathwayFaults) as caught:
        load_calendars(folder)
    return [str(fault).removeprefix(f"{folder.name}/") for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("start", "end", "calendar", "scotland", "england"),
    [
        (date(2024, 12, 23), date(2025, 1, 6), 14, 6, 7),
        (date(2025, 3, 31), date(2025, 4, 30), 30, 21, 20),
        (date(2025, 11, 24), date(2025, 12, 8), 14, 9, 10),
        (date(2026, 3, 30), date(2026, 4, 10), 11, 8, 7),
        (date(2026, 6, 8), date(2026, 6, 22), 14, 9, 10),
    ],
)
def test_days_are_counted_after_the_start_up_to_and_including_the_end(
    shipped: dict[str, Calendar], start: date, end: date, calendar: int, scotland: int, england: int
) -> None:
    assert calendar_days(start, end) == calendar
    assert shipped["scotland"].working_days(start, end) == scotland
    assert shipped["england"].working_days(start, end) == england


def test_a_partnership_that_works_on_15_june_2026_counts_it(shipped: dict[str, Calendar]) -> None:
    scotland = shipped["scotland"]
    at_work = scotland.with_local(added=[], removed=[WORLD_CUP_DAY])
    closed_again = at_work.with_local(added=[WORLD_CUP_DAY], removed=[])
    assert at_work.working_days(date(2026, 6, 8), date(2026, 6, 22)) == 10
    assert closed_again.working_days(date(2026, 6, 8), date(2026, 6, 22)) == 9
    assert at_work.add_working_days(date(2026, 6, 12), 1) == WORLD_CUP_DAY
    assert closed_again.add_working_days(date(2026, 6, 12), 1) == date(2026, 6, 16)


def test_15_june_2026_is_marked_as_a_day_to_confirm() -> None:
    scotland = read_calendar_files(SHIPPED)["scotland"]
    assert [(day.date, "disagree" in day.why) for day in scotland.confirm] == [(WORLD_CUP_DAY, True)]


@pytest.mark.parametrize(
    ("key", "division", "differ"),
    [
        ("scotland", BankHolidays.SCOTLAND, {WORLD_CUP_DAY}),
        ("england", BankHolidays.ENGLAND_AND_WALES, set[date]()),
    ],
)
def test_the_ministry_of_justices_list_agrees_for_2012_to_2028(
    shipped: dict[str, Calendar], key: str, division: str, differ: set[date]
) -> None:
    second_opinion = BankHolidays(use_cached_holidays=True).get_holidays(division=division)
    theirs = {day["date"] for day in second_opinion if 2012 <= day["date"].year <= 2028 and day["date"].weekday() < 5}
    ours = {day for day in shipped[key].closed_days if 2012 <= day.year <= 2028 and day.weekday() < 5}
    assert len(theirs) > 100
    assert ours ^ theirs == differ


@pytest.mark.parametrize("key", JURISDICTIONS)
def test_a_committed_calendar_is_what_would_be_generated_today(key: str, tmp_path: Path) -> None:
    (tmp_path / f"{key}.yaml").write_text(generate(key), encoding="utf-8")
    # The source names the package's version; a new version that says the same makes no file stale.
    generated = read_calendar_files(tmp_path)[key].model_dump(exclude={"source"})
    committed = read_calendar_files(SHIPPED)[key].model_dump(exclude={"source"})
    assert committed == generated


@pytest.mark.parametrize("key", JURISDICTIONS)
def test_a_committed_calendar_reaches_at_least_five_years_beyond_2030(shipped: dict[str, Calendar], key: str) -> None:
    years = {day.year for day in shipped[key].closed_days}
    assert years >= set(range(2010, 2030 + 5 + 1))


def test_a_calendar_says_where_its_days_come_from(shipped: dict[str, Calendar]) -> None:
    assert shipped["scotland"].source.startswith("holidays ")
    assert shipped["scotland"].title == "Scotland's bank holidays"


def test_local_days_in_a_file_are_applied_over_its_closed_days(tmp_path: Path) -> None:
    local = "added: [{date: 2025-05-06, name: Local fair}]\nremoved: [{date: 2025-05-05, name: The office is open}]\n"
    (tmp_path / "testland.yaml").write_text(A_CALENDAR + local, encoding="utf-8")
    testland = load_calendars(tmp_path)["testland"]
    assert testland.closed_days == {date(2025, 5, 6), date(2025, 12, 25)}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            A_CALENDAR.replace("2025-05-05", "2025-02-30"),
            "testland.yaml:6: “date” is wrong: it is not a real day written as in 2026-06-15. Correct it.",
        ),
        (A_CALENDAR.replace("title: ", "titel: "), "testland.yaml:1: “title” is missing. Add it."),
        (
            A_CALENDAR + "holidays: []\n",
            "testland.yaml:8: “holidays” is not known here. Correct its spelling or take it out.",
        ),
        (
            A_CALENDAR + "added: today\n",
            "testland.yaml:8: “added” is wrong: Input should be a valid list. Correct it.",
        ),
        (
            A_CALENDAR.replace("key: testland", "key: elsewhere"),
            "testland.yaml:1: The key is “elsewhere” and the file is “testland”. Name both alike.",
        ),
        (
            A_CALENDAR + "  - {date: 2025-05-05, name: Again}\n",
            "testland.yaml:8: 2025-05-05 stands here a second time. Keep one of the two.",
        ),
        (
            A_CALENDAR + "added:\n  - {date: 2025-05-05, name: Again}\n",
            "testland.yaml:9: 2025-05-05 is closed already. Take it out.",
        ),
        (
            A_CALENDAR + "removed:\n  - {date: 2025-05-06, name: Open}\n",
            "testland.yaml:9: 2025-05-06 is not one of the closed days. Correct the date, or take it out.",
        ),
        ("", "testland.yaml:1: The file is wrong: "),
    ],
)
def test_a_fault_names_file_line_and_mend(tmp_path: Path, text: str, fault: str) -> None:
    assert any(found.startswith(fault) for found in faults_in(tmp_path, text))


def test_the_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("key: [", encoding="utf-8")
    found = faults_in(tmp_path, A_CALENDAR.replace("2025-05-05", "soon").replace("source: made up\n", ""))
    assert [fault.split(":")[0] for fault in found] == ["broken.yaml", "testland.yaml", "testland.yaml"]


def test_a_folder_without_a_calendar_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(PathwayFaults, match="No calendar is here"):
        load_calendars(tmp_path)


def test_a_jurisdiction_that_nobody_described_is_not_generated() -> None:
    with pytest.raises(KeyError):
        generate("atlantis")
