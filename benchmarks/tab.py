"""One browser tab without a browser: a WebSocket session of a real server, pressed and read by program.

It speaks what Streamlit's own page speaks: it keeps the elements that the server draws, sends the values of
the widgets with every press, and follows the address. So twenty people fit into one small machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

PATIENCE_SECONDS = 60.0


class Tab:
    """A session at a server.

    Parameters
    ----------
    address
        Such as `http://127.0.0.1:8501`.
    language
        Language of the screens.

    Attributes
    ----------
    toasts
        What popped up during the last run.
    """

    def __init__(self, address: str, language: str = "en") -> None:
        self._address, self._language = address, language
        self._socket = self._connected()
        self._query = ""
        self._page = ""
        self._elements: dict[tuple[int, ...], Element] = {}
        self._kept: dict[str, WidgetState] = {}
        self._drawn: set[tuple[int, ...]] = set()
        self.toasts: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def open(self, page: str, **query: str) -> None:
        """Load a screen by its address: a new session, as in a browser; what was typed is typed again."""
        self._socket.close()
        self._socket = self._connected()
        self._elements = {}
        self._query = urlencode({"lang": self._language, **query})
        self._page = ""
        self._run(page_name=page)

    def press(self, key: str) -> None:
        """Press the button with a key; the server's answer is drawn when this returns."""
        button = self.button(key)
        if button is None or button.disabled:
            raise LookupError(key)
        self._run(WidgetState(id=button.id, trigger_value=True))

    def type(self, key: str, text: str) -> None:
        """Type into a field; the value goes with everything that follows."""
        field = next(one.text_input for one in self._shown("text_input") if _is(one.text_input.id, key))
        self._kept[field.id] = WidgetState(id=field.id, string_value=text)
        self._run()

    def button(self, key: str) -> object:
        """Return the button with a key, or None."""
        return next((one.button for one in self._shown("button") if _is(one.button.id, key)), None)

    def can_press(self, key: str) -> bool:
        """Return whether there is such a button and it can be pressed."""
        button = self.button(key)
        return button is not None and not button.disabled  # type: ignore[attr-defined]

    def text(self) -> str:
        """Return what can be read on the screen."""
        parts = [one.html.body for one in self._shown("html")]
        parts += [one.markdown.body for one in self._shown("markdown")]
        return "\n".join([*parts, *self.alerts()])

    def alerts(self) -> list[str]:
        """Return the notices on the screen: title and body."""
        return [
            " ".join(part for part in (one.alert.title, one.alert.body) if part)
            for one in self._shown("alert")
        ]

    def errors(self) -> list[str]:
        """Return what the server says went wrong in a way that nobody foresaw."""
        return [one.exception.message for one in self._shown("exception")]

    @property
    def query(self) -> dict[str, str]:
        """What the address says."""
        return dict(parse_qsl(self._query))

    def _connected(self) -> ClientConnection:
        host = self._address.removeprefix("http://")
        protocols = [Subprotocol("streamlit")]
        return connect(f"ws://{host}/_stcore/stream", subprotocols=protocols, max_size=None)

    def _shown(self, kind: str) -> Iterator[Element]:
        return (one for one in self._elements.values() if one.WhichOneof("type") == kind)

    def _run(self, pressed: WidgetState | None = None, page_name: str = "") -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string = self._query
        state.page_name = page_name
        state.page_script_hash = self._page
        state.context_info.locale = "en-US"
        state.context_info.timezone = "America/Lima"
        state.context_info.url = self._address
        state.widget_states.widgets.extend([*self._kept.values(), *([pressed] if pressed else [])])
        self.toasts = []
        self._socket.send(message.SerializeToString())
        self._follow()

    def _follow(self) -> None:
        """Draw what the server sends until the script has run; a rerun of its own is followed as well."""
        while True:
            message = ForwardMsg()
            message.ParseFromString(self._socket.recv(timeout=PATIENCE_SECONDS))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self._drawn = set()
            elif kind == "navigation":
                self._page = message.navigation.page_script_hash
            elif kind == "page_info_changed":
                self._query = message.page_info_changed.query_string
            elif kind == "delta":
                self._draw(tuple(message.metadata.delta_path), message)
            elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self._elements = {path: one for path, one in self._elements.items() if path in self._drawn}
                return

    def _draw(self, path: tuple[int, ...], message: ForwardMsg) -> None:
        if message.delta.WhichOneof("type") != "new_element":
            return
        element = message.delta.new_element
        self._drawn.add(path)
        self._elements[path] = element
        if element.WhichOneof("type") == "toast":
            self.toasts.append(element.toast.body)


def _is(identifier: str, key: str) -> bool:
    """Return whether an element's number ends with the key that the page gave it."""
    return identifier.endswith(f"-{key}")
