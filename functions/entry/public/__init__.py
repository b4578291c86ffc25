"""The public forms and the supervisors' page."""
