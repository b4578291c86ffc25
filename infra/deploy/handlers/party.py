"""Lambda's way into `functions.entry.party`."""

from functions.entry.party import create_app
from infra.deploy.handlers import start

handler = start.web(create_app(start.services()))
