"""What the API takes and tells of imports. Names are the contract's."""

from pydantic import AwareDatetime, BaseModel, Field

from app.edge.bodies import Body, Short


class ImportForm(Body):
    """The fields of the form beside the file."""

    source: Short
    dry_run: bool = False


class ErrorOut(BaseModel):
    """What keeps a row out. `row` is its number in the sheet (the header is 1), `column` the name that the file has."""

    row: int
    column: str
    message: str


class DoubtOut(BaseModel):
    """Something to look at that kept no row out, and how many new cases have it; each case's are kept with its row."""

    doubt: str
    rows: int


class NotesOut(BaseModel):
    """What else a person should know."""

    unknown_columns: list[str] = Field(description="Columns that are kept on each case as they are.")
    new_organisations: list[str] = Field(description="Organisations that the partnership did not have.")
    doubts: list[DoubtOut]
    remarks: list[str]


class ImportSummary(BaseModel):
    """One import. Every row ends in exactly one of the four, which add up to `rows`."""

    id: int
    source: str
    dry_run: bool
    run_by: str | None = Field(description="None when it was run by command without naming anybody.")
    started_at: AwareDatetime
    finished_at: AwareDatetime
    rows: int
    accepted: int
    unchanged: int
    conflict: int
    rejected: int


class ImportOut(ImportSummary):
    """An import's report."""

    errors: list[ErrorOut] = Field(description="Every error of every rejected row, the first ten thousand.")
    errors_left_out: int = Field(description="How many more there are; rejected.csv has them all.")
    notes: NotesOut


class ImportPage(BaseModel):
    """Some imports, newest first."""

    items: list[ImportSummary]
    next_cursor: str | None


class ConflictOut(BaseModel):
    """A row that says something else than the row that the case came from. Nothing was overwritten."""

    row: int
    source_reference: str
    reference: str = Field(description="The case that has this source reference.")
    cells: dict[str, str] = Field(description="The row as it was read this time.")
    cells_before: dict[str, str] = Field(description="The row that the case came from.")


class ConflictPage(BaseModel):
    """Some conflicts, in the order of the sheet."""

    items: list[ConflictOut]
    next_cursor: str | None


class ImportedRowOut(BaseModel):
    """The row that a case came from, as it was read."""

    import_id: int
    source: str
    source_reference: str
    row: int
    cells: dict[str, str]
    unknown_columns: dict[str, str] = Field(description="Those of the cells whose columns the import does not know.")
    doubts: list[str]
