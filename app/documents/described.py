"""How the OpenAPI document tells of forms that bring files, and of answers that are files."""

from typing import Any, Final

from app.documents.formats import TAKEN
from app.documents.kinds import KINDS

_FILE: Final = {"type": "string", "format": "binary", "description": TAKEN}


def _form(more: dict[str, Any], required: list[str]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["file", *required],
        "additionalProperties": False,
        "properties": {"file": _FILE, **more},
    }
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


NEW: Final = _form(
    {
        "kind": {"type": "string", "enum": [kind.value for kind in KINDS], "description": "What it is."},
        "about": {"type": "string", "maxLength": 200, "description": "What it shows or says, in a few words."},
    },
    ["kind"],
)
NEXT: Final = _form({}, [])


def bytes_of(description: str, *media_types: str) -> dict[int | str, dict[str, Any]]:
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"description": description, "content": dict.fromkeys(media_types, binary)}}
