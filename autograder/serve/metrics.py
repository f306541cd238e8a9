"""What Prometheus reads at /metrics. No label contains anything that a student chose."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800)


class Metrics:
    """The metrics of one service."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        options = {"registry": self.registry, "namespace": "course_serve"}
        self.uploads = Counter("uploads", "Notebooks that were accepted.", ["assignment"], **options)
        self.refused = Counter("refused", "Uploads and requests that were refused.", ["why"], **options)
        self.verdicts = Counter(
            "verdicts", "Attempts that came to their end.", ["assignment", "state"], **options
        )
        self.waiting = Gauge("waiting", "Notebooks that wait for a judge.", **options)
        self.running = Gauge("running", "Notebooks that are being judged.", **options)
        self.judges = Gauge("judges", "Judges side by side.", **options)
        self.refusing = Gauge(
            "judging_refused", "1 while no judge can work, as without a sandbox.", **options
        )
        self.upload_to_verdict = Histogram(
            "upload_to_verdict_seconds", "From upload to verdict.", buckets=_SECONDS, **options
        )
        self.judging = Histogram("judging_seconds", "What a judge takes.", buckets=_SECONDS, **options)
        self.requests = Counter("requests", "Answers, by HTTP status.", ["status"], **options)

    def text(self) -> bytes:
        return generate_latest(self.registry)
