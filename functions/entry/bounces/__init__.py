"""Records mail that bounced."""
