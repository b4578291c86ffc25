"""Lambda's way into `functions.entry.party.app`."""

from functions.entry import start
from functions.entry.party.app import create_app

handler = start.web(create_app(start.services()))
