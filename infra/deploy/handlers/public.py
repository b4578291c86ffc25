"""Lambda's way into `functions.entry.public`."""

from functions.entry.public import create_app
from infra.deploy.handlers import start

handler = start.web(create_app(start.services()))
