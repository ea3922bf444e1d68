"""Objects by every way that boto3 has to sign and to send them. Prints one line for each that works; fails on the first that does not.

Argument: the endpoint.
"""

import io
import sys
import urllib.error
import urllib.request

import boto3
from botocore.config import Config

endpoint = sys.argv[1]
BUCKET = "holdfast-objects"


def client(**s3):
    config = Config(signature_version="s3v4", retries={"total_max_attempts": 1}, s3={"addressing_style": "path", **s3})
    return boto3.client("s3", endpoint_url=endpoint, config=config)


def same(found, expected):
    if found != expected:
        raise SystemExit(f"expected {expected!r}, found {found!r}")


s3 = client()
s3.create_bucket(Bucket=BUCKET)
KEYS = ["plain.txt", "a folder/ü+&=(1)*~'.txt", "a//b/../c"]
for key in KEYS:
    s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    same(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read(), key.encode())
print("signed headers")

client(payload_signing_enabled=True).put_object(Bucket=BUCKET, Key="signed", Body=b"signed payload")
same(s3.get_object(Bucket=BUCKET, Key="signed")["Body"].read(), b"signed payload")
print("signed payload")

s3.put_object(Bucket=BUCKET, Key="stream", Body=io.BytesIO(b"x" * 200_000), ChecksumAlgorithm="SHA256")
same(len(s3.get_object(Bucket=BUCKET, Key="stream")["Body"].read()), 200_000)
print("chunks with trailers")

for key in KEYS:
    url = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": key}, ExpiresIn=600)
    same(urllib.request.urlopen(url).read(), key.encode())
url = s3.generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": "presigned"}, ExpiresIn=600)
urllib.request.urlopen(urllib.request.Request(url, data=b"by URL", method="PUT", headers={"content-type": ""}))
same(s3.get_object(Bucket=BUCKET, Key="presigned")["Body"].read(), b"by URL")
print("presigned URLs")

for broken in (url.replace("presigned", "another"), url.replace("X-Amz-Expires=600", "X-Amz-Expires=900")):
    try:
        urllib.request.urlopen(urllib.request.Request(broken, data=b"by URL", method="PUT", headers={"content-type": ""}))
    except urllib.error.HTTPError as error:
        same((error.code, b"SignatureDoesNotMatch" in error.read()), (403, True))
    else:
        raise SystemExit("a broken presigned URL was taken")
print("broken presigned URLs are refused")

names = [o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 2}) for o in page["Contents"]]
same(sorted(names), sorted([*KEYS, "signed", "stream", "presigned"]))
print("pages")
