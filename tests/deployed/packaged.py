"""The template as osls packages it for AWS, made offline in a folder of its own."""

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

from infra.deploy import edge, rollout, settings
from infra.deploy.plan import FUNCTIONS
from infra.local.child import ROOT

SITE_PAGES = ("/", "/sv/", "/en/")


def values(**changed: Any) -> dict[str, Any]:
    """What serverless.yml reads, as `make deploy` would write it for AWS."""
    chosen = {name: s.default or "" for name, s in settings.SETTINGS.items()}
    chosen |= {"sender": "kapula@example.org", "alarm_email": "ops@example.org"}
    made = settings.for_template(
        chosen, "/kapula/guard/secret:1", "/kapula/guard/origin:1", "eu-north-1"
    )
    site = {
        "path_function": "function handler(event) { return event.request; }",
        "status_function": edge.STATUS_FUNCTION,
        "csp": "default-src 'none'",
    }
    arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/kapula/11111111-1111-1111-1111-111111111111"
    on_aws = {"emulator": "no", "emulator_port": 80, "web_acl": arn}
    return {**made, **site, **on_aws, **changed}


def package(folder: Path, **changed: Any) -> dict[str, Any]:
    """The packaged template. Zips stand in for the packages, which have tests of their own."""
    shutil.copy(ROOT / "serverless.yml", folder)
    for part in ("aws", "plugins"):
        shutil.copytree(ROOT / "infra" / part, folder / "infra" / part)
    work = folder / "build" / "deploy"
    (work / "packages").mkdir(parents=True)
    for function in FUNCTIONS:
        with zipfile.ZipFile(work / "packages" / f"{function.name}.zip", "w") as archive:
            archive.writestr("nothing", "")
    (work / "guard.json").write_text(json.dumps(values(**changed)))
    done = subprocess.run(
        [str(rollout.OSLS), "package", "--stage", "guard"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "SLS_TELEMETRY_DISABLED": "1"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    path = folder / ".serverless" / "cloudformation-template-update-stack.json"
    template: dict[str, Any] = json.loads(path.read_text())
    return template
