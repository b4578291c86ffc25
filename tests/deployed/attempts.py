"""Calls that would be answered, if they were permitted."""

from tests.deployed.cloud import STAGE

KEYS = {
    "cases": {"case": {"S": "coordinators"}, "part": {"S": "x"}},
    "grants": {"token_hash": {"S": "x"}},
    "desks": {"desk": {"S": "x"}, "sort_key": {"S": "x"}},
    "timers": {"case": {"S": "x"}, "name": {"S": "x"}},
    "directory": {"list": {"S": "coordinators"}, "key": {"S": "x"}},
}


def attempt(service, call, table=""):
    """Arguments for a call that would be answered, if it were permitted."""
    if service == "kms":
        return {"CiphertextBlob": b"x" * 64, "KeyId": f"alias/kapula-{STAGE}-notes"}
    if service == "sesv2":
        return {
            "FromEmailAddress": "kapula@example.org",
            "Destination": {"ToAddresses": ["x@example.org"]},
            "Content": {"Raw": {"Data": b"Subject: x\n\nx"}},
        }
    named = {"TableName": f"kapula-{STAGE}-{table}"}
    if call == "scan":
        return named
    if call == "put_item":
        return {**named, "Item": KEYS[table]}
    if call == "query":
        name, value = next(iter(KEYS[table].items()))
        return {
            **named,
            "KeyConditionExpression": "#k = :k",
            "ExpressionAttributeNames": {"#k": name},
            "ExpressionAttributeValues": {":k": value},
        }
    return {**named, "Key": KEYS[table]}
