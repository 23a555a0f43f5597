"""What templates of CloudFormation share: references, parameters, roles, and the commands that use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from advisor.manifests.bundle import Step, Steps, Value, command
from advisor.manifests.commented import Noted

TEMPLATE = "template.yaml"
VERSION = "2010-09-09"
POLICY = "2012-10-17"
ACCOUNT, REGION, PARTITION = {"Ref": "AWS::AccountId"}, {"Ref": "AWS::Region"}, {"Ref": "AWS::Partition"}
REPOSITORY = Value("REPOSITORY", "my-repository", "the ECR repository of the account that holds the image")
TAG = Value("TAG", "1.0.0", "the tag of the image")
SUBNETS = Value("SUBNETS", "subnet-11111111,subnet-22222222", "subnets in which the service gets addresses")
SECURITY_GROUPS = Value("SECURITY_GROUPS", "sg-11111111", "security groups of the service")


def ref(name: str) -> dict[str, str]:
    """A reference to a parameter or resource."""
    return {"Ref": name}


def sub(text: str) -> dict[str, str]:
    """Text with references filled in."""
    return {"Fn::Sub": text}


def get(resource: str, attribute: str) -> dict[str, list[str]]:
    """An attribute of a resource."""
    return {"Fn::GetAtt": [resource, attribute]}


def template(
    description: str, parameters: Mapping[Value, str], resources: Mapping[str, Any], outputs: Mapping[str, Any]
) -> dict[str, Any]:
    """A template; `parameters` maps each value to fill in to the type of its parameter."""
    return {
        "AWSTemplateFormatVersion": VERSION,
        "Description": description,
        "Parameters": {
            parameter(value): {"Type": kind, "Description": value.meaning} for value, kind in parameters.items()
        },
        "Resources": dict(resources),
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }


def parameter(value: Value) -> str:
    """The name of the parameter that takes a value: SECURITY_GROUPS is SecurityGroups."""
    return "".join(word.capitalize() for word in value.name.split("_"))


def image() -> dict[str, str]:
    """The image in the account's own registry."""
    return sub("${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/${Repository}:${Tag}")


def role(service: str, statements: Sequence[Mapping[str, Any]], managed: Sequence[Any] = ()) -> dict[str, Any]:
    """A role that one service takes on, with these rights and no others."""
    taker = Noted(service, "who may take the role on")
    trust = {"Effect": "Allow", "Principal": {"Service": taker}, "Action": "sts:AssumeRole"}
    properties: dict[str, Any] = {"AssumeRolePolicyDocument": {"Version": POLICY, "Statement": [trust]}}
    if managed:
        properties["ManagedPolicyArns"] = list(managed)
    if statements:
        document = {"Version": POLICY, "Statement": [dict(each) for each in statements]}
        properties["Policies"] = [
            {"PolicyName": Noted("least", "these rights and no others"), "PolicyDocument": document}
        ]
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def allow(actions: Sequence[str], resource: Any, **condition: Any) -> dict[str, Any]:
    """One right."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **condition}


def pull_image() -> tuple[dict[str, Any], ...]:
    """Read the one image; the token that logs in to a registry has no resource of its own."""
    repository = sub("arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/${Repository}")
    read = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
    return (
        allow(("ecr:GetAuthorizationToken",), Noted("*", "the token that logs in to a registry has no resource")),
        allow(read, Noted(repository, "this one repository")),
    )


def stack_steps(name: str, region: str, values: Sequence[Value], call: Sequence[str]) -> Steps:
    """The commands of a stack."""
    where = (f"--stack-name={name}", f"--region={region}")
    cloudformation = ("aws", "cloudformation")
    overrides = [f"{parameter(value)}=${value.name}" for value in values]
    deploy = command(
        *cloudformation, "deploy", f"--template-file={TEMPLATE}", *where, "--capabilities=CAPABILITY_IAM",
        "--parameter-overrides", *overrides,
    )  # fmt: skip
    return Steps(
        deploy=(Step("Deploy.", (deploy,), "Every release is this command again, with another TAG."),),
        check=(
            Step("See what came to be.", (command(*cloudformation, "describe-stacks", *where),)),
            Step("Call it.", tuple(call)),
        ),
        roll_back=(
            Step("Find the image that was pushed before the newest.", (_tag_before(region), 'echo "$TAG"')),
            Step("Deploy it.", (deploy,), "Any other tag of the repository will do."),
        ),
        tear_down=(
            Step("Delete the stack.", (command(*cloudformation, "delete-stack", *where),)),
            Step("Wait until it is gone.", (command(*cloudformation, "wait", "stack-delete-complete", *where),)),
        ),
    )


def _tag_before(region: str) -> str:
    """A command that puts the tag of the last image but one into TAG."""
    newest = "--query='sort_by(imageDetails, &imagePushedAt)[-2].imageTags[0]' --output=text"
    return f'TAG=$(aws ecr describe-images --repository-name="$REPOSITORY" --region={region} {newest})'
