"""What the API takes and tells of the annual performance snapshot."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, Field

from app.edge.bodies import Body, Line, Prose, Short, example

NotAsked = Literal[
    "nothing_in_place", "not_reached", "did_not_want", "not_able", "died", "moved_away", "not_done", "other"
]
NOT_ASKED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nothing_in_place": "Nothing is in place yet that they could speak of",
        "not_reached": "They could not be reached",
        "did_not_want": "They did not want to be asked",
        "not_able": "They are not able to say, and nobody can for them",
        "died": "They have died",
        "moved_away": "They have moved away",
        "not_done": "Nobody has asked them",
        "other": "Another reason",
    }
)
"""Why a sampled person was not asked, in the words in which it is asked and told."""


class SnapshotIn(Body):
    """A year's snapshot: the seed by which cases are drawn, told before the year begins."""

    model_config = example(
        {"year": 2099, "seed": "7 19 23 31 40 44", "seed_source": "The national lottery's draw of 28 March."}
    )

    year: Annotated[int, Field(ge=2000, le=2100, description="The year in which the financial year begins.")]
    one_in: Annotated[int, Field(ge=1, le=100, description="One case in so many; 10 is ten per cent.")] = 10
    seed: Annotated[str, Field(min_length=6, max_length=200, pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$")]
    seed_source: Short = Field(description="Where the seed comes from, so that everybody can check it.")


class SnapshotOut(BaseModel):
    """A year's snapshot as it was published."""

    year: int
    one_in: int
    seed: str
    seed_source: str
    published_at: AwareDatetime
    published_by: str
    in_time: bool
    method: str


class SnapshotList(BaseModel):
    """Every snapshot, the newest first."""

    items: list[SnapshotOut]


class EntryIn(Body):
    """What an organisation adds about a sampled case that the journal does not have."""

    model_config = example(
        {"professions": ["Occupational therapist"], "outcome_told": "Washes alone again.", "surveyed": True}
    )

    professions: Annotated[list[Short], Field(max_length=20)] = Field(
        default_factory=list, description="Professions that took part without recording anything here."
    )
    outcome_told: Prose = Field(description="What came of it for the person; the partnership's report prints it.")
    surveyed: bool = Field(description="Whether the person has been asked how it was for them.")
    not_asked_because: NotAsked | None = Field(
        None, description="Why the person has not been asked; needed where `surveyed` is false, else left out."
    )
    replaces: Annotated[int, Field(ge=0)] | None = Field(
        None,
        description="The `version` that one has seen, 0 where nothing had been entered. With it, what somebody else has"
        " entered since is not overwritten: the answer is then 409.",
    )


class SubmissionIn(Body):
    """An organisation hands its part in."""

    model_config = example({"note": "One person could not be reached."})

    organisation: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,80}$")] | None = Field(
        None, description="Key of the organisation; else one's own."
    )
    note: Line | None = None


class SampledOut(BaseModel):
    """A sampled case: which one, and what its organisation has added."""

    reference: str
    tier: str
    tenure: str
    stage: str
    organisation: str
    professions: list[str] | None
    outcome_told: str | None
    surveyed: bool | None
    not_asked_because: str | None = Field(description="Why the person has not been asked, where that was entered.")
    version: int | None = Field(description="Counts how often it was entered; null where nothing was.")
    entered_by: str | None
    entered_at: AwareDatetime | None


class PartOut(BaseModel):
    """An organisation's part: how many sampled cases it holds, how many are complete, and whether it was handed in."""

    key: str
    organisation: str
    cases: int
    completed: int
    submitted_at: AwareDatetime | None
    submitted_by: str | None
    note: str | None


class PartList(BaseModel):
    """Every organisation's part."""

    items: list[PartOut]


class TableOut(BaseModel):
    """One table of the report: `by` what its groups are told apart, `headings` of columns that have no fixed name."""

    title: str
    definition: str
    by: str
    columns: list[str]
    headings: dict[str, str] = Field(default_factory=dict)
    rows: list[dict[str, Any]]


class ToldOut(BaseModel):
    """What an organisation wrote of its sampled cases, in no order that would say of which."""

    organisation: str
    words: list[str]


class SnapshotReport(BaseModel):
    """The partnership's report: put together from the sampled cases, never from the organisations' averages."""

    snapshot: SnapshotOut
    made_on: date
    sampled: int
    logged: int
    parts: list[PartOut]
    tables: list[TableOut]
    told: list[ToldOut]


class SampledList(BaseModel):
    """The sampled cases that the reader may see."""

    items: list[SampledOut]
