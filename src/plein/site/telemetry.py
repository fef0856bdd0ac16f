"""How fast requests are answered and what waits, for Prometheus and for the browser (Server-Timing)."""

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily

from plein.foundation.identity.access import everyone, rights

REGISTRY = CollectorRegistry()
SECONDS = Histogram(
    "plein_request_seconds",
    "Time the server took for a request",
    ["method", "route", "status"],
    registry=REGISTRY,
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
CRASHES = Counter("plein_crashes_total", "Requests that ended in an unexpected error", ["route"], registry=REGISTRY)
log = structlog.get_logger("plein.request")


def _route(request: HttpRequest) -> str:
    """Name the address by its pattern."""
    match = request.resolver_match
    return f"/{match.route}" if match else "none"


def watch(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Measure each request, and tell browsers and benches how long the server took (Server-Timing)."""

    def watched(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response = get_response(request)
        took = time.perf_counter() - started
        route = _route(request)
        SECONDS.labels(request.method, route, response.status_code).observe(took)
        response.headers["Server-Timing"] = f"app;dur={took * 1000:.2f}"
        if response.status_code >= 500:
            CRASHES.labels(route).inc()
        log.debug("request", method=request.method, route=route, status=response.status_code, took_ms=took * 1000)
        return response

    return watched


class Backlog:
    """What waits in the database: jobs and events by state, counted when Prometheus asks."""

    def collect(self) -> Any:
        """Count what waits and what has died."""
        from django.db.models import Count

        from plein.foundation.events.models import Delivery
        from plein.foundation.jobs.models import JobRun

        for name, words, table, field in (
            ("plein_jobs", "Job runs by outcome", JobRun, "outcome"),
            ("plein_deliveries", "Deliveries of events by state", Delivery, "state"),
        ):
            gauge = GaugeMetricFamily(name, words, labels=[field])
            for row in table._default_manager.values(field).annotate(count=Count("pk")).order_by(field):
                gauge.add_metric([row[field]], row["count"])
            yield gauge


@rights("site.metrics")
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the metrics in Prometheus' text format."""
    backlog = CollectorRegistry()
    backlog.register(Backlog())
    body = generate_latest(REGISTRY) + generate_latest(backlog)
    return HttpResponse(body, content_type="text/plain; version=0.0.4; charset=utf-8")


@everyone
def alive(request: HttpRequest) -> HttpResponse:
    """Say that the process answers, without touching the database."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [path("api/metrics", metrics, name="metrics"), path("api/alive", alive, name="alive")]
