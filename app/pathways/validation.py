"""Turns what Pydantic finds wrong with a data file into faults with a line and a mend."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.pathways.faults import Fault, PathwayFaults
from app.pathways.source import Source

Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], source: Source) -> Model:
    """Return a file's content as this model. Raises PathwayFaults with one fault for everything that is wrong."""
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        raise PathwayFaults([_fault(source, details) for details in error.errors()]) from error


def _fault(source: Source, details: ErrorDetails) -> Fault:
    location = details["loc"]
    what = f"“{location[-1]}”" if location else "The file"
    match details["type"]:
        case "missing":
            return source.fault(location, f"{what} is missing.", "Add it.")
        case "extra_forbidden":
            return source.fault(location, f"{what} is not known here.", "Correct its spelling or take it out.")
        case "value_error":
            return source.fault(location, f"{what} is wrong: {details['ctx']['error']}", "Correct it.")
        case _:
            return source.fault(location, f"{what} is wrong: {details['msg']}.", "Correct it.")
