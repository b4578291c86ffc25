"""Desks: lists of cases, the directory, mergers, and the people of a case."""
