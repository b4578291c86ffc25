"""Lambda's ways in: one module per function, which builds its services when it is imported.

They are packaged with `functions/`, and are all of `infra` that runs in Lambda.
"""
