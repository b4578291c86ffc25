"""Words, dates, sums and letters in the reader's language."""
