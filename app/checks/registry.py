"""Every rule, in the order in which they are shown: first whether the data hold together, then what to look at."""

from typing import Final

from app.checks import journal_rules, outcome_rules, ownership_rules, time_rules
from app.checks.doubtful_times import DOUBTFUL_TIMES
from app.checks.findings import Rule
from app.checks.hold_rules import HOLD_MATCHES_STAGE, HOLD_PAST_REVIEW, HOLDS_DO_NOT_OVERLAP
from app.checks.home_rules import HOME_FOLLOWS_JOURNAL
from app.checks.paper_rules import PAPERS_AS_CIRCULATED

RULES: Final[tuple[Rule, ...]] = (
    journal_rules.CHAIN_IS_WHOLE,
    journal_rules.SEALS_ARE_WHOLE,
    journal_rules.STATE_FOLLOWS_JOURNAL,
    journal_rules.PATHWAY_IS_KNOWN,
    time_rules.CUSTODY_ADDS_UP,
    time_rules.STAGE_TIME_ADDS_UP,
    HOLDS_DO_NOT_OVERLAP,
    HOLD_MATCHES_STAGE,
    outcome_rules.PANEL_ITEM_MATCHES_STAGE,
    PAPERS_AS_CIRCULATED,
    HOME_FOLLOWS_JOURNAL,
    ownership_rules.OPEN_CASE_HAS_OWNER,
    ownership_rules.OPEN_CASE_HAS_ASSIGNEE,
    ownership_rules.TRAINING_EXPIRED,
    HOLD_PAST_REVIEW,
    time_rules.DEADLINES_CURRENT,
    outcome_rules.ENDED_WITHOUT_OUTCOME,
    DOUBTFUL_TIMES,
)

BY_KEY: Final[dict[str, Rule]] = {rule.key: rule for rule in RULES}


class UnknownRule(KeyError):
    """There is no rule of this name."""


def rules_named(keys: tuple[str, ...]) -> tuple[Rule, ...]:
    """The rules of these names, all of them when none is named. Raises UnknownRule, naming those there are."""
    for key in keys:
        if key not in BY_KEY:
            raise UnknownRule(f"There is no rule {key}. There is: {', '.join(BY_KEY)}.")
    return tuple(rule for rule in RULES if not keys or rule.key in keys)
