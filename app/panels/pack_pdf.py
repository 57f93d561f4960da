"""Papers as PDF/UA, made by Typst from what the page shows."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson
import typst
from fastapi import Response
from starlette.concurrency import run_in_threadpool

from app.documents.names import disposition
from app.documents.served import HEADERS

_TEMPLATE: Final = Path(__file__).parent / "templates" / "papers.typ"
_PRINTABLE: Final = re.compile(
    r"[^\n\x20-\x7e\u00a0-\u017f\u0370-\u052f\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20ac\u2116\u2122]"
)
_INSTEAD: Final = "?"
_NOTE: Final = "Some letters cannot be printed here and stand as question marks. The page of these papers shows them."


def papers_pdf(content: Mapping[str, Any]) -> bytes:
    """Write papers as a tagged PDF with its title, language and headings.

    `content` has `title`, `confidential`, `about` (lines) and `cases`: each with `title`, `about`, `changes` and
    `parts`, as `app.panels.papers_shown` puts them together. A letter that no typeface here has would make the file
    one that not everybody can read, which the standard forbids: it is written as a question mark, and the file says so.
    """
    try:
        return _compiled(content)
    except typst.TypstError:
        return _compiled({**_plain(content), "about": [*_plain(content["about"]), _NOTE]})


async def pdf_file(content: Mapping[str, Any]) -> Response:
    """The same as a file to be kept; its name tells nothing of anybody."""
    made = await run_in_threadpool(papers_pdf, content)
    headers = {**HEADERS, "Content-Disposition": disposition("papers.pdf", inline=False)}
    return Response(made, media_type="application/pdf", headers=headers)


def _compiled(content: Mapping[str, Any]) -> bytes:
    data = orjson.dumps(content).decode()
    compiled: bytes = typst.compile(_TEMPLATE, sys_inputs={"data": data}, pdf_standards=["ua-1"])
    return compiled


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return _PRINTABLE.sub(_INSTEAD, value)
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
