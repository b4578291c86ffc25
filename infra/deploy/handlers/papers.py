"""Lambda's way into `functions.entry.papers`."""

from functions.entry.papers import create_app
from infra.deploy.handlers import start

handler = start.web(create_app(start.services()))
