"""The shape of a pathway file. It holds names and words, no expressions; what a name does is Python's."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.pathways.form_definition import Definition, FormDefinition, Name, Slug, Value, Words

FieldPath = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
"""A field of a form, or `rows.field` for that field of each row."""


class TierDefinition(Definition):
    """How complex a person's situation is. Tiers stand in the file from the simplest to the most complex."""

    label: Words
    help: Words
    typical: Words
    entry: Name = Field(description="The stage in which a case of this tier starts after screening.")
    who_may_assess: Words
    assessor_roles: list[Name] = Field(description="Who may be assigned; empty when nobody needs to assess.")
    training_module: int | None = Field(None, description="The module an assessor must hold, in date.")


class StageDefinition(Definition):
    """What a case waits for."""

    label: Words
    waits_for: Words
    group: Literal["intake", "assessing", "deciding", "delivering", "checking", "held", "ended"]
    owner: Name | None = Field(None, description="The role that looks after cases here; none when ended.")
    tiers: list[Name] | None = Field(None, description="Only these tiers have the stage; left out: all.")
    help: Words


class MoveDefinition(Definition):
    """One way an action can lead. The first one that fits is taken; two that could both fit are a fault."""

    to: Name = Field(description="A stage, or `entry` (of the tier) or `stage_left` (the stage a hold left).")
    tier: Literal["same", "proposed", "chosen", "higher", "lower"] = "same"
    tiers: list[Name] | None = Field(None, description="Only from these tiers.")
    to_tiers: list[Name] | None = Field(None, description="Only to these tiers.")
    from_: list[Name] | None = Field(None, alias="from", description="Only from these stages or sets.")
    when: dict[Name, list[Value]] = Field(
        default_factory=dict, description="Fields of the form and the answers with which this way is taken."
    )
    given: Name | None = Field(None, description="A condition the service knows by name.")


class BlockedWhen(Definition):
    """A blocker that is asked before the action, everywhere or only from some tiers or stages."""

    blocker: Name
    tiers: list[Name] | None = None
    from_: list[Name] | None = Field(None, alias="from")


class OutcomeDefinition(Definition):
    """How a case that ends here has ended: always so, as a field says, or by the solution put in place."""

    fixed: Name | None = None
    from_field: Name | None = None
    from_solution: Name | None = Field(None, description="The outcome if no solution was ever recorded.")


class ActionDefinition(Definition):
    """A named, permitted move."""

    label: Words
    past_label: Words = Field(description="How the journal tells it.")
    help: Words
    roles: list[Name] = Field(min_length=1, description="Roles, or sets of roles.")
    starts: bool = Field(default=False, description="This action opens a case; it comes from nowhere.")
    from_: list[Name] = Field(default_factory=list, alias="from", description="Stages, or sets of stages.")
    moves: list[MoveDefinition] = Field(min_length=1)
    form: Name | None = None
    carries: Words | None = Field(None, description="What it carries when its form is not in this file.")
    blocked_when: list[BlockedWhen] = Field(default_factory=list)
    custody: Literal["stays", "actor"] = "stays"
    solution: Name | None = None
    outcome: OutcomeDefinition | None = None
    clock: Literal["stops", "restarts", "new_episode"] | None = None
    remembers: list[Name] = Field(default_factory=list)
    sets: dict[Name, FieldPath] = Field(default_factory=dict, description="Case attribute: field of the form.")
    records: list[Literal["triage"]] = Field(default_factory=list)


class TargetRow(Definition):
    """A target of one stage, for some cases or for all. The first row that fits counts."""

    tiers: list[Name] | None = None
    urgent: bool | None = Field(None, description="Only for urgent cases (see `urgent`), or only for others.")
    working_days: int | None = Field(None, ge=1)
    months: int | None = Field(None, ge=1, description="Calendar months, to the same day or the month's last.")
    counted_from: Name | None = Field(None, description="The stage whose beginning starts the count.")
    choice_of: Literal["partnership", "law"] | None = Field(None, description="Left out: as for all targets.")
    source: Words | None = None


class UrgentDefinition(Definition):
    """Which cases have the shortened targets."""

    priorities: list[Name]
    fast_tracks: list[Name]


class TargetsDefinition(Definition):
    """How long a stage may last. These are choices; `choice_of` says whose."""

    choice_of: Literal["partnership"]
    note: Words
    due_soon_percent: int = Field(ge=1, le=99, description="The last part of the time counts as due soon.")
    urgent: UrgentDefinition
    stages: dict[Name, list[TargetRow] | Literal["review_date"]]
    end_to_end: list[TargetRow]


class ChoiceDefinition(Definition):
    """One answer of a list."""

    label: Words
    hint: Words | None = None


class FundingSource(Definition):
    """Where money comes from, and for whom."""

    label: Words
    tenures: list[Name] = Field(min_length=1)
    grant: bool = False
    mandatory_grant: bool = Field(default=False, description="A grant that the law obliges to give.")


class RulesDefinition(Definition):
    """The numbers and lists that blockers read, each a choice of the partnership."""

    panel_tiers: list[Name] = Field(default_factory=list)
    direct_provision_tenures: list[Name] = Field(default_factory=list)
    check_roles: list[Name] = Field(default_factory=list)
    appeal_window_days: int | None = Field(None, ge=1, description="Calendar days after the refusal.")


class ReplacesDefinition(Definition):
    """The version this one replaces, and where each of its stages (and renamed tiers) goes."""

    version: int = Field(ge=1)
    stages: dict[Name, Name]
    tiers: dict[Name, Name] = Field(default_factory=dict)


class PathwayDefinition(Definition):
    """One version of one pathway."""

    key: Slug
    version: Annotated[int, Field(ge=1)]
    title: Words
    jurisdiction: Words
    summary: Words
    calendar: Slug
    catalogue: str = Field(pattern=r"^[a-z0-9-]+\.yaml$")
    triage: str = Field(pattern=r"^[a-z0-9-]+\.yaml$")
    default: bool = Field(default=False, description="The pathway of a referral that names none.")
    replaces: ReplacesDefinition | None = None
    tenures: list[Name] = Field(min_length=1)
    tiers: dict[Name, TierDefinition] = Field(min_length=1)
    stages: dict[Name, StageDefinition] = Field(min_length=2)
    stage_sets: dict[Name, list[Name]] = Field(default_factory=dict)
    role_sets: dict[Name, list[Name]] = Field(default_factory=dict)
    rules: RulesDefinition = RulesDefinition()
    outcomes: dict[Name, Words]
    funding_sources: dict[Name, FundingSource] = Field(default_factory=dict)
    choices: dict[Name, dict[Name, ChoiceDefinition]] = Field(default_factory=dict)
    targets: TargetsDefinition
    actions: dict[Name, ActionDefinition] = Field(min_length=1)
    forms: dict[Name, FormDefinition] = Field(default_factory=dict)
