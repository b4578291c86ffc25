"""Which release of the service this is; ``make release`` writes it, and a guard holds it to
``pyproject.toml``."""

RELEASE = "0.1.0"
