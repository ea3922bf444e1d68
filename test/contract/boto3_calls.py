"""Calls operations with boto3, and the AWS CLI, and says what came of each: a JSON document in each line, for each that comes in.

{"endpoint": url, "calls": [{"service": "rds", "operation": "DescribeDBInstances"}]}: inputs are made from botocore's own models, every
required member, and no other. {"aws": ["rds", "describe-db-instances"]}: what the command `aws` does with these arguments.
"""

import contextlib
import datetime
import io
import json
import sys

import awscli.clidriver
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


def calls(task):
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
    return results


def aws(arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = awscli.clidriver.create_clidriver().main(arguments)
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(aws(asked["aws"]) if "aws" in asked else calls(asked)), flush=True)
