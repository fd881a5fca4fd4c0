// The conversation: a question goes to the server, the turn that comes back is put below the others.
import { all, announce, elements, find, request } from "./dom.js";
import { open } from "./reader.js";
import say from "./texts.js";

const wide = matchMedia("(min-width: 1000px)");
let asking = null; // the request under way; a later question calls it off

export async function show(root, path) {
  if (!find("#thread .turn")) find("#welcome").innerHTML = await request("welcome");
}

async function ask(question) {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const waiting = elements(`<section class="turn pending"><h2></h2><p>${say("ask.looking")}</p></section>`).firstChild;
  find("h2", waiting).textContent = question;
  all("#thread .turn.pending, #thread .turn.failed").forEach((turn) => turn.remove());
  find("#turns").append(waiting);
  announce(say("ask.looking"));
  try {
    const html = await request("turn", { body: { question }, signal });
    const turn = elements(html).firstElementChild;
    waiting.replaceWith(turn);
    turn.scrollIntoView({ block: "start" });
    announce(turn.dataset.status);
    if (wide.matches && turn.matches(".answered")) open(find(".card", turn));
  } catch (error) {
    if (error.name === "AbortError") return waiting.remove();
    waiting.classList.replace("pending", "failed");
    find("p", waiting).textContent = error.message;
    announce(error.message);
    const box = find("#question textarea");
    if (!box.value) {
      box.value = question;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

document.addEventListener("ask", (event) => ask(event.detail));
document.addEventListener("click", (event) => {
  const example = event.target.closest("#examples button");
  if (example) return ask(example.textContent);
  const ref = event.target.closest("#thread .ref");
  if (event.target.closest("#thread .why, #thread .tools")) return; // to be read, not to open anything
  const card = ref ? find(`.card[data-n="${ref.dataset.n}"]`, ref.closest(".turn")) : event.target.closest("#thread .card");
  if (!card) return;
  // Someone who selects words of a card wants to copy them.
  if (!event.target.closest("button, a") && String(getSelection())) return;
  if (ref) {
    event.preventDefault();
    card.scrollIntoView({ block: "nearest" });
  }
  open(card);
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
