"""Draws a pathway as a Mermaid flowchart: stages in their groups, actions on the arrows."""

from collections.abc import Iterator

from app.pathways.pathway import CompiledPathway

_GROUPS = {
    "intake": "Intake",
    "assessing": "Assessing",
    "deciding": "Deciding",
    "delivering": "Delivering",
    "checking": "Checking",
    "held": "Held",
    "ended": "Ended",
}
_START, _ANYWHERE = "start", "anywhere"


def diagram(pathway: CompiledPathway, tier: str | None = None) -> str:
    """Draw the stages and the actions between them, of every tier together or of one.

    What can happen almost anywhere (a hold, closing) would hide the rest with its arrows, so it starts from one
    node that stands for all of those stages.
    """
    everywhere = frozenset(_possible_almost_everywhere(pathway))
    lines = [
        "flowchart TD",
        f"  accTitle: {_plain(pathway.title)}, version {pathway.version}",
        "  accDescr: Stages of the pathway, and the actions that lead from one to another",
        f"  {_START}(( ))",
    ]
    lines += _stages(pathway, tier)
    lines += [
        f'  {start} -->|"{"<br>".join(labels)}"| {end}'
        for (start, end), labels in _arrows(pathway, tier, everywhere).items()
    ]
    if everywhere:
        lines.append(f'  {_ANYWHERE}{{{{"Almost any open stage"}}}}')
        lines += dict.fromkeys(_arrows_from_anywhere(pathway, everywhere))
    return "\n".join(lines) + "\n"


def _stages(pathway: CompiledPathway, tier: str | None) -> Iterator[str]:
    present = {state.stage for state in pathway.states if tier in {None, state.tier}}
    for group, title in _GROUPS.items():
        stages = [key for key, stage in pathway.definition.stages.items() if stage.group == group and key in present]
        if stages:
            yield f'  subgraph {group}["{title}"]'
            for key in stages:
                label = _plain(pathway.stage(key).label)
                yield f'    {key}(["{label}"])' if group == "ended" else f'    {key}["{label}"]'
            yield "  end"


def _arrows(pathway: CompiledPathway, tier: str | None, left_out: frozenset[str]) -> dict[tuple[str, str], list[str]]:
    arrows: dict[tuple[str, str], list[str]] = {}
    for name, action in pathway.compiled.items():
        if name in left_out:
            continue
        for start, ways in action.arcs.items():
            for arc in ways:
                if tier in {None, arc.to.tier} and (start is None or tier in {None, start.tier}):
                    labels = arrows.setdefault((start.stage if start else _START, arc.to.stage), [])
                    if (label := _plain(action.definition.label)) not in labels:
                        labels.append(label)
    return arrows


def _arrows_from_anywhere(pathway: CompiledPathway, names: frozenset[str]) -> Iterator[str]:
    for name in sorted(names):
        label = _plain(pathway.label(name))
        for start, ways in pathway.action(name).arcs.items():
            for arc in ways:
                returns = (start.stage, _ANYWHERE) if start and arc.stage_left else None
                from_, to = returns or (_ANYWHERE, arc.to.stage)
                yield f'  {from_} -.->|"{label}"| {to}'


def _possible_almost_everywhere(pathway: CompiledPathway) -> Iterator[str]:
    """Yield the actions that most open stages have, and the way back from a hold to all of them."""
    open_stages = [key for key in pathway.definition.stages if pathway.is_open(key)]
    for name, action in pathway.compiled.items():
        stages = {start.stage for start in action.arcs if start}
        returns = any(arc.stage_left for ways in action.arcs.values() for arc in ways)
        if returns or 2 * len(stages) > len(open_stages):
            yield name


def _plain(text: str) -> str:
    """Take out what Mermaid would read as its own."""
    return text.replace('"', "'").replace("\n", " ").replace("|", "/")
