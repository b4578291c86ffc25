"""Lambda's way into `functions.entry.desk.app`."""

from functions.entry import start
from functions.entry.desk.app import create_app

handler = start.web(create_app(start.services()))
