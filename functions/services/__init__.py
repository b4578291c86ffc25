"""The use cases: apply, open a link, act, deliver, let time pass."""
