"""Lambda's way into `functions.entry.public`."""

import start

from functions.entry.public import create_app

handler = start.web(create_app(start.services()))
