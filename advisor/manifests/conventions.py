"""Choices of this project where neither a platform nor the plan decides. Nothing here is a fact of the world.

Each stands in the files with a comment that begins with `convention:`, so that a reader knows what may be changed.
"""

from __future__ import annotations

from advisor.manifests.commented import Noted


def convention(value: object, why: str) -> Noted:
    """A value that was chosen here and may be changed."""
    return Noted(value, f"convention: {why}")


PORT = 8080
LISTENS = convention(PORT, "the port at which the container listens")
USER = 65532  # "nonroot" of distroless images; a number, so that the node can see that it is not root
RUNS_AS = convention(USER, "any number but 0 that the image can work with")
RUNS_IN = convention(USER, "the group of the same number")
WRITABLE = convention("/tmp", "the one place where it may write")  # noqa: S108 - inside the container

PROBE_PERIOD_S = 5
PROBE_FAILURES = 3
CHECKED_EVERY_S = convention(PROBE_PERIOD_S, "seconds between two checks")
CHECKED_AFTER_S = convention(PROBE_PERIOD_S, "seconds before the first check")
ANSWERED_IN_S = convention(PROBE_PERIOD_S, "seconds in which a check must be answered")
CHECKED_SELDOM_S = convention(2 * PROBE_PERIOD_S, "seconds between two checks of what runs already")
FAILURES = convention(PROBE_FAILURES, "failed checks in a row that count as failed")
STARTUP_ALLOWANCE = 3  # a start may take so many times as long as usual before it is given up
TIMEOUT_ALLOWANCE = 10  # times the mean that a request may take where the user sets no limit
DRAIN_S = 10
DRAINED = convention(DRAIN_S, "seconds in which load balancers may still send it requests")

METRICS_PATH = convention("/metrics", "where Prometheus looks by itself")
SCRAPE_INTERVAL = convention("30s", "how often metrics are fetched")
ALARM_PERIOD_S = convention(300, "seconds over which an alarm looks")
WAKE_PERIOD_S = convention(60, "seconds over which a sleeping endpoint looks for requests")
LOG_DAYS = convention(30, "kept logs are billed")
TRAEFIK_HTTP = convention(8000, "the port at which Traefik listens, which is port 80 of the machines")
TRAEFIK_HTTPS = convention(8443, "the port at which Traefik listens, which is port 443 of the machines")
PROXY_SUBNET = "10.129.0.0/23"  # addresses of an internal gateway's proxies; any range that the network does not use
POD_SUBNET = convention("10.244.0.0/16", "addresses of pods; any range that your network does not use")
