"""Fields and forms made ready to draw."""
