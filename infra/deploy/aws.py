"""The AWS account that the commands work in: clients, and the outputs of the stacks."""

import os
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

EDGE_REGION = "us-east-1"  # CloudFront's own; nothing else of a stage is there
EDGE_TEMPLATE = Path(__file__).parents[1] / "aws" / "edge.yml"


class NotThereError(RuntimeError):
    """There is no installation of this name in this account and region."""


def region() -> str:
    """The region of everything but the edge; from AWS_REGION, else Stockholm."""
    return os.environ.get("AWS_REGION") or "eu-north-1"


def client(service: str, where: str | None = None, config: Config | None = None) -> Any:
    """A boto3 client in the account of the usual credentials (and AWS_ENDPOINT_URL)."""
    return boto3.client(service, region_name=where or region(), config=config)


def outputs(stack: str, where: str | None = None) -> dict[str, str]:
    """What a stack gives out; empty if there is no such stack."""
    try:
        described = client("cloudformation", where).describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return {}
        raise
    return {o["OutputKey"]: o["OutputValue"] for o in described[0].get("Outputs", ())}


def installed(stage: str) -> dict[str, str]:
    """What an installation gives out; NotThereError if there is none."""
    found = outputs(f"kapula-{stage}")
    if not found:
        raise NotThereError(f"there is no installation {stage} in {region()}: make deploy first")
    return found


def deploy_edge(stage: str, domain: str, zone: str) -> dict[str, str]:
    """Create or update the edge stack in us-east-1; its outputs."""
    stack, cloudformation = f"kapula-{stage}-edge", client("cloudformation", EDGE_REGION)
    parameters = {"Stage": stage, "Domain": domain, "Zone": zone}
    arguments = {
        "StackName": stack,
        "TemplateBody": EDGE_TEMPLATE.read_text(encoding="utf-8"),
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
        "Tags": [{"Key": "app", "Value": "kapula"}, {"Key": "stage", "Value": stage}],
    }
    if outputs(stack, EDGE_REGION):
        try:
            cloudformation.update_stack(**arguments)
        except ClientError as error:
            if "No updates" not in str(error):
                raise
            return outputs(stack, EDGE_REGION)
        cloudformation.get_waiter("stack_update_complete").wait(StackName=stack)
    else:
        cloudformation.create_stack(**arguments)
        waiting = {"Delay": 1 if "AWS_ENDPOINT_URL" in os.environ else 15, "MaxAttempts": 960}
        waiter = cloudformation.get_waiter("stack_create_complete")
        waiter.wait(StackName=stack, WaiterConfig=waiting)
    return outputs(stack, EDGE_REGION)


def remove_edge(stage: str) -> None:
    """Delete the edge stack, if there is one; CloudFront must have let go of it before."""
    cloudformation = client("cloudformation", EDGE_REGION)
    cloudformation.delete_stack(StackName=f"kapula-{stage}-edge")
