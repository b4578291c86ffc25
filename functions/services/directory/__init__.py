"""The directory: imported, edited, checked as a whole, followed by cases."""
