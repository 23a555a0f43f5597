"""A managed online endpoint of Azure Machine Learning, in the YAML of its command line (az ml, version 2).

Field names: managed online endpoint and deployment YAML schemas; autoscale rules: how-to-autoscale-endpoints.
"""

from __future__ import annotations

from typing import Any

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import REQUEST, Bundle, File, Step, Steps, Value, command, filled_in
from advisor.manifests.commented import Noted, planned
from advisor.manifests.conventions import ANSWERED_IN_S, CHECKED_AFTER_S, CHECKED_EVERY_S, LISTENS
from advisor.manifests.creation.creation import COUNTED
from advisor.manifests.creation.machines import RESOURCE_GROUP
from advisor.manifests.headline import headline, planned_facts
from advisor.manifests.pods import HEALTH_PATH, IMAGE, startup_failures

ENDPOINT, DEPLOYMENT = "endpoint.yaml", "deployment.yaml"
SCHEMAS = "https://azuremlschemas.azureedge.net/latest/managedOnline"
WORKSPACE = Value("WORKSPACE", "my-workspace", "the workspace of Azure Machine Learning")
PREDICT_PATH = Value("PREDICT_PATH", "/score", "the path at which the service answers predictions")
RELEASE = Value("RELEASE", "blue", "the name of this release; another at every release, such as green")
VALUES = (RESOURCE_GROUP, WORKSPACE, RELEASE, IMAGE, PREDICT_PATH, HEALTH_PATH)
MILLISECONDS = 1000


def azure_ml(plan: Blueprint) -> Bundle:
    """The bundle of a managed online endpoint."""
    return Bundle(
        name=plan.name,
        title=headline(plan),
        files={
            ENDPOINT: File("the address, and who may call it", (_endpoint(plan),)),
            DEPLOYMENT: File("what runs behind it, on which machines", (_deployment(plan),)),
        },
        values=VALUES,
        steps=_steps(plan),
        notes=plan.open_points,
        facts=planned_facts(plan),
    )


def _endpoint(plan: Blueprint) -> dict[str, Any]:
    access = Noted("enabled", "from the internet") if plan.public else Noted("disabled", "from private networks only")
    return {
        "$schema": f"{SCHEMAS}Endpoint.schema.json",
        "name": plan.name,
        "auth_mode": Noted("key", "callers send a key of the endpoint"),
        "public_network_access": access,
    }


def _deployment(plan: Blueprint) -> dict[str, Any]:
    copies = planned(str(plan.copies), "copies of the service that one machine runs, each a process of the container")
    count = planned(max(1, plan.least_machines), "machines at the quietest level; the autoscale rules take over")
    return {
        "$schema": f"{SCHEMAS}Deployment.schema.json",
        "name": RELEASE.reference,
        "endpoint_name": plan.name,
        "environment": {
            "name": plan.name,
            "image": IMAGE.reference,
            "inference_config": {
                "liveness_route": {"port": LISTENS, "path": HEALTH_PATH.reference},
                "readiness_route": {"port": LISTENS, "path": HEALTH_PATH.reference},
                "scoring_route": {"port": LISTENS, "path": PREDICT_PATH.reference},
            },
        },
        "environment_variables": {"WORKERS": copies},
        "instance_type": planned(plan.machine, "the machine type that costs least"),
        "instance_count": count,
        "request_settings": {
            "request_timeout_ms": planned(plan.timeout_s * MILLISECONDS, "the longest request"),
            "max_concurrent_requests_per_instance": planned(plan.slots, "requests that a machine works on at once"),
        },
        "liveness_probe": _probe(startup_failures(plan)),
        "readiness_probe": _probe(startup_failures(plan)),
    }


def _probe(failures: Any) -> dict[str, Any]:
    return {
        "initial_delay": CHECKED_AFTER_S,
        "period": CHECKED_EVERY_S,
        "timeout": ANSWERED_IN_S,
        "failure_threshold": failures,
    }


def rules(plan: Blueprint) -> tuple[str, str]:
    """When a machine is added, and when one is taken away.

    Taking one of two away doubles the load of the other: below half the target it still stays within it, so the two
    rules never chase each other.
    """
    return (
        f"CpuUtilizationPercentage > {plan.target_percent} avg 5m",
        f"CpuUtilizationPercentage < {max(1, plan.target_percent // 2)} avg 5m",
    )


def _steps(plan: Blueprint) -> Steps:
    where = ("--resource-group=$RESOURCE_GROUP", "--workspace-name=$WORKSPACE")
    autoscale = ("az", "monitor", "autoscale")
    endpoint, deployment = ("az", "ml", "online-endpoint"), ("az", "ml", "online-deployment")
    before = (
        f'az ml online-deployment list --endpoint-name={plan.name} --resource-group="$RESOURCE_GROUP" '
        """--workspace-name="$WORKSPACE" --query="[?name!='$RELEASE'].name | [-1]" --output=tsv"""
    )
    named, coloured = (f"--name={plan.name}",), (f"--endpoint-name={plan.name}", "--name=$RELEASE")
    create = command(*deployment, "create", "--file=/dev/stdin", "--all-traffic", *where)
    return Steps(
        deploy=(
            Step(
                "Create the endpoint.",
                (f"{filled_in(ENDPOINT, VALUES)} | {command(*endpoint, 'create', '--file=/dev/stdin', *where)}",),
            ),
            Step("Deploy.", (f"{filled_in(DEPLOYMENT, VALUES)} | {create}",), "Machines are billed from here on."),
            Step("Let the number of machines follow the traffic.", _autoscale(plan, where), COUNTED),
        ),
        check=(
            Step("See what runs.", (command(*deployment, "show", *coloured, *where),)),
            Step("Call it.", (REQUEST, command(*endpoint, "invoke", *named, "--request-file=request.json", *where))),
        ),
        roll_back=(
            Step(
                "Find the other release.",
                (f"BEFORE=$({before})", 'echo "$BEFORE"'),
                "It stands beside the newest under its own name until it is deleted.",
            ),
            Step("Send all requests to it.", (command(*endpoint, "update", *named, "--traffic=$BEFORE=100", *where),)),
        ),
        tear_down=(
            Step("Delete the endpoint with its deployments.", (command(*endpoint, "delete", *named, "--yes", *where),)),
            Step(
                "Delete the autoscale rules.",
                (command(*autoscale, "delete", f"--name={plan.name}-$RELEASE", where[0]),),
            ),
        ),
    )


def _autoscale(plan: Blueprint, where: tuple[str, ...]) -> tuple[str, ...]:
    look = f'az ml online-deployment show --endpoint-name={plan.name} --name="$RELEASE"'
    resource = (
        f'DEPLOYMENT=$({look} --resource-group="$RESOURCE_GROUP" --workspace-name="$WORKSPACE" --query=id --output=tsv)'
    )
    least, most = max(1, plan.least_machines), max(1, plan.least_machines, plan.most_machines)
    out, back = rules(plan)
    autoscale = ("az", "monitor", "autoscale")
    counts = (f"--min-count={least}", f"--max-count={most}", f"--count={least}")
    rule = (*autoscale, "rule", "create", f"--autoscale-name={plan.name}-$RELEASE", where[0])
    return (
        resource,
        command(*autoscale, "create", f"--name={plan.name}-$RELEASE", "--resource=$DEPLOYMENT", where[0], *counts),
        command(*rule, f"--condition={out}", "--scale", "out", "1"),
        command(*rule, f"--condition={back}", "--scale", "in", "1"),
    )
