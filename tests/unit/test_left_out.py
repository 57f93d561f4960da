"""A machine without a browser says which tests it left out; one that names a browser it has not runs nothing."""

import os
import subprocess
import sys

import pytest

from app.settings import ROOT

_COMMAND = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/browser/test_harness.py")


def _run(workers: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    surroundings = {name: value for name, value in os.environ.items() if name != "ADAPT_BROWSER"}
    command = [*_COMMAND, "-n", workers]
    return subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True, env=surroundings | environment
    )


def test_what_workers_left_out_is_told_at_the_end() -> None:
    ended = _run("1", PATH="")
    assert ended.returncode == pytest.ExitCode.NO_TESTS_COLLECTED, ended.stdout + ended.stderr
    assert "tests/browser/test_harness.py: " in ended.stdout
    assert "apt-get install chromium" in ended.stdout


def test_a_browser_that_was_named_must_be_there() -> None:
    ended = _run("0", ADAPT_BROWSER="no-such-browser")
    assert ended.returncode == pytest.ExitCode.USAGE_ERROR
    assert "ADAPT_BROWSER names no-such-browser" in ended.stderr
