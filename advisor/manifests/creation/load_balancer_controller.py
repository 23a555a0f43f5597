"""The AWS Load Balancer Controller: a Gateway becomes an application load balancer.

EKS user guide, install AWS Load Balancer Controller with Helm; kubernetes-sigs.github.io/aws-load-balancer-controller,
Gateway API: prerequisites, LoadBalancerConfiguration, TargetGroupConfiguration. Its certificates are those of AWS
Certificate Manager; certificateRefs of a Gateway are not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import File, Step, Value, command
from advisor.manifests.commented import Noted
from advisor.manifests.creation.add_ons import SYSTEM, address, helm, unknown, version
from advisor.manifests.creation.creation import AddOn
from advisor.manifests.gateway import HTTPS_PORT, Entry, class_of
from advisor.manifests.objects import metadata
from advisor.manifests.pods import HEALTH_PATH

NAME, CLASS = "aws-load-balancer-controller", "aws-alb"
CLASS_FILE = "cluster/gatewayclass.yaml"
GROUP, API_VERSION = "gateway.k8s.aws", "gateway.k8s.aws/v1beta1"
GRPC_HEALTH = {"healthCheckPath": "/grpc.health.v1.Health/Check", "matcher": {"grpcCode": "0"}}
CERTIFICATE = Value(
    "CERTIFICATE",
    "arn:aws:acm:us-east-1:111122223333:certificate/my-certificate",
    "the certificate of the domain in AWS Certificate Manager",
)
INTERNAL = (
    "the plan prices an internal network balancer; the gateway brings an internal application balancer, which is "
    "billed in its place"
)


def _parameters(plan: Blueprint) -> Mapping[str, Any]:
    return {"parametersRef": {"group": GROUP, "kind": "LoadBalancerConfiguration", "name": plan.name}}


def _balancer(plan: Blueprint) -> tuple[dict[str, Any], ...]:
    """What the balancer is like, and how it finds and checks the pods."""
    scheme = (
        Noted("internet-facing", "anybody may call") if plan.public else Noted("internal", "the service is private")
    )
    balancer: dict[str, Any] = {"scheme": scheme}
    if AMAZON.secure(plan):
        listener = {"protocolPort": f"HTTPS:{HTTPS_PORT}", "defaultCertificate": CERTIFICATE.example}
        balancer["listenerConfigurations"] = [listener]
    health = GRPC_HEALTH if plan.workload.needs_grpc else {"healthCheckPath": HEALTH_PATH.example}
    targets = {
        "targetType": Noted("ip", "straight to the pods, past the ports of nodes"),
        **({"protocolVersion": "GRPC"} if plan.workload.needs_grpc else {}),
        "healthCheckConfig": health,
    }
    return (
        _object(plan, "LoadBalancerConfiguration", balancer),
        _object(
            plan,
            "TargetGroupConfiguration",
            {"targetReference": {"name": plan.name}, "defaultConfiguration": targets},
        ),
    )


def _object(plan: Blueprint, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata(plan), "spec": spec}


AMAZON = Entry(
    CLASS,
    infrastructure=_parameters,
    beside=_balancer,
    health=(("TargetGroupConfiguration", "spec.defaultConfiguration.healthCheckConfig.healthCheckPath"),),
    certificate=CERTIFICATE,
    certified=("LoadBalancerConfiguration", "spec.listenerConfigurations.0.defaultCertificate"),
    secret=False,
    grpc_plain=False,
)


def load_balancer_controller(plan: Blueprint) -> AddOn:
    """The controller with its rights and its class."""
    what = "a controller for Gateway API"
    api = version(plan, "gateway_api", "Gateway API")
    release = version(plan, "load_balancer_controller", "the AWS Load Balancer Controller")
    if not (api.example and release.example and plan.text("load_balancer_controller_charts")):
        return unknown(what)
    definitions = (
        address(plan, "gateway_api_manifest", api),
        address(plan, "load_balancer_controller_definitions", release),
    )
    return AddOn(
        f"{what} with the GatewayClass {CLASS}",
        (_define(definitions), _allow(plan, release), _install(plan, release), _name()),
        (
            Step("Remove the class of gateways.", (command("kubectl", "delete", "-f", CLASS_FILE),)),
            Step("Remove the AWS Load Balancer Controller.", (f"helm uninstall {NAME} --namespace={SYSTEM}",)),
            _forbid(plan),
            Step(
                "Remove the definitions of Gateway API.",
                tuple(command("kubectl", "delete", "-f", each) for each in reversed(definitions)),
            ),
        ),
        (api, release),
        {CLASS_FILE: File("the class of gateways that become application load balancers", (_class(),))},
        () if plan.public else (INTERNAL,),
    )


def _class() -> dict[str, Any]:
    return class_of(CLASS, f"{GROUP}/alb")


def _define(definitions: tuple[str, ...]) -> Step:
    commands = tuple(command("kubectl", "apply", "-f", each, "--server-side") for each in definitions)
    return Step("Tell the cluster what a Gateway is.", commands, "The controller looks for it when it starts.")


def _allow(plan: Blueprint, release: Value) -> Step:
    """The controller's right to bring balancers."""
    policy = address(plan, "load_balancer_controller_policy", release)
    create = command("aws", "iam", "create-policy", f"--policy-name={_policy(plan)}")
    create += " --policy-document=file://iam_policy.json --query=Policy.Arn --output=text"
    return Step(
        "Give the AWS Load Balancer Controller its rights.",
        (
            command("curl", "-fLO", policy),
            f"POLICY=$({create})",
            command(
                "eksctl", "create", "iamserviceaccount", *_account(plan), "--attach-policy-arn=$POLICY", "--approve"
            ),
        ),
    )


def _install(plan: Blueprint, release: Value) -> Step:
    look = f"aws eks describe-cluster --name={plan.name} --region={plan.region}"
    settings = (f"clusterName={plan.name}", "serviceAccount.create=false", f"serviceAccount.name={NAME}")
    install, _ = helm(NAME, f"eks/{NAME}", release, SYSTEM, *settings, f"region={plan.region}", "vpcId=$VPC")
    return Step(
        "Install the AWS Load Balancer Controller.",
        (
            f"helm repo add eks {plan.text('load_balancer_controller_charts')}",
            f"VPC=$({look} --query=cluster.resourcesVpcConfig.vpcId --output=text)",
            install,
            f"kubectl rollout status deployment/{NAME} --namespace={SYSTEM}",
        ),
        "It brings a load balancer for the Gateway of the files.",
    )


def _name() -> Step:
    return Step("Name the class of its gateways.", (command("kubectl", "apply", "-f", CLASS_FILE),))


def _forbid(plan: Blueprint) -> Step:
    """Take the rights away again."""
    look = f"aws iam list-policies --scope=Local --query=\"Policies[?PolicyName=='{_policy(plan)}'].Arn\" --output=text"
    return Step(
        "Take its rights away.",
        (
            command("eksctl", "delete", "iamserviceaccount", *_account(plan), "--wait"),
            f'aws iam delete-policy --policy-arn="$({look})"',
        ),
    )


def _account(plan: Blueprint) -> tuple[str, ...]:
    return f"--cluster={plan.name}", f"--region={plan.region}", f"--namespace={SYSTEM}", f"--name={NAME}"


def _policy(plan: Blueprint) -> str:
    return f"{plan.name}-load-balancers"
