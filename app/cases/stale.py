"""What others have done to a case since somebody opened a form about it, in words."""

from app.cases.wording import state_words, title_of
from app.edge.templating import moment
from app.kernel.problems import Problem
from app.pathways.pathway import CompiledPathway


def what_happened(problem: Problem, pathway: CompiledPathway) -> list[str]:
    """Each event that came in between: what, by whom, when, and where it left the case."""
    since = problem.extensions.get("since")
    assert isinstance(since, list)
    return [
        f"{title_of(event, pathway)}, by {event['actor']}, {moment(event['occurred_at'])}."
        f" The case is now at: {state_words(pathway, event['to']['tier'], event['to']['stage'])}."
        for event in since
    ]
