"""Abuse over HTTP: broken input, foreign links, scanners, floods, hostile text."""
