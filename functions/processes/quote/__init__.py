"""Quotes (tarjous): a request, what is offered and agreed, its cancellation and its invoice."""
