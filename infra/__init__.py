"""How Kapula is built, packaged and run on one machine."""
