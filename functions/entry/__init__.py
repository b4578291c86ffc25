"""The entries of the Lambda functions: one package per function, because each has its own
rights."""
