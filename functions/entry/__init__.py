"""One thin module per function, split by rights."""
