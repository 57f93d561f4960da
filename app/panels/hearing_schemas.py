"""What the API reads and writes about hearings of appeals."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from app.edge.bodies import Body, Day, Email, Line, example
from app.panels.actions.set_hearing import Attended, Ground


class HearingIn(Body):
    """A hearing: why the person appeals, when, and by whom it is heard; the chair is one of the members."""

    ground: Ground
    held_on: Day
    members: Annotated[list[Email], Field(min_length=1, max_length=10)]
    chair: Email
    place: Line | None = None

    model_config = example(
        {
            "ground": "exceptional",
            "held_on": "2031-03-18",
            "members": ["panel_member@demo.example", "service_manager@demo.example"],
            "chair": "panel_member@demo.example",
        }
    )


class HearingAttendedIn(Body):
    """How the person took part."""

    attended: Attended

    model_config = example({"attended": "with_supporter"})


class HearerOut(BaseModel):
    """Somebody who hears the appeal."""

    name: str
    organisation: str
    chairs: bool


class HearingOut(BaseModel):
    """A hearing; `outcome` is null until the appeal is decided."""

    reference: str
    ground: str
    held_on: date
    place: str | None
    members: list[HearerOut]
    attended: str | None
    outcome: str | None
    closed_at: AwareDatetime | None


class AppealOut(BaseModel):
    """An appeal that waits to be decided; `held_on` is the day of its hearing where one is set."""

    reference: str
    appealed_on: date
    due_on: date | None
    overdue: bool
    held_on: date | None
    place: str | None


class AppealList(BaseModel):
    """Appeals that wait, the longest first; at most two hundred."""

    items: list[AppealOut]
