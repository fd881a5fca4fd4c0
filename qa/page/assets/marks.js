// A reader's marks: Right and Wrong on words, and what is said of a question as a whole. The
// server keeps them; what it knows then is shown on every button of the turn.
import { all, announce, find, request } from "./dom.js";
import say from "./texts.js";

async function keep(group, verdict, place = group.dataset) {
  const body = { ...JSON.parse(group.dataset.asked), verdict };
  if (place.doc !== undefined)
    Object.assign(body, { doc: place.doc, start: +place.start, end: +place.end });
  if (place.words !== undefined) body.words = place.words;
  const turn = group.closest(".turn");
  find(".marks-error", turn)?.remove();
  try {
    show(turn, JSON.parse(await request("mark", { body })));
    announce(say(verdict ? "marks.saved" : "marks.undone"));
  } catch (error) {
    const line = document.createElement("p");
    line.className = "marks-error";
    line.textContent = error.message;
    group.after(line);
    announce(error.message);
  }
}

function show(turn, known) {
  for (const button of all(".marks button", turn)) {
    const { doc, start, end } = button.parentElement.dataset;
    const { verdict } = button.dataset;
    const holds = ([d, s, e]) => d === doc && s === +start && e === +end;
    const pressed = doc === undefined ? known.ruling === verdict : known[verdict].some(holds);
    button.setAttribute("aria-pressed", String(pressed));
  }
}

// Words selected in the source pane, in code points, as the program counts characters; null where
// none are, or where no turn waits for them.
function selected() {
  const selection = getSelection();
  const text = find("#leaf .text");
  const turn = all("#thread .turn").findLast((turn) => find('[data-verdict="missing"][aria-pressed="true"]', turn));
  if (!turn || !text || selection.isCollapsed || !text.contains(selection.anchorNode) || !text.contains(selection.focusNode)) return null;
  const range = selection.getRangeAt(0);
  // A long text stands here in pieces, not all of them; each says where it begins.
  const near = range.startContainer.parentElement.closest("[data-start]");
  const piece = text.contains(near) ? near : text;
  const before = document.createRange();
  before.setStart(piece, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const raw = range.toString();
  const words = raw.trim();
  if (!words) return null;
  const ahead = [...before.toString(), ...raw.slice(0, raw.indexOf(words))].length;
  const start = Number(piece.dataset.start ?? 0) + ahead;
  const doc = text.dataset.doc ?? find("#leaf .doc-id").textContent;
  return { group: find(".marks.whole", turn), place: { doc, start, end: start + [...words].length, words } };
}

let offered = null;

function offer() {
  offered = selected();
  let button = find("#marks-selected");
  if (!offered) return button?.remove();
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.id = "marks-selected";
    find("#leaf").append(button);
  }
  button.textContent = say("marks.selected", JSON.parse(offered.group.dataset.asked));
}

document.addEventListener("selectionchange", offer);
// Pressing the button must not take the selection away first.
document.addEventListener("pointerdown", (event) => event.target.closest("#marks-selected") && event.preventDefault());
document.addEventListener("click", async (event) => {
  if (event.target.closest("#marks-selected")) {
    const { group, place } = offered;
    getSelection().removeAllRanges();
    return keep(group, "right", place);
  }
  const button = event.target.closest(".marks button");
  if (!button) return;
  const pressed = button.getAttribute("aria-pressed") === "true";
  await keep(button.parentElement, pressed ? null : button.dataset.verdict);
});
