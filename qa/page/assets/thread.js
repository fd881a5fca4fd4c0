// The conversation: a question goes to the server, the turn that comes back is put below the
// others. Its name is in the address, so that it can be reloaded, and its names are remembered
// here, so that it can be found again.
import { all, announce, elements, find, request } from "./dom.js";
import * as narrow from "./narrow.js";
import { open, openPlace } from "./reader.js";
import say from "./texts.js";

const KEY = "conversations";
const MOST = 30; // conversations remembered
const wide = matchMedia("(min-width: 1000px)");
let conversation = ""; // the name of the one shown; "" before anything is asked
let asking = null; // the request under way; a later question calls it off
let prepared = false;

export async function show(root, path) {
  if (!prepared) {
    prepared = true;
    await narrow.load();
    await welcome();
  }
  if (path[0] === "at") return openPlace(...path.slice(1));
  const query = path[0].startsWith("?") && new URLSearchParams(path[0]).get("q");
  if (query) {
    history.replaceState(null, "", "#/");
    return ask(query);
  }
  const name = path[0] === "c" ? path[1] : "";
  if (name !== conversation) await take(name);
  const turn = path[2] && find(`#turn-${path[2]}`);
  turn?.scrollIntoView({ block: "start" });
}

// Shows a conversation that was held, or an empty one.
async function take(name) {
  asking?.abort();
  conversation = name;
  find("#turns").textContent = "";
  tools();
  if (!name) return welcome();
  try {
    find("#turns").append(elements(await request(`conversation?name=${encodeURIComponent(name)}`)));
    const turns = all("#turns .turn");
    turns.at(-1)?.scrollIntoView({ block: "start" });
    if (wide.matches) read(turns.at(-1));
  } catch (error) {
    conversation = "";
    remember((kept) => kept.filter((other) => other.name !== name));
    history.replaceState(null, "", "#/");
    failed(error.message);
    await welcome();
  }
  tools();
}

async function ask(question, { alone = false } = {}) {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const waiting = document.createElement("section");
  waiting.className = "turn pending";
  waiting.append(Object.assign(document.createElement("h2"), { textContent: question }));
  waiting.append(Object.assign(document.createElement("p"), { textContent: say("ask.looking") }));
  all("#turns .pending, #turns .failed").forEach((turn) => turn.remove());
  find("#turns").append(waiting);
  announce(say("ask.looking"));
  try {
    const body = { question, conversation, alone, where: narrow.where() };
    const { text, headers } = await request("turn", { body, signal, whole: true });
    const turn = elements(text).firstElementChild;
    waiting.replaceWith(turn);
    const name = headers.get("conversation");
    if (name !== conversation) {
      conversation = name;
      remember((kept) => [{ name, question }, ...kept].slice(0, MOST));
    }
    history.replaceState(null, "", `#/c/${name}`);
    turn.scrollIntoView({ block: "start" });
    announce(turn.dataset.status);
    if (wide.matches) read(turn);
    tools();
  } catch (error) {
    waiting.remove();
    if (error.name === "AbortError") return;
    failed(error.message, question);
    const box = find("#question textarea");
    if (box.value) return;
    box.value = question; // to be mended
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// Beside a wide conversation its last answer's source stands open.
function read(turn) {
  const card = turn?.matches(".answered") && find(".card", turn);
  if (card) open(card);
}

function failed(message, question = "") {
  const section = document.createElement("section");
  section.className = "turn failed notice";
  const title = question ? say("turn.failed") : say("thread.lost");
  section.append(Object.assign(document.createElement("h2"), { textContent: title }));
  section.append(Object.assign(document.createElement("p"), { textContent: message }));
  find("#turns").append(section);
  section.scrollIntoView({ block: "nearest" });
  announce(message);
}

async function welcome() {
  const room = find("#welcome");
  room.innerHTML = await request("welcome");
  const kept = remembered();
  if (!kept.length) return;
  const section = document.createElement("section");
  section.className = "earlier";
  section.append(Object.assign(document.createElement("h2"), { textContent: say("thread.earlier") }));
  const list = document.createElement("ul");
  for (const { name, question } of kept) {
    const item = document.createElement("li");
    item.append(Object.assign(document.createElement("a"), { href: `#/c/${name}`, textContent: question }));
    list.append(item);
  }
  section.append(list);
  room.prepend(section);
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

function remember(change) {
  localStorage.setItem(KEY, JSON.stringify(change(remembered())));
}

// What can be done with the whole conversation.
function tools() {
  const bar = find("#thread-tools");
  bar.hidden = !conversation;
  const name = encodeURIComponent(conversation);
  for (const link of all("a[data-as]", bar)) link.href = `./page/export?name=${name}&as=${link.dataset.as}`;
}

async function forget() {
  if (!confirm(say("thread.forget_sure"))) return;
  const name = conversation;
  try {
    await request("forget", { body: { conversation: name } });
  } catch (error) {
    return failed(error.message);
  }
  remember((kept) => kept.filter((other) => other.name !== name));
  location.hash = "#/";
}

async function copy(button, text = button.dataset.text) {
  await navigator.clipboard.writeText(text);
  announce(say("copy.done"));
  button.classList.add("done");
  setTimeout(() => button.classList.remove("done"), 1500);
}

document.addEventListener("ask", (event) => ask(event.detail));
document.addEventListener("collection", () => !conversation && welcome());

document.addEventListener("click", (event) => {
  const { target } = event;
  const example = target.closest("#examples button");
  if (example) return ask(example.textContent);
  if (target.closest("#thread .forget")) return forget();
  const taken = target.closest("#thread .take");
  if (taken) return copy(taken);
  const turn = target.closest(".turn");
  if (target.closest(".turn-link")) {
    event.preventDefault();
    history.replaceState(null, "", `#/c/${conversation}/${turn.dataset.turn}`);
    return copy(target, location.href);
  }
  const correct = target.closest("#thread .correct");
  if (correct) {
    const form = find("form", turn);
    form.hidden = !form.hidden;
    correct.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) find("input", form).select();
    return;
  }
  // To be read or used by themselves, not to open anything.
  if (target.closest("#thread :is(.why, .tools, .marks, .understood)")) return;
  const ref = target.closest("#thread .ref");
  const card = ref ? find(`.card[data-n="${ref.dataset.n}"]`, turn) : target.closest("#thread .card");
  if (!card) return;
  // Someone who selects words of a card wants to copy them.
  if (!target.closest("button, a") && String(getSelection())) return;
  if (ref) {
    event.preventDefault();
    card.scrollIntoView({ block: "nearest" });
  }
  open(card);
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("#thread .understood form");
  if (!form) return;
  event.preventDefault();
  ask(find("input", form).value, { alone: true });
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches?.("#thread .open")) return;
  const buttons = all("#thread .open").filter((button) => button.checkVisibility());
  const next = buttons[buttons.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
