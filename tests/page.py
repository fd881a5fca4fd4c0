"""The page served over a corpus and shown in a real browser: what all its tests share."""

import re
import socket
from contextlib import ExitStack, contextmanager
from threading import Thread
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from playwright.sync_api import sync_playwright

from qa.page.server import application
from tests import browser as chromium

# Gradio's queue keeps its statistics with what pandas 3 has deprecated.
GRADIO = [
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]

# Each call of `httpx.get` reads all certificates anew, which takes longer than what is asked for.
http = httpx.Client(verify=False, headers={"connection": "close"})


@contextmanager
def served(corpus):
    """Serve the page over a corpus on a free port; yield its address."""
    listener = socket.create_server(("127.0.0.1", 0))  # requests wait here until it is ready
    server = uvicorn.Server(
        uvicorn.Config(
            lambda: application(corpus),
            factory=True,
            log_level="warning",
            timeout_graceful_shutdown=1,
        )
    )
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture(scope="module")
def address(seeds_corpus):
    with served(seeds_corpus) as address:
        yield address


@pytest.fixture
def serving(corpus):
    """Serve a corpus of the given documents; ask for it before `visit`, so that it ends after."""
    with ExitStack() as stack:

        def serving(*documents):
            corpus.add_documents(documents)
            return stack.enter_context(served(corpus))

        yield serving


@pytest.fixture(scope="module")
def browser():
    path = chromium.find()
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """Open the page as another reader; afterwards, fail if a request left the machine or the
    console complained."""
    contexts, hosts, complaints = [], set(), []

    def visit(address, **options):
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}} | options)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(15_000)
        tab.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
        tab.on("console", lambda message: complains(message) and complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto(address)
        tab.wait_for_selector("html[data-ready]")
        return tab

    yield visit
    for context in contexts:
        context.close()
    assert hosts == {"127.0.0.1"}, hosts
    assert not complaints, complaints


def complains(message):
    """Whether the console says that something is wrong; a request refused in words is not."""
    refused = re.match("Failed to load resource: .*(status of 40[049]|ERR_FAILED)", message.text)
    return message.type in ("error", "warning") and not refused


def ask(tab, question):
    tab.get_by_label("Your question").fill(question)
    tab.keyboard.press("Enter")


def in_view(tab, mark):
    """Whether the first line of a mark lies within the part of the text that can be seen."""
    return tab.wait_for_function(
        """selector => {
            const mark = document.querySelector(selector)?.getClientRects()[0];
            const text = document.querySelector("#leaf .text")?.getBoundingClientRect();
            return mark && mark.top >= text.top && mark.bottom <= Math.min(text.bottom, innerHeight)
        }""",
        arg=mark,
    )
