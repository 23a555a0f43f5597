"""What gives a Vertex AI endpoint a public address: a small Cloud Run service that calls it with its own identity.

The size is the one that the plan prices. Field names: Cloud Run Admin API v1, schema Service. Identity: Cloud Run,
service identity; right: Vertex AI, access control, role aiplatform.user.
"""

from __future__ import annotations

from typing import Any

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import File, Step, Value, command, filled_in
from advisor.manifests.commented import Noted, planned
from advisor.manifests.conventions import LISTENS
from advisor.manifests.creation.machines import PROJECT
from advisor.manifests.names import account_name
from advisor.units import MIB_PER_GIB

FILE = "gateway.yaml"
IMAGE = Value(
    "GATEWAY_IMAGE",
    "registry.example.com/team/gateway:1.0.0",
    "an image that passes requests on to $UPSTREAM with a token of its own identity, from the metadata server",
)
UPSTREAM = "UPSTREAM"  # not filled in by hand: a command finds it once the endpoint stands
SERVICES, ACCOUNTS = ("gcloud", "run", "services"), ("gcloud", "iam", "service-accounts")
UNKNOWN = "the price book does not say how large the gateway is, so its size is left to the platform"


def name(plan: Blueprint) -> str:
    """The name of the gateway beside that of the endpoint."""
    return f"{plan.name}-gw"


def files(plan: Blueprint) -> dict[str, File]:
    """The gateway; none where the endpoint is private."""
    return (
        {FILE: File("the public address: passes requests on to the endpoint", (_service(plan),))} if plan.public else {}
    )


def values(plan: Blueprint) -> tuple[Value, ...]:
    """What must be filled in for it."""
    return (IMAGE,) if plan.public else ()


def notes(plan: Blueprint) -> tuple[str, ...]:
    """What a reader should know."""
    return (UNKNOWN,) if plan.public and not _limits(plan) else ()


def _service(plan: Blueprint) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "timeoutSeconds": planned(plan.timeout_s, "the longest request"),
        "serviceAccountName": f"{_id(plan)}@{PROJECT.reference}.iam.gserviceaccount.com",
        "containers": [_container(plan)],
    }
    at_once = plan.number("gateway_concurrency")
    if at_once is not None:
        spec["containerConcurrency"] = planned(at_once, "requests that wait in an instance at once")
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {
            "name": name(plan),
            "labels": {"cloud.googleapis.com/location": plan.region},
            "annotations": {"run.googleapis.com/ingress": Noted("all", "the internet may reach it")},
        },
        "spec": {
            "template": {
                "metadata": {
                    "annotations": {"run.googleapis.com/cpu-throttling": planned("true", "billed by request")}
                },
                "spec": spec,
            },
            "traffic": [{"latestRevision": True, "percent": 100}],
        },
    }


def _container(plan: Blueprint) -> dict[str, Any]:
    container: dict[str, Any] = {
        "image": IMAGE.reference,
        "ports": [{"name": "h2c" if plan.workload.needs_grpc else "http1", "containerPort": LISTENS}],
        "env": [{"name": UPSTREAM, "value": Noted(f"${{{UPSTREAM}}}", "found by a command of the README")}],
    }
    limits = _limits(plan)
    return {**container, "resources": {"limits": limits}} if limits else container


def _limits(plan: Blueprint) -> dict[str, Any]:
    """The size that is priced; empty where the price book does not state it."""
    vcpu, memory_gib = plan.facts.get("gateway_vcpu"), plan.facts.get("gateway_memory_gib")
    if vcpu is None or memory_gib is None:
        return {}
    return {
        "cpu": planned(f"{vcpu:g}", "vCPU of an instance of the gateway"),
        "memory": planned(f"{memory_gib * MIB_PER_GIB:g}Mi", "memory of an instance of the gateway"),
    }


def deploy(plan: Blueprint) -> tuple[Step, ...]:
    """How it comes to be, once the endpoint stands."""
    if not plan.public:
        return ()
    where = (f"--region={plan.region}", "--project=$PROJECT")
    look = f'gcloud ai endpoints describe {plan.name} --region={plan.region} --project="$PROJECT"'
    replace = command(*SERVICES, "replace", "-", *where)
    fill = filled_in(FILE, (PROJECT, IMAGE, Value(UPSTREAM, "", "")))
    member = f"--member=serviceAccount:{_account(plan)}"
    everybody = ("--member=allUsers", "--role=roles/run.invoker")
    return (
        Step(
            "Give the gateway an identity that may call the endpoint.",
            (
                command("gcloud", "services", "enable", "run.googleapis.com", "--project=$PROJECT"),
                command(*ACCOUNTS, "create", _id(plan), "--project=$PROJECT"),
                command(
                    "gcloud", "projects", "add-iam-policy-binding", "$PROJECT", member, "--role=roles/aiplatform.user"
                ),
            ),
        ),
        Step(
            "Deploy the gateway.",
            (
                f"export UPSTREAM=\"https://$({look} --format='value(dedicatedEndpointDns)' | sed 's|^https://||')\"",
                f"{fill} | {replace}",
            ),
        ),
        Step("Let everybody call it.", (command(*SERVICES, "add-iam-policy-binding", name(plan), *where, *everybody),)),
    )


def check(plan: Blueprint) -> tuple[Step, ...]:
    """A call without any identity."""
    if not plan.public:
        return ()
    where = f'--region={plan.region} --project="$PROJECT"'
    address = f"$(gcloud run services describe {name(plan)} {where} --format='value(status.url)')"
    return (Step("Call it as anybody.", (f"curl --fail --data '{{}}' \"{address}$PREDICT_PATH\"",)),)


def tear_down(plan: Blueprint) -> tuple[Step, ...]:
    """How it goes, before the endpoint does."""
    if not plan.public:
        return ()
    where = (f"--region={plan.region}", "--project=$PROJECT", "--quiet")
    delete = command(*SERVICES, "delete", name(plan), *where)
    forget = command(*ACCOUNTS, "delete", _account(plan), "--project=$PROJECT", "--quiet")
    return (Step("Delete the gateway and its identity.", (delete, forget)),)


def _account(plan: Blueprint) -> str:
    return f"{_id(plan)}@$PROJECT.iam.gserviceaccount.com"


def _id(plan: Blueprint) -> str:
    return account_name(plan.name, "gw")
