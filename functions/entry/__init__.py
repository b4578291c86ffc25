"""The entries of the Lambda functions: one package per function, as each has its own rights."""
