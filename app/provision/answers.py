"""What the API answers about provision. Amounts are pounds and pence, written as text."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from app.provision.rules import OrderState
from app.provision.schemas import Mark


class ItemOut(BaseModel):
    """An adaptation of the catalogue, and what people call it."""

    adaptation: str
    label: str


class FundingOut(BaseModel):
    """Money that was approved."""

    sequence: int
    approved_on: date
    source: str | None
    label: str
    level: int | None
    amount: Decimal | None
    reference: str | None


class QuoteOut(BaseModel):
    """A contractor's quote. `chosen_by` is the event of the order that took it; `lapsed`: it is too late to take it."""

    sequence: int
    contractor: str
    amount: Decimal | None
    items: list[ItemOut]
    received_on: date
    valid_until: date | None
    document: str | None
    chosen_by: int | None
    lapsed: bool


class CostOut(BaseModel):
    """What one source paid; `source` is null where nobody wrote down which."""

    source: str | None
    label: str
    amount: Decimal


class OrderOut(BaseModel):
    """An order, what was expected of it and what became of it. `days_late` are calendar days, so far or in the end."""

    sequence: int
    state: OrderState
    ordered_on: date | None
    contractor: str | None
    items: list[ItemOut]
    price: Decimal | None
    expected_start: date | None
    expected_finish: date | None
    started_on: date | None
    finished_on: date | None
    given_up_on: date | None
    days_late: int | None
    costs: list[CostOut]
    final_cost: Decimal | None
    variance: Decimal | None


class SnagOut(BaseModel):
    """Something that was wrong; open while `closed_on` is null."""

    sequence: int
    raised_on: date
    what_is_wrong: str
    closed_on: date | None


class CheckOut(BaseModel):
    """A check that was passed."""

    sequence: int
    passed_on: date
    checked_by: str | None


class GoalOut(BaseModel):
    """A goal and what came of it; `result` is null until the person has been asked."""

    goal: str
    agreed_on: date | None
    result: str | None
    label: str | None
    asked_on: date | None


class OutcomeOut(BaseModel):
    """What the outcome review found."""

    sequence: int
    recorded_on: date
    satisfaction: str | None
    label: str | None
    what_changed: str | None


class AnswerOut(BaseModel):
    """One answer, with the question as it was asked."""

    question: str
    asked: str
    answer: str
    said: str


class SurveyOut(BaseModel):
    """One survey that somebody answered."""

    sequence: int
    version: int
    answered_on: date
    given_by: str
    how: str
    answers: list[AnswerOut]


class CorrectionOut(BaseModel):
    """A detail that somebody corrected. `counts`: the figures here go by the correction."""

    sequence: int
    detail: str
    was: str
    now: str
    why: str
    counts: bool


class ChoiceOut(BaseModel):
    """An answer on offer."""

    answer: str
    label: str


class QuestionOut(BaseModel):
    """A question of the survey; without answers on offer it is for the person's own words."""

    question: str
    label: str
    hint: str | None
    required: bool
    answers: list[ChoiceOut]


class SurveyFormOut(BaseModel):
    """The survey as it is asked now."""

    version: int
    title: str
    note: str
    questions: list[QuestionOut]


class ReuseOut(BaseModel):
    """How many items of a kind wait in the whole partnership to be used again."""

    adaptation: str
    label: str
    waiting: int


class ProvisionOut(BaseModel):
    """What was agreed, ordered, built, paid and achieved: read from the journal, corrections included."""

    reference: str
    agreed_price: Decimal | None
    final_cost: Decimal | None
    costs: list[CostOut]
    funding: list[FundingOut]
    quotes: list[QuoteOut]
    orders: list[OrderOut]
    snags: list[SnagOut]
    checks: list[CheckOut]
    goals: list[GoalOut]
    outcome: OutcomeOut | None
    surveys: list[SurveyOut]
    corrections: list[CorrectionOut]
    survey_form: SurveyFormOut | None
    waiting_for_reuse: list[ReuseOut]


class MarkOut(BaseModel):
    """What became of an item; the note only for those it was written for."""

    mark: Mark
    marked_on: date
    organisation: str
    note: str | None


class HomeItemOut(BaseModel):
    """An adaptation in a home: what, since when, who saw to it. `reference` only where that case may be seen too."""

    id: int
    adaptation: str
    label: str
    installed_on: date
    organisation: str
    reusable: bool
    own: bool
    reference: str | None
    marks: list[MarkOut]


class HomeHistoryOut(BaseModel):
    """What has been put into the home of a case, whoever lived there then; newest first."""

    reference: str
    items: list[HomeItemOut]


class WaitingItemOut(BaseModel):
    """An item that waits to be used again. Where it stands only for those who may see the case it came from."""

    id: int
    adaptation: str
    label: str
    installed_on: date
    marked_on: date
    organisation: str
    note: str | None
    reference: str | None
    address: str | None
    postcode: str | None
    may_mark: bool


class WaitingPage(BaseModel):
    """Some items that wait, longest first."""

    items: list[WaitingItemOut]
    next_cursor: str | None


class MarkedOut(BaseModel):
    """The mark that an item now has."""

    id: int
    adaptation: str
    mark: Mark
    marked_on: date
