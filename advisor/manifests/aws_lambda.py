"""A Lambda function as a template of CloudFormation: role, function, version, alias, URL, log group, alarms.

Property names: the resource types AWS::Lambda::*, AWS::Logs::LogGroup and AWS::CloudWatch::Alarm.
"""

from __future__ import annotations

from typing import Any

from advisor.manifests import cloudformation as cfn
from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Bundle, File, Value
from advisor.manifests.commented import Noted, planned
from advisor.manifests.conventions import ALARM_PERIOD_S, LOG_DAYS
from advisor.manifests.headline import headline, planned_facts
from advisor.units import MIB_PER_GIB

ALIAS = "live"
ARCHITECTURES = {"arm64": "arm64"}  # anything else runs on x86_64
NETWORK_POLICY = "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
# Lambda, function URLs: since October 2025 a new URL asks for both rights.
URL_RIGHTS = {"UrlPermission": "lambda:InvokeFunctionUrl", "InvokePermission": "lambda:InvokeFunction"}


def aws_lambda(plan: Blueprint) -> Bundle:
    """The bundle of a function behind a URL."""
    network = (cfn.SUBNETS, cfn.SECURITY_GROUPS) if plan.workload.needs_vpc else ()
    values = (cfn.REPOSITORY, cfn.TAG, *network)
    kinds = {cfn.SUBNETS: "List<AWS::EC2::Subnet::Id>", cfn.SECURITY_GROUPS: "List<AWS::EC2::SecurityGroup::Id>"}
    document = cfn.template(
        headline(plan),
        {value: kinds.get(value, "String") for value in values},
        _resources(plan),
        {"Url": cfn.get("Url", "FunctionUrl")},
    )
    return Bundle(
        name=plan.name,
        title=headline(plan),
        files={cfn.TEMPLATE: File("role, function, URL, warm environments and alarms in one stack", (document,))},
        values=values,
        steps=cfn.stack_steps(plan.name, plan.region, values, _call(plan, values)),
        notes=plan.open_points,
        facts=planned_facts(plan),
    )


def _resources(plan: Blueprint) -> dict[str, Any]:
    return {
        "Role": _role(plan),
        "Logs": _logs(plan),
        "Function": _function(plan),
        "Version": _version(),
        "Alias": _alias(plan),
        "Url": _url(plan),
        **(_public() if plan.public else {}),
        "ErrorAlarm": _alarm("Errors", "calls fail in the function"),
        "ThrottleAlarm": _alarm("Throttles", "calls are refused, as too many run at once"),
    }


def _role(plan: Blueprint) -> dict[str, Any]:
    logs = cfn.get("Logs", "Arn")
    managed = (cfn.sub(NETWORK_POLICY),) if plan.workload.needs_vpc else ()
    return cfn.role("lambda.amazonaws.com", [cfn.allow(("logs:CreateLogStream", "logs:PutLogEvents"), logs)], managed)


def _logs(plan: Blueprint) -> dict[str, Any]:
    properties = {
        "LogGroupName": f"/aws/lambda/{plan.name}",
        "RetentionInDays": LOG_DAYS,
    }
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": properties,
    }


def _function(plan: Blueprint) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "FunctionName": plan.name,
        "PackageType": "Image",
        "Code": {"ImageUri": cfn.image()},
        "Role": cfn.get("Role", "Arn"),
        "Architectures": [planned(ARCHITECTURES.get(plan.kind, "x86_64"), "the architecture that costs least")],
        "MemorySize": planned(plan.mib, "MiB of an environment, which sets its CPU"),
        "Timeout": planned(plan.timeout_s, "the longest request"),
        "LoggingConfig": {"LogGroup": cfn.ref("Logs")},
    }
    included = plan.number("included_disk_mib")
    if included is not None and plan.workload.model_gib * MIB_PER_GIB > included:
        disk = planned(int(plan.workload.model_gib * MIB_PER_GIB), "MiB, room for the model")
        properties["EphemeralStorage"] = {"Size": disk}
    if plan.workload.needs_vpc:
        properties["VpcConfig"] = {"SubnetIds": cfn.ref("Subnets"), "SecurityGroupIds": cfn.ref("SecurityGroups")}
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def _version() -> dict[str, Any]:
    release = Noted("Tag", "another description makes another version, so every release gets one")
    return {
        "Type": "AWS::Lambda::Version",
        "Properties": {"FunctionName": cfn.ref("Function"), "Description": {"Ref": release}},
    }


def _alias(plan: Blueprint) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "Name": ALIAS,
        "FunctionName": cfn.ref("Function"),
        "FunctionVersion": cfn.get("Version", "Version"),
    }
    if plan.least:
        kept = planned(plan.least, "environments that are kept warm")
        properties["ProvisionedConcurrencyConfig"] = {"ProvisionedConcurrentExecutions": kept}
    return {"Type": "AWS::Lambda::Alias", "Properties": properties}


def _url(plan: Blueprint) -> dict[str, Any]:
    auth = Noted("NONE", "anybody may call") if plan.public else Noted("AWS_IAM", "calls must be signed")
    return {
        "Type": "AWS::Lambda::Url",
        "DependsOn": "Alias",
        "Properties": {
            "TargetFunctionArn": cfn.get("Function", "Arn"),
            "Qualifier": ALIAS,
            "AuthType": auth,
            "InvokeMode": "RESPONSE_STREAM" if plan.workload.needs_streaming else "BUFFERED",
        },
    }


def _public() -> dict[str, Any]:
    """Both rights that a public URL asks for."""
    url = {"FunctionUrlAuthType": "NONE"}
    only = {"InvokedViaFunctionUrl": True}
    return {
        name: {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": cfn.ref("Alias"),
                "Principal": "*",
                "Action": action,
                **(url if action.endswith("Url") else only),
            },
        }
        for name, action in URL_RIGHTS.items()
    }


def _alarm(metric: str, what: str) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": what,
            "Namespace": "AWS/Lambda",
            "MetricName": metric,
            "Dimensions": [{"Name": "FunctionName", "Value": cfn.ref("Function")}],
            "Statistic": "Sum",
            "Period": ALARM_PERIOD_S,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": Noted("notBreaching", "no calls are no fault"),
        },
    }


def _call(plan: Blueprint, values: tuple[Value, ...]) -> tuple[str, ...]:
    del values
    look = f"aws cloudformation describe-stacks --stack-name={plan.name} --region={plan.region}"
    address = f"$({look} --query='Stacks[0].Outputs[0].OutputValue' --output=text)"
    signed = f' --aws-sigv4 aws:amz:{plan.region}:lambda --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"'
    return (f'curl --fail{"" if plan.public else signed} "{address}"',)
