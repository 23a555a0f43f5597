"""How the number of machines of a SageMaker endpoint follows its traffic.

Metrics and dimensions: SageMaker, define a scaling policy; autoscale an asynchronous endpoint; scale to zero instances.
"""

from __future__ import annotations

from typing import Any

from advisor.manifests import cloudformation as cfn
from advisor.manifests.blueprint import REACHES_ZERO, SECONDS_PER_MINUTE, Blueprint
from advisor.manifests.commented import Noted, planned
from advisor.manifests.conventions import WAKE_PERIOD_S

SERVERLESS, ASYNC = "sagemaker-serverless", "sagemaker-async"
VARIANT = "main"
KINDS = {
    "TargetTrackingScaling": "adds and removes so that the metric stays at its target",
    "StepScaling": "adds when its alarm rings",
}
VARIANT_COUNT, COPY_COUNT = "sagemaker:variant:DesiredInstanceCount", "sagemaker:inference-component:DesiredCopyCount"


def components(plan: Blueprint) -> bool:
    """Whether the machines may go to zero while callers wait: only where inference components stand on them."""
    return plan.mode == REACHES_ZERO and plan.option not in (ASYNC, SERVERLESS)


def scaling(plan: Blueprint) -> dict[str, Any]:
    """Target and policies; none where the platform starts environments by itself."""
    if plan.option == SERVERLESS:
        return {}
    if plan.option == ASYNC:
        return {"Target": _target(plan), "Policy": _backlog_policy(plan), **_wake(plan, _backlog_alarm())}
    if components(plan):
        component = {"Component": _component(plan)}
        return {
            **component,
            "Target": _component_target(plan),
            "Policy": _component_policy(plan),
            **_wake(plan, _refused_alarm(plan)),
        }
    return {"Target": _target(plan), "Policy": _invocations_policy(plan)}


def _target(plan: Blueprint) -> dict[str, Any]:
    zero = plan.mode == REACHES_ZERO
    least = 0 if zero else max(1, plan.least_machines)
    return _scalable(
        cfn.sub(f"endpoint/${{Endpoint.EndpointName}}/variant/{VARIANT}"),
        VARIANT_COUNT,
        planned(least, "machines at the quietest level of traffic"),
        planned(max(1, least, plan.most_machines), "machines at the busiest level of traffic"),
    )


def _component_target(plan: Blueprint) -> dict[str, Any]:
    target = _scalable(
        f"inference-component/{plan.name}",
        COPY_COUNT,
        planned(0, "no copy while nobody calls"),
        planned(max(1, plan.most), "copies at the busiest level of traffic"),
    )
    return {**target, "DependsOn": "Component"}


def _scalable(resource: Any, dimension: str, least: Any, most: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
        "Properties": {
            "ServiceNamespace": "sagemaker",
            "ResourceId": resource,
            "ScalableDimension": dimension,
            "MinCapacity": least,
            "MaxCapacity": most,
        },
    }


def _component(plan: Blueprint) -> dict[str, Any]:
    """Copies of the model that are placed on the machines."""
    needs: dict[str, Any] = {
        "MinMemoryRequiredInMb": planned(plan.mib, "memory of a copy"),
        "NumberOfCpuCoresRequired": planned(plan.vcpu, "vCPU of a copy"),
    }
    if plan.gpus:
        needs["NumberOfAcceleratorDevicesRequired"] = planned(plan.gpus, "GPUs of a copy")
    return {
        "Type": "AWS::SageMaker::InferenceComponent",
        "Properties": {
            "InferenceComponentName": plan.name,
            "EndpointName": cfn.get("Endpoint", "EndpointName"),
            "VariantName": VARIANT,
            "RuntimeConfig": {"CopyCount": 1},
            "Specification": {"ModelName": cfn.get("Model", "ModelName"), "ComputeResourceRequirements": needs},
        },
    }


def _tracking(plan: Blueprint, metric: dict[str, Any], target: Any) -> dict[str, Any]:
    return _policy(
        "TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": target,
            **metric,
            **_cooldown(plan, "ScaleOutCooldown", "seconds between two steps up"),
            **_cooldown(plan, "ScaleInCooldown", "seconds between two steps down"),
        },
    )


def _cooldown(plan: Blueprint, name: str, why: str) -> dict[str, Any]:
    """The pause that the plan counts with; left to the platform where the price book does not know it."""
    seconds = plan.number("cooldown_s")
    return {} if seconds is None else {name: planned(seconds, why)}


def _policy(kind: str, **configuration: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
        "Properties": {
            "PolicyName": cfn.sub("${AWS::StackName}-" + kind),
            "PolicyType": Noted(kind, KINDS[kind]),
            "ScalingTargetId": cfn.ref("Target"),
            **configuration,
        },
    }


def _invocations_policy(plan: Blueprint) -> dict[str, Any]:
    metric = {"PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}}
    return _tracking(plan, metric, _per_minute(plan))


def _component_policy(plan: Blueprint) -> dict[str, Any]:
    kind = "SageMakerInferenceComponentInvocationsPerCopy"
    per_copy = max(1, plan.requests_per_minute // plan.copies)
    target = planned(per_copy, "requests a minute that a copy answers at the planned utilisation")
    return _tracking(plan, {"PredefinedMetricSpecification": {"PredefinedMetricType": kind}}, target)


def _per_minute(plan: Blueprint) -> Noted:
    return planned(plan.requests_per_minute, "requests a minute that a machine answers at the planned utilisation")


def _backlog_policy(plan: Blueprint) -> dict[str, Any]:
    metric = {
        "CustomizedMetricSpecification": {
            "MetricName": "ApproximateBacklogSizePerInstance",
            "Namespace": "AWS/SageMaker",
            "Dimensions": [{"Name": "EndpointName", "Value": cfn.get("Endpoint", "EndpointName")}],
            "Statistic": "Average",
        }
    }
    waiting = max(1, int(plan.requests_per_minute * plan.workload.max_wait_s / SECONDS_PER_MINUTE))
    target = planned(
        waiting, f"requests that a machine answers within the longest wait, {plan.workload.max_wait_s:g} s"
    )
    return _tracking(plan, metric, target)


def _wake(plan: Blueprint, alarm: dict[str, Any]) -> dict[str, Any]:
    """A step from none to one: a mean per machine is not defined while there is none."""
    steps = {
        "AdjustmentType": "ChangeInCapacity",
        "MetricAggregationType": "Average",
        **_cooldown(plan, "Cooldown", "seconds between two steps up"),
        "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
    }
    policy = _policy("StepScaling", StepScalingPolicyConfiguration=steps)
    return {"WakePolicy": policy, "WakeAlarm": alarm}


def _backlog_alarm() -> dict[str, Any]:
    dimensions = [{"Name": "EndpointName", "Value": cfn.get("Endpoint", "EndpointName")}]
    return _wake_alarm("HasBacklogWithoutCapacity", dimensions, "a request waits and no machine stands")


def _refused_alarm(plan: Blueprint) -> dict[str, Any]:
    dimensions = [{"Name": "InferenceComponentName", "Value": plan.name}]
    return _wake_alarm("NoCapacityInvocationFailures", dimensions, "a request was refused as no copy stands")


def _wake_alarm(metric: str, dimensions: list[dict[str, Any]], what: str) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": what,
            "Namespace": "AWS/SageMaker",
            "MetricName": metric,
            "Dimensions": dimensions,
            "Statistic": "Maximum",
            "Period": WAKE_PERIOD_S,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [cfn.ref("WakePolicy")],
        },
    }
