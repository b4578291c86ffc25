"""What runs in Lambda: the whole of Kapula but its building and its local stack."""
