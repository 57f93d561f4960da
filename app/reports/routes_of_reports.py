"""What each report that is SQL by hand may be asked for: its figures, and the cases behind them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.reports import filters
from app.reports.filters import Behind, Figures

QUERIES: Final[Mapping[str, tuple[type[Figures], type[Behind]]]] = MappingProxyType(
    {
        "stage-times": (filters.StageTimesFigures, filters.StageTimesBehind),
        "waiting-now": (filters.WaitingNowFigures, filters.WaitingNowBehind),
        "outcomes": (filters.OutcomesFigures, filters.OutcomesBehind),
        "doubtful-times": (filters.DoubtfulTimesFigures, filters.DoubtfulTimesBehind),
        "where-time-goes": (filters.WhereTimeGoesFigures, filters.WhereTimeGoesBehind),
        "cumulative-flow": (filters.CumulativeFlowFigures, filters.CumulativeFlowBehind),
        "involvement": (filters.InvolvementFigures, filters.InvolvementBehind),
        "professions": (filters.ProfessionsFigures, filters.ProfessionsBehind),
        "repeats": (filters.HappenedFigures, filters.HappenedBehind),
        "contact-only-follow-ups": (filters.HappenedFigures, filters.HappenedBehind),
        "satisfaction": (filters.AnswersFigures, filters.AnswersBehind),
        "goals": (filters.AnswersFigures, filters.AnswersBehind),
    }
)
