"""A quote, and what follows from it: an agreement, an invoice, or a cancellation."""
