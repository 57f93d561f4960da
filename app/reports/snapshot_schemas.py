"""What the API takes and tells of the annual performance snapshot."""

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field

from app.edge.bodies import Body, Line, Prose, Short, example


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
    outcome_told: Prose
    surveyed: bool = Field(description="Whether the person has been asked how it was for them.")


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
    """One table of the report."""

    title: str
    definition: str
    columns: list[str]
    rows: list[dict[str, Any]]


class SnapshotReport(BaseModel):
    """The partnership's report: put together from the sampled cases, never from the organisations' averages."""

    snapshot: SnapshotOut
    sampled: int
    logged: int
    parts: list[PartOut]
    tables: list[TableOut]


class SampledList(BaseModel):
    """The sampled cases that the reader may see."""

    items: list[SampledOut]
