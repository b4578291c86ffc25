"""moto's AWS inside this process, for the client below pynamodb too."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.hooks import HierarchicalEmitter
from moto import mock_aws
from moto.core.models import botocore_stubber

from functions.adapters import wire


@contextmanager
def mocked_aws() -> Iterator[None]:
    """``mock_aws``, which by itself finds botocore's clients only; ours listens alike."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(wire, "HierarchicalEmitter", _stubbed)
        yield


def _stubbed() -> HierarchicalEmitter:
    events = HierarchicalEmitter()
    events.register("before-send", botocore_stubber)
    return events
