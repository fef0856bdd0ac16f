"""How Plein tells about itself while it runs: logs as one JSON object a line, traces by OTLP.

No log line or trace holds personal data: routes are told by their pattern, never with what was filled in. Should a BSN
get into a line all the same, in a message of somebody else's or a traceback, it is hidden there.
"""

from typing import Any

import structlog

from plein.foundation.identity.bsn import masked, masked_in


def hide_numbers(logger: Any, method: str, line: Any) -> Any:
    """Hide every number that can be a BSN: before a line becomes text, and once more in the text."""
    return masked(line) if isinstance(line, str) else masked_in(dict(line))


def logging_config(level: str) -> dict[str, Any]:
    """Write every log line, Django's too, as one JSON object on standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    hide_numbers,
                    structlog.processors.JSONRenderer(default=str),
                    hide_numbers,
                ],
                "foreign_pre_chain": shared,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "plein": {"handlers": ["stderr"], "level": level, "propagate": False},
            "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
            "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        },
    }


def trace(endpoint: str) -> None:
    """Send traces of requests to an OTLP address; without one nothing is loaded."""
    if not endpoint:
        return
    from opentelemetry import trace as api
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "plein"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    api.set_tracer_provider(provider)
    DjangoInstrumentor().instrument()
