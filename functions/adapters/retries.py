"""When a call is made again: botocore's standard rules, for a client that is not botocore's."""

from typing import Any

from botocore.exceptions import BotoCoreError
from botocore.retries import quota, standard


class Retries:
    """The rules, and the quota that ends all retrying when too much goes wrong."""

    def __init__(self, service: str, attempts: int) -> None:
        adapter = standard.RetryEventAdapter()
        throttling = standard.ThrottlingErrorDetector(adapter)
        self._quota = standard.RetryQuotaChecker(quota.RetryQuota(), throttling)
        policy = standard.RetryPolicy(
            standard.StandardRetryConditions(attempts),
            standard.ExponentialBackoff(service_name=service, throttling_detector=throttling),
        )
        self._handler = standard.RetryHandler(policy, adapter, self._quota, service)

    def delay(
        self,
        operation: Any,
        params: dict[str, Any],
        attempt: int,
        response: tuple[Any, dict[str, Any]] | None,
        failure: BotoCoreError | None,
    ) -> float | None:
        """Seconds to wait before trying again; None: do not. ``attempt`` counts from 1."""
        told: float | None = self._handler.needs_retry(
            operation=operation,
            request_dict=params,
            attempts=attempt,
            response=response,
            caught_exception=failure,
        )
        return told

    def give_back(self, params: dict[str, Any], http: Any) -> None:
        """A call has ended; if well, the quota has what it took."""
        self._quota.release_retry_quota(params["context"], http)
