"""`python -m infra.deploy COMMAND STAGE`: what the Makefile's deployment targets run.

Credentials, region and endpoint come from the usual AWS variables; settings (SENDER, DOMAIN,
…) from the environment, where make puts what it was given.
"""

import argparse
import sys

from botocore.exceptions import BotoCoreError, ClientError

from functions.kernel.directory import DirectoryError
from functions.kernel.errors import KapulaError
from infra.deploy import operate, reindex, replay, rollout
from infra.deploy.aws import NotThereError
from infra.deploy.install import PackagingError
from infra.deploy.settings import SettingsError, stage_from
from infra.local.sitebuild import SiteFailedError
from infra.site.build import SiteBuildError

COMMANDS = {
    "deploy": rollout.deploy,
    "deploy-site": rollout.deploy_site,
    "remove": rollout.remove,
    "logs": operate.logs,
    "replay": replay.replay,
    "reindex": reindex.reindex,
    "import-directory": operate.import_directory,
    "allow-mail": operate.allow_mail,
    "rotate-secret": rollout.rotate_secret,
}
_EXPECTED = (
    BotoCoreError,
    ClientError,
    DirectoryError,
    KapulaError,
    NotThereError,
    OSError,
    PackagingError,
    SettingsError,
    SiteBuildError,
    SiteFailedError,
    rollout.DeployError,
)


def main() -> None:
    """Run one command; exit code 1 with one line for what can be expected to go wrong."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description="Kapula in AWS.")
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("stage")
    parser.add_argument("rest", nargs="*", help="the function, file, case or address")
    options = parser.parse_args()
    try:
        COMMANDS[options.command](stage_from(options.stage), *options.rest)
    except _EXPECTED as error:
        sys.exit(f"{options.command}: {error}")


if __name__ == "__main__":
    main()
