"""Every surface of a definition: pages, mails, diagram, matrix, export."""
