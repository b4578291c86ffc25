"""A talk by telephone before the day."""
