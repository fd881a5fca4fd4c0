"""The protocol's own client, without a word of asyncio in the tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from anyio.from_thread import start_blocking_portal
from mcp import Client
from mcp.types import CallToolResult


@contextmanager
def connected(client: Client) -> Iterator[Callable[..., CallToolResult]]:
    """Connect the client; yield what calls a tool by name, with its arguments."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(client):

        def call(name: str, **arguments: Any) -> CallToolResult:
            return portal.call(client.call_tool, name, arguments)

        yield call
