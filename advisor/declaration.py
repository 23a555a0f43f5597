"""The declaration of every field of a workload, once: type, unit, bounds, default and one sentence.

The form, the CSV header, the docs table and every error text derive from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic.fields import FieldInfo

from advisor.fields import (
    NO_GPU,
    choices_of,
    count,
    flag,
    gpu_fault,
    kind_of,
    number,
    special,
    text_fault,
    weights_fault,
    word,
)

CUSTOM = "custom"

Skill = Literal["none", "working", "expert"]


class Workload(BaseModel):
    """One service, its traffic, its goals and the team that will deploy it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # Identity
    name: str = word(..., "identity", "What people call the service.", most=10_000)
    kind: Literal["online", "async"] = word("online", "identity", "Answered while the caller waits, or from a queue.")
    current_option: str | None = word(None, "identity", "The option it runs on today; blank if none.")
    current_monthly_usd: float | None = number(None, "identity", "USD/month", "What it costs today.", ge=0, le=1e9)

    # Place
    geography: str = word("us-central", "place", "Where it must run; each vendor's nearest region serves it.")
    gcp_region: str | None = word(None, "place", "A Google Cloud region instead of the geography's.")
    aws_region: str | None = word(None, "place", "An AWS region instead of the geography's.")
    azure_region: str | None = word(None, "place", "An Azure region instead of the geography's.")
    residency: Literal["none", "geography"] = word("none", "place", "Must data stay inside the geography?")

    # Traffic
    requests_per_month: float = number(..., "traffic", "requests/month", "Requests in a mean month.", ge=0, le=1e12)
    profile: str = word("steady", "traffic", "Weekly shape of the traffic: a name, or `custom` with weights.")
    weights: list[float] | None = special(
        None,
        "weights",
        "traffic",
        "relative",
        "24 or 168 relative numbers, Monday 00:00 local first; only with profile custom.",
    )
    burst: float = number(1.0, "traffic", "ratio", "Peak minute over the hour's mean; 1 is Poisson.", ge=1, le=1000)
    growth_per_month: float = number(0.0, "traffic", "1/month", "Growth of the traffic a month.", ge=-0.5, le=1)

    # Request
    duration_s: float = number(
        ..., "request", "s", "Mean time of a request alone on an idle replica.", ge=1e-6, le=86_400
    )
    duration_full_s: float | None = number(
        None,
        "request",
        "s",
        "Mean time while the replica holds `concurrency` requests; blank = duration_s.",
        ge=1e-6,
        le=86_400,
    )
    duration_cv: float = number(
        0.5, "request", "ratio", "Standard deviation of the duration over its mean.", ge=0, le=10
    )
    request_kib: float = number(4.0, "request", "KiB", "Mean size of a request.", ge=0, le=1e7)
    response_kib: float = number(4.0, "request", "KiB", "Mean size of a response.", ge=0, le=1e7)
    internet_share: float | None = number(
        None,
        "request",
        "share",
        "Share of responses that leave to the internet; blank = 1 if public, else 0.",
        ge=0,
        le=1,
    )
    log_kib: float = number(1.0, "request", "KiB", "Log text written per request.", ge=0, le=1e6)
    timeout_s: float | None = number(
        None, "request", "s", "Longest time a request may take; blank = duration_full_s.", ge=1e-6, le=604_800
    )

    # Replica
    vcpu: float = number(..., "replica", "vCPU", "CPU of one replica.", ge=0.001, le=1024)
    memory_gib: float = number(..., "replica", "GiB", "Memory of one replica.", ge=0.001, le=32_768)
    gpu: str | dict[str, float] = special(
        NO_GPU,
        "gpu",
        "replica",
        "type",
        "none, a GPU type, or acceptable types with their relative duration: {l4: 1.0, a10g: 0.8}.",
    )
    gpus: int = count(1, "replica", "GPU", "GPUs of one replica; only with gpu.", ge=1, le=16)
    concurrency: int = count(1, "replica", "requests", "Requests one replica works on at once.", ge=1, le=1000)
    image_gib: float = number(1.0, "replica", "GiB", "Size of the container image, without weights.", ge=0, le=1000)
    model_gib: float = number(0.0, "replica", "GiB", "Weights that a replica loads when it starts.", ge=0, le=10_000)
    startup_s: float = number(10.0, "replica", "s", "From the start of a replica to its first answer.", ge=0, le=7200)
    arch: Literal["amd64", "arm64", "any"] = word("amd64", "replica", "Processor architecture the image is built for.")

    # Goal
    latency_p95_s: float | None = number(
        None, "goal", "s", "95 % of requests answered within; blank = no goal.", ge=1e-6, le=86_400
    )
    availability: float = number(
        0.99,
        "goal",
        "share",
        "What the vendor must promise for the serving path.",
        choices=(0.99, 0.995, 0.999, 0.9995),
    )
    survive_zone: bool = flag(False, "goal", "Must full capacity survive the loss of a zone?")
    cold_starts_allowed: bool = flag(True, "goal", "May a request wait for a replica to start?")
    lost_requests_allowed: bool = flag(False, "goal", "May the request that wakes a sleeping service be lost?")
    min_replicas: int = count(0, "goal", "replicas", "Replicas kept at all times.", ge=0, le=10_000)
    max_wait_s: float = number(
        300.0, "goal", "s", "Longest a queued request may wait; kind async only.", ge=1, le=604_800
    )

    # Needs
    exposure: Literal["private", "public"] = word(
        "private", "needs", "Private network, or public HTTPS with a certificate."
    )
    needs_vpc: bool = flag(False, "needs", "Reaches a private network.")
    needs_grpc: bool = flag(False, "needs", "Speaks gRPC.")
    needs_streaming: bool = flag(False, "needs", "Streams its responses.")
    needs_websockets: bool = flag(False, "needs", "Holds WebSockets.")
    needs_sidecar: bool = flag(False, "needs", "Runs a second container beside the first.")
    needs_daemon: bool = flag(False, "needs", "Needs an agent on every node.")
    needs_custom_autoscaling: bool = flag(False, "needs", "Scales on a metric of its own.")
    needs_manifest_access: bool = flag(False, "needs", "Its deployment manifest must be readable and editable.")

    # Buying
    commitment_years: int = count(0, "buying", "years", "The longest commitment you would sign.", choices=(0, 1, 3))
    interruptible: bool = flag(False, "buying", "May replicas be taken away at short notice (spot)?")
    burstable_allowed: bool = flag(False, "buying", "May shared-core machines compete?")
    free_tier: bool = flag(True, "buying", "Is the account's free allowance still unused?")
    target_utilisation: float | None = number(
        None, "buying", "share", "Utilisation the autoscaler aims at; blank = the platform's.", ge=0.01, le=1
    )

    # Team
    skill_managed: Skill = word("working", "team", "Experience with managed and serverless platforms.")
    skill_kubernetes: Skill = word("working", "team", "Experience with Kubernetes.")
    engineers: int = count(1, "team", "people", "People who work on the deployment.", ge=1, le=100)
    share_of_time: float = number(1.0, "team", "share", "Share of their working time.", ge=0.01, le=1)
    focus_h_per_day: float | None = number(
        None,
        "team",
        "h/day",
        "Hours a person gets on this task on a full day; blank = the effort table's.",
        ge=0.1,
        le=12,
    )
    pay_place: str = word("us", "team", "Where the people are paid: a row of the pay table.")
    hour_usd: float | None = number(
        None, "team", "USD/h", "What an hour of a person costs; blank = the pay table's.", ge=0, le=10_000
    )
    scope: Literal["demo", "minimal", "production"] = word("production", "team", "How complete the deployment must be.")
    has_cluster: bool = flag(False, "team", "A cluster exists that this service can share.")
    has_ci: bool = flag(False, "team", "A delivery pipeline exists.")
    has_iac: bool = flag(False, "team", "Infrastructure as code and an account baseline exist.")
    has_observability: bool = flag(False, "team", "Metrics, logs and alerting exist.")
    has_on_call: bool = flag(False, "team", "An on-call rota exists.")
    has_security_pattern: bool = flag(False, "team", "An approved security pattern exists.")
    has_gpu_quota: bool = flag(False, "team", "GPU quota is granted.")
    container_fits: bool = flag(False, "team", "The container already fits the platform's contract.")
    cluster_services: int = count(
        1, "team", "services", "Services that share the cluster and its upkeep.", ge=1, le=10_000
    )
    releases_per_month: float = number(2.0, "team", "1/month", "Releases of the service a month.", ge=0, le=1000)
    support: Literal["office", "24x7"] = word("office", "team", "When somebody answers an alarm.")

    # Horizon
    horizon_months: int = count(12, "horizon", "months", "How long the service is expected to run.", ge=1, le=120)
    discount_per_year: float = number(0.0, "horizon", "1/year", "Rate at which later money is discounted.", ge=0, le=1)
    delay_usd_per_week: float = number(
        0.0, "horizon", "USD/week", "What a week without the service costs.", ge=0, le=1e8
    )

    @field_validator("*", mode="before")
    @classmethod
    def _plausible(cls, value: Any, info: Any) -> Any:
        """Whole floats count, and what no bound can say is said."""
        kind = kind_of(cls.model_fields[info.field_name])
        if kind == "count" and isinstance(value, float) and value.is_integer():
            return int(value)
        if value is not None and kind in FAULTS and (reason := FAULTS[kind](value)):
            raise ValueError(reason)
        return value

    @field_validator("availability", "commitment_years")
    @classmethod
    def _chosen(cls, value: float, info: Any) -> float:
        choices = choices_of(cls.model_fields[info.field_name])
        if value not in choices:
            raise ValueError(f"one of {', '.join(str(each) for each in choices)}")
        return value


# What no bound can say, by kind of field.
FAULTS: Mapping[str, Callable[[object], str]] = {"text": text_fault, "weights": weights_fault, "gpu": gpu_fault}

FIELDS: Mapping[str, FieldInfo] = Workload.model_fields
NUMBERS = tuple(name for name, field in FIELDS.items() if kind_of(field) in ("number", "count", "flag"))
TEXTS = tuple(name for name, field in FIELDS.items() if kind_of(field) in ("text", "choice", "gpu"))
