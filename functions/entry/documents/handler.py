"""Lambda's way into `functions.entry.documents.app`."""

from functions.entry import start
from functions.entry.documents.app import create_app

handler = start.web(create_app(start.services()))
