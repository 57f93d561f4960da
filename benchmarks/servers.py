"""The service in processes of its own, and wrk to load it: neither the measurer nor the load shares its interpreter."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Served:
    """A running service: its address and the process at its head."""

    base: str
    process: "psutil.Process"

    def memory_mb(self) -> list[float]:
        """Resident memory of each process that holds the app, in MB."""
        family = [self.process, *self.process.children(recursive=True)]
        return sorted(round(p.memory_info().rss / 1e6, 1) for p in family)


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def service(url: str, *, workers: int) -> Iterator[Served]:
    """Serve a database with so many workers until the block ends."""
    port = free_port()
    environment = {**os.environ, "ADAPT_DATABASE_URL": url, "PORT": str(port)}
    command = [sys.executable, "-m", "app", "serve", "--workers", str(workers), "--port", str(port)]
    process = subprocess.Popen(command, env=environment, cwd=HERE.parent)
    try:
        base = f"http://127.0.0.1:{port}"
        _wait_until_ready(base, process)
        yield Served(base, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_ready(base: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{base}/readyz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit("The service did not get ready.")


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw: answers a second, latencies in milliseconds, and answers that were not 2xx."""

    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    requests: int
    refused: int


def wrk(script: str, url: str, *, connections: int, seconds: int, arguments: Sequence[str]) -> Load:
    """Run one of the Lua scripts beside this file."""
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "--timeout",
        "10s",
        "-s",
        str(HERE / script),
        url,
        "--",
    ]
    environment = {**os.environ, "ADAPT_BENCH": str(HERE)}
    result = subprocess.run([*command, *arguments], check=True, capture_output=True, text=True, env=environment)
    found = {name: float(value) for name, value in re.findall(r"^@(\w+) ([\d.]+)$", result.stdout, re.MULTILINE)}
    if not found:
        raise SystemExit(f"wrk said nothing that can be read:\n{result.stdout}\n{result.stderr}")
    return Load(
        per_second=found["requests"] / found["seconds"],
        p50_ms=found["p50"],
        p95_ms=found["p95"],
        p99_ms=found["p99"],
        requests=int(found["requests"]),
        refused=int(found["refused"]),
    )
