"""Machines of one's own in a cloud, by the vendor's command line: start them, and remove them again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Value, command

ZONE = Value("ZONE", "my-zone", "the zone, or on AWS the subnet, in which machines are started")
MACHINE_IMAGE = Value("MACHINE_IMAGE", "my-machine-image", "an image with containerd, kubelet and kubeadm installed")
LINUX_IMAGE = Value("MACHINE_IMAGE", "my-machine-image", "an image of a Linux that k3s runs on")
PROJECT = Value("PROJECT", "my-project", "the id of the Google Cloud project")
RESOURCE_GROUP = Value("RESOURCE_GROUP", "my-resource-group", "the Azure resource group")

Commands = Callable[[Blueprint, int], tuple[str, ...]]


def _start_on_google(plan: Blueprint, count: int) -> tuple[str, ...]:
    spot = ("--provisioning-model=SPOT", "--instance-termination-action=STOP") if plan.spot else ()
    where = ("--project=$PROJECT", "--zone=$ZONE", "--image=$MACHINE_IMAGE", f"--labels=service={plan.name}")
    create = ("gcloud", "compute", "instances", "create", *_names(plan, count), f"--machine-type={plan.machine}")
    return (command(*create, *where, *spot),)


def _stop_on_google(plan: Blueprint, count: int) -> tuple[str, ...]:
    names = _names(plan, count)
    return (
        command("gcloud", "compute", "instances", "delete", *names, "--project=$PROJECT", "--zone=$ZONE", "--quiet"),
    )


def _start_on_amazon(plan: Blueprint, count: int) -> tuple[str, ...]:
    spot = ("--instance-market-options=MarketType=spot",) if plan.spot else ()
    tags = f"--tag-specifications=ResourceType=instance,Tags=[{{Key=service,Value={plan.name}}}]"
    kind = (f"--instance-type={plan.machine}", "--image-id=$MACHINE_IMAGE", "--subnet-id=$ZONE", f"--count={count}")
    return (command("aws", "ec2", "run-instances", f"--region={plan.region}", *kind, tags, *spot),)


def _stop_on_amazon(plan: Blueprint, count: int) -> tuple[str, ...]:
    del count  # by their tag
    look = command(
        "aws", "ec2", "describe-instances", f"--region={plan.region}", f"--filters=Name=tag:service,Values={plan.name}",
        "--query=Reservations[].Instances[].InstanceId", "--output=text",
    )  # fmt: skip
    return (f"aws ec2 terminate-instances --region={plan.region} --instance-ids $({look})",)


def _start_on_azure(plan: Blueprint, count: int) -> tuple[str, ...]:
    spot = ("--priority=Spot", "--eviction-policy=Deallocate") if plan.spot else ()
    where = ("--resource-group=$RESOURCE_GROUP", f"--location={plan.region}", "--image=$MACHINE_IMAGE")
    create = ("az", "vm", "create", f"--name={plan.name}", f"--count={count}", f"--size={plan.machine}")
    return (command(*create, *where, f"--tags=service={plan.name}", "--generate-ssh-keys", *spot),)


def _stop_on_azure(plan: Blueprint, count: int) -> tuple[str, ...]:
    del count  # by their tag
    group = "--resource-group=$RESOURCE_GROUP"
    look = command("az", "vm", "list", group, f"--query=[?tags.service=='{plan.name}'].id", "--output=tsv")
    return (f"az vm delete --yes --ids $({look})",)


def _names(plan: Blueprint, count: int) -> list[str]:
    return [f"{plan.name}-{number}" for number in range(1, count + 1)]


# Platform -> how machines are started and removed, and what must be filled in for it.
MACHINES: Mapping[str, tuple[Commands, Commands, tuple[Value, ...]]] = {
    "self-managed-gcp": (_start_on_google, _stop_on_google, (PROJECT, ZONE, MACHINE_IMAGE)),
    "k3s": (_start_on_google, _stop_on_google, (PROJECT, ZONE, LINUX_IMAGE)),
    "self-managed-aws": (_start_on_amazon, _stop_on_amazon, (ZONE, MACHINE_IMAGE)),
    "self-managed-azure": (_start_on_azure, _stop_on_azure, (RESOURCE_GROUP, MACHINE_IMAGE)),
}
