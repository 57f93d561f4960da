"""The statements that keep units beside the journal, and that say what units add up to."""

from app.pathways.measures import Measure
from app.reports.measuring.compiler import Asked, episodes, holds_of, stays, units
from app.reports.statements import last, part


def keeping(measure: Measure) -> str:
    """The statement that keeps the units of cases `:among`; the schema's owner runs it."""
    one = measure.definition
    holds = bool(one.leave_out.waits_on)
    parts = [part("cases"), part("working"), part("journal"), part("contacts"), episodes(measure)]
    parts += [holds_of(one)] if holds else []
    waited = part("kept_waits") if holds else part("kept_no_waits")
    return _statement([*parts, waited], "measure.keep")


def keeping_stays() -> str:
    """The statement that keeps all stays of cases `:among`, in whichever stage."""
    return _statement([part("cases"), *_STAYS, part("kept_no_waits")], "measure.keep")


def tallying(measure: Measure, *, kept: bool) -> str:
    """What the units of cases `:only` add up to: those that are kept, or else those of the journal."""
    return f"{units(Asked(measure, kept=kept))}\n{last('measure.tallies')}"


def tallying_stays(*, kept: bool) -> str:
    """What the stays of cases `:only` add up to: those that are kept, or else those of the journal."""
    return _statement([part("kept_stays")] if kept else [part("cases"), *_STAYS, part("stays")], "stays.tallies")


_STAYS = (part("journal"), stays((), leave_unknown=False))


def _statement(parts: list[str], ending: str) -> str:
    return "WITH " + ",\n".join(parts) + "\n" + last(ending)
