"""Mails: orders, delivery, and bounces."""
