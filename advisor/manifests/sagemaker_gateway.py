"""What gives a SageMaker endpoint a public address: a REST API that signs the calls of anybody with a role of its own.

Property names: the resource types AWS::ApiGateway::*. Its address, role and right: aws-cdk, apigateway
SagemakerIntegration and AWS Solutions Constructs, aws-apigateway-sagemakerendpoint; paths and headers: the API of
SageMaker Runtime.
"""

from __future__ import annotations

from typing import Any

from advisor.manifests import cloudformation as cfn
from advisor.manifests.blueprint import Blueprint
from advisor.manifests.commented import Noted, planned
from advisor.manifests.sagemaker_scaling import ASYNC, components
from advisor.units import MILLI

STAGE = "live"
WHOLE = "the gateway hands an answer over once it is whole: it does not stream"
PUT_FIRST = (
    "whoever calls says where the request lies in the bucket; for callers without rights there, hand out signed "
    "addresses for putting and fetching"
)
LOCATION, COMPONENT = "X-Amzn-SageMaker-InputLocation", "X-Amzn-SageMaker-Inference-Component"
# Answer of the gateway -> the answers of the endpoint that become it, as a regular expression; none is the default.
ANSWERS = {"200": None, "400": "4\\d{2}", "502": "5\\d{2}"}


def gateway(plan: Blueprint) -> dict[str, Any]:
    """The resources of the gateway; none where the endpoint is private."""
    if not plan.public:
        return {}
    api = {"Name": plan.name, "EndpointConfiguration": {"Types": [Noted("REGIONAL", "callers need not be far away")]}}
    stage = {"RestApiId": cfn.ref("Gateway"), "DeploymentId": cfn.ref("GatewayRelease"), "StageName": STAGE}
    return {
        "GatewayRole": _role(plan),
        "Gateway": {"Type": "AWS::ApiGateway::RestApi", "Properties": api},
        "GatewayMethod": _method(plan),
        "GatewayRelease": {
            "Type": "AWS::ApiGateway::Deployment",
            "DependsOn": "GatewayMethod",
            "Properties": {"RestApiId": cfn.ref("Gateway")},
        },
        "GatewayStage": {"Type": "AWS::ApiGateway::Stage", "Properties": stage},
    }


def outputs(plan: Blueprint) -> dict[str, Any]:
    """The public address."""
    address = f"https://${{Gateway}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{STAGE}"
    return {"Url": cfn.sub(address)} if plan.public else {}


def notes(plan: Blueprint) -> tuple[str, ...]:
    """What a public caller should know."""
    if not plan.public:
        return ()
    streams = (WHOLE,) if plan.workload.needs_streaming else ()
    return (*streams, *((PUT_FIRST,) if plan.option == ASYNC else ()))


def _role(plan: Blueprint) -> dict[str, Any]:
    """The one right that the gateway needs: to call this endpoint."""
    action = "sagemaker:InvokeEndpointAsync" if plan.option == ASYNC else "sagemaker:InvokeEndpoint"
    called = ["endpoint/${Endpoint.EndpointName}", *([f"inference-component/{plan.name}"] if components(plan) else [])]
    account = "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}"
    allowed = cfn.allow((action,), [cfn.sub(f"{account}:{each}") for each in called])
    return cfn.role("apigateway.amazonaws.com", [allowed])


def _method(plan: Blueprint) -> dict[str, Any]:
    headers = _headers(plan)
    properties: dict[str, Any] = {
        "RestApiId": cfn.ref("Gateway"),
        "ResourceId": cfn.get("Gateway", "RootResourceId"),
        "HttpMethod": "POST",
        "AuthorizationType": Noted("NONE", "anybody may call; AWS_IAM asks for signed calls"),
        "Integration": _integration(plan, headers),
        "MethodResponses": [{"StatusCode": status} for status in ANSWERS],
    }
    if plan.option == ASYNC:
        properties["RequestParameters"] = {f"method.request.header.{LOCATION}": Noted(True, "must be given")}
    return {"Type": "AWS::ApiGateway::Method", "Properties": properties}


def _headers(plan: Blueprint) -> dict[str, Any]:
    """What the gateway tells the endpoint beside the body."""
    if plan.option == ASYNC:
        return {f"integration.request.header.{LOCATION}": f"method.request.header.{LOCATION}"}
    if components(plan):
        return {f"integration.request.header.{COMPONENT}": Noted(f"'{plan.name}'", "in quotes, as it is a constant")}
    return {}


def _integration(plan: Blueprint, headers: dict[str, Any]) -> dict[str, Any]:
    path = "async-invocations" if plan.option == ASYNC else "invocations"
    target = f"runtime.sagemaker:path/endpoints/${{Endpoint.EndpointName}}/{path}"
    integration: dict[str, Any] = {
        "Type": Noted("AWS", "the gateway signs and passes the body on as it is"),
        "IntegrationHttpMethod": "POST",
        "Uri": cfn.sub(f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:{target}"),
        "Credentials": cfn.get("GatewayRole", "Arn"),
        "IntegrationResponses": [_answer(status, pattern) for status, pattern in ANSWERS.items()],
        **_timeout(plan),
    }
    return {**integration, "RequestParameters": headers} if headers else integration


def _answer(status: str, pattern: str | None) -> dict[str, str]:
    return {"StatusCode": status} if pattern is None else {"StatusCode": status, "SelectionPattern": pattern}


def _timeout(plan: Blueprint) -> dict[str, Any]:
    """The longest request, as far as the gateway waits; left to it where the price book does not say how long."""
    most_s = plan.number("gateway_timeout_s_max")
    if most_s is None or plan.option == ASYNC:
        return {}
    if plan.timeout_s <= most_s:
        return {"TimeoutInMillis": planned(round(plan.timeout_s / MILLI), "the longest request, in milliseconds")}
    why = f"the gateway waits {most_s} s; the longest request asks for {plan.timeout_s} s, so ask AWS for more"
    return {"TimeoutInMillis": planned(round(most_s / MILLI), why)}
