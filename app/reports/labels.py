"""What groups and columns are called for people. Keys are the contract's; words are the pathways' own."""

from collections.abc import Mapping
from typing import Any, Final

from app.cases.presenters import TENURE_WORDS
from app.pathways.loader import PathwayCatalogue

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COLUMNS: Final[Mapping[str, str]] = {
    "group": "Group", "completed": "Completed", "median_working_days": "Median, working days",
    "p90_working_days": "Nine in ten, working days", "mean_working_days": "Mean, working days",
    "median_calendar_days": "Median, calendar days", "p90_calendar_days": "Nine in ten, calendar days",
    "mean_calendar_days": "Mean, calendar days", "longest_working_days": "Longest, working days",
    "longest_calendar_days": "Longest, calendar days",
    "net_median_working_days": "Median without the person's own holds",
    "net_p90_working_days": "Nine in ten, working days, without the person's own holds",
    "net_mean_working_days": "Mean, working days, without the person's own holds",
    "net_median_calendar_days": "Median, calendar days, without the person's own holds",
    "net_longest_working_days": "Longest, working days, without the person's own holds",
    "within_target": "Within target", "with_target": "Of those with a target", "over_limit": "Over the limit",
    "still_open": "Still open", "open_median_working_days": "Still open: median so far",
    "open_longest_working_days": "Longest still open",
    "left_before": "Left without it", "doubtful": "With doubtful times", "households": "Households",
    "pounds": "Pounds", "works": "Works",
    "not_recorded": "Cost not recorded", "journey_unknown": "Steps nobody wrote down",
    "from_working_days": "From, working days", "to_working_days": "To, working days", "came_in": "Came in",
    "open_at_end": "Open at the end", "up_to_5_working_days": "Up to 5 working days",
    "from_6_to_20_working_days": "6 to 20", "from_21_to_60_working_days": "21 to 60",
    "from_61_to_120_working_days": "61 to 120", "from_121_to_250_working_days": "121 to 250",
    "over_250_working_days": "Over 250", "over_target": "Over target",
    "mean_working_days_per_episode": "Mean, working days, over all episodes",
    "estimated_median_working_days": "Estimated median, working days",
    "median_low_working_days": "Median: from", "median_high_working_days": "Median: to",
    "estimated_p90_working_days": "Estimated nine in ten, working days", "p90_low_working_days": "Nine in ten: from",
    "p90_high_working_days": "Nine in ten: to", "others": "All others",
    "difference_working_days": "Apart from all others, working days", "difference_low_working_days": "Apart: from",
    "difference_high_working_days": "Apart: to", "percent_within_target": "Per cent within target",
    "percent_low": "Per cent: from", "percent_high": "Per cent: to",
    "points_apart": "Points apart from all others", "points_low": "Points apart: from",
    "points_high": "Points apart: to",
}  # fmt: skip
BY: Final[Mapping[str, str]] = {
    "none": "All together", "tenure": "Tenure", "tier": "Tier", "organisation": "Organisation", "priority": "Priority",
    "fast_track": "Fast track", "age_band": "Age", "adaptation": "Adaptation", "locality": "Locality",
    "funding": "Funding", "landlord": "Landlord", "outcome": "How it ended", "month": "Month", "quarter": "Quarter",
    "year": "Financial year", "stage": "Stage", "waits_on": "Whom a hold waits on", "cause": "Why it was on hold",
}  # fmt: skip
VIEWS: Final[Mapping[str, str]] = {
    "figures": "Figures", "distribution": "How they spread", "flow": "In and out", "ageing": "Still open",
    "estimate": "Estimate with those still waiting", "compare": "Compare groups",
}  # fmt: skip
_AGES: Final = {"under_18": "Under 18", "18_to_64": "18 to 64", "65_and_over": "65 and over"}
_PLAIN: Final = {
    "all": "All", "not_recorded": "Not recorded", "none": "None", "before": "Before", "after": "After",
    "before_referral": "Before the referral was logged", "not_on_hold": "Not on hold",
    "not_ended": "Not ended", "private_landlord": "Private landlords",
    "another_landlord": "Another landlord",
    "reopened": "Reopened", "repeat_linked": "Linked to another case: the same need",
    "repeat_separated": "Kept as another need", "contact_after_progress": "Contact after progress",
    "contact_after_contact": "Contact after nothing but contact",
}  # fmt: skip


def month(value: str) -> str:
    """`2026-03` as "Mar 26"."""
    year, _, number = value.partition("-")
    return f"{_MONTHS[int(number) - 1]} {year[2:]}"


def column(name: str) -> str:
    """A column's heading."""
    return COLUMNS.get(name) or name.replace("_", " ").capitalize()


_ASKED: Final[Mapping[str, str]] = {
    "as_known_on": "As known on", "split_on": "Before and after", "source": "Brought in from",
    "least_days": "Working days, at least", "most_days": "Working days, at most",
    "completed_from": "From", "completed_to": "To", "happened_from": "From", "happened_to": "Until",
    "ended_from": "From", "ended_to": "To", "left_from": "From", "left_to": "To",
}  # fmt: skip


def asked(name: str) -> str:
    """What a filter is called."""
    return BY.get(name) or _ASKED.get(name) or column(name)


class Labels:
    """The words of a partnership's pathways for the values of groups."""

    def __init__(self, pathways: PathwayCatalogue) -> None:
        of: dict[str, dict[str, str]] = {"tenure": dict(TENURE_WORDS), "age_band": _AGES}
        for pathway in pathways.all():
            one = pathway.definition
            of.setdefault("tier", {}).update({key: tier.label for key, tier in one.tiers.items()})
            of.setdefault("stage", {}).update({key: stage.label for key, stage in one.stages.items()})
            of.setdefault("outcome", {}).update(one.outcomes)
            of.setdefault("funding", {}).update({key: source.label for key, source in one.funding_sources.items()})
            for by, choices in (
                ("priority", "priority"), ("fast_track", "fast_track"), ("waits_on", "waits_on"),
                ("cause", "hold_reason"), ("role", "roles"),
            ):  # fmt: skip
                words = {key: choice.label for key, choice in one.choices.get(choices, {}).items()}
                of.setdefault(by, {}).update(words)
            of.setdefault("adaptation", {}).update({key: item.label for key, item in pathway.catalogue.items.items()})
        self._of = of

    def group(self, by: str, value: Any) -> str:
        """What a group is called. Names that people gave, such as an organisation's, stay as they are."""
        if value is None:
            return ""
        text = str(value)
        head, comma, tail = text.rpartition(", ")
        if comma and tail in ("before", "after"):
            return f"{self.group(by, head)}, {tail}"
        if by == "month":
            return month(text)
        return self._of.get(by, {}).get(text) or _PLAIN.get(text) or (text if by in _NAMES else _spoken(text))

    def choices(self, by: str) -> Mapping[str, str]:
        """The values that a page offers to narrow by."""
        return self._of.get(by, {})


_NAMES: Final = frozenset({"organisation", "landlord", "locality", "quarter", "year"})


def _spoken(text: str) -> str:
    return text.replace("_", " ").replace("/", ", ").capitalize()
