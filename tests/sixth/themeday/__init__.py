"""Theme days: a place on a day while there are any, else a turn in the queue."""
