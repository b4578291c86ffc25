"""Contact (yhteydenotto): a message from anybody to whoever answers its topic, and the answer."""
