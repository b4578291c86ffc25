"""A case as one of its parties may see it."""
