"""Writes the worklist items of every case anew."""

from infra.deploy import aws
from infra.deploy.replay import invoke

_AT_ONCE = 25  # cases that the indexer is handed in one call


def reindex(stage: str) -> None:
    """Have every case laid on its desks anew, with your own rights to read all of them.

    For a first version with desks, after a new secret, and when records were lost for good.
    """
    pages = (
        aws.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=f"kapula-{stage}-cases",
            FilterExpression="part = :case",
            ProjectionExpression="#c, part",
            ExpressionAttributeNames={"#c": "case"},
            ExpressionAttributeValues={":case": {"S": "case"}},
        )
    )
    done, left = 0, 0
    for page in pages:
        for start in range(0, len(page["Items"]), _AT_ONCE):
            keys = page["Items"][start : start + _AT_ONCE]
            records = [{"dynamodb": {"Keys": k, "SequenceNumber": k["case"]["S"]}} for k in keys]
            if invoke(stage, "indexer", {"Records": records, "anew": True}):
                done += len(keys)
            else:
                left += len(keys)
    print(f"Laid out {done} cases, failed with {left}.")
