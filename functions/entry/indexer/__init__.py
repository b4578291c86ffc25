"""Keeps desks up to date with the stream of cases."""
