// The conversation: a question goes to the server, the turn that comes back is put below the
// others. Its name is in the address, so that it can be reloaded; the names of those that were held
// are remembered here, so that they can be found again.
import { address, all, announce, copy, elements, find, plain, request } from "./dom.js";
import * as narrow from "./narrow.js";
import { open, openPlace } from "./reader.js";
import say from "./texts.js";

const wide = matchMedia("(min-width: 1000px)");
let conversation = ""; // the name of the one shown; "" before anything is asked
let prepared = null; // when the parts around the conversation are there
let showing = 0; // counts the conversations shown: what was asked in another isn't put into this one
let line = Promise.resolve(); // questions are answered in the order in which they are asked

export async function show() {
  await (prepared ??= Promise.allSettled([narrow.load(), welcome()]));
  const path = address(); // it may have changed meanwhile
  if (path[0] === "at") return openPlace(...path.slice(1));
  if (path[0].startsWith("?")) {
    const question = new URLSearchParams(path[0]).get("q");
    history.replaceState(null, "", "#/");
    await take("");
    return question ? ask(question) : undefined;
  }
  if (path[0] === "new") {
    history.replaceState(null, "", "#/");
    return take("");
  }
  if (path[0] !== "c") return conversation && history.replaceState(null, "", `#/c/${conversation}`);
  const name = path[1] ?? "";
  if (name !== conversation) await take(name, path[2]);
  else if (path[2]) document.getElementById(`turn-${path[2]}`)?.scrollIntoView({ block: "start" });
}

// Shows a conversation that was held, from one of its turns on, or an empty one.
async function take(name, number) {
  const mine = ++showing;
  conversation = name;
  find("#turns").textContent = "";
  frame();
  if (!name) return welcome();
  try {
    const html = await request(`conversation?name=${encodeURIComponent(name)}`);
    if (mine !== showing) return;
    find("#turns").append(elements(html));
    const turn = (number && document.getElementById(`turn-${number}`)) || all("#turns .turn").at(-1);
    turn.scrollIntoView({ block: "start" });
    if (wide.matches) read(turn);
  } catch (error) {
    if (mine !== showing) return;
    if (error.status === 404) {
      remember((kept) => kept.filter((other) => other.name !== name));
      history.replaceState(null, "", "#/");
      conversation = "";
      await welcome();
    }
    failed(error.message);
  }
  frame();
}

function ask(question, { alone = false } = {}) {
  const waiting = document.createElement("section");
  waiting.className = "turn pending";
  waiting.append(Object.assign(document.createElement("h2"), { textContent: question }));
  waiting.append(Object.assign(document.createElement("p"), { textContent: say("ask.looking") }));
  all("#turns .failed").forEach((turn) => turn.remove());
  find("#turns").append(waiting);
  waiting.scrollIntoView({ block: "nearest" });
  announce(say("ask.looking"));
  if (document.activeElement === document.body) find("#question textarea").focus();
  line = line.then(() => answered(question, alone, waiting));
  return line;
}

async function answered(question, alone, waiting) {
  const mine = showing;
  try {
    const body = { question, conversation, alone, where: await narrow.where() };
    const { text, headers } = await request("turn", { body, whole: true });
    const name = headers.get("conversation");
    if (name !== conversation) remember((kept) => [{ name, question }, ...kept]);
    if (mine !== showing) return; // it stands in its own conversation
    conversation = name;
    const turn = elements(text).firstElementChild;
    waiting.replaceWith(turn);
    frame();
    turn.scrollIntoView({ block: "start" });
    announce(turn.dataset.status);
    if (document.body.dataset.view !== "ask") return;
    history.replaceState(null, "", `#/c/${name}`);
    if (wide.matches) read(turn);
  } catch (error) {
    waiting.remove();
    if (mine !== showing) return;
    failed(error.message, question);
    const box = find("#question textarea");
    if (box.value) return;
    box.value = question; // to be mended
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// Beside a wide conversation its last answer's source stands open.
function read(turn) {
  const card = turn.matches(".answered") && find(".card", turn);
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
  try {
    room.replaceChildren(elements(await request("welcome")));
  } catch (error) {
    room.textContent = error.message;
  }
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

// One list for each corpus: several may be served from this address, one after the other.
const key = () => `conversations ${find("#turns").dataset.corpus}`;

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(key())) ?? [];
  } catch {
    return [];
  }
}

function remember(change) {
  try {
    localStorage.setItem(key(), JSON.stringify(change(remembered())));
  } catch {
    // Where the browser keeps nothing, the address is all there is.
  }
}

// What stands around the conversation.
function frame() {
  const bar = find("#thread-tools");
  bar.hidden = !conversation;
  const name = encodeURIComponent(conversation);
  for (const link of all("a[data-as]", bar)) link.href = `./page/export?name=${name}&as=${link.dataset.as}`;
  const question = find("#turns .turn h2")?.textContent;
  document.title = question ? `${question} – ${say("name")}` : say("name");
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
  location.hash = "#/new";
  find("#question textarea").focus();
}

async function takeAlong(button, text) {
  if (!(await copy(text))) return;
  announce(say("copy.done"));
  button.classList.add("done");
  setTimeout(() => button.classList.remove("done"), 1500);
}

document.addEventListener("ask", (event) => ask(event.detail));
document.addEventListener("collection", () => conversation || welcome());

document.addEventListener("click", (event) => {
  const { target } = event;
  const example = target.closest("#examples button");
  if (example) return ask(example.textContent);
  if (target.closest("#thread .forget")) return forget();
  if (target.closest("#thread-tools a[href='#/new']")) return find("#question textarea").focus();
  const taken = target.closest("#thread .take");
  if (taken) return takeAlong(taken, taken.dataset.text);
  const turn = target.closest("#thread .turn");
  const link = target.closest("#thread .turn-link");
  if (link) {
    if (!plain(event)) return;
    event.preventDefault();
    history.replaceState(null, "", `#/c/${conversation}/${turn.dataset.turn}`);
    return takeAlong(link, location.href);
  }
  // The address doesn't change when the same place is chosen again.
  const place = target.closest("#thread .tools a[href^='#/at/']");
  if (place && plain(event) && place.hash === location.hash) return openPlace(...address().slice(1));
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
