"""DynamoDB as it was made by two who do not know each other: moto, and the local AWS. What holds
in both is held to here, so that tests elsewhere can use either (ADR 34)."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.in_process_aws import InProcessAws, routed
from tests.local_stack import no_account

REGION = "eu-north-1"


@pytest.fixture(scope="module", params=["moto", "ministack"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[InProcessAws | None]:
    """A DynamoDB for one module; None is AWS's own, which moto stands in for."""
    with pytest.MonkeyPatch.context() as patch, no_account():
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        if request.param == "moto":
            with mock_aws():
                yield None
            return
        with routed():
            aws = InProcessAws(tmp_path_factory.mktemp("aws"), REGION)
            yield aws
            aws.close()


@pytest.fixture(scope="module")
def endpoint(engine: InProcessAws | None) -> str | None:
    """Where it is asked."""
    return engine.endpoint if engine else None


@pytest.fixture
def _anew(engine: InProcessAws | None) -> None:
    """Nothing of the test before: no repeated transaction is answered as done by then."""
    if engine:
        engine.begin_anew()
