"""What happens to a case: opened, acted on, merged, handed over, moved by timers."""
