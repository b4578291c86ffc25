"""The process that docs/adding-a-process.md builds, and what is asked of it."""

from datetime import UTC, datetime

BEFORE = datetime(2026, 8, 3, 9, tzinfo=UTC)  # weeks before the days that its definition names
