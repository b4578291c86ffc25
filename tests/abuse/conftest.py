"""One running stack for each module, with a clock of its own."""

from collections.abc import Iterator

import pytest

from infra.local.stack import Stack
from tests.abuse.kit import Kit


@pytest.fixture(autouse=True)
def _forgiven(kit: Kit) -> None:
    kit.forgive()


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    with pytest.MonkeyPatch.context() as patch:
        for name in (
            "ACCESS_KEY_ID",
            "SECRET_ACCESS_KEY",
            "CONFIG_FILE",
            "SHARED_CREDENTIALS_FILE",
        ):
            patch.setenv(f"AWS_{name}", "")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "")
        with Stack(tmp_path_factory.mktemp("kapula"), site=None) as stack:
            yield Kit(stack)
