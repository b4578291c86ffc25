"""Renders pages, mails and documents. What only the site needs is in ``infra.site``."""
