"""Bringing an installation up to date, and taking it away."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from functions.kernel.release import RELEASE
from infra.deploy import aws, edge, settings, upload
from infra.deploy.package import make_packages, report
from infra.deploy.plan import LAMBDA, ROOT, WORK, here
from infra.deploy.replay import invoke
from infra.local.sitebuild import ensure_site
from infra.site.build import build_site

OSLS = ROOT / "node_modules" / ".bin" / "osls"
SITE = WORK / "site"
KEPT = "The tables, with all cases, and the key of notes are kept; see docs/operations.md."


class DeployError(RuntimeError):
    """The rollout stopped; the message says why and what to do."""


def deploy(stage: str) -> None:
    """Everything: packages, edge, stack, site. The same tree twice changes nothing."""
    store = settings.Store(aws.client("ssm"), stage)
    chosen = settings.settle(store, settings.given(os.environ))
    target = here() if "AWS_ENDPOINT_URL" in os.environ else LAMBDA
    print(report(make_packages(target)), flush=True)
    site = built_site(chosen["domain"])
    values = {
        **settings.for_template(
            chosen,
            store.made("secret", "SecureString"),
            store.made("origin", "String"),
            aws.region(),
        ),
        **_edge(stage, chosen),
        **of_site(site),
    }
    run_osls("deploy", stage, values)
    stack = aws.installed(stage)
    print("Site: {} files put, {} deleted.".format(*upload.upload(site, stack)))
    if not invoke(stage, "indexer", {"left": True}):
        print(f"Cases that an earlier release left are not on desks: make reindex STAGE={stage}")
    print(f"Kapula {RELEASE} is at {stack['Url']}/")


def deploy_site(stage: str) -> None:
    """The site alone, if the functions of CloudFront need not change for it."""
    stack = aws.installed(stage)
    deployed = json.loads(_values_file(stage).read_text()) if _values_file(stage).exists() else {}
    site = built_site(deployed.get("domain", ""))
    if any(deployed.get(key) != value for key, value in of_site(site).items()):
        raise DeployError("pages were added, removed or renamed: run make deploy instead")
    print("Site: {} files put, {} deleted.".format(*upload.upload(site, stack)))


def remove(stage: str) -> None:
    """Take everything away but what is protected."""
    upload.empty(aws.installed(stage)["SiteBucketName"])
    run_osls("remove", stage)
    aws.remove_edge(stage)
    print(KEPT)


def rotate_secret(stage: str) -> None:
    """Give the secret a new version, which the next deployment takes into use."""
    store = settings.Store(aws.client("ssm"), stage)
    store.renew("secret", "SecureString")
    store.renew("origin", "String")
    print(f"Now: make deploy STAGE={stage}")


def built_site(domain: str) -> Path:
    """The site as it is to be, with its own domain in its addresses if it has one."""
    if not domain:
        return ensure_site(lambda text: print(text, flush=True))
    build_site(SITE, f"https://{domain}/")
    return SITE


def of_site(site: Path) -> dict[str, str]:
    """What the template needs to know of a built site."""
    return {
        "path_function": edge.path_function(site),
        "status_function": edge.STATUS_FUNCTION,
        "csp": edge.policy(site),
    }


def run_osls(command: str, stage: str, values: Mapping[str, object] | None = None) -> None:
    """Run the serverless CLI. `values` None: those of the last deployment from this tree."""
    if values is not None:
        write_values(stage, values)
    elif not _values_file(stage).exists():
        raise DeployError(f"{_values_file(stage)} is missing: run make deploy once from here")
    done = subprocess.run(
        [str(OSLS), command, "--stage", stage],
        cwd=ROOT,
        env=os.environ | {"SLS_INTERACTIVE_SETUP_ENABLE": "0", "SLS_TELEMETRY_DISABLED": "1"},
        check=False,
    )
    if done.returncode:
        raise DeployError(f"osls {command} failed; what it said is above")


def write_values(stage: str, values: Mapping[str, object]) -> None:
    """Put what serverless.yml reads where it reads it."""
    WORK.mkdir(parents=True, exist_ok=True)
    text = json.dumps(values, indent=1, ensure_ascii=False, sort_keys=True)
    _values_file(stage).write_text(text + "\n", encoding="utf-8")


def _values_file(stage: str) -> Path:
    return WORK / f"{stage}.json"


def _edge(stage: str, chosen: Mapping[str, str]) -> dict[str, str]:
    """The rate rule and the certificate, if either is wanted."""
    if chosen["waf"] == "no" and not chosen["domain"]:
        return {}
    stack = aws.deploy_edge(stage, chosen["domain"], chosen["zone"])
    acl = stack["WebAclArn"] if chosen["waf"] == "yes" else ""
    return {"web_acl": acl, "certificate": stack.get("CertificateArn", "")}
