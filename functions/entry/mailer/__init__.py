"""Sends new mails, by the stream of the outbox."""
