"""Every route of the OpenAPI document, with an example that fills it in: for tests that ask all of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI

from tests.support.service import Service

CSV = b"Case reference,Received\nX-1,2026-01-12\n"
UPLOADS = {
    "/imports": ("extract.csv", CSV, {"source": "a-test", "dry_run": "true"}),
    "/documents": ("letter.txt", b"Dear all,\n", {"kind": "letter"}),
    "/versions": ("letter.txt", b"Dear all,\n", {}),
}
"""By the end of the route's path: a file that it takes, and the fields beside it."""


@dataclass(frozen=True)
class Route:
    """One operation of the document. `body`: the example of its JSON body; `upload`: it takes a file instead."""

    method: str
    path: str
    body: Any
    upload: bool

    @property
    def name(self) -> str:
        """As the contract writes it, without the base."""
        return f"{self.method} {self.path.removeprefix('/api/v1')}"

    async def ask(self, service: Service, headers: dict[str, str], values: dict[str, Any]) -> httpx.Response:
        """Send the example, with these values in the address."""
        address = self.path.format(**values)
        if self.upload:
            name, content, form = next(upload for end, upload in UPLOADS.items() if address.endswith(end))
            files = {"file": (name, content)}
            return await service.http.request(self.method, address, files=files, data=form, headers=headers)
        body = {"json": self.body} if self.body is not None else {}
        return await service.http.request(self.method, address, headers=headers, **body)


def routes(app: FastAPI) -> Iterator[Route]:
    """The routes of the JSON API, in the order of the document."""
    document = app.openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path.startswith("/api/"):
                content = operation.get("requestBody", {}).get("content", {})
                yield Route(
                    method.upper(), path, example_of(content, document), upload="multipart/form-data" in content
                )


def example_of(content: dict[str, Any], document: dict[str, Any]) -> Any:
    """The example of a JSON body, beside it or in its schema; None where there is none."""
    media = content.get("application/json")
    if media is None:
        return None
    if "example" in media:
        return media["example"]
    schema = media["schema"]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    examples = schema.get("examples") or [None]
    return examples[0]
