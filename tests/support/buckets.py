"""A store that speaks S3, in this process: for tests of documents in a bucket."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

BUCKET = "documents"


@contextmanager
def running_bucket() -> Iterator[dict[str, Any]]:
    """An empty bucket; the settings that lead to it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        httpx.post(f"{endpoint}/moto-api/reset").raise_for_status()
        httpx.put(f"{endpoint}/{BUCKET}").raise_for_status()
        yield {
            "documents_bucket": BUCKET,
            "documents_endpoint": endpoint,
            "documents_region": "us-east-1",
            "documents_access_key": SecretStr("a-key"),
            "documents_secret_key": SecretStr("a-secret"),
        }
    finally:
        server.stop()
