"""What each autoscaler settles at, how late it releases, and who meets a replica that is still starting."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advisor.units import ROUNDING_SLACK, SECONDS_PER_HOUR, Array, Mask, ceil


def settled_replicas(rate: Array, duration_full_s: Array, concurrency: Array, utilisation: Array) -> Array:
    """Replicas at which a utilisation target comes to rest: ⌈λ / (u C / D_full)⌉, and one as soon as there is traffic.

    rate per second, duration of a request on a full replica in s, requests at a time, utilisation in (0, 1].
    Any shapes that broadcast. The rule of the Kubernetes HPA (kubernetes.io), of Cloud Run and of Vertex AI at rest.
    """
    return np.maximum(ceil(rate * duration_full_s / (utilisation * concurrency)), rate > 0)


def async_replicas(
    requests_per_s: Array, windowed_peak: Array, duration_full_s: Array, concurrency: Array, utilisation: Array
) -> Array:
    """Replicas that finish work within the wait it tolerates: sized by the busiest window, not by the busiest hour.

    Mean requests per second of the month, and the largest mean multiple over any window of the tolerated wait
    (`traffic.windowed_peak`). No requests need no replicas. Any shapes that broadcast.
    """
    return settled_replicas(requests_per_s * windowed_peak, duration_full_s, concurrency, utilisation)


def replicas_with_spare_zone(replicas: Array, zones: Array, survive_zone: Mask) -> Array:
    """Replicas that still carry the load when one of `zones` (at least 2) is lost: ⌈n z / (z - 1)⌉ where asked for.

    Endless zones, for a vendor that replaces a zone by itself, ask for nothing. Any shapes that broadcast.
    """
    return np.where(survive_zone, ceil(replicas + replicas / (zones - 1)), replicas)


def promised_replicas(availability: Array, promises: Sequence[float], replicas: Sequence[float]) -> tuple[Array, Mask]:
    """Replicas without which the vendor's promise does not hold, and where the vendor promises that much at all.

    `promises` rise, each with the replicas it asks for; `availability` (rows, 1), such as 0.995, gets the lowest
    promise that covers it. Where none does, the mask is False and the count is that of the highest promise.
    """
    covering = np.searchsorted(np.asarray(promises), availability - ROUNDING_SLACK)
    held = np.minimum(covering, len(promises) - 1)
    return np.asarray(replicas, dtype=np.float64)[held], covering < len(promises)


def release_delay_s(*stages_s: float) -> float:
    """Seconds that capacity stands after load has fallen: its stages wait for one another (pods first, then nodes).

    The Cluster Autoscaler's clock of a node starts when its pods have gone (FAQ of kubernetes/autoscaler).
    """
    return sum(stages_s)


def wakes_per_s(rate: Array, idle_s: Array, wake_s: Array) -> Array:
    """Wakes per second of a service that falls to zero: λ q / (1 + λ W q), with q = e^(-λ T); none without requests.

    A cycle waits 1/λ for a request, wakes for W and stands (e^(λ T) - 1)/λ until the first gap of T: what wakes cannot
    fall asleep. Renewals of Poisson arrivals at `rate` per second. Any shapes that broadcast.
    """
    asleep = rate * np.exp(
        -rate * np.where(rate > 0, idle_s, 0.0)
    )  # without requests even an endless time expires nothing
    return asleep / (1 + asleep * wake_s)


def present_share(rate: Array, linger_s: Array, startup_s: Array, min_replicas: Array) -> Array:
    """Share of time in which the one replica of a service that may fall to zero has started and not yet gone.

    (1 - q) / (1 + λ S q), q = e^(-λ T): what is left of the cycle of `wakes_per_s` after the wait for a request and
    the start of S seconds, which is billed on its own. 1 with a minimum. `linger_s` runs from the start of the last
    request to shutdown: idle timeout, plus the duration where it matters. Any shapes that broadcast.
    """
    starting = wakes_per_s(rate, linger_s, startup_s) * startup_s
    return np.where(min_replicas > 0, 1.0, -np.expm1(-rate * linger_s) * (1 - starting))


def alive_instances(
    replicas: Array, peak_concurrency: Array, concurrency: Array, present_share: Array
) -> tuple[Array, Array]:
    """Instances alive on average, (low, high), where the vendor bills instances from start to shutdown.

    Low: the settled replicas. High: as many as bursts start that live on through the idle time, ⌈N*/C⌉, with N* of
    `bursts.peak_concurrency`. A single replica counts for the share of time in which it is present.
    """
    present = np.where(replicas > 1, 1.0, present_share)
    return replicas * present, np.maximum(replicas, ceil(peak_concurrency / concurrency)) * present


def expiries_per_s(rate: Array, linger_s: Array, startup_s: Array, min_replicas: Array) -> Array:
    """Cold starts per second because the last replica expired between two requests; none with a minimum.

    `linger_s` and `startup_s` as for `present_share`. Any shapes that broadcast.
    """
    return np.where(min_replicas > 0, 0.0, wakes_per_s(rate, linger_s, startup_s))


def cold_starts_per_month(rises_per_month: Array, hours: Sequence[float], expiries_per_s: Sequence[Array]) -> Array:
    """Replicas started in a month: by rises of the replica count (`traffic.rises`) and after expiry, level by level.

    `hours` a month and `expiries_per_s` hold one entry per level. (rows, 1) -> (rows, 1).
    """
    total = rises_per_month
    for level_hours, expiries in zip(hours, expiries_per_s, strict=True):
        total = total + level_hours * SECONDS_PER_HOUR * expiries
    return total


def requests_per_cold_start(rate_per_replica: Array, startup_s: Array, concurrency: Array) -> Array:
    """Requests that meet one starting replica: the one that woke it and those that follow until it is up, at most C."""
    return np.minimum(1 + rate_per_replica * startup_s, concurrency)


def cold_share(cold_requests_per_month: Array, requests_per_month: Array) -> Array:
    """Share of requests that meet a starting replica, 0 to 1; 0 without requests."""
    return np.minimum(cold_requests_per_month / np.maximum(requests_per_month, 1), 1) * (requests_per_month > 0)
