"""Work supervision (työnohjaus): an application travels to a supervisor who accepts it."""
