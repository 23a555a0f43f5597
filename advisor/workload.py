"""What is to be deployed: `Workload` (one row, validated) declares every field once; `Workloads` holds them as columns.

The form, the CSV header, the docs table and every error text derive from the declarations here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.fields import FieldInfo

from advisor.errors import InputError
from advisor.units import Array, Index, Mask
from pricing.reader import read_yaml

MOST_BYTES = 2**20  # a workload file is a page of text; anything larger is a mistake
CUSTOM = "custom"
NO_GPU = "none"

Skill = Literal["none", "working", "expert"]
Text = NDArray[np.object_]


def number(default: Any, group: str, unit: str, sentence: str, choices: Sequence[float] = (), **bounds: Any) -> Any:
    """Declare a numeric field: its default (... = required, None = blank), group, unit, sentence and bounds."""
    extra: dict[str, Any] = {"group": group, "unit": unit, "choices": list(choices)}
    return Field(default, description=sentence, json_schema_extra=extra, strict=True, allow_inf_nan=False, **bounds)


def count(default: Any, group: str, unit: str, sentence: str, choices: Sequence[int] = (), **bounds: Any) -> Any:
    """Declare a whole-number field."""
    extra: dict[str, Any] = {"group": group, "unit": unit, "choices": list(choices)}
    return Field(default, description=sentence, json_schema_extra=extra, strict=True, **bounds)


def flag(default: bool, group: str, sentence: str) -> Any:
    """Declare a yes/no field."""
    return Field(default, description=sentence, json_schema_extra={"group": group, "unit": "yes/no"}, strict=True)


def word(default: Any, group: str, sentence: str, most: int = 200) -> Any:
    """Declare a text field."""
    extra: dict[str, Any] = {"group": group, "unit": "text"}
    return Field(default, description=sentence, json_schema_extra=extra, min_length=1, max_length=most)


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
    weights: list[float] | None = Field(
        None,
        description="24 or 168 relative numbers, Monday 00:00 local first; only with profile custom.",
        json_schema_extra={"group": "traffic", "unit": "relative"},
    )
    burst: float = number(1.0, "traffic", "ratio", "Peak minute over the hour's mean; 1 is Poisson.", ge=1, le=1000)
    growth_per_month: float = number(0.0, "traffic", "1/month", "Growth of the traffic a month.", ge=-0.5, le=1)

    # Request
    duration_s: float = number(..., "request", "s", "Mean time of a request alone on an idle replica.", gt=0, le=86_400)
    duration_full_s: float | None = number(
        None,
        "request",
        "s",
        "Mean time while the replica holds `concurrency` requests; blank = duration_s.",
        gt=0,
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
        None, "request", "s", "Longest time a request may take; blank = duration_full_s.", gt=0, le=604_800
    )

    # Replica
    vcpu: float = number(..., "replica", "vCPU", "CPU of one replica.", gt=0, le=1024)
    memory_gib: float = number(..., "replica", "GiB", "Memory of one replica.", gt=0, le=32_768)
    gpu: str | dict[str, float] = Field(
        NO_GPU,
        description="none, a GPU type, or acceptable types with their relative duration: {l4: 1.0, a10g: 0.8}.",
        json_schema_extra={"group": "replica", "unit": "type"},
    )
    gpus: int = count(1, "replica", "GPU", "GPUs of one replica; only with gpu.", ge=1, le=16)
    concurrency: int = count(1, "replica", "requests", "Requests one replica works on at once.", ge=1, le=1000)
    image_gib: float = number(1.0, "replica", "GiB", "Size of the container image, without weights.", ge=0, le=1000)
    model_gib: float = number(0.0, "replica", "GiB", "Weights that a replica loads when it starts.", ge=0, le=10_000)
    startup_s: float = number(10.0, "replica", "s", "From the start of a replica to its first answer.", ge=0, le=7200)
    arch: Literal["amd64", "arm64", "any"] = word("amd64", "replica", "Processor architecture the image is built for.")

    # Goal
    latency_p95_s: float | None = number(
        None, "goal", "s", "95 % of requests answered within; blank = no goal.", gt=0, le=86_400
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
        300.0, "goal", "s", "Longest a queued request may wait; kind async only.", gt=0, le=604_800
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
        None, "buying", "share", "Utilisation the autoscaler aims at; blank = the platform's.", gt=0, le=1
    )

    # Team
    skill_managed: Skill = word("working", "team", "Experience with managed and serverless platforms.")
    skill_kubernetes: Skill = word("working", "team", "Experience with Kubernetes.")
    engineers: int = count(1, "team", "people", "People who work on the deployment.", ge=1, le=100)
    share_of_time: float = number(1.0, "team", "share", "Share of their working time.", gt=0, le=1)
    focus_h_per_day: float | None = number(
        None,
        "team",
        "h/day",
        "Hours a person gets on this task on a full day; blank = the effort table's.",
        gt=0,
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

    @field_validator("availability", "commitment_years")
    @classmethod
    def _one_of(cls, value: float, info: Any) -> float:
        choices = extra(cls.model_fields[info.field_name])["choices"]
        if value not in choices:
            raise ValueError(f"one of {', '.join(str(each) for each in choices)}")
        return value

    @field_validator("weights")
    @classmethod
    def _weekly(cls, value: list[float] | None) -> list[float] | None:
        if value is not None and (reason := weights_fault(value)):
            raise ValueError(reason)
        return value

    @field_validator("gpu")
    @classmethod
    def _gpu(cls, value: str | dict[str, float]) -> str | dict[str, float]:
        if reason := gpu_fault(value):
            raise ValueError(reason)
        return value


def weights_fault(weights: Sequence[float]) -> str:
    """Why weights cannot be a weekly shape; empty if they can."""
    if len(weights) not in (24, 168):
        return f"24 or 168 numbers; there are {len(weights)}"
    if not all(math.isfinite(weight) and weight >= 0 for weight in weights):
        return "finite numbers of at least 0"
    return "" if sum(weights) > 0 else "at least one number above 0"


def gpu_fault(gpu: str | Mapping[str, float]) -> str:
    """Why a text or map cannot name GPUs; empty if it can. Whether the region sells them is asked later."""
    durations = gpu_durations(gpu) if isinstance(gpu, str) else gpu
    if not durations and gpu != NO_GPU:
        return "none, a type such as l4, or a map of types to their relative duration"
    if all(name and math.isfinite(share) and 0 < share <= 100 for name, share in durations.items()):
        return ""
    return "relative durations above 0, at most 100"


def gpu_durations(text: str) -> dict[str, float]:
    """Read the column form of `gpu`: `none`, `l4`, or `l4:1.0 a10g:0.8`. NaN marks what is not a number."""
    durations = {}
    for each in () if text == NO_GPU else text.split():
        name, _, share = each.partition(":")
        durations[name] = _float(share) if share else 1.0
    return durations


def gpu_text(gpu: str | Mapping[str, float]) -> str:
    """Write `gpu` in its column form."""
    return gpu if isinstance(gpu, str) else " ".join(f"{name}:{share!r}" for name, share in sorted(gpu.items()))


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def extra(field: FieldInfo) -> dict[str, Any]:
    """Group, unit and choices of a declared field."""
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


FIELDS: Mapping[str, FieldInfo] = Workload.model_fields
NUMBERS = tuple(
    name
    for name, field in FIELDS.items()
    if {int, float, bool} & {field.annotation, *get_args(field.annotation)} and name not in ("weights", "gpu")
)
TEXTS = tuple(name for name in FIELDS if name not in NUMBERS and name != "weights")


def allowed(name: str) -> str:
    """What a field takes, in words: type, bounds, unit."""
    field = FIELDS[name]
    kinds = {field.annotation, *get_args(field.annotation)}
    options = extra(field).get("choices") or [each for each in get_args(field.annotation) if isinstance(each, str)]
    if options:
        return "one of " + ", ".join(str(each) for each in options)
    if bool in kinds:
        return "yes or no"
    if name == "weights":
        return "24 or 168 finite numbers of at least 0, one of them above 0"
    if name == "gpu":
        return "none, a GPU type, or a map of types to their relative duration"
    if name not in NUMBERS:
        return "text"
    what = "a whole number" if int in kinds else "a number"
    bounds = [f"{words} {value:g}" for words, value in _bounds(field)]
    return f"{what} {', '.join(bounds)} [{extra(field)['unit']}]"


def _bounds(field: FieldInfo) -> list[tuple[str, float]]:
    words = {"gt": "above", "ge": "of at least", "lt": "below", "le": "at most"}
    return [
        (text, float(getattr(rule, key)))
        for rule in field.metadata
        for key, text in words.items()
        if getattr(rule, key, None) is not None
    ]


# One sentence each for what must hold between fields; a rule looks at columns, so one row and a million obey the same.
RULES: tuple[tuple[str, str, Callable[[Workloads], Mask]], ...] = (
    ("duration_full_s", "at least duration_s", lambda work: work.duration_full_s >= work.duration_s),
    ("timeout_s", "at least duration_s", lambda work: work.timeout_s >= work.duration_s),
    (
        "weights",
        "given exactly when profile is custom",
        lambda work: work.weights_given == (work.text("profile") == CUSTOM),
    ),
)


@dataclass(frozen=True)
class Workloads:
    """The fields of many workloads as columns of shape (rows, 1); blanks that have a rule are filled.

    A blank latency goal is infinite; a blank `target_utilisation`, `hour_usd`, `focus_h_per_day` or
    `current_monthly_usd` is NaN, which means: ask the table.
    """

    numbers: Mapping[str, Array]
    texts: Mapping[str, Text]
    weights: tuple[tuple[float, ...] | None, ...]
    _known: dict[int, tuple[object, Any]] = part(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, owner: object, make: Callable[[], Any]) -> Any:
        """What several modes ask of these rows and one owner (an offer) is worked out once."""
        known = self._known.get(id(owner))
        if known is None or known[0] is not owner:
            known = self._known[id(owner)] = owner, make()
        return known[1]

    def __len__(self) -> int:
        return len(self.texts["name"])

    def __getattr__(self, name: str) -> Array:
        try:
            return self.numbers[name]
        except KeyError:
            raise AttributeError(name) from None

    def text(self, name: str) -> Text:
        """A text column of shape (rows, 1)."""
        return self.texts[name]

    @property
    def weights_given(self) -> Mask:
        """Which rows bring a weekly shape of their own. Shape (rows, 1)."""
        return np.array([[each is not None] for each in self.weights])

    def take(self, rows: Index | slice) -> Workloads:
        """The same columns for some of the rows."""
        chosen = range(len(self))[rows] if isinstance(rows, slice) else rows
        return Workloads(
            {name: column[rows] for name, column in self.numbers.items()},
            {name: column[rows] for name, column in self.texts.items()},
            tuple(self.weights[row] for row in chosen),
        )

    def replace(self, **columns: Array) -> Workloads:
        """The same rows with some numeric columns exchanged."""
        return Workloads({**self.numbers, **columns}, self.texts, self.weights)

    @classmethod
    def of(cls, workloads: Iterable[Workload]) -> Workloads:
        """Turn validated workloads into columns."""
        rows = list(workloads)
        numbers = {name: _column([getattr(row, name) for row in rows]) for name in NUMBERS}
        texts = {name: _texts([getattr(row, name) for row in rows]) for name in TEXTS if name != "gpu"}
        texts["gpu"] = _texts([gpu_text(row.gpu) for row in rows])
        return cls(
            _filled(numbers, texts), texts, tuple(None if row.weights is None else tuple(row.weights) for row in rows)
        )


def _column(values: Sequence[float | None]) -> Array:
    return np.array([[math.nan if value is None else float(value)] for value in values], dtype=np.float64).reshape(
        -1, 1
    )


def _texts(values: Sequence[str | None]) -> Text:
    column = np.empty((len(values), 1), dtype=object)
    column[:, 0] = values
    return column


def _filled(numbers: dict[str, Array], texts: Mapping[str, Text]) -> dict[str, Array]:
    """Fill the blanks that have a rule. The rules stand in the fields' sentences."""
    public = (texts["exposure"] == "public").astype(np.float64)
    full = _blank(numbers["duration_full_s"], numbers["duration_s"])
    return {
        **numbers,
        "duration_full_s": full,
        "internet_share": _blank(numbers["internet_share"], public),
        "timeout_s": _blank(numbers["timeout_s"], full),
        "latency_p95_s": _blank(numbers["latency_p95_s"], np.full_like(full, np.inf)),
    }


def _blank(column: Array, instead: Array) -> Array:
    return np.where(np.isnan(column), instead, column)


def read_workload(path: Path) -> Workload:
    """Read one workload from a YAML file. Raises `InputError` with one message for all that is wrong in it."""
    return workload_from(read_yaml(path, "workload", MOST_BYTES), str(path))


def workload_from(fields: Mapping[str, Any], where: str) -> Workload:
    """Validate one workload; `where` names the file, form or row in messages."""
    try:
        workload = Workload.model_validate(fields)
    except ValidationError as error:
        raise InputError(_message(error, where)) from None
    work = Workloads.of([workload])
    for name, must_be, holds in RULES:
        if not holds(work).all():
            raise InputError(f"{where}: {name} is {getattr(workload, name)!r}; it must be {must_be}")
    return workload


def _message(error: ValidationError, where: str) -> str:
    faults = {str(fault["loc"][0]): fault for fault in reversed(error.errors(include_url=False))}
    return "\n".join(f"{where}: {_fault(name, fault)}" for name, fault in sorted(faults.items()))


def _fault(name: str, fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        near = get_close_matches(name, FIELDS, n=1, cutoff=0.5)
        return f"{name} is not a field" + (
            f"; did you mean {near[0]}?" if near else "; `advisor init` lists the fields"
        )
    if fault["type"] == "missing":
        return f"{name} is missing; it takes {allowed(name)}"
    shown = repr(fault["input"])
    shown = shown if len(shown) <= 80 else shown[:77] + "..."
    detail = fault["ctx"]["error"] if fault["type"] == "value_error" else ""
    return f"{name} is {shown}; allowed: {detail or allowed(name)}"
