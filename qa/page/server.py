"""The page as a server on this machine: routes, address, nothing of what the page looks like.

Knows Gradio's way of being mounted, uvicorn and ports. Listens on 127.0.0.1 and nowhere else;
`guard` decides who is answered.
"""

import os
import socket
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from qa.errors import InputError
from qa.page import collection, evaluation, help, marks, page, reader, thread
from qa.page.guard import Guard
from qa.page.jobs import Jobs
from qa.page.texts import module

if TYPE_CHECKING:
    from qa.corpus import Corpus

HOST = "127.0.0.1"
FIRST_PORT = 7860
PORTS_TO_TRY = 100

# Questions to offer, each with the document of `seeds/` that answers it.
EXAMPLES = {
    "How many probation officer vacancies were there across the NPS?": "003_0880fbf5f6f5a3fe.txt",
    "How many unfilled vacancies did London have?": "000_7410150016598652.txt",
    "Which MP represents Telford?": "004_42f9c8b73587f07c.txt",
    "What is wrong with the office buildings?": "003_0880fbf5f6f5a3fe.txt",
}

_ASSETS = Path(__file__).parent / "assets"
# A ribbon in a book; Gradio's own icon would be shown otherwise.
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Cpath d='M4 1h8v14l-4-3.5L4 15z' fill='%238c2f1b'/%3E%3C/svg%3E"
)
_STYLES = ("page", "thread", "reader", "marks", "collection", "evaluation", "help")
_HEAD = (
    f'<link rel="icon" href="{_ICON}">'
    + "".join(f'<link rel="stylesheet" href="./page/{name}.css">' for name in _STYLES)
    + '<script type="module" src="./page/page.js"></script>'
)


def serve(corpus: "Corpus", *, port: int | None = None, open_browser: bool = False) -> None:
    """Serve the page until interrupted, and print its address when it is ready.

    Args:
        corpus: What is asked.
        port: Where to listen; by default 7860 or the next free one.
        open_browser: Show the page in the default browser.

    Raises:
        InputError: The given port is taken, or no port is free.
    """
    with closing(_listener(port)) as listener:
        address = f"http://{HOST}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            # Made inside the server's event loop; Gradio would open others and leave them open.
            lambda: application(corpus),
            factory=True,
            ws="none",
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        with suppress(KeyboardInterrupt):
            _Server(config, address, open_browser).run(sockets=[listener])


def application(corpus: "Corpus") -> ASGIApp:
    """Return the whole page as a guarded ASGI application."""
    assets = {path.name for path in _ASSETS.iterdir()}

    def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in assets:
            return PlainTextResponse("There is nothing at this address.", 404)
        return FileResponse(_ASSETS / name, headers={"cache-control": "no-cache"})

    def texts(request: Request) -> Response:  # noqa: ARG001
        return Response(
            module(), media_type="text/javascript", headers={"cache-control": "no-cache"}
        )

    known = {record.doc_id for record in corpus.documents()}
    offered = [question for question, doc_id in EXAMPLES.items() if doc_id in known]
    jobs, measuring = Jobs(), Jobs()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:  # noqa: ARG001
        yield
        await run_in_threadpool(measuring.close)  # the corpus may be closed afterwards
        await run_in_threadpool(jobs.close)

    routes: list[BaseRoute] = [
        *thread.routes(corpus),
        *reader.routes(corpus),
        *marks.routes(corpus),
        *collection.routes(corpus, jobs),
        *evaluation.routes(corpus, measuring),
        *help.routes(corpus, next(iter(offered), None)),
        Route("/page/texts.js", texts),
        Route("/page/{name:str}", asset),
    ]
    app = FastAPI(routes=routes, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    gr.mount_gradio_app(
        app,
        page.build(corpus, offered),
        path="/",
        server_name=HOST,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        theme=_theme(),
    )
    return Guard(app, head=_HEAD)


def _theme() -> gr.themes.Base:
    """Return a theme of this machine's own fonts; `page.css` does the rest."""
    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]).set(
        body_background_fill="#faf7f0",
        body_background_fill_dark="#171613",
        body_text_color="#26231d",
        body_text_color_dark="#e8e3d7",
    )


def _listener(port: int | None) -> socket.socket:
    tries = [port] if port is not None else range(FIRST_PORT, FIRST_PORT + PORTS_TO_TRY)
    for number in tries:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name != "nt":  # there it would let two servers share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, number))
            listener.listen()
        except (OSError, OverflowError) as error:
            listener.close()
            reason = error
        else:
            return listener
    if port is not None:
        raise InputError(
            f"Port {port} can't be used ({reason}). Another program may be listening there: "
            "choose another port, or none, to take the next free one."
        ) from reason
    raise InputError(
        f"No port from {FIRST_PORT} to {FIRST_PORT + PORTS_TO_TRY - 1} is free. Name one that is."
    ) from reason


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, address: str, open_browser: bool) -> None:
        super().__init__(config)
        self.address, self.open_browser = address, open_browser

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(f"Chapter & Verse is open at {self.address}", flush=True)
        if self.open_browser:
            webbrowser.open(self.address)
