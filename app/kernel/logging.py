"""Structured logs to standard error: what happened, never whom it happened to."""

import logging
import sys

import structlog


def configure_logging(level: int = logging.INFO) -> None:
    """Write JSON lines; libraries' own chatter only from warnings up."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
