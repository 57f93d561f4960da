"""What a measure's file may say: points, kinds, groupings, targets, and what must fit what."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from app.pathways.form_definition import Definition, Name, Slug, Words

Grouping = Literal[
    "tenure", "tier", "organisation", "priority", "fast_track", "age_band", "adaptation", "locality", "funding",
    "landlord", "outcome", "month", "quarter", "year",
]  # fmt: skip
Literals = Annotated[list[Name | int], Field(min_length=1)]


class Where(Definition):
    """A further condition on an event: what was said in one field of its form."""

    field: Name
    is_: Literals = Field(alias="is")


class Point(Definition):
    """A moment in a case's episode: first contact, the referral, the solution, the end, an action, reaching a stage.

    An episode begins at first contact, or on the day the case was reopened.
    """

    at: Literal["first_contact", "referral", "solution", "end", "action", "stage_entered"]
    any_of: list[Name] = Field(default_factory=list, description="Which actions, or which stages.")
    which: Literal["first", "last"] = "first"
    where: Where | None = None

    @model_validator(mode="after")
    def _names_what_it_means(self) -> Self:
        named = self.at in ("action", "stage_entered")
        if named != bool(self.any_of):
            message = "say with any_of which ones." if named else f"{self.at} takes no any_of."
            raise ValueError(message)
        if self.where is not None and self.at != "action":
            message = "only an action has fields to look at."
            raise ValueError(message)
        if self.which == "last" and not named:
            message = f"{self.at} comes once an episode: leave `which` out."
            raise ValueError(message)
        return self


class LeaveOut(Definition):
    """What the second, net figure leaves out, and which cases or stays are not counted at all."""

    waits_on: list[Name] = Field(
        default_factory=list, description="The net figure leaves out holds that wait on these."
    )
    outcomes: list[Name] = Field(default_factory=list, description="Cases that ended like this are not counted.")
    journey_unknown: bool = Field(default=False, description="Leave out what ended by steps nobody wrote down.")


class Cases(Definition):
    """Which cases are counted; nothing said means all."""

    pathways: list[Slug] = Field(default_factory=list)
    tiers: list[Name] = Field(default_factory=list)
    tenures: list[Name] = Field(default_factory=list)


class TargetRule(Definition):
    """A number of working days; the first rule that fits a case's tier holds."""

    tiers: list[Name] = Field(default_factory=list)
    working_days: Annotated[int, Field(ge=0, le=2_000)]


class Target(Definition):
    """What is aimed at, and whose choice that is."""

    choice_of: Literal["partnership"]
    rules: list[TargetRule] = Field(min_length=1)

    def working_days_in(self, tier: str) -> int | None:
        """What is allowed in a tier: the first rule that fits; None where none does."""
        return next((rule.working_days for rule in self.rules if not rule.tiers or tier in rule.tiers), None)


class Limit(Definition):
    """A limit in months that somebody set, such as a law: later than the same day of the month is over it."""

    months: Annotated[int, Field(ge=1, le=120)]
    source: Words


class ToConfirm(Definition):
    """What a person must confirm before the measure is used, and what it may be.

    `setting` is `from`: where the count starts; `choices` gives a point for each choice.
    """

    setting: Literal["from"]
    why: Words
    choices: dict[Name, Point] = Field(min_length=2)


class MeasureDefinition(Definition):
    """A measure as its file has it."""

    key: Slug
    version: Annotated[int, Field(ge=1, le=999)]
    title: Words
    definition: Annotated[str, Field(min_length=20, max_length=2_000, description="What is counted, in plain words.")]
    source: Words = Field(description="Where the measure comes from.")
    kind: Literal["interval", "stays", "open", "count", "cost"]
    unit: Literal["working_days", "calendar_days", "cases", "households", "pounds"]
    headline: Literal["median", "mean", "count", "sum"] = Field(description="Which figure is named first.")
    from_: Point | None = Field(None, alias="from")
    to: Point | None = None
    stages: list[Name] = Field(default_factory=list, description="Of `stays`: in which stages.")
    population: Literal["by_completion", "by_start", "open_at"] = "by_completion"
    leave_out: LeaveOut = LeaveOut()
    cases: Cases = Cases()
    group_by: list[Grouping] = Field(min_length=1, description="By what its figures may be told apart.")
    target: Target | None = None
    limit: Limit | None = None
    suppress_below: Annotated[int, Field(ge=3, le=20)] = Field(
        5, description="In what is published, fewer than this are not told."
    )
    confirm: ToConfirm | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for wrong in _gaps(self):
            raise ValueError(wrong)
        return self


def _gaps(one: MeasureDefinition) -> Iterator[str]:
    start = one.from_ is not None or one.confirm is not None
    if one.from_ is not None and one.confirm is not None:
        yield "`from` is to be confirmed, so it cannot be given here as well."
    if (one.kind == "stays") != bool(one.stages):
        yield "`stages` belongs to the kind `stays`, and that kind needs it."
    needs = {"interval": (True, True), "open": (True, True), "stays": (False, False)}
    if one.kind in needs and (start, one.to is not None) != needs[one.kind]:
        yield f"the kind `{one.kind}` needs {'from and to' if needs[one.kind][0] else 'neither from nor to'}."
    if one.kind in ("count", "cost") and (start or one.to is None):
        yield f"the kind `{one.kind}` needs `to`, the event that is counted, and no `from`."
    if one.kind == "cost" and (one.to is None or one.to.at != "action"):
        yield "costs are told by an action: let `to` name it."
    if (one.kind == "open") != (one.population == "open_at"):
        yield "`open_at` belongs to the kind `open`."
    headlines = {"count": ("count",), "open": ("count",), "cost": ("sum",)}.get(one.kind, ("median", "mean"))
    if one.headline not in headlines:
        yield f"the kind `{one.kind}` names first: {' or '.join(headlines)}."
    if one.population == "by_start" and one.kind not in ("interval", "stays"):
        yield "only what takes time can be counted by its start."
    units = {"interval": "days", "stays": "days", "cost": "pounds", "count": "cases", "open": "cases or households"}
    fits = one.unit.endswith("days") if one.kind in ("interval", "stays") else one.unit in units[one.kind]
    if not fits:
        yield f"the kind `{one.kind}` counts {units[one.kind]}."


class Confirmed(Definition):
    """Somebody's word on what a measure left to be confirmed."""

    choice: Name
    by: Words
    on: Words


class MeasureSettings(Definition):
    """The partnership's own word on measures that ask for one, by `<key>/<version>`."""

    confirmed: dict[str, Confirmed] = Field(default_factory=dict)
