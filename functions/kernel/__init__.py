"""The pure core: what a process is, and how a case moves through it. No I/O, no clock."""

LANGUAGES = ("fi", "sv", "en")
DEFAULT_LANGUAGE = LANGUAGES[0]
