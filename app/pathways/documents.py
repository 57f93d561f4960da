"""Writes a pathway's page for people: the diagram, the stages, and for each action who, when not, and what is kept."""

from collections.abc import Iterator

from app.pathways.compiled_action import CompiledAction
from app.pathways.diagram import diagram
from app.pathways.form_definition import FieldDefinition, RequiredWhen
from app.pathways.pathway import CompiledPathway
from app.pathways.targets import Target

_CLOCK = {
    "stops": "The end-to-end clock stops.",
    "restarts": "The end-to-end clock runs again.",
    "new_episode": "A new episode begins, with a clock of its own.",
}


def page(pathway: CompiledPathway) -> str:
    """Return the page of one version, in Markdown. It is generated: change the pathway's file instead."""
    about = pathway.definition
    parts = [
        f"# {about.title}, version {about.version}",
        f"<!-- Generated from pathways/{about.key}/v{about.version}.yaml. Change that file, not this one. -->",
        f"{about.summary}\n\nJurisdiction: {about.jurisdiction}. Calendar: {about.calendar}.",
        f"```mermaid\n{diagram(pathway)}```",
        "## Tiers",
        _table(["Tier", "Who may assess", "Typically", "Starts at", "End to end"], _tiers(pathway)),
        "## Stages",
        f"Targets: {about.targets.note}",
        _table(["Stage", "Waits for", "Group", "Owner", "Tiers", "Target"], _stages(pathway)),
        "## Actions",
        _table(["Action", "Who", "From → to", "Blocked when", "Must carry", "What is recorded"], _actions(pathway)),
        "## Blockers",
        _table(["Blocker", "What it says"], _blockers(pathway)),
        "## Triage",
        f"{pathway.triage.definition.note}",
        _table(["When", "Tier"], _triage(pathway)),
    ]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _table(head: list[str], rows: Iterator[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").strip()


def _tiers(pathway: CompiledPathway) -> Iterator[list[str]]:
    for key, tier in pathway.definition.tiers.items():
        module = f" (training module {tier.training_module})" if tier.training_module else ""
        target = pathway.end_to_end_target(key)
        yield [
            f"{tier.label} (`{key}`)",
            tier.who_may_assess + module,
            tier.typical,
            f"`{tier.entry}`",
            _target(target) if target else "",
        ]


def _stages(pathway: CompiledPathway) -> Iterator[list[str]]:
    for key, stage in pathway.definition.stages.items():
        yield [
            f"{stage.label} (`{key}`)",
            stage.waits_for,
            stage.group,
            _words(stage.owner) if stage.owner else "",
            ", ".join(f"`{tier}`" for tier in stage.tiers) if stage.tiers else "all",
            _targets_of(pathway, key),
        ]


def _targets_of(pathway: CompiledPathway, stage: str) -> str:
    rows = pathway.definition.targets.stages.get(stage)
    if rows is None:
        return ""
    if rows == "review_date":
        return "the review date of the hold"
    said = []
    for row in rows:
        who = [*(["urgent"] if row.urgent else []), *(f"`{tier}`" for tier in row.tiers or ())]
        length = f"{row.months} months" if row.months else f"{row.working_days} working days"
        since = f" since `{row.counted_from}`" if row.counted_from else ""
        law = f" ({row.source})" if row.source else ""
        said.append(f"{', '.join(who)}: {length}{since}{law}" if who else f"{length}{since}{law}")
    return "; ".join(said)


def _target(target: Target) -> str:
    return f"{target.months} months" if target.months else f"{target.working_days} working days"


def _actions(pathway: CompiledPathway) -> Iterator[list[str]]:
    for name, action in pathway.compiled.items():
        yield [
            f"{action.definition.label} (`{name}`)",
            ", ".join(_words(role) for role in sorted(action.roles)),
            _ways(action),
            ", ".join(f"`{code}`" for code in _blocker_names(action)),
            _carries(action),
            " ".join(_recorded(action)),
        ]


def _ways(action: CompiledAction) -> str:
    """Tell from which stages to which, leaving the tiers out where all go the same way."""
    ways: dict[str, dict[str, None]] = {}
    for start, arcs in action.arcs.items():
        for arc in arcs:
            end = "the stage it left" if arc.stage_left else f"`{arc.to.stage}`"
            ways.setdefault(end, {}).setdefault(f"`{start.stage}`" if start else "(new)")
    return "; ".join(f"{', '.join(starts)} → {end}" for end, starts in ways.items())


def _blocker_names(action: CompiledAction) -> list[str]:
    return list(dict.fromkeys(entry.blocker for entry in action.definition.blocked_when))


def _carries(action: CompiledAction) -> str:
    if action.definition.carries:
        return action.definition.carries
    return "; ".join(_asked(field) for field in action.fields.values())


def _asked(field: FieldDefinition) -> str:
    inner = f" ({', '.join(_asked(one) for one in field.fields.values())})" if field.fields else ""
    if field.required_when is not None:
        return f"{field.label}{inner} ({_when(field.required_when)})"
    return f"{field.label}{inner}" + ("" if field.required and field.default is None else " (if any)")


def _when(rule: RequiredWhen) -> str:
    said = [_words(rule.condition)] if rule.condition else []
    said += [f"`{rule.field}` is {' or '.join(map(_answer, rule.is_ or ()))}"] if rule.field else []
    said += ["in " + ", ".join(f"`{tier}`" for tier in rule.tiers)] if rule.tiers else []
    return "when " + " and ".join(said)


def _answer(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else f"`{value}`"


def _recorded(action: CompiledAction) -> Iterator[str]:
    about = action.definition
    yield f"“{about.past_label}”, who and when, and every answer."
    if about.solution:
        yield f"Solution: {about.solution}."
    if about.clock:
        yield _CLOCK[about.clock]
    if about.outcome is not None:
        rule = about.outcome
        yield f"Outcome: {rule.fixed or (f'as `{rule.from_field}` says' if rule.from_field else 'the solution')}."
    if about.sets:
        yield f"The case's {', '.join(map(_words, about.sets))}."
    if about.records:
        yield "What triage proposes and why not lower."
    if about.custody == "actor":
        yield "Custody: the actor's organisation."


def _blockers(pathway: CompiledPathway) -> Iterator[list[str]]:
    rules = {
        rule.name: rule for action in pathway.compiled.values() for asked in action.blockers.values() for rule in asked
    }
    for name, rule in sorted(rules.items()):
        yield [f"`{name}`", rule.explanation]


def _triage(pathway: CompiledPathway) -> Iterator[list[str]]:
    table = pathway.triage.definition
    for key, item in pathway.catalogue.items.items():
        yield [f"{item.label} (`{key}`)", f"`{item.base_tier}`"]
    for row in table.rows:
        flags = ", ".join(f"`{flag}`" for flag in row.any_flag or ())
        yield [f"{row.reason}{': ' + flags if flags else ''}", _result(row.at_least, row.tiers_up)]
    yield ["no adaptation is named", f"`{table.no_adaptation}`"]


def _result(at_least: str | None, tiers_up: int | None) -> str:
    return f"at least `{at_least}`" if at_least else f"{tiers_up} up from the adaptations' own"


def _words(name: str) -> str:
    return name.replace("_", " ")
