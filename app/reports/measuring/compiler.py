"""Compiles a measure to SQL over the journal: its units, one row each, by one grouping and under some filters.

The statement begins with the same parts as every report (the cases that the reader may see, the journal as it was
known); what is compiled here is how the measure's spans come of them. Values are always bound; only names that the
measure's file was checked for, and the groupings' own expressions, become part of the text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.pathways.measure_definition import MeasureDefinition, Point
from app.pathways.measures import Measure
from app.reports.measuring.groups import GROUPS, joins_of
from app.reports.measuring.points import NEVER, condition, listed, literal
from app.reports.statements import part

_DOUBT: Final = """(j.details ->> 'journey' IS NOT DISTINCT FROM 'unknown'
            OR j.actor_kind = 'user' AND j.kind <> 'corrected' AND j.recorded_at > j.effective_at + interval '14 days'
            OR j.effective_at <> j.occurred_at)"""
_TOLD_BY: Final = ("tenure", "pathway_key", "calendar_key")
FILTERS: Final = (
    "tenure", "tier", "organisation", "priority", "fast_track", "age_band", "adaptation", "locality", "funding",
    "landlord",
)  # fmt: skip
"""By what any measure may be narrowed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a statement is compiled for: a measure, its grouping, and the names of the filters that are given."""

    measure: Measure
    by: str = "none"
    narrowed: frozenset[str] = frozenset()
    cohort: bool = False
    """Count what began in the period, whatever has become of it, and not what was completed in it."""
    split: bool = False
    """Tell groups apart by whether the day that counts is before a day."""
    kept: bool = False
    """Take the units that are kept, and count only cases `:among` from the journal, which have moved since."""


def units(asked: Asked) -> str:
    """The `WITH` part of a statement, its last name `units`: one row each, with `status` done, left or open."""
    one = asked.measure.definition
    parts = [part("cases"), part("working"), part("journal"), part("contacts")]
    match one.kind:
        case "stays":
            parts.append(stays(one.stages, leave_unknown=one.leave_out.journey_unknown))
        case "cost":
            parts.append(_costs(one))
        case _:
            parts.append(episodes(asked.measure))
    holds = bool(one.leave_out.waits_on)
    parts += [*([holds_of(one)] if holds else []), *([_kept(one)] if asked.kept else [])]
    parts += [_spans(asked), _waited(holds=holds), part("measured")]
    return "WITH " + ",\n".join(parts)


def _kept(one: MeasureDefinition) -> str:
    status = "k.status"
    among = ""
    if one.kind == "stays":
        # All stays are kept once, for every measure of some of them.
        among = f" AND k.stage IN ({listed(one.stages)})"
        if one.leave_out.journey_unknown:
            status = "CASE WHEN k.about = 'journey unknown' THEN 'unknown' ELSE k.status END"
    return f"""whole AS (
  SELECT t.case_id, t.sequence, t.episode, t.status, t.started_on, t.ended_on, t.doubtful, t.tier, t.stage,
         t.custody_id, t.outcome, t.amount, t.known_at, t.about, t.part, NULL::integer AS kept_calendar_days,
         NULL::integer AS kept_working_days, NULL::date AS held_since, NULL::text AS tenure, NULL::text AS pathway_key,
         NULL::text AS calendar_key
    FROM told t
  UNION ALL
  SELECT k.case_id, k.sequence, k.episode, {status}, k.started_on,
         coalesce(k.ended_on, greatest(CAST(:today AS date), k.started_on)), k.doubtful, k.tier, k.stage, k.custody_id,
         k.outcome, NULL, k.known_at, k.about, NULL, k.waited_calendar_days, k.waited_working_days, k.held_since,
         k.tenure, k.pathway_key, k.calendar_key
    FROM report_units k
   WHERE k.measure = :measure AND NOT (k.case_id = ANY (CAST(:among AS bigint[]))){among}
     AND (CAST(:only AS bigint[]) IS NULL OR k.case_id = ANY (CAST(:only AS bigint[])))
)"""


def episodes(measure: Measure) -> str:
    """The units of an interval, ending in `told`: one for each episode that it began in."""
    one = measure.definition
    start, to = measure.start, one.to
    begins, finishes = condition(start), condition(to)
    # Only a move takes a case out of its end: a note about an ended case, a correction or a contact does not.
    resumes = "(j.from_stage = ANY (CAST(:ended_stages AS text[])) AND j.kind IN ('moved', 'milestone_imported'))"
    wanted = " OR ".join(dict.fromkeys(each for each in (begins, finishes) if each != NEVER)) or NEVER
    told_of = (
        ", j.effects ->> 'hold' AS hold, j.effects -> 'hold_details' ->> 'waits_on' AS waits_on"
        if one.leave_out.waits_on
        else ""
    )
    held = " OR j.effects ->> 'hold' IS NOT NULL" if one.leave_out.waits_on else ""
    return f"""marked AS MATERIALIZED (
  SELECT r.*, count(*) FILTER (WHERE r.clock = 'new_episode') OVER w AS reopened
    FROM (SELECT j.case_id, j.sequence, j.day, j.to_tier, j.to_stage, j.custody_id,
                 {begins} AS begins, {finishes} AS finishes,
                 j.effects ->> 'clock' AS clock, j.effects ->> 'outcome' AS outcome,
                 j.effects ->> 'ends' IS NOT NULL AS ends, {resumes} AS resumes,
                 {_DOUBT} AS doubtful,
                 CASE WHEN j.sequence = 1 THEN (j.effects -> 'sets' ->> 'first_contact_on')::date END AS said_on
                 {told_of}
            FROM journal j
           WHERE j.sequence = 1 OR j.effects ->> 'clock' IS NOT NULL OR j.effects ->> 'ends' IS NOT NULL
              OR {resumes} OR {wanted}{held}
          -- What is read of an event is read once, and not again for the window.
          OFFSET 0) r
  WINDOW w AS (PARTITION BY r.case_id ORDER BY r.sequence)
),
begun AS (
  SELECT m.*, {_chosen(start, "m.sequence")} AS began_at, {_chosen(start, "m.day")} AS began_on
    FROM marked m
  WINDOW e AS (PARTITION BY m.case_id, m.reopened)
),
episodes AS MATERIALIZED (
  SELECT b.case_id, b.reopened + 1 AS episode, min(b.began_at) AS began_at, min(b.began_on) AS began_on,
         min(b.day) FILTER (WHERE b.clock = 'new_episode') AS reopened_on, min(b.day) AS first_on,
         min(b.said_on) AS said_on, min(b.day) FILTER (WHERE b.sequence = 1) AS logged_on,
         {_finish(to, "sequence")} AS finished_at, {_finish(to, "day")} AS finished_on,
         max(b.sequence) FILTER (WHERE b.clock IN ('stops', 'restarts')) AS clock_at,
         max(b.sequence) FILTER (WHERE b.clock = 'stops') AS stopped_at,
         max(b.day) FILTER (WHERE b.clock = 'stops') AS stopped_on,
         max(b.sequence) FILTER (WHERE b.ends) AS end_at, max(b.day) FILTER (WHERE b.ends) AS end_on,
         coalesce(max(b.sequence) FILTER (WHERE b.resumes AND NOT b.ends), 0) AS resumed_at,
         max(b.sequence) AS last_at,
         coalesce(bool_or(b.doubtful) FILTER (WHERE b.begins AND b.sequence = b.began_at), false) AS began_doubtfully,
         array_agg(b.sequence) FILTER (WHERE b.doubtful) AS doubtful_at
    FROM begun b
   GROUP BY b.case_id, b.reopened
),
reached AS (
  SELECT e.case_id, e.episode, {_began(start)} AS started_on, {_reached_at(to)} AS finished_at,
         {_reached_on(to)} AS finished_on, e.end_at, e.end_on, e.last_at,
         e.end_at IS NOT NULL AND e.end_at > e.resumed_at AS ended,
         e.began_doubtfully, e.doubtful_at
    FROM (SELECT e.*, least(coalesce(k.day, e.said_on), e.logged_on) AS first_contact_on
            FROM episodes e LEFT JOIN contact_corrections k ON k.case_id = e.case_id) e
),
raw AS (
  SELECT r.case_id, r.episode, r.started_on, r.began_doubtfully,
         CASE WHEN r.finished_at IS NOT NULL THEN 'done' WHEN r.ended THEN 'left' ELSE 'open' END AS status,
         coalesce(r.finished_at, CASE WHEN r.ended THEN r.end_at END, r.last_at) AS sequence,
         CASE WHEN r.finished_at IS NOT NULL THEN r.finished_on WHEN r.ended THEN r.end_on
              ELSE greatest(d.as_at, r.started_on) END AS ended_on,
         {_doubtful(to)} AS doubtful
    FROM reached r
    CROSS JOIN (SELECT least(CAST(:as_known_on AS date), CAST(:today AS date)) AS as_at) d
   WHERE r.started_on IS NOT NULL
),
heads AS (
  SELECT c.id AS case_id, c.tier, c.stage, c.custody_id FROM cases c WHERE CAST(:as_known_on AS date) IS NULL
  UNION ALL
  (SELECT DISTINCT ON (e.case_id) e.case_id, e.to_tier, e.to_stage, e.custody_id
     FROM case_events e
    WHERE CAST(:as_known_on AS date) IS NOT NULL
      AND e.recorded_at < (CAST(:as_known_on AS date) + 1)::timestamp AT TIME ZONE 'Europe/London'
    ORDER BY e.case_id, e.sequence DESC)
),
told AS (
  SELECT r.case_id, r.sequence, r.episode, r.status, r.started_on, r.ended_on, coalesce(r.doubtful, false) AS doubtful,
         coalesce(h.tier, m.to_tier) AS tier, coalesce(h.stage, m.to_stage) AS stage,
         coalesce(h.custody_id, m.custody_id) AS custody_id, m.outcome, NULL::numeric AS amount,
         CASE WHEN r.status = 'open' THEN 2147483647 ELSE r.sequence END AS known_at,
         CASE WHEN r.episode > 1 THEN 'episode ' || r.episode END AS about, NULL::text AS part
    FROM raw r
    JOIN marked m ON m.case_id = r.case_id AND m.sequence = r.sequence
    -- What is still open is told of as it stands.
    LEFT JOIN heads h ON h.case_id = r.case_id AND r.status = 'open'
)"""


def _chosen(point: Point | None, column: str) -> str:
    """The first or last event of an episode that is the point; with 0 before every event where it is none."""
    match point:
        case Point(at="action" | "stage_entered", which=which):
            return f"{'min' if which == 'first' else 'max'}({column}) FILTER (WHERE m.begins) OVER e"
        case Point(at="solution" | "end"):
            raise ValueError(point.at)
        case _:
            return "0" if column == "m.sequence" else "NULL::date"


def _began(point: Point | None) -> str:
    match point:
        case None | Point(at="first_contact"):
            return "coalesce(e.reopened_on, e.first_contact_on)"
        case Point(at="referral"):
            return "coalesce(e.reopened_on, e.first_on)"
        case _:
            return "e.began_on"


def _finish(point: Point | None, column: str) -> str:
    match point:
        case Point(at="action" | "stage_entered", which=which):
            choose = "min" if which == "first" else "max"
            return f"{choose}(b.{column}) FILTER (WHERE b.finishes AND b.sequence > b.began_at)"
        case _:
            return "NULL::integer" if column == "sequence" else "NULL::date"


_SOLVED: Final = "e.stopped_at = e.clock_at AND e.stopped_at > coalesce(e.began_at, 0)"
_ENDED: Final = "e.end_at > e.resumed_at AND e.end_at > coalesce(e.began_at, 0)"


def _reached_at(point: Point | None) -> str:
    match point:
        case Point(at="solution"):
            return f"CASE WHEN {_SOLVED} THEN e.stopped_at END"
        case Point(at="end"):
            return f"CASE WHEN {_ENDED} THEN e.end_at END"
        case Point(at="first_contact" | "referral"):
            return "e.last_at"
        case _:
            return "e.finished_at"


def _reached_on(point: Point | None) -> str:
    match point:
        case Point(at="solution"):
            return f"CASE WHEN {_SOLVED} THEN e.stopped_on END"
        case Point(at="end"):
            return f"CASE WHEN {_ENDED} THEN e.end_on END"
        case Point(at="first_contact"):
            return "coalesce(e.reopened_on, e.first_contact_on)"
        case Point(at="referral"):
            return "coalesce(e.reopened_on, e.first_on)"
        case _:
            return "e.finished_on"


def _doubtful(point: Point | None) -> str:
    if point is not None and point.at in ("first_contact", "referral"):
        return "false"
    return "r.began_doubtfully OR coalesce(r.finished_at, CASE WHEN r.ended THEN r.end_at END) = ANY (r.doubtful_at)"


def stays(stages: Sequence[str], *, leave_unknown: bool) -> str:
    """Stays in some stages (or in all, where none is named), ending in `told`: one for each that a case entered."""
    unknown = "t.journey IS DISTINCT FROM 'unknown'" if leave_unknown else "true"
    among = f"\n   WHERE t.stage IN ({listed(stages)})" if stages else ""
    return f"""turned AS (
  SELECT j.case_id, j.sequence, j.custody_id, j.day AS started_on, j.to_tier AS tier, j.to_stage AS stage,
         {_DOUBT} AS doubtful,
         lead(j.day) OVER w AS left_on, lead(j.details ->> 'journey') OVER w AS journey,
         lead(j.sequence) OVER w AS left_at, lead(j.custody_id) OVER w AS left_with,
         lead({_DOUBT}) OVER w AS left_doubtfully, lead(j.effects ->> 'outcome') OVER w AS outcome
    FROM journal j
   WHERE j.kind = 'moved'
      OR (j.kind = 'milestone_imported' AND (j.from_tier, j.from_stage) IS DISTINCT FROM (j.to_tier, j.to_stage))
  WINDOW w AS (PARTITION BY j.case_id ORDER BY j.sequence)
),
told AS (
  SELECT t.case_id, t.sequence, t.sequence AS episode,
         CASE WHEN t.left_on IS NULL THEN 'open' WHEN {unknown} THEN 'done' ELSE 'unknown' END AS status,
         t.started_on, coalesce(t.left_on, greatest(d.as_at, t.started_on)) AS ended_on,
         t.doubtful OR coalesce(t.left_doubtfully, false) AS doubtful, t.tier, t.stage, t.custody_id, t.outcome,
         NULL::numeric AS amount, coalesce(t.left_at, 2147483647) AS known_at,
         CASE WHEN t.journey = 'unknown' THEN 'journey unknown' END AS about, NULL::text AS part
    FROM turned t
    CROSS JOIN (SELECT least(CAST(:as_known_on AS date), CAST(:today AS date)) AS as_at) d{among}
)"""


def _costs(one: MeasureDefinition) -> str:
    return f"""paid AS (
  SELECT j.case_id, j.sequence, j.day, j.to_tier, j.to_stage, j.custody_id, j.effects ->> 'outcome' AS outcome,
         {_DOUBT} AS doubtful,
         CASE WHEN jsonb_typeof(j.details -> 'final_cost') = 'array' AND j.details -> 'final_cost' <> '[]'
              THEN j.details -> 'final_cost' ELSE '[{{}}]' END AS rows
    FROM journal j
   WHERE {condition(one.to)}
),
told AS (
  SELECT d.case_id, d.sequence, 1 AS episode, 'done' AS status, d.day AS started_on, d.day AS ended_on, d.doubtful,
         d.to_tier AS tier, d.to_stage AS stage, d.custody_id, d.outcome, (r.row ->> 'amount')::numeric AS amount,
         d.sequence AS known_at, CASE WHEN r.row ->> 'amount' IS NULL THEN 'cost not recorded' END AS about,
         coalesce(r.row ->> 'source', 'not_recorded') AS part
    FROM paid d
    CROSS JOIN LATERAL jsonb_array_elements(d.rows) AS r (row)
)"""


def holds_of(one: MeasureDefinition) -> str:
    """The holds that a measure leaves out, `held`: from the events that it has marked, or where it marks none all."""
    read = "SELECT m.case_id, m.sequence, m.day, m.hold, m.waits_on FROM marked m WHERE m.hold IS NOT NULL"
    if one.kind == "stays":
        read = """SELECT j.case_id, j.sequence, j.day, j.effects ->> 'hold' AS hold,
                         j.effects -> 'hold_details' ->> 'waits_on' AS waits_on
                    FROM journal j WHERE j.effects ->> 'hold' IS NOT NULL"""
    return f"""held AS (
  SELECT h.case_id, h.held_from, h.held_to
    FROM (SELECT o.case_id, o.hold, o.waits_on, o.day AS held_from,
                 lead(o.day) OVER (PARTITION BY o.case_id ORDER BY o.sequence) AS held_to
            FROM ({read}) o) h
   WHERE h.hold = 'opens' AND h.waits_on IN ({listed(one.leave_out.waits_on)})
)"""


def _spans(asked: Asked) -> str:
    one = asked.measure.definition
    groups = dict.fromkeys(["none", asked.by, *sorted(asked.narrowed)])
    return f"""spans AS MATERIALIZED (
  SELECT s.case_id, s.sequence, s.episode, c.reference, c.home_id, s.tier, s.stage, s.custody_id, s.status,
         s.started_on, s.ended_on, s.doubtful, s.outcome, s.amount, s.about, {_target(one)} AS target_days,
         {_as_kept(asked)},
         {_group(asked)} AS "group"
    FROM {"whole" if asked.kept else "told"} s
    JOIN seen c ON c.id = s.case_id
    {joins_of(groups)}
   WHERE {" AND ".join(_conditions(asked)) or "true"}
)"""


def _as_kept(asked: Asked) -> str:
    if asked.kept:
        # A unit is counted, and taken out of the tallies, as it was kept, whatever its case is by now.
        told = (f"coalesce(s.{name}, c.{name}) AS {name}" for name in _TOLD_BY)
        return ", ".join(("s.kept_calendar_days, s.kept_working_days, s.held_since", *told))
    waits = "NULL::integer AS kept_calendar_days, NULL::integer AS kept_working_days, NULL::date AS held_since"
    return ", ".join((waits, *(f"c.{name}" for name in _TOLD_BY)))


def _group(asked: Asked) -> str:
    # What a work cost is told by who paid it, not by who had promised to.
    paid = asked.measure.definition.kind == "cost" and asked.by == "funding"
    value = "s.part" if paid else GROUPS[asked.by].value
    if not asked.split:
        return value
    day = "s.started_on" if asked.cohort else "s.ended_on"
    side = f"CASE WHEN {day} < CAST(:split_on AS date) THEN 'before' ELSE 'after' END"
    return side if asked.by == "none" else f"{value} || ', ' || {side}"


def _conditions(asked: Asked) -> Iterator[str]:
    one = asked.measure.definition
    yield "s.ended_on >= s.started_on"
    if one.cases.pathways:
        yield f"c.pathway_key IN ({listed(one.cases.pathways)})"
    if one.cases.tiers:
        yield f"s.tier IN ({listed(one.cases.tiers)})"
    if one.cases.tenures:
        yield f"c.tenure IN ({listed(one.cases.tenures)})"
    if one.leave_out.outcomes:
        yield f"coalesce(s.outcome, '') NOT IN ({listed(one.leave_out.outcomes)})"
    for name in sorted(asked.narrowed):
        value = "s.part" if one.kind == "cost" and name == "funding" else GROUPS[name].value
        yield f"{value} = CAST(:{name} AS text)"
    if one.kind == "open":
        yield "s.status = 'open'"
    else:
        day = "s.started_on" if asked.cohort else "s.ended_on"
        # What is still open is counted beside, whatever the period.
        always = "" if asked.cohort else "s.status = 'open' OR "
        yield f"({always}CAST(:completed_from AS date) IS NULL OR {day} >= CAST(:completed_from AS date))"
        yield f"({always}CAST(:completed_to AS date) IS NULL OR {day} <= CAST(:completed_to AS date))"


def _target(one: MeasureDefinition) -> str:
    if one.target is None:
        return "NULL::integer"
    if not one.target.rules[0].tiers:
        return str(one.target.rules[0].working_days)
    cases = " ".join(
        f"WHEN s.tier IN ({listed(rule.tiers)}) THEN {literal(rule.working_days)}" if rule.tiers
        else f"WHEN true THEN {literal(rule.working_days)}"
        for rule in one.target.rules
    )  # fmt: skip
    return f"CASE {cases} END"


def _waited(*, holds: bool) -> str:
    if not holds:
        return """waited AS (
  SELECT NULL::bigint AS case_id, NULL::integer AS sequence, 0 AS calendar_days, 0 AS working_days WHERE false
)"""
    return """waits_each AS MATERIALIZED (
  SELECT w.case_id, w.sequence, w.until - w.since AS calendar_days,
         coalesce(k.places[w.until - k.first + 1], weekdays_through(w.until))
           - coalesce(k.places[w.since - k.first + 1], weekdays_through(w.since)) AS working_days
    FROM (SELECT DISTINCT s.case_id, s.sequence, s.calendar_key, greatest(h.held_from, s.started_on) AS since,
                 least(coalesce(h.held_to, s.ended_on), s.ended_on) AS until
            FROM spans s JOIN held h ON h.case_id = s.case_id
           WHERE s.kept_calendar_days IS NULL) w
    LEFT JOIN working k ON k.calendar_key = w.calendar_key
   WHERE w.until > w.since
),
waited AS (
  -- Added up apart: the calendar, wide as it is, must not be sorted with the waits.
  SELECT w.case_id, w.sequence, sum(w.calendar_days) AS calendar_days, sum(w.working_days) AS working_days
    FROM waits_each w
   GROUP BY w.case_id, w.sequence
)"""
