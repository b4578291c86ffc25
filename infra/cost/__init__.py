"""What Kapula costs a month, from measured use and dated prices: `python -m infra.cost`."""
