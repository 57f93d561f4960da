"""Without a browser its tests are left out, and the end of the run says which and how to get them: never in silence."""

from typing import Any

import pytest

from tests.support.chromium import HOW_TO_GET_IT, NoSuchBrowserError, executable

MARKER = "browser"
_TOLD_BY_WORKERS = "adapt_left_out"


class LeftOut:
    """Deselects at collection what this machine cannot run; workers tell the process that speaks at the end."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        try:
            self._possible = executable() is not None
        except NoSuchBrowserError as error:
            raise pytest.UsageError(str(error)) from None

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out the browser tests where there is no browser."""
        if self._possible:
            return
        left = [item for item in items if item.get_closest_marker(MARKER)]
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)
        self.names |= {item.nodeid for item in left}

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Tell the process that started this worker."""
        told: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if told is not None:
            told[_TOLD_BY_WORKERS] = sorted(self.names)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Hear what a worker left out."""
        self.names |= set(getattr(node, "workeroutput", {}).get(_TOLD_BY_WORKERS, ()))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say it where nobody overlooks it."""
        if not self.names:
            return
        terminalreporter.section("Left out: there is no browser on this machine", yellow=True, bold=True)
        files: dict[str, int] = {}
        for name in self.names:
            file = name.partition("::")[0]
            files[file] = files.get(file, 0) + 1
        for file, count in sorted(files.items()):
            terminalreporter.line(f"  {file}: {count} tests")
        terminalreporter.line(f"To run these {len(self.names)} tests: {HOW_TO_GET_IT}.")
