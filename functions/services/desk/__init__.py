"""Desks: their lists, and how these are kept up to date."""
