"""For everyone: axe-core over every state of the page, wide and narrow, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.page import GRADIO, address, ask, browser, visit  # noqa: F401

pytestmark = GRADIO


def found_wrong(tab):
    """Return what axe-core finds serious or critical, with the elements it is about."""
    tab.evaluate("() => Promise.all(document.getAnimations().map(a => a.finished.catch(() => 0)))")
    return [
        (finding["id"], [node["html"][:120] for node in finding["nodes"]])
        for finding in Axe().run(tab).response["violations"]
        if finding["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_no_state_shuts_anyone_out(visit, address, width, scheme):
    tab = visit(address, viewport={"width": width, "height": 900}, color_scheme=scheme)
    wrong = {"welcome": found_wrong(tab)}
    ask(tab, "How many unfilled vacancies did London have?")
    expect(tab.locator("#turn-1")).to_be_visible()
    tab.locator("#turn-1 .why summary").first.click()
    wrong["answered"] = found_wrong(tab)
    ask(tab, "who said so?")
    tab.locator("#turn-2 .correct").click()
    ask(tab, "How many vacancies did Manchester have in 2023?")
    expect(tab.locator("#turn-3.not-found")).to_be_visible()
    tab.locator("#narrow summary").click()
    ask(tab, " ")
    expect(tab.locator(".failed")).to_be_visible()
    wrong["not found, corrected, narrowed, failed"] = found_wrong(tab)
    tab.locator("#narrow summary").click()
    tab.locator("#turn-1 .card .open").first.click()
    expect(tab.locator("#leaf mark.answer")).to_be_visible()
    tab.locator("#leaf .contents summary").click()
    tab.locator("#leaf .finding").click()
    wrong["source"] = found_wrong(tab)
    for view in ("collection", "evaluation", "help"):
        tab.goto(f"{address}/#/{view}")
        expect(tab.locator(f"#{view} h2").first).to_be_visible()
        wrong[view] = found_wrong(tab)
    assert {state: found for state, found in wrong.items() if found} == {}


@pytest.mark.parametrize("width", [390, 768, 1440, 2560])
def test_nothing_is_wider_than_the_window(visit, address, width):
    tab = visit(address, viewport={"width": width, "height": 900})
    ask(tab, "How many unfilled vacancies did London have?")
    expect(tab.locator("#turn-1")).to_be_visible()
    tab.locator("#narrow summary").click()
    for view in ("", "collection", "evaluation", "help"):
        tab.goto(f"{address}/#/{view}")
        expect(tab.locator(f"#{view} h2" if view else "#turn-1 h2").first).to_be_visible()
        assert tab.evaluate("document.documentElement.scrollWidth") == width, view


def test_who_wants_no_motion_gets_none(visit, address):
    tab = visit(address, reduced_motion="reduce")
    ask(tab, "How many unfilled vacancies did London have?")
    expect(tab.locator("#turn-1")).to_be_visible()
    assert tab.evaluate("document.getAnimations().length") == 0
