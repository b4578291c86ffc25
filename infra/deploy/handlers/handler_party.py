"""Lambda's way into `functions.entry.party`."""

import start

from functions.entry.party import create_app

handler = start.web(create_app(start.services()))
