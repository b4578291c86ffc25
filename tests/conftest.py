"""What every test shares: examples are drawn the same way each time, and are not timed."""

from hypothesis import settings

settings.register_profile("kapula", deadline=None, derandomize=True, database=None)
settings.load_profile("kapula")
