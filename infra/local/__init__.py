"""Kapula on one machine: what `make run` starts and the journeys use."""
