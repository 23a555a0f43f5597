"""An Azure container app, in the YAML that az containerapp takes.

Field names: Container Apps, ARM and YAML template specification; scaling rules; health probes.
"""

from __future__ import annotations

import math
from typing import Any

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Bundle, File, Step, Steps, Value, command, filled_in
from advisor.manifests.commented import Noted, planned
from advisor.manifests.conventions import (
    CHECKED_EVERY_S,
    FAILURES,
    LISTENS,
    PROBE_FAILURES,
    PROBE_PERIOD_S,
    STARTUP_ALLOWANCE,
)
from advisor.manifests.creation.machines import RESOURCE_GROUP
from advisor.manifests.headline import headline, planned_facts
from advisor.manifests.pods import HEALTH_PATH, IMAGE, start_allowed

APP = "containerapp.yaml"
ENVIRONMENT = Value("ENVIRONMENT", "my-environment", "the Container Apps environment")
SUBSCRIPTION = Value("SUBSCRIPTION", "00000000-0000-0000-0000-000000000000", "the id of the Azure subscription")
VALUES = (SUBSCRIPTION, RESOURCE_GROUP, ENVIRONMENT, IMAGE, HEALTH_PATH)
CONSUMPTION = "Consumption"
PROFILE = Value("PROFILE", "my-gpu-profile", "the workload profile with the GPU")


def container_apps(plan: Blueprint) -> Bundle:
    """The bundle of a container app."""
    return Bundle(
        name=plan.name,
        title=headline(plan),
        files={APP: File("the app: container, ingress and scaling", (_app(plan),))},
        values=_values(plan),
        steps=_steps(plan),
        notes=plan.open_points,
        facts=planned_facts(plan),
    )


def _values(plan: Blueprint) -> tuple[Value, ...]:
    return (*VALUES, PROFILE) if plan.gpus else VALUES


def _app(plan: Blueprint) -> dict[str, Any]:
    group = f"/subscriptions/{SUBSCRIPTION.reference}/resourceGroups/{RESOURCE_GROUP.reference}"
    profile = planned(PROFILE.reference, f"with a {plan.gpu}") if plan.gpus else CONSUMPTION
    return {
        "location": plan.region,
        "properties": {
            "environmentId": f"{group}/providers/Microsoft.App/managedEnvironments/{ENVIRONMENT.reference}",
            "workloadProfileName": profile,
            "configuration": {"activeRevisionsMode": "Single", "ingress": _ingress(plan)},
            "template": {"containers": [_container(plan)], "scale": _scale(plan)},
        },
    }


def _ingress(plan: Blueprint) -> dict[str, Any]:
    return {
        "external": Noted(plan.public, "whether it may be reached from outside the environment"),
        "targetPort": LISTENS,
        "transport": "http2" if plan.workload.needs_grpc else "auto",
        "allowInsecure": False,
    }


def _container(plan: Blueprint) -> dict[str, Any]:
    check: dict[str, Any] = {"httpGet": {"path": HEALTH_PATH.reference, "port": LISTENS}}
    if plan.workload.needs_grpc:
        check = {"tcpSocket": {"port": LISTENS}}
    probe = {**check, "periodSeconds": CHECKED_EVERY_S, "failureThreshold": FAILURES}
    return {
        "name": plan.name,
        "image": IMAGE.reference,
        "resources": {
            "cpu": planned(plan.vcpu, "vCPU of a replica"),
            "memory": planned(f"{plan.memory_gib:g}Gi", "memory of a replica"),
        },
        "probes": [
            {"type": "Startup", **check, **_start(plan)},
            {"type": "Readiness", **probe},
            {"type": "Liveness", **probe},
        ],
    }


def _start(plan: Blueprint) -> dict[str, Any]:
    """How often and how many times a start is looked at: as often as allowed, then as long apart as it takes."""
    failures = plan.number("probe_failures_max") or PROBE_FAILURES
    wanted_s = max(PROBE_PERIOD_S, math.ceil(STARTUP_ALLOWANCE * plan.startup_s / failures))
    period_s = min(wanted_s, plan.number("probe_period_s_max") or wanted_s)
    if period_s < wanted_s:
        why = f"a start takes {plan.startup_s} s; the platform waits {failures * period_s} s at most"
        return {"periodSeconds": planned(period_s, why), "failureThreshold": failures}
    return {
        "periodSeconds": planned(period_s, start_allowed(plan, failures * period_s)),
        "failureThreshold": Noted(failures, "as many as the platform allows"),
    }


def _scale(plan: Blueprint) -> dict[str, Any]:
    wanted = max(1, int(plan.utilisation * plan.workload.concurrency))
    requests = planned(str(wanted), "requests at once that a replica should have, at the planned utilisation")
    return {
        "minReplicas": planned(plan.least, "replicas kept at all times"),
        "maxReplicas": planned(max(1, plan.least, plan.most), "replicas at the busiest level of traffic"),
        "rules": [{"name": "requests", "http": {"metadata": {"concurrentRequests": requests}}}],
    }


def _steps(plan: Blueprint) -> Steps:
    group = "--resource-group=$RESOURCE_GROUP"
    app = ("az", "containerapp")
    named = (f"--name={plan.name}", group)
    environment = command(*app, "env", "create", "--name=$ENVIRONMENT", group, f"--location={plan.region}")
    show = f'az containerapp show --name={plan.name} --resource-group="$RESOURCE_GROUP"'
    address = f"$({show} --query=properties.configuration.ingress.fqdn --output=tsv)"
    before = (
        f'az containerapp revision list --name={plan.name} --resource-group="$RESOURCE_GROUP" --all '
        "--query='sort_by(@, &properties.createdTime)[-2].name' --output=tsv"
    )
    create = command(*app, "create", *named, "--yaml=filled-in.yaml")
    fill = f"{filled_in(APP, _values(plan))} > filled-in.yaml"
    return Steps(
        deploy=(
            Step("Create the environment, once.", (environment,)),
            Step("Deploy.", (fill, create), "A later release is az containerapp update with the same words."),
        ),
        check=(
            Step("See what runs.", (command(*app, "show", *named),)),
            Step("Call it.", (f'curl --fail "https://{address}$HEALTH_PATH"',)),
        ),
        roll_back=(
            Step("Find the release before the newest.", (f"REVISION=$({before})", 'echo "$REVISION"')),
            Step(
                "Run it again.",
                (command(*app, "revision", "copy", *named, "--from-revision=$REVISION"),),
                "Any other name from the list of releases will do.",
            ),
        ),
        tear_down=(Step("Delete the app.", (command(*app, "delete", *named, "--yes"),)),),
    )
