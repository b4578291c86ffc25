"""Faults and races on real parts: every AWS call fails once, writers race, streams repeat."""
