"""The shape of a form in a pathway file: fields of a closed set of types, in plain words."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
"""What data calls a thing: small letters, digits and underscores."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,47}$")]
"""What a folder, a pathway or a calendar is called: small letters, digits and hyphens."""
Words = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
"""Something a person will read."""
Value = bool | int | float | str | None


class Definition(BaseModel):
    """A part of a data file: nothing unknown, nothing guessed, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FieldType(StrEnum):
    """Every kind of field that a form may have."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    YES_NO = "yes_no"
    DATE = "date"
    MONEY = "money"
    INTEGER = "integer"
    PERCENT = "percent"
    CHOICE = "choice"
    MANY = "many"
    TIER = "tier"
    MEETING = "meeting"
    ADAPTATIONS = "adaptations"
    ROWS = "rows"


class RequiredWhen(Definition):
    """When an otherwise optional field must be filled in; everything that is said here must hold."""

    condition: Name | None = Field(None, description="A condition the service knows by name.")
    field: Name | None = Field(None, description="Another field of this form …")
    is_: list[Value] | None = Field(None, alias="is", description="… that has one of these values.")
    tiers: list[Name] | None = Field(None, description="The case is in one of these tiers.")


class MustBe(Definition):
    """The only answer with which the action may go on, and what to say to any other."""

    answer: bool
    otherwise: Words


class FieldDefinition(Definition):
    """One question of a form."""

    type: Annotated[FieldType, Field(strict=False)]
    label: Words
    hint: Words | None = None
    required: bool = True
    required_when: RequiredWhen | None = None
    missing: Words | None = Field(None, description="What to say when it is not filled in.")
    default: Value = Field(None, description="The value when it is left empty.")
    choices: Name | None = Field(None, description="The list under `choices:` to choose from.")
    one_of: list[int] | None = Field(None, description="The only numbers allowed.")
    at_least: int | None = Field(None, ge=0, description="The least number, or the fewest rows or choices.")
    at_most: int | None = Field(None, ge=1, description="The greatest number, or the longest text.")
    must_be: MustBe | None = None
    when: Literal["past", "future"] | None = Field(None, description="For a date: today or before, or today or after.")
    not_before: Name | None = Field(None, description="For a date: another date of this form, at the earliest.")
    dates_the_event: bool = Field(
        default=False, description="This date says on which day the event happened, if nothing else does."
    )
    fields: dict[Name, "FieldDefinition"] | None = Field(None, description="For rows: what a row holds.")
    row_for_each: Literal["goal"] | None = Field(
        None, description="For rows: an ordinary case has one for each of these."
    )
    example: Value | list[Value] | list[dict[str, Value]] = Field(
        None, description="An answer from an ordinary case. For a date: days from today."
    )


class FormDefinition(Definition):
    """What an action must carry."""

    fields: dict[Name, FieldDefinition]
