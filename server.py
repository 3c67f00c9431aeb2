"""The server: the app behind security headers; `python -m fraudkit serve` runs this file."""

from starlette.middleware import Middleware
from streamlit import App

from fraudkit.config import PROJECT_ROOT
from fraudkit.ui.headers import SecurityHeaders

app = App(str(PROJECT_ROOT / "app.py"), middleware=[Middleware(SecurityHeaders)])
