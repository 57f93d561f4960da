"""Takes in the form that brings a file: multipart/form-data, the file kept on disk while it is imported."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from app.edge.problem_answers import from_validation
from app.imports.schemas import ImportForm
from app.kernel.problems import FieldProblem, Unprocessable

FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "source"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "CSV (UTF-8) or XLSX; the first row holds the names of the columns.",
                        },
                        "source": ImportForm.model_json_schema()["properties"]["source"],
                        "dry_run": {
                            "type": "boolean",
                            "default": False,
                            "description": "Judge every row and write the report only.",
                        },
                    },
                }
            }
        },
    }
}


@dataclass(frozen=True, slots=True)
class Upload:
    """What came in; the file is there until the end of the `async with`."""

    path: Path
    source: str
    dry_run: bool


@asynccontextmanager
async def received(request: Request) -> AsyncIterator[Upload]:
    """Read the form. Raises Unprocessable, naming each field that needs mending."""
    form = await _form(request)
    try:
        file, fields = _fields(form)
        with TemporaryDirectory(prefix="adapt-import-") as folder:
            path = Path(folder) / "extract"
            await asyncio.to_thread(_copy, file.file, path)
            yield Upload(path, fields.source, fields.dry_run)
    finally:
        await form.close()


async def _form(request: Request) -> FormData:
    try:
        return await request.form(max_files=1, max_fields=10)
    except HTTPException:
        message = "The form cannot be read. Send multipart/form-data with one file, `source` and, if wished, `dry_run`."
        raise Unprocessable([FieldProblem("", message)]) from None


def _fields(form: FormData) -> tuple[UploadFile, ImportForm]:
    file = form.get("file")
    problems = []
    if not isinstance(file, UploadFile):
        problems.append(FieldProblem("/file", "Send the sheet as a file, in the form's field `file`."))
    try:
        fields = ImportForm.model_validate({name: value for name, value in form.items() if name != "file"})
    except ValidationError as wrong:
        raise Unprocessable([*problems, *from_validation(list(wrong.errors())).errors]) from None
    if not isinstance(file, UploadFile):
        raise Unprocessable(problems)
    return file, fields


def _copy(file: BinaryIO, path: Path) -> None:
    with path.open("wb") as copy:
        shutil.copyfileobj(file, copy, 1 << 20)
