"""Templates of CloudFormation on a stand-in for AWS (moto's server on this machine).

The stand-in knows no alarms and no scaling of CloudFormation, which it passes over; no stages of a gateway; no alias
and no URL of a function; and nothing of inference components. What it lacks in CloudFormation is asked of its APIs
where they have it, and else held against the vendor's own description of the call (botocore).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import pytest
from blueprints import plan, workload
from needs import need

from advisor.manifests.bundle import Bundle
from advisor.manifests.cloudformation import parameter
from advisor.manifests.commented import yaml_text
from advisor.manifests.writers import writer

pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse")  # of what it passes over
REGION = "us-east-1"


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """The address of the stand-in."""
    need("moto", "boto3")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def client(service: str, aws: str) -> Any:
    keys = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    return import_module("boto3").client(service, region_name=REGION, endpoint_url=aws, **keys)


def template(files: Bundle) -> Any:
    return copy.deepcopy(files.documents["template.yaml"][0])


def stack(aws: str, files: Bundle, document: Any) -> Any:
    """Create the stack of a template with the examples of its values."""
    cloudformation = client("cloudformation", aws)
    given = {parameter(value): value.example for value in files.values}
    cloudformation.create_stack(
        StackName=files.name,
        TemplateBody=yaml_text([document]),
        Parameters=[{"ParameterKey": key, "ParameterValue": given[key]} for key in document["Parameters"]],
        Capabilities=["CAPABILITY_IAM"],
    )
    (made,) = cloudformation.describe_stacks(StackName=files.name)["Stacks"]
    assert made["StackStatus"] == "CREATE_COMPLETE"
    return made


def endpoint_of(aws: str, made: Any) -> str:
    """The name of the endpoint, once it is in service; the stand-in gives a name of its own."""
    name = next(each["OutputValue"] for each in made["Outputs"] if each["OutputKey"] == "Endpoint")
    assert client("sagemaker", aws).describe_endpoint(EndpointName=name)["EndpointStatus"] == "InService"
    return str(name)


@pytest.mark.parametrize("option", ["sagemaker-realtime", "sagemaker-serverless", "sagemaker-async"])
def test_a_stack_brings_an_endpoint_into_service(aws: str, option: str) -> None:
    files = writer(option)(plan(option, workload(name=option)))
    name = endpoint_of(aws, stack(aws, files, template(files)))
    if option != "sagemaker-serverless":
        scale(aws, name, template(files)["Resources"])


def scale(aws: str, endpoint: str, resources: Any) -> None:
    """Register target and policy as the template declares them; both name an endpoint that is there."""
    target = {**resources["Target"]["Properties"], "ResourceId": f"endpoint/{endpoint}/variant/main"}
    named = {key: target[key] for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
    autoscaling = client("application-autoscaling", aws)
    autoscaling.register_scalable_target(**target)
    policy = resources["Policy"]["Properties"]["TargetTrackingScalingPolicyConfiguration"]
    metric = policy.get("CustomizedMetricSpecification", {})
    for dimension in metric.get("Dimensions", ()):
        dimension["Value"] = endpoint
    autoscaling.put_scaling_policy(
        **named, PolicyName="p", PolicyType="TargetTrackingScaling", TargetTrackingScalingPolicyConfiguration=policy
    )
    found = autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[named["ResourceId"]])
    (registered,) = found["ScalableTargets"]
    assert (registered["MinCapacity"], registered["MaxCapacity"]) == (0 if metric else 1, 3)


@pytest.mark.parametrize(
    ("option", "path"),
    [
        ("sagemaker-realtime", "invocations"),
        ("sagemaker-serverless", "invocations"),
        ("sagemaker-async", "async-invocations"),
    ],
)
def test_a_public_endpoint_stands_behind_a_gateway(aws: str, option: str, path: str) -> None:
    files = writer(option)(plan(option, workload(name=f"public-{option}"[:24], exposure="public")))
    name = endpoint_of(aws, stack(aws, files, template(files)))
    gateways = client("apigateway", aws)
    (api,) = [each for each in gateways.get_rest_apis()["items"] if each["name"] == files.name]
    (root,) = gateways.get_resources(restApiId=api["id"])["items"]
    assert root["resourceMethods"]["POST"]["authorizationType"] == "NONE"
    called = gateways.get_integration(restApiId=api["id"], resourceId=root["id"], httpMethod="POST")
    assert called["uri"] == f"arn:aws:apigateway:{REGION}:runtime.sagemaker:path/endpoints/{name}/{path}"
    (release,) = gateways.get_deployments(restApiId=api["id"])["items"]
    stage = gateways.create_stage(restApiId=api["id"], stageName="live", deploymentId=release["id"])
    assert stage["stageName"] == template(files)["Resources"]["GatewayStage"]["Properties"]["StageName"]


def test_a_private_endpoint_has_no_gateway_and_a_public_one_a_role_for_one_call() -> None:
    private, public = (writer("sagemaker-realtime")(plan("sagemaker-realtime", workload(exposure=each))) for each in
                       ("private", "public"))  # fmt: skip
    assert not [name for name in template(private)["Resources"] if name.startswith("Gateway")]
    (policy,) = template(public)["Resources"]["GatewayRole"]["Properties"]["Policies"]
    (right,) = policy["PolicyDocument"]["Statement"]
    assert right["Action"] == ["sagemaker:InvokeEndpoint"]
    assert [each["Fn::Sub"].rpartition(":")[2] for each in right["Resource"]] == ["endpoint/${Endpoint.EndpointName}"]


def test_the_gateway_waits_no_longer_than_it_may() -> None:
    def waits(timeout_s: float, facts: Mapping[str, float]) -> Any:
        work = workload(exposure="public", timeout_s=timeout_s)
        files = writer("sagemaker-realtime")(plan("sagemaker-realtime", work, facts=facts))
        return template(files)["Resources"]["GatewayMethod"]["Properties"]["Integration"].get("TimeoutInMillis")

    assert waits(12.0, {"gateway_timeout_s_max": 29.0}) == 12_000
    assert waits(60.0, {"gateway_timeout_s_max": 29.0}) == 29_000
    assert waits(60.0, {}) is None  # how long it may is not known, and left to it


def test_machines_under_inference_components_come_into_service(aws: str) -> None:
    """The stand-in knows no components: the model is named in the variant instead, and the rest held as calls."""
    files = writer("sagemaker-realtime")(
        plan("sagemaker-realtime", workload(name="sleeper"), mode="scale-to-zero", least=0, least_machines=0)
    )
    document = template(files)
    missing = {name: document["Resources"].pop(name) for name in ("Component", "Target", "Policy", "WakePolicy")}
    del document["Resources"]["WakeAlarm"]
    (variant,) = document["Resources"]["Configuration"]["Properties"]["ProductionVariants"]
    variant |= {"ModelName": {"Fn::GetAtt": ["Model", "ModelName"]}, "InitialVariantWeight": 1}
    name = endpoint_of(aws, stack(aws, files, document))
    valid_call("sagemaker", "CreateInferenceComponent", component(missing["Component"], name))
    target = missing["Target"]["Properties"]
    shape = valid_call("application-autoscaling", "RegisterScalableTarget", target)
    assert target["ScalableDimension"] in shape.members["ScalableDimension"].enum
    assert (target["MinCapacity"], target["MaxCapacity"]) == (0, 6)
    named = {key: target[key] for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
    for policy in ("Policy", "WakePolicy"):
        put = {key: value for key, value in missing[policy]["Properties"].items() if key != "ScalingTargetId"}
        valid_call("application-autoscaling", "PutScalingPolicy", {**put, **named, "PolicyName": policy})


def component(resource: Any, endpoint: str) -> Any:
    properties = copy.deepcopy(resource["Properties"])
    properties["Specification"]["ModelName"] = "model"
    return {**properties, "EndpointName": endpoint}


def valid_call(service: str, operation: str, arguments: Any) -> Any:
    """Hold arguments against the vendor's description of a call; the shape of them all."""
    session, validate = import_module("botocore.session").get_session(), import_module("botocore.validate")
    shape = session.get_service_model(service).operation_model(operation).input_shape
    validate.validate_parameters(arguments, shape)
    return shape


def test_the_vendors_description_of_a_call_finds_a_wrong_one() -> None:
    need("boto3")
    from botocore.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError, match="Copies"):
        valid_call("sagemaker", "CreateInferenceComponent", {"RuntimeConfig": {"Copies": 1}})


def test_a_function_is_deployed_and_its_alias_gets_a_url(aws: str) -> None:
    """All of the template but alias and URL, which the stand-in's CloudFormation lacks: both by its API."""
    files = writer("lambda")(plan("lambda", workload(name="greeter", exposure="public")))
    document = template(files)
    resources = document["Resources"]
    late = {name: resources.pop(name)["Properties"] for name in ("Alias", "Url", "UrlPermission", "InvokePermission")}
    document["Outputs"] = {}
    client("ecr", aws).create_repository(repositoryName="my-repository")
    stack(aws, files, document)
    functions = client("lambda", aws)
    version = functions.list_versions_by_function(FunctionName="greeter")["Versions"][-1]["Version"]
    functions.create_alias(FunctionName="greeter", Name=late["Alias"]["Name"], FunctionVersion=version)
    kept = late["Alias"]["ProvisionedConcurrencyConfig"]["ProvisionedConcurrentExecutions"]
    valid_call(
        "lambda",
        "PutProvisionedConcurrencyConfig",
        {"FunctionName": "greeter", "Qualifier": "live", "ProvisionedConcurrentExecutions": kept},
    )
    url = {key: late["Url"][key] for key in ("Qualifier", "AuthType", "InvokeMode")}
    made = functions.create_function_url_config(FunctionName="greeter", **url)
    assert made["AuthType"] == "NONE"
    for number, name in enumerate(("UrlPermission", "InvokePermission")):
        right = {**late[name], "FunctionName": "greeter", "StatementId": f"right-{number}"}
        valid_call("lambda", "AddPermission", right)
    function = functions.get_function_configuration(FunctionName="greeter")
    assert (function["MemorySize"], function["Timeout"]) == (4096, 30)
