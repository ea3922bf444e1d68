"""Calls operations with boto3 and says what came of each, as one JSON document.

Standard input: {"endpoint": url, "calls": [{"service": "rds", "operation": "DescribeDBInstances"}]}. Inputs are made from
botocore's own models: every required member, and no other.
"""

import datetime
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

SAMPLE = datetime.datetime(2026, 11, 23, 9, 30, tzinfo=datetime.timezone.utc)


def sample(shape, depth=0):
    kind = shape.type_name
    if kind == "structure":
        if getattr(shape, "is_tagged_union", False) and shape.members:
            name, member = next(iter(shape.members.items()))
            return {name: sample(member, depth + 1)}
        return {name: sample(shape.members[name], depth + 1) for name in shape.required_members}
    if kind == "list":
        return [] if depth > 8 else [sample(shape.member, depth + 1) for _ in range(max(1, shape.metadata.get("min", 1)))]
    if kind == "map":
        return {sample(shape.key, depth + 1): sample(shape.value, depth + 1)}
    if kind == "string":
        if shape.enum:
            return shape.enum[0]
        text = "holdfast-sample"
        return text.ljust(shape.metadata.get("min", 0), "x")[: shape.metadata.get("max", 1000)]
    if kind == "timestamp":
        return SAMPLE
    if kind == "blob":
        return b"bytes"
    if kind == "boolean":
        return False
    return max(1, shape.metadata.get("min", 1))


def outcome(client, operation):
    model = client.meta.service_model.operation_model(operation)
    method = next(name for name, api in client.meta.method_to_api_mapping.items() if api == operation)
    arguments = sample(model.input_shape) if model.input_shape else {}
    said = {"bare": not arguments, "command": method.replace("_", "-")}
    try:
        reply = getattr(client, method)(**arguments)
        return {**said, "ok": True, "status": reply["ResponseMetadata"]["HTTPStatusCode"], "code": "", "message": ""}
    except ClientError as error:
        fault = error.response.get("Error", {})
        return {
            **said,
            "ok": False,
            "status": error.response.get("ResponseMetadata", {}).get("HTTPStatusCode"),
            "code": fault.get("Code", ""),
            "message": fault.get("Message", ""),
        }
    except Exception as error:  # whatever botocore could not read
        return {**said, "ok": False, "status": None, "code": type(error).__name__, "message": str(error)}


def main():
    task = json.load(sys.stdin)
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=20)
    clients = {}
    results = []
    for call in task["calls"]:
        service, operation = call["service"], call["operation"]
        if service not in clients:
            clients[service] = boto3.client(service, endpoint_url=task["endpoint"], config=config)
        client = clients[service]
        known = operation in client.meta.service_model.operation_names
        result = outcome(client, operation) if known else {"ok": False, "code": "NotInBotocore"}
        results.append({**call, **result})
    json.dump(results, sys.stdout)


main()
