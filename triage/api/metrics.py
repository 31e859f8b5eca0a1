"""What the service counts, for Prometheus; docs/service.md says what each figure means."""

import os
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from triage.api import SHARED_FOLDER
from triage.api.drift import Drift
from triage.assessment import Assessment

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# From a lint of a short text to a long ticket's second.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The counts of one worker."""

    def __init__(self, versions: Mapping[str, str | None]) -> None:
        self._registry = CollectorRegistry()
        self._requests = self._counter("requests", "Requests answered", "route", "method", "status")
        self._seconds = Histogram(
            "triage_request_seconds",
            "Time from a request's first byte to its answer's last",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._shed = self._counter("requests_shed", "Requests refused because too many were at work")
        self._tickets = self._counter("tickets", "Tickets answered", "what")
        self._labels = self._counter("labels", "Labels suggested", "head", "label")
        self._escalations = self._counter("escalations", "Vague risks escalated")
        self._needs_human = self._counter("needs_human", "Tickets whose priority a person should choose")
        self._findings = self._counter("findings", "Findings by rule", "code")
        self._in_flight = self._gauge("requests_in_flight", "Requests at work", mode="livesum")
        self._drift = self._gauge("label_drift", "How far the labels of late are from those of long", "head")
        self._unknown = self._gauge("out_of_vocabulary_ratio", "Share of words the model does not know, of late")
        self._store_up = self._gauge("store_up", "Whether the database answered lately", mode="livemin")
        names = ("triage", "rulebook", "detector", "model")
        info = self._gauge("build", "What assessments are made with", *names)
        info.labels(*(versions.get(name) or "" for name in names)).set(1)
        self._shifts = Drift()
        self._assessed = 0

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Counts a request by its route's pattern, never by its path."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def shed(self) -> None:
        """Counts a request that was refused because too many were at work."""
        self._shed.inc()

    def in_flight(self, change: int) -> None:
        """Adds to the requests at work."""
        self._in_flight.inc(change)

    def store_is(self, up: bool) -> None:
        """Notes whether the database answered."""
        self._store_up.set(int(up))

    def is_sampled(self, one_in: int) -> bool:
        """Whether the ticket that was counted last is one of so many to be looked at more closely."""
        return self._assessed % one_in == 0

    def unknown_words(self, share: float) -> None:
        """Notes the share of a ticket's words that the model does not know."""
        self._unknown.set(self._shifts.unknown(share))

    def assessed(self, assessment: Assessment) -> None:
        """Counts what was said of a ticket; of a lint alone there is no priority."""
        priority = assessment.priority
        self._tickets.labels("assess" if priority else "lint").inc()
        for finding in assessment.lint.findings:
            self._findings.labels(finding.code).inc()
        if priority is None:
            return
        self._assessed += 1
        labels = {"kind": assessment.kind.label, "language": assessment.language, "priority": priority.label}
        if assessment.product:
            labels["product"] = assessment.product.label
        for head, label in labels.items():
            self._labels.labels(head, label).inc()
            self._drift.labels(head).set(self._shifts.seen(head, label))
        if priority.escalate:
            self._escalations.inc()
        if priority.needs_human:
            self._needs_human.inc()

    def exposed(self) -> bytes:
        """The figures of all workers in Prometheus' text format."""
        registry = self._registry
        if os.environ.get(SHARED_FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)

    def _counter(self, name: str, said: str, *labels: str) -> Counter:
        return Counter(f"triage_{name}", said, labels, registry=self._registry)

    def _gauge(self, name: str, said: str, *labels: str, mode: str = "livemax") -> Gauge:
        return Gauge(f"triage_{name}", said, labels, registry=self._registry, multiprocess_mode=mode)  # type: ignore[arg-type]
