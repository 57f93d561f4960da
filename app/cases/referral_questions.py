"""The questions of a referral, as the page for logging one asks them, and their answers as the API takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app.cases.presenters import TENURE_WORDS
from app.edge.questions import Option, Question
from app.pathways.pathway import CompiledPathway

_CONSENT: Final[Mapping[str, tuple[str, bool, str]]] = {
    "person": ("Yes, the person said so", True, "the person"),
    "speaker": ("Yes, somebody who may speak for them said so", True, "somebody who may speak for the person"),
    "no": ("No", False, "the person"),
}
_ASKERS: Final = (
    "The person", "Family or carer", "Housing officer", "Health or social care professional", "Somebody else",
)  # fmt: skip
OWN_LANDLORD: Final = "home.landlord"
PRIVATE_LANDLORD: Final = "home.private_landlord"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What the questions offer: the catalogue's words, landlords by name, and the pathway's own lists."""

    pathway: CompiledPathway
    words: tuple[str, ...]
    landlords: Sequence[str]


def identity_questions(offered: Offered) -> tuple[Question, ...]:
    """Who, and where: not asked of somebody whom we know already."""
    tenures = offered.pathway.definition.tenures
    return (
        Question(name="person.name", kind="text", label="Full name", autocomplete="off"),
        Question(name="person.date_of_birth", kind="date", label="Date of birth", hint="For example, 7 3 1941"),
        Question(name="person.phone", kind="phone", label="Telephone number", required=False),
        Question(name="home.postcode", kind="text", label="Postcode"),
        Question(name="home.address", kind="text", label="Address", hint="House or flat number, street, town"),
        Question(
            name="home.tenure",
            kind="choice",
            label="How do they live there?",
            options=tuple(Option(value=key, label=TENURE_WORDS.get(key, key)) for key in tenures),
        ),
        Question(
            name=OWN_LANDLORD,
            kind="text",
            label="Which housing association?",
            suggestions=tuple(offered.landlords),
            shown_under=("home.tenure", "rsl_tenant"),
            required=False,
        ),
        Question(
            name=PRIVATE_LANDLORD,
            kind="text",
            label="Who is the landlord?",
            shown_under=("home.tenure", "private_rented"),
            required=False,
        ),
    )


def more_questions() -> tuple[Question, ...]:
    """What helps and need not be known at a counter."""
    return (
        Question(name="person.chi_number", kind="text", label="CHI number", required=False),
        Question(name="person.nhs_number", kind="text", label="NHS number", required=False),
        Question(name="person.email", kind="email", label="E-mail address", required=False),
        Question(name="person.preferred_contact", kind="text", label="How they like to be reached", required=False),
        Question(name="home.uprn", kind="text", label="UPRN", hint="The number of the home, if known", required=False),
        Question(name="referrer.name", kind="text", label="Name of who told us", required=False),
        Question(name="referrer.organisation", kind="text", label="Their organisation", required=False),
    )


def need_questions(offered: Offered) -> tuple[Question, ...]:
    """What is asked for, and by whom."""
    flags = offered.pathway.triage.flags
    return (
        Question(
            name="need.adaptations",
            kind="words",
            label="What is asked for?",
            hint="In your own words, such as grab rail. Several with a semicolon between: grab rail; lever taps",
            suggestions=offered.words,
        ),
        Question(name="need.description", kind="long_text", label="What is difficult for the person?"),
        Question(
            name="need.flags",
            kind="many",
            label="Is any of this so?",
            hint="It decides whether somebody has to assess first.",
            required=False,
            options=tuple(Option(value=key, label=flag.label, hint=flag.hint) for key, flag in flags.items()),
        ),
        Question(
            name="referrer.capacity",
            kind="choice",
            label="Who asks?",
            options=tuple(Option(value=who, label=who) for who in _ASKERS),
        ),
        Question(
            name="first_contact_on",
            kind="date",
            label="When did we first hear of it?",
            hint="The person’s wait is counted from this day.",
        ),
        Question(
            name="consent",
            kind="choice",
            label="May the partner organisations share what they must to help?",
            options=tuple(Option(value=key, label=label) for key, (label, _, _) in _CONSENT.items()),
        ),
    )


def screening_questions(offered: Offered, action: str) -> tuple[Question, ...]:
    """What screening asks beside the tier, where one may screen."""
    fields = offered.pathway.fields(action)
    choices = offered.pathway.definition.choices
    return tuple(
        Question(
            name=f"screening.{name}",
            kind="choice",
            label=field.label,
            hint=field.hint,
            required=field.required,
            options=tuple(Option(value=k, label=c.label, hint=c.hint) for k, c in choices[field.choices].items()),
        )
        for name, field in fields.items()
        if field.choices is not None
    )


def shaped(answers: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Put the answers into the form that the API takes; `known` are the person and home of a case we know."""
    body = {name: value for name, value in answers.items() if name != "screening"}
    home = dict(body.get("home", {}))
    private = home.pop(PRIVATE_LANDLORD.split(".")[1], None)
    body["home"] = {**home, **({"landlord": private} if private else {})}
    body = {**body, **known}
    consent = body.get("consent")
    if isinstance(consent, str) and consent in _CONSENT:
        _, shares, by = _CONSENT[consent]
        on = body.get("first_contact_on")
        body["consent"] = {"share_with_partners": shares, "given_by": by, **({"recorded_on": on} if on else {})}
    return body


def fresh_answers(today: date) -> dict[str, Any]:
    """What a new form has filled in: at a counter, we hear of it today."""
    return {"first_contact_on": today.isoformat()}
