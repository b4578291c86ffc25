"""Lambda's way into `functions.entry.desk`."""

from functions.entry.desk import create_app
from infra.deploy.handlers import start

handler = start.web(create_app(start.services()))
