"""What stands between a local server and everyone else: an ASGI middleware.

Knows HTTP headers and the paths that the page needs; no corpus and no Gradio. A server on one's
own machine can be reached by every page that one's browser shows. Three things keep those out:
the Host must be this machine's (a foreign name that is made to point here, DNS rebinding, brings
its own), the Origin must be this very server's, and a browser that says a request comes from
another site is believed. What Gradio offers beyond the page (uploads, files, a proxy, run history)
isn't there at all: only the paths below are.
"""

import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 1 << 20  # bytes of one request; a question is far shorter
MAX_FILE = 1 << 30  # bytes of a document that is sent
UPLOAD = "/page/upload"

_HOST = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?", re.IGNORECASE)
_OPEN = re.compile(
    r"/|/(?:config|theme\.css)"
    r"|/(?:page|assets|static)/.+"
    r"|/gradio_api/(?:info|startup-events|cancel|reset|run/predict|queue/(?:join|data)|heartbeat/\w+)"
    r"|/gradio_api/call/(?:v2/)?(?:ask|search|document)(?:/\w+)?"
)

# Gradio's template for the page speaks of Gradio's own site, and its manifest route is closed.
_FOREIGN = re.compile(
    rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*|<link rel="manifest"[^>]*>\s*'
)


class Guard:
    """Refuse strangers' requests; tell browsers what the page may load: its own, nothing else.

    Args:
        app: What is guarded.
        head: HTML to put at the end of the page's `<head>`.
    """

    def __init__(self, app: ASGIApp, head: str = "") -> None:
        self.app = app
        self.head = head.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing here speaks over a web socket
            await send({"type": "websocket.close", "code": 1008})
            return
        nonce = secrets.token_urlsafe(16)
        send = _with_headers(send, nonce)
        refusal = _refusal(scope)
        if refusal:
            await refusal(scope, receive, send)
        elif scope["path"] == "/":
            await self._page(scope, receive, send, nonce)
        else:
            await self.app(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send, nonce: str) -> None:
        """Send the page with our own head, and let its inline scripts run by their nonce."""
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        start: Message = {}
        body = b""

        async def collect(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            page = _FOREIGN.sub(b"", body)
            page = page.replace(b"</head>", self.head + b"</head>", 1)
            # Data in the page can't hold this tag: Gradio writes "<" as "\u003c" there.
            page = page.replace(b"<script", b'<script nonce="%s"' % nonce.encode())
            MutableHeaders(scope=start)["content-length"] = str(len(page))
            await send(start)
            await send({"type": "http.response.body", "body": page})

        await self.app({**scope, "headers": plain}, receive, collect)


def _refusal(scope: Scope) -> PlainTextResponse | None:
    headers = Headers(scope=scope)
    host, path = headers.get("host", ""), scope["path"]
    if not _HOST.fullmatch(host):
        return PlainTextResponse("This server answers its own machine only.", 403)
    origin = headers.get("origin")
    if origin is not None and origin.lower() != f"http://{host.lower()}":
        return PlainTextResponse("This server answers its own page only.", 403)
    arrival = (
        scope["method"] == "GET"
        and path == "/"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )
    # A link from elsewhere may lead to the page; no other site's script, frame or form gets in.
    if headers.get("sec-fetch-site", "none") not in ("same-origin", "none") and not arrival:
        return PlainTextResponse("This server answers its own page only.", 403)
    if not _OPEN.fullmatch(path):
        return PlainTextResponse("There is nothing at this address.", 404)
    length = headers.get("content-length", "")
    most = MAX_FILE if path == UPLOAD else MAX_BODY
    # A body sent in chunks says nothing of its length, whatever else its headers say.
    is_told = length.isdecimal() and "transfer-encoding" not in headers
    if scope["method"] in ("POST", "PUT") and not (is_told and int(length) <= most):
        return PlainTextResponse(f"A request may have at most {most:,} bytes.", 413)
    return None


def _with_headers(send: Send, nonce: str) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            headers["content-security-policy"] = _POLICY.format(nonce=nonce)
        await send(message)

    return send_with_headers


_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
# Gradio's HTML component compiles its template, so 'unsafe-eval' must stay; without
# 'unsafe-inline', a script that slipped in through a document would still not run.
_POLICY = (
    "default-src 'none'; connect-src 'self'; font-src 'self'; img-src 'self' data:; "
    "script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
)
