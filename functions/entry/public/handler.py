"""Lambda's way into `functions.entry.public.app`."""

from functions.entry import start
from functions.entry.public.app import create_app

handler = start.web(create_app(start.services()))
