"""Documents of a case, such as a quote or an invoice."""
