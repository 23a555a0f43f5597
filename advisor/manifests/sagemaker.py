"""A SageMaker endpoint as a template of CloudFormation: role, model, configuration, endpoint, scaling, alarms.

Property names: the resource types AWS::SageMaker::*, AWS::ApplicationAutoScaling::* and AWS::CloudWatch::Alarm.
"""

from __future__ import annotations

from typing import Any

from advisor.manifests import cloudformation as cfn
from advisor.manifests import sagemaker_gateway
from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import REQUEST, Bundle, File, Value
from advisor.manifests.commented import Noted, planned
from advisor.manifests.conventions import ALARM_PERIOD_S
from advisor.manifests.headline import headline, planned_facts
from advisor.manifests.sagemaker_gateway import LOCATION
from advisor.manifests.sagemaker_scaling import ASYNC, SERVERLESS, VARIANT, components, scaling

BUCKET = Value("BUCKET", "my-bucket", "the S3 bucket in which requests and answers of the queue are kept")
STATISTIC = "Sum"
MICROSECONDS = 10**6
# What SageMaker does in the account to reach its network (SageMaker roles: execution role with a VPC).
INTERFACE_ACTIONS = (
    "CreateNetworkInterface",
    "CreateNetworkInterfacePermission",
    "DeleteNetworkInterface",
    "DeleteNetworkInterfacePermission",
    "DescribeDhcpOptions",
    "DescribeNetworkInterfaces",
    "DescribeSecurityGroups",
    "DescribeSubnets",
    "DescribeVpcs",
)


def sagemaker(plan: Blueprint) -> Bundle:
    """The bundle of an endpoint of any kind."""
    values = (cfn.REPOSITORY, cfn.TAG, *_values(plan))
    kinds = {cfn.SUBNETS: "List<AWS::EC2::Subnet::Id>", cfn.SECURITY_GROUPS: "List<AWS::EC2::SecurityGroup::Id>"}
    resources = {
        "Role": _role(plan),
        "Model": _model(plan),
        "Configuration": _configuration(plan),
        "Endpoint": _endpoint(plan),
        **scaling(plan),
        **_alarms(plan),
        **sagemaker_gateway.gateway(plan),
    }
    parameters = {value: kinds.get(value, "String") for value in values}
    outputs = {"Endpoint": cfn.get("Endpoint", "EndpointName"), **sagemaker_gateway.outputs(plan)}
    document = cfn.template(headline(plan), parameters, resources, outputs)
    return Bundle(
        name=plan.name,
        title=headline(plan),
        files={cfn.TEMPLATE: File("role, model, endpoint, scaling and alarms in one stack", (document,))},
        values=values,
        steps=cfn.stack_steps(plan.name, plan.region, values, _call(plan)),
        notes=(*sagemaker_gateway.notes(plan), *plan.open_points),
        facts=planned_facts(plan),
    )


def _values(plan: Blueprint) -> tuple[Value, ...]:
    network = (cfn.SUBNETS, cfn.SECURITY_GROUPS) if plan.workload.needs_vpc else ()
    return (*network, *((BUCKET,) if plan.option == ASYNC else ()))


def _role(plan: Blueprint) -> dict[str, Any]:
    logs = cfn.sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/sagemaker/Endpoints/*")
    write = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams")
    space = Noted("/aws/sagemaker/Endpoints", "metrics of endpoints only; the right itself has no resource")
    own = {"StringEquals": {"cloudwatch:namespace": space}}
    statements = [
        *cfn.pull_image(),
        cfn.allow(write, logs),
        cfn.allow(("cloudwatch:PutMetricData",), "*", Condition=own),
    ]
    if plan.option == ASYNC:
        objects = cfn.sub(f"arn:${{AWS::Partition}}:s3:::${{Bucket}}/{plan.name}/*")
        statements.append(cfn.allow(("s3:GetObject", "s3:PutObject"), objects))
    if plan.workload.needs_vpc:
        interfaces = [f"ec2:{action}" for action in INTERFACE_ACTIONS]
        statements.append(cfn.allow(interfaces, "*"))
    return cfn.role("sagemaker.amazonaws.com", statements)


def _model(plan: Blueprint) -> dict[str, Any]:
    copies = planned(str(plan.copies), "copies of the service that one machine runs, each a process of the container")
    environment = {"WORKERS": copies, "CONCURRENCY": planned(str(plan.workload.concurrency), "requests of one copy")}
    properties: dict[str, Any] = {
        "ExecutionRoleArn": cfn.get("Role", "Arn"),
        "PrimaryContainer": {"Image": cfn.image(), "Environment": environment},
    }
    if plan.workload.needs_vpc:
        properties["VpcConfig"] = {"Subnets": cfn.ref("Subnets"), "SecurityGroupIds": cfn.ref("SecurityGroups")}
    return {"Type": "AWS::SageMaker::Model", "Properties": properties}


def _configuration(plan: Blueprint) -> dict[str, Any]:
    properties: dict[str, Any] = {"ProductionVariants": [_variant(plan)]}
    if plan.option == ASYNC:
        slots = planned(plan.slots, "requests that one machine works on at once")
        properties["AsyncInferenceConfig"] = {
            "OutputConfig": {"S3OutputPath": cfn.sub(f"s3://${{Bucket}}/{plan.name}/answers")},
            "ClientConfig": {"MaxConcurrentInvocationsPerInstance": slots},
        }
    if components(plan):
        properties["ExecutionRoleArn"] = cfn.get("Role", "Arn")
    return {"Type": "AWS::SageMaker::EndpointConfig", "Properties": properties}


def _variant(plan: Blueprint) -> dict[str, Any]:
    model = {"VariantName": VARIANT, "ModelName": cfn.get("Model", "ModelName"), "InitialVariantWeight": 1}
    machine = planned(plan.machine, "the machine type that costs least")
    if plan.option == SERVERLESS:
        return {**model, "ServerlessConfig": _serverless(plan)}
    if components(plan):
        return {
            "VariantName": VARIANT,
            "InstanceType": machine,
            "InitialInstanceCount": 1,
            "RoutingConfig": {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"},
            "ManagedInstanceScaling": {
                "Status": "ENABLED",
                "MinInstanceCount": planned(plan.least_machines, "machines at the quietest level of traffic"),
                "MaxInstanceCount": planned(max(1, plan.most_machines), "machines at the busiest level of traffic"),
            },
        }
    count = planned(max(1, plan.least_machines), "machines at the quietest level; the scaling policy takes over")
    return {**model, "InstanceType": machine, "InitialInstanceCount": count}


def _serverless(plan: Blueprint) -> dict[str, Any]:
    config = {
        "MemorySizeInMB": planned(plan.mib, "memory of an environment, which sets its CPU"),
        "MaxConcurrency": planned(max(1, plan.most), "environments at the busiest level of traffic"),
    }
    if plan.mode == "provisioned":
        config["ProvisionedConcurrency"] = planned(max(1, plan.least), "environments that are kept warm")
    return config


def _endpoint(plan: Blueprint) -> dict[str, Any]:
    name = Noted(plan.name, "what callers name")
    return {
        "Type": "AWS::SageMaker::Endpoint",
        "Properties": {"EndpointName": name, "EndpointConfigName": cfn.get("Configuration", "EndpointConfigName")},
    }


def _alarms(plan: Blueprint) -> dict[str, Any]:
    alarms = {"ErrorAlarm": _alarm("Invocation5XXErrors", STATISTIC, 1, "requests fail in the container")}
    goal_s = plan.workload.latency_p95_s
    if goal_s is not None and plan.option != ASYNC:
        threshold = planned(round(goal_s * MICROSECONDS), f"the latency goal of {goal_s:g} s, in microseconds")
        alarms["LatencyAlarm"] = _alarm("ModelLatency", "p95", threshold, "answers are later than the goal")
    return alarms


def _alarm(metric: str, statistic: str, threshold: Any, what: str) -> dict[str, Any]:
    dimensions = [
        {"Name": "EndpointName", "Value": cfn.get("Endpoint", "EndpointName")},
        {"Name": "VariantName", "Value": VARIANT},
    ]
    how = "Statistic" if statistic == STATISTIC else "ExtendedStatistic"
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": what,
            "Namespace": "AWS/SageMaker",
            "MetricName": metric,
            "Dimensions": dimensions,
            how: statistic,
            "Period": ALARM_PERIOD_S,
            "EvaluationPeriods": 1,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": Noted("notBreaching", "no requests are no fault"),
        },
    }


def _call(plan: Blueprint) -> tuple[str, ...]:
    return (*_signed_call(plan), *_public_call(plan))


def _public_call(plan: Blueprint) -> tuple[str, ...]:
    """The same through the gateway, without a key of the account."""
    if not plan.public:
        return ()
    look = f"aws cloudformation describe-stacks --stack-name={plan.name} --region={plan.region}"
    query = """--query="Stacks[0].Outputs[?OutputKey=='Url'].OutputValue" --output=text"""
    body = "--data @request.json"
    if plan.option == ASYNC:
        body = f'--data "" --header "{LOCATION}: s3://$BUCKET/{plan.name}/request.json"'
    call = f'curl --fail --header "Content-Type: application/json" {body} "$URL"'
    return f"URL=$({look} {query})", call


def _signed_call(plan: Blueprint) -> tuple[str, ...]:
    where = f"--endpoint-name={plan.name} --region={plan.region}"
    if plan.option == ASYNC:
        put = f'aws s3 cp request.json "s3://$BUCKET/{plan.name}/request.json"'
        invoke = f'aws sagemaker-runtime invoke-endpoint-async {where} --input-location="s3://$BUCKET/{plan.name}/request.json"'
        return REQUEST, put, invoke
    component = f" --inference-component-name={plan.name}" if components(plan) else ""
    invoke = f"aws sagemaker-runtime invoke-endpoint {where}{component} --body=fileb://request.json answer.json"
    return REQUEST, invoke
