"""Runs timers that are due, on a schedule."""
