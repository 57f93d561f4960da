"""Provision as it is shown: with the words that the case's pathway has for every key."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date

from app.cases.casework import Casework
from app.cases.models import Case
from app.kernel.database import Session
from app.pathways.pathway import CompiledPathway
from app.pathways.survey import SurveyDefinition
from app.provision.answers import (
    AnswerOut,
    CheckOut,
    ChoiceOut,
    CorrectionOut,
    CostOut,
    FundingOut,
    GoalOut,
    ItemOut,
    OrderOut,
    OutcomeOut,
    ProvisionOut,
    QuestionOut,
    QuoteOut,
    ReuseOut,
    SnagOut,
    SurveyFormOut,
    SurveyOut,
)
from app.provision.queries import load_provision, waiting_for_reuse
from app.provision.rules import Cost, Funding, Goal, Order, Outcome, Provision, Quote, Survey

UNKNOWN_SOURCE = "Not written down"


async def show_provision(session: Session, case: Case, *, casework: Casework, today: date) -> ProvisionOut:
    """The provision of a visible case."""
    provision = await load_provision(session, case, casework=casework)
    words = Words(casework.pathways.get(case.pathway_key, case.state.pathway_version))
    reuse = await waiting_for_reuse(session, still_wanted(case))
    return provision_out(case.reference, provision, words, casework.pathways.survey, today, reuse)


def still_wanted(case: Case) -> tuple[str, ...]:
    """What a case is still to provide: what was recommended stands before what was asked for."""
    if case.state.ended_at is not None or case.state.solution is not None:
        return ()
    attributes = case.state.memory.get("attributes", {})
    return tuple(attributes.get("adaptations") or case.adaptations)


@dataclass(frozen=True, slots=True)
class Words:
    """What one version of a pathway calls things; what it does not know is shown as it is, in words."""

    pathway: CompiledPathway

    def items(self, keys: Iterable[str]) -> list[ItemOut]:
        """Adaptations."""
        return [ItemOut(adaptation=key, label=self.pathway.catalogue.label(key)) for key in keys]

    def source(self, key: str | None) -> str:
        """A source of money."""
        if key is None:
            return UNKNOWN_SOURCE
        found = self.pathway.definition.funding_sources.get(key)
        return found.label if found else _plain(key)

    def choice(self, table: str, key: str | None) -> str | None:
        """An answer of one of the pathway's lists."""
        return self.pathway.choices.get(table, {}).get(key, _plain(key)) if key else None


def _plain(key: str) -> str:
    return key.replace("_", " ").capitalize()


def provision_out(
    reference: str,
    provision: Provision,
    words: Words,
    survey: SurveyDefinition | None,
    today: date,
    reuse: Mapping[str, int],
) -> ProvisionOut:
    """Put provision into the form of the API."""
    standing = [order.price for order in provision.orders if order.price is not None and order.given_up_on is None]
    return ProvisionOut(
        reference=reference,
        agreed_price=sum(standing) or None,
        final_cost=provision.final_cost,
        costs=_costs(provision.costs, words),
        funding=[_funding(one, words) for one in provision.funding],
        quotes=[_quote(one, words, today) for one in provision.quotes],
        orders=[_order(one, words, today) for one in provision.orders],
        snags=[SnagOut(**asdict(one)) for one in provision.snags],
        checks=[CheckOut(**asdict(one)) for one in provision.checks],
        goals=[_goal(one, words) for one in provision.goals],
        outcome=_outcome(provision.outcome, words),
        surveys=[_survey(one) for one in provision.surveys],
        corrections=[CorrectionOut(**asdict(one)) for one in provision.remarks],
        survey_form=survey_form(survey),
        waiting_for_reuse=[
            ReuseOut(adaptation=item.adaptation, label=item.label, waiting=reuse[item.adaptation])
            for item in words.items(reuse)
        ],
    )


def _costs(costs: Iterable[Cost], words: Words) -> list[CostOut]:
    return [CostOut(source=one.source, label=words.source(one.source), amount=one.amount) for one in costs]


def _funding(one: Funding, words: Words) -> FundingOut:
    return FundingOut(**asdict(one), label=words.source(one.source))


def _quote(one: Quote, words: Words, today: date) -> QuoteOut:
    return QuoteOut(**{**asdict(one), "items": words.items(one.items)}, lapsed=one.lapsed(today))


def _order(one: Order, words: Words, today: date) -> OrderOut:
    plain = {name: value for name, value in asdict(one).items() if name not in ("items", "costs", "first_finished_on")}
    return OrderOut(
        **plain,
        state=one.state,
        items=words.items(one.items),
        days_late=one.days_late(today),
        costs=_costs(one.costs, words),
        final_cost=one.final_cost,
        variance=one.variance,
    )


def _goal(one: Goal, words: Words) -> GoalOut:
    return GoalOut(**asdict(one), label=words.choice("goal_result", one.result))


def _outcome(one: Outcome | None, words: Words) -> OutcomeOut | None:
    return OutcomeOut(**asdict(one), label=words.choice("satisfaction", one.satisfaction)) if one else None


def _survey(one: Survey) -> SurveyOut:
    plain = {name: value for name, value in asdict(one).items() if name != "answers"}
    return SurveyOut(**plain, answers=[AnswerOut(**asdict(answer)) for answer in one.answers])


def survey_form(survey: SurveyDefinition | None) -> SurveyFormOut | None:
    """The survey as it is asked now."""
    if survey is None:
        return None
    questions = [
        QuestionOut(
            question=key,
            label=question.label,
            hint=question.hint,
            required=question.required,
            answers=[ChoiceOut(answer=answer, label=label) for answer, label in (question.answers or {}).items()],
        )
        for key, question in survey.questions.items()
    ]
    return SurveyFormOut(version=survey.version, title=survey.title, note=survey.note, questions=questions)
