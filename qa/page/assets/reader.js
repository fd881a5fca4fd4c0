// The source pane: a document, scrolled to the passage that a card asks for, with its tools. A
// dialog on narrow screens, a column beside the conversation on wide ones.
import * as finding from "./find.js";
import * as pages from "./pages.js";
import { all, announce, copy, elements, find, request } from "./dom.js";
import { bringIntoView, fill, reveal } from "./words.js";
import say from "./texts.js";

const wide = matchMedia("(min-width: 1000px)");
let loading = null; // the request under way; a later choice calls it off
let chosen = null; // the card whose document is shown
let spans = {}; // what of it is marked
let filled = Promise.resolve(); // when the whole text is there
let way = null; // "text" or "page", once somebody has chosen

// An address: a document, "START-END" in it, and a digest of what stood there, if it must be that.
export function openPlace(doc = "", place = "", quote = "") {
  choose(null);
  if (!doc || !/^(\d{1,12}-\d{1,12})?$/.test(place)) return explain(say("reader.bad_address"));
  return load({ doc, passage: place, quote });
}

// A card: an element whose data says which document, passage, answer and words to mark.
export function open(card) {
  choose(card);
  const { doc, passage = "", quote = "", answer = "", words = "" } = card.dataset;
  return load({ doc, passage, quote, answer, words });
}

function choose(card) {
  chosen = card;
  for (const other of all("#room .card")) {
    find(".open", other)?.setAttribute("aria-pressed", String(other === card));
    other.classList.toggle("chosen", other === card);
  }
}

async function load(query) {
  const leaf = find("#leaf");
  const sheet = find("#sheet");
  if (!wide.matches && !sheet.open) {
    sheet.append(leaf);
    sheet.showModal();
  }
  loading?.abort();
  loading = new AbortController();
  const { signal } = loading;
  leaf.setAttribute("aria-busy", "true");
  try {
    const html = await request(`source?${new URLSearchParams(query)}`, { signal });
    // The tools are made anew with each document: whoever was in the pane stays there.
    const held = leaf.contains(document.activeElement) && (document.activeElement.dataset.step ?? "text");
    finding.forget();
    leaf.replaceChildren(elements(html));
    leaf.removeAttribute("aria-busy");
    spans = query;
    stepping(leaf);
    const text = find(".text", leaf);
    if (held === "text") text.focus({ preventScroll: true });
    else if (held) focusStep(held);
    const mark = find("mark.answer", leaf) ?? find("mark.passage", leaf);
    if (mark) bringIntoView(text, mark.closest(".piece"), mark);
    filled = fill(text, signal).catch((error) => error.name === "AbortError" || explain(error.message));
    if (find(".pages", leaf)) await showAs(leaf, way ?? (wide.matches ? "page" : "text"));
  } catch (error) {
    if (error.name !== "AbortError") explain(error.message);
  }
}

function explain(message) {
  const hint = elements('<p class="hint" role="alert"></p>').firstChild;
  hint.textContent = message;
  find("#leaf").removeAttribute("aria-busy");
  find("#leaf").replaceChildren(hint);
}

// Citations

const citations = () => (chosen ? all(".card[data-n]", chosen.closest(".turn") ?? chosen) : []);

// Which citation is shown; a copy belongs to the one above it.
const cited = (cards) =>
  cards.findLastIndex((card) => card === chosen || card.compareDocumentPosition(chosen) & Node.DOCUMENT_POSITION_FOLLOWING);

function stepping(leaf) {
  const cards = citations();
  const steps = find(".steps", leaf);
  steps.hidden = cards.length < 2;
  const n = cited(cards) + 1;
  find(".of", steps).textContent = say("reader.of", { n, count: cards.length });
  find('[data-step="-1"]', steps).disabled = n <= 1;
  find('[data-step="1"]', steps).disabled = n >= cards.length;
}

async function step(by) {
  const cards = citations();
  const card = cards[cited(cards) + by];
  if (!card) return;
  card.scrollIntoView({ block: "nearest" });
  await open(card);
  const title = find("#leaf h2")?.textContent ?? "";
  announce(say("reader.of_spoken", { n: cards.indexOf(card) + 1, count: cards.length, title }));
}

function focusStep(by) {
  const button = find(`#leaf [data-step="${by}"]`);
  if (button && !button.disabled) button.focus();
  else find(`#leaf [data-step="${-by}"]`)?.focus();
}

// Text or pages

function showAs(leaf, name) {
  const paged = name === "page" && find(".pages", leaf);
  for (const button of all("[data-as]", leaf)) button.setAttribute("aria-pressed", String(button.dataset.as === (paged ? "page" : "text")));
  const text = find(".text", leaf);
  text.classList.toggle("behind", Boolean(paged)); // still there to be read aloud
  text.tabIndex = paged ? -1 : 0;
  const room = find(".pages", leaf);
  if (room) room.hidden = !paged;
  if (paged) return pages.draw(leaf, Number(room.dataset.page), spans);
}

async function jump(leaf, start, number) {
  const room = find(".pages", leaf);
  if (room && !room.hidden) return pages.draw(leaf, number, spans);
  await filled;
  reveal(find(".text", leaf), start);
}

// Contents

async function listContents(leaf) {
  const list = find(".outline", leaf);
  if (list.childElementCount) return;
  const doc = find(".text", leaf).dataset.doc;
  try {
    list.replaceChildren(elements(await request(`contents?${new URLSearchParams({ doc })}`)));
  } catch (error) {
    list.textContent = error.message;
    return;
  }
  const start = parseInt(find(".text", leaf).dataset.place || "0", 10);
  const own = all("button", list).findLast((button) => Number(button.dataset.start) <= start);
  if (!own) return;
  own.setAttribute("aria-current", "location");
  const run = own.closest("details");
  if (run) run.open = true;
  own.scrollIntoView({ block: "nearest" });
}

async function goTo(leaf, form) {
  const said = find(".said", leaf);
  const { doc, place } = find(".text", leaf).dataset;
  const query = new URLSearchParams({ doc, said: form.elements.said.value, near: parseInt(place || "0", 10) });
  try {
    const { start, number, none = "" } = JSON.parse(await request(`spot?${query}`));
    said.textContent = none;
    if (none) return;
    closeContents(leaf);
    await jump(leaf, start, number);
  } catch (error) {
    said.textContent = error.message;
  }
}

function closeContents(leaf) {
  const contents = find(".contents", leaf);
  if (!contents?.open) return false;
  contents.open = false;
  find("summary", contents).focus();
  return true;
}

async function copyLink(leaf, button) {
  const { doc, place, quote } = find(".text", leaf).dataset;
  const parts = [doc, place, quote].filter(Boolean).map(encodeURIComponent);
  const link = `${location.origin}${location.pathname}#/at/${parts.join("/")}`;
  if (!(await copy(link))) return;
  button.textContent = say("reader.copied");
  announce(say("reader.copied"));
  setTimeout(() => (button.textContent = say("reader.copy")), 2000);
}

// What clicks and keys do

document.addEventListener("click", (event) => {
  const leaf = find("#leaf");
  if (event.target.closest("#sheet .close")) return find("#sheet").close();
  if (!event.target.closest("#leaf .contents") && find(".contents", leaf)?.open) find(".contents", leaf).open = false;
  const button = event.target.closest("#leaf button");
  if (!button) return;
  const { step: by, turn, zoom, as, start, number } = button.dataset;
  if (by) return step(Number(by));
  if (turn) return pages.turn(leaf, Number(turn), spans);
  if (zoom) return pages.resize(leaf, Number(zoom), spans);
  if (as) {
    way = as;
    return showAs(leaf, as);
  }
  if (start) {
    closeContents(leaf);
    return jump(leaf, Number(start), Number(number));
  }
  if (button.matches(".copying")) return copyLink(leaf, button);
  if (button.matches(".finding")) return toggleFind(leaf);
  if (button.matches(".find .end")) return closeFind(leaf);
  if (button.matches(".find .back")) return finding.look(leaf, filled, -1);
  if (button.matches(".find .on")) return finding.look(leaf, filled, 1);
});

function toggleFind(leaf) {
  const shown = find(".find", leaf).hidden;
  if (shown && find(".pages", leaf)) showAs(leaf, "text");
  finding.show(leaf, shown);
}

function closeFind(leaf) {
  finding.show(leaf, false);
  find(".finding", leaf).focus();
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("#leaf .find input")) finding.look(find("#leaf"), filled);
});
document.addEventListener("submit", (event) => {
  if (!event.target.closest?.("#leaf")) return;
  event.preventDefault();
  if (event.target.matches(".goto")) goTo(find("#leaf"), event.target);
});
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("#leaf .contents") && event.target.open) listContents(find("#leaf"));
}, true);
document.addEventListener("keydown", (event) => {
  const leaf = find("#leaf");
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches?.("#leaf .find input") && event.key === "Enter") {
    event.preventDefault();
    return finding.look(leaf, filled, event.shiftKey ? -1 : 1);
  }
  if (event.key === "Escape" && event.target.closest?.("#leaf")) {
    if (closeContents(leaf)) return event.preventDefault();
    if (find(".find", leaf)?.hidden === false) {
      event.preventDefault();
      return closeFind(leaf);
    }
  }
  const by = { ArrowLeft: -1, "[": -1, ArrowRight: 1, "]": 1 }[event.key];
  if (!by || document.body.dataset.view !== "ask" || !chosen?.isConnected) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  if (!event.key.startsWith("Arrow") && !event.target.closest?.("#leaf, .turn")) return; // letters only there
  // A large page is moved sideways by the arrows, as everything is that is too wide.
  if (event.key.startsWith("Arrow") && event.target.scrollWidth > event.target.clientWidth && event.target.matches("#leaf .desk")) return;
  event.preventDefault();
  step(by);
});
// Closing by the button, by Escape, or because the window grew: the leaf goes home.
document.addEventListener("close", (event) => {
  if (event.target.id === "sheet") find("#reader").append(find("#leaf"));
}, true);
wide.addEventListener("change", () => find("#sheet")?.close());
