"""Packs: lists of questions that are asked together, each answered by a measure. Data, like measures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from app.pathways.faults import Fault, PathwayFaults
from app.pathways.form_definition import Definition, Slug, Words
from app.pathways.measures import FOLDER, MeasureCatalogue
from app.pathways.source import read_source
from app.pathways.validation import validated

PACKS: Final = "packs"
By = Annotated[str, Field(pattern=r"^[a-z_]+$")]


class PackQuestion(Definition):
    """One question: as it is asked, the measure that answers, and by what the answer is told."""

    asked: Words
    measure: Slug
    by: list[By] = Field(min_length=1, description="`none` is all together.")


class PackDefinition(Definition):
    """A pack as its file has it."""

    key: Slug
    title: Words
    source: Words
    questions: list[PackQuestion] = Field(min_length=1)


def load_packs(folder: Path, measures: MeasureCatalogue) -> Mapping[str, PackDefinition]:
    """Read and check every pack. Raises PathwayFaults with every fault found."""
    faults: list[Fault] = []
    found: dict[str, PackDefinition] = {}
    for path in sorted((folder / FOLDER / PACKS).glob("*.yaml")):
        name = f"{FOLDER}/{PACKS}/{path.name}"
        try:
            source = read_source(path, name)
            pack = validated(PackDefinition, source)
        except PathwayFaults as wrong:
            faults += wrong.faults
            continue
        for place, question in enumerate(pack.questions):
            measure = measures.get(question.measure)
            at = ("questions", place)
            if measure is None:
                faults.append(
                    source.fault((*at, "measure"), f"There is no measure “{question.measure}”.", "Correct it.")
                )
                continue
            known = ("none", *measure.definition.group_by)
            faults += [
                source.fault((*at, "by", where), f"{question.measure} cannot be told by “{by}”.", "Choose another.")
                for where, by in enumerate(question.by)
                if by not in known
            ]
        found[pack.key] = pack
    if faults:
        raise PathwayFaults(faults)
    return found
