"""The public site: its build, its checks and the blocks its pages can carry."""
