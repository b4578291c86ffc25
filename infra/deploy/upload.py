"""Uploads the built site to its bucket: only changed files, pages last, then invalidates
CloudFront."""

import hashlib
import mimetypes
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.deploy.aws import client

UNAVAILABLE = Path(__file__).with_name("unavailable.html")
_TEXTUAL = ("text/", "application/javascript", "application/json", "application/xml", "image/svg")
_PAGES = (".html", ".xml", ".json", ".txt")  # refer to the rest, so they come after it


def files_of(site: Path) -> dict[str, Path]:
    """Everything to be in the bucket, by key."""
    found = {p.relative_to(site).as_posix(): p for p in site.rglob("*") if p.is_file()}
    return {**found, UNAVAILABLE.name: UNAVAILABLE}


def upload(site: Path, outputs: Mapping[str, str]) -> tuple[int, int]:
    """Make the bucket equal to the site; how many files were put and how many deleted."""
    bucket, s3 = outputs["SiteBucketName"], client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    have = {o["Key"]: o["ETag"].strip('"') for page in pages for o in page.get("Contents", ())}
    files = files_of(site)
    put = 0
    for key in sorted(files, key=lambda name: (name.endswith(_PAGES), name)):
        body = files[key].read_bytes()
        if have.get(key) != hashlib.md5(body, usedforsecurity=False).hexdigest():
            s3.put_object(Bucket=bucket, Key=key, Body=body, **headers_of(key))
            put += 1
    gone = [key for key in have if key not in files]
    _delete(s3, bucket, [{"Key": key} for key in gone])
    if put or gone:
        everything = {"Quantity": 1, "Items": ["/*"]}
        batch = {"CallerReference": str(time.time_ns()), "Paths": everything}
        cloudfront = client("cloudfront")
        cloudfront.create_invalidation(
            DistributionId=outputs["DistributionId"], InvalidationBatch=batch
        )
    return put, len(gone)


def headers_of(key: str) -> dict[str, Any]:
    """How a file is stored. Names do not change with contents, so nothing is kept for long."""
    kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
    if kind.startswith(_TEXTUAL):
        kind += "; charset=utf-8"
    fonts = key.endswith((".woff2", ".png"))
    age = 604_800 if fonts else 60 if key.endswith(_PAGES) else 3_600
    missing = {"Metadata": {"status": "404"}} if key.endswith("404.html") else {}
    return {"ContentType": kind, "CacheControl": f"public, max-age={age}", **missing}


def empty(bucket: str) -> int:
    """Delete every version of everything: a bucket that is to be removed must be empty."""
    s3, count = client("s3"), 0
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        _delete(s3, bucket, [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in found])
        count += len(found)
    return count


def _delete(s3: Any, bucket: str, objects: list[dict[str, str]]) -> None:
    for start in range(0, len(objects), 1000):
        batch = {"Objects": objects[start : start + 1000], "Quiet": True}
        s3.delete_objects(Bucket=bucket, Delete=batch)
