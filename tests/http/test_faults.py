"""When the database is away the service says so, and what nobody expected stays between the service and its log."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import structlog
from sqlalchemy.engine import make_url
from structlog.testing import LogCapture

from app.edge import faults
from app.kernel.database import Database, app_engine
from tests.support.referrals import referral
from tests.support.service import API, Service

pytestmark = pytest.mark.database
OFFICER = "housing_officer"
SECRET = "Davina Dummie of 14 Sample Gardens"


class BrokenClock:
    """Breaks with a text that quotes a person."""

    def now(self) -> None:
        """Raise, as a validator's message would, with what somebody typed."""
        raise ValueError(SECRET)


@pytest.fixture
async def away(service: Service) -> AsyncIterator[None]:
    """The service while nobody listens where its database was."""
    nowhere = make_url(service.url).set(host="127.0.0.1", port=1, query={})
    real, service.app.state.db = service.app.state.db, Database(app_engine(nowhere))
    yield
    await service.app.state.db.close()
    service.app.state.db = real


@pytest.fixture
def no_clock(service: Service) -> Iterator[None]:
    """The service with a clock that breaks."""
    real, service.app.state.clock = service.app.state.clock, BrokenClock()
    yield
    service.app.state.clock = real


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> LogCapture:
    """What is logged of faults."""
    capture = LogCapture()
    monkeypatch.setattr(faults, "_log", structlog.wrap_logger(None, processors=[capture]))
    return capture


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize("path", ["/cases", "/me", "/pathways", "/organisations"])
async def test_reading_while_the_database_is_away_answers_503(service: Service, path: str) -> None:
    response = await service.get(OFFICER, path)
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "while-away"}])
async def test_writing_while_the_database_is_away_answers_503(service: Service, headers: dict[str, str]) -> None:
    response = await service.post(OFFICER, "/referrals", referral(), headers)
    assert response.status_code == 503
    assert "look whether it is there" in response.json()["detail"]


@pytest.mark.usefixtures("no_clock")
@pytest.mark.parametrize("path", ["/cases", "/reports/waiting-now"])
async def test_a_fault_is_answered_and_gets_no_further(service: Service, logged: LogCapture, path: str) -> None:
    # This transport hands on whatever gets past the app, as the server would to its log.
    transport = httpx.ASGITransport(app=service.app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
        response = await http.get(API + path, headers=service.cast["service_manager"].headers)
    assert response.status_code == 500
    assert response.json()["type"] == "/problems/fault"
    assert SECRET not in response.text
    [entry] = logged.entries
    assert entry["kind"] == "ValueError"
    assert entry["where"][-1].startswith("test_faults.py:")
    assert "Davina" not in str(entry)
