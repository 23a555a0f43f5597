"""A Cloud Run service in Knative form, as the platform accepts and exports it.

Field and annotation names: Cloud Run Admin API v1, schemas Service and RevisionTemplate.
"""

from __future__ import annotations

import math
from typing import Any

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Bundle, File, Step, Steps, Value, command, filled_in
from advisor.manifests.commented import Noted, planned
from advisor.manifests.conventions import (
    CHECKED_EVERY_S,
    CHECKED_SELDOM_S,
    FAILURES,
    LISTENS,
    PROBE_FAILURES,
    PROBE_PERIOD_S,
    STARTUP_ALLOWANCE,
)
from advisor.manifests.creation.machines import PROJECT
from advisor.manifests.headline import headline, planned_facts
from advisor.manifests.names import account_name
from advisor.manifests.pods import GPU_RESOURCE, HEALTH_PATH, IMAGE, start_allowed
from advisor.platforms.cloud_run import GPU_ZONAL, REQUEST

SERVICE = "service.yaml"
SECRET = Value("SECRET", "service-settings", "a secret of Secret Manager that the service reads")
NETWORK = Value("NETWORK", "default", "the VPC network that the service reaches")
SUBNETWORK = Value("SUBNETWORK", "default", "the subnet in which its instances get addresses")
SERVICES, ACCOUNTS = ("gcloud", "run", "services"), ("gcloud", "iam", "service-accounts")
SECRETS = ("gcloud", "secrets")


def cloud_run(plan: Blueprint) -> Bundle:
    """The bundle of a Cloud Run service."""
    return Bundle(
        name=plan.name,
        title=headline(plan),
        files={SERVICE: File("the service; gcloud run services replace reads it", (service(plan),))},
        values=_values(plan),
        steps=_steps(plan),
        notes=plan.open_points,
        facts=planned_facts(plan),
    )


def _values(plan: Blueprint) -> tuple[Value, ...]:
    health = () if plan.workload.needs_grpc else (HEALTH_PATH,)
    network = (NETWORK, SUBNETWORK) if plan.workload.needs_vpc else ()
    return (PROJECT, IMAGE, *health, SECRET, *network)


def service(plan: Blueprint) -> dict[str, Any]:
    """The Knative Service."""
    ingress = Noted(
        "all" if plan.public else "internal", "who may reach it: `all` the internet, `internal` your networks"
    )
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {
            "name": plan.name,
            "labels": {"cloud.googleapis.com/location": plan.region},
            "annotations": {"run.googleapis.com/ingress": ingress},
        },
        "spec": {
            "template": {"metadata": {"annotations": _annotations(plan)}, "spec": _revision(plan)},
            "traffic": [{"latestRevision": True, "percent": 100}],
        },
    }


def _annotations(plan: Blueprint) -> dict[str, Any]:
    by_request = plan.mode == REQUEST
    billing = "CPU only while requests are answered" if by_request else "CPU for the life of an instance"
    annotations: dict[str, Any] = {
        "autoscaling.knative.dev/minScale": planned(str(plan.least), "instances kept at all times"),
        "autoscaling.knative.dev/maxScale": planned(
            str(max(1, plan.least, plan.most)), "instances at the busiest level"
        ),
        "run.googleapis.com/cpu-throttling": planned(
            "true" if by_request else "false", f"billed by {plan.mode}: {billing}"
        ),
        "run.googleapis.com/startup-cpu-boost": Noted("true", "more CPU while an instance starts"),
    }
    if plan.gpus:
        off = "false" if plan.mode == GPU_ZONAL else "true"
        annotations["run.googleapis.com/gpu-zonal-redundancy-disabled"] = planned(off, f"billed as {plan.mode}")
    if plan.workload.needs_vpc:
        interface = f'[{{"network":"{NETWORK.reference}","subnetwork":"{SUBNETWORK.reference}"}}]'
        annotations["run.googleapis.com/network-interfaces"] = interface
        annotations["run.googleapis.com/vpc-access-egress"] = "private-ranges-only"
    return annotations


def _revision(plan: Blueprint) -> dict[str, Any]:
    revision: dict[str, Any] = {
        "containerConcurrency": planned(plan.workload.concurrency, "requests that an instance works on at once"),
        "timeoutSeconds": planned(plan.timeout_s, "the longest request"),
        "serviceAccountName": f"{account_name(plan.name, 'run')}@{PROJECT.reference}.iam.gserviceaccount.com",
        "containers": [_container(plan)],
    }
    if plan.gpus:
        revision["nodeSelector"] = {"run.googleapis.com/accelerator": planned(f"nvidia-{plan.gpu}", "the GPU type")}
    return revision


def _container(plan: Blueprint) -> dict[str, Any]:
    limits = {
        "cpu": planned(_cpu(plan), "vCPU of an instance"),
        "memory": planned(f"{plan.mib}Mi", "memory of an instance"),
    }
    if plan.gpus:
        limits[GPU_RESOURCE] = planned(str(plan.gpus), "GPUs of an instance")
    secret = {"name": SECRET.reference, "key": "latest"}
    return {
        "image": IMAGE.reference,
        "ports": [{"name": "h2c" if plan.workload.needs_grpc else "http1", "containerPort": LISTENS}],
        "env": [{"name": "SETTINGS", "valueFrom": {"secretKeyRef": secret}}],
        "resources": {"limits": limits},
        **_probes(plan),
    }


def _cpu(plan: Blueprint) -> str:
    return f"{plan.vcpu:g}" if plan.vcpu.is_integer() else f"{plan.millicores}m"


def _probes(plan: Blueprint) -> dict[str, Any]:
    check: dict[str, Any] = {"httpGet": {"path": HEALTH_PATH.reference}}
    if plan.workload.needs_grpc:
        check = {"grpc": {"port": LISTENS}}
    return {
        "startupProbe": {**check, "periodSeconds": CHECKED_EVERY_S, "failureThreshold": _startup_failures(plan)},
        "livenessProbe": {**check, "periodSeconds": CHECKED_SELDOM_S, "failureThreshold": FAILURES},
    }


def _startup_failures(plan: Blueprint) -> Noted:
    """Failed checks before a start is given up; no more than the platform waits, where that is known."""
    tries = max(PROBE_FAILURES, math.ceil(STARTUP_ALLOWANCE * plan.startup_s / PROBE_PERIOD_S))
    most_s = plan.number("startup_s_max")
    if most_s is None or tries * PROBE_PERIOD_S <= most_s:
        return planned(tries, start_allowed(plan, tries * PROBE_PERIOD_S))
    return planned(most_s // PROBE_PERIOD_S, f"a start takes {plan.startup_s} s; the platform waits {most_s} s at most")


def _steps(plan: Blueprint) -> Steps:
    where = (f"--region={plan.region}", "--project=$PROJECT")
    traffic = command(*SERVICES, "update-traffic", plan.name, "--to-revisions=$REVISION=100", *where)
    return Steps(
        deploy=_deploy(plan, where),
        check=(
            Step("See what runs.", (command(*SERVICES, "describe", plan.name, *where),)),
            Step("Call it.", (_call(plan),)),
        ),
        roll_back=(
            Step("Find the release before the newest.", (_release_before(plan), 'echo "$REVISION"')),
            Step("Send all requests to it.", (traffic,), "Any other name from the list of releases will do."),
        ),
        tear_down=(
            Step("Delete the service.", (command(*SERVICES, "delete", plan.name, *where, "--quiet"),)),
            Step("Delete its identity and its secret.", _forget(plan)),
        ),
    )


def _release_before(plan: Blueprint) -> str:
    """A command that puts the name of the last release but one into REVISION."""
    where = f'--service={plan.name} --region={plan.region} --project="$PROJECT"'
    newest = "--sort-by='~metadata.creationTimestamp' --limit=2 --format='value(metadata.name)'"
    return f"REVISION=$(gcloud run revisions list {where} {newest} | tail -n 1)"


def _deploy(plan: Blueprint, where: tuple[str, ...]) -> tuple[Step, ...]:
    enable = ("gcloud", "services", "enable", "run.googleapis.com", "secretmanager.googleapis.com")
    account = command(*ACCOUNTS, "create", account_name(plan.name, "run"), "--project=$PROJECT")
    replace = f"{filled_in(SERVICE, _values(plan))} | {command(*SERVICES, 'replace', '-', *where)}"
    everybody = ("--member=allUsers", "--role=roles/run.invoker")
    public = command(*SERVICES, "add-iam-policy-binding", plan.name, *where, *everybody)
    return (
        Step("Switch the services on.", (command(*enable, "--project=$PROJECT"),)),
        Step("Create its identity.", (account,)),
        Step(
            "Create the secret, and let the service read it.",
            _secret(plan),
            "The first command reads the secret from the keyboard; end it with Ctrl-D.",
        ),
        Step("Deploy.", (replace,), "Every release is this command again."),
        *((Step("Let everybody call it.", (public,)),) if plan.public else ()),
    )


def _secret(plan: Blueprint) -> tuple[str, ...]:
    reader = (f"--member=serviceAccount:{_account(plan)}", "--role=roles/secretmanager.secretAccessor")
    return (
        command(*SECRETS, "create", "$SECRET", "--project=$PROJECT", "--data-file=-"),
        command(*SECRETS, "add-iam-policy-binding", "$SECRET", "--project=$PROJECT", *reader),
    )


def _forget(plan: Blueprint) -> tuple[str, ...]:
    return (
        command(*ACCOUNTS, "delete", _account(plan), "--project=$PROJECT", "--quiet"),
        command(*SECRETS, "delete", "$SECRET", "--project=$PROJECT", "--quiet"),
    )


def _account(plan: Blueprint) -> str:
    return f"{account_name(plan.name, 'run')}@$PROJECT.iam.gserviceaccount.com"


def _call(plan: Blueprint) -> str:
    look = command("gcloud", "run", "services", "describe", plan.name, f"--region={plan.region}", "--project=$PROJECT")
    bearer = '-H "Authorization: Bearer $(gcloud auth print-identity-token)"'
    path = "" if plan.workload.needs_grpc else "$HEALTH_PATH"
    address = f"$({look} --format='value(status.url)'){path}".replace(" \\\n  ", " ")
    return f'curl --fail "{address}"' if plan.public else f'curl --fail {bearer} "{address}"'
