"""Documents of a case, as pages and as files."""
