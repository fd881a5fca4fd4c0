// What part of the documents the next question is asked of; kept while the tab is open.
import { elements, find, request } from "./dom.js";
import say from "./texts.js";

const KEY = "narrow";

export async function load() {
  const room = find("#narrow");
  const given = find("form", room) ? current() : remembered();
  room.replaceChildren(elements(await request("narrow")));
  if (given) restore(find("form", room), given);
  show();
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

// As the server takes it; null for everything.
export async function where() {
  if (!find("#narrow form")) await load(); // a question must not go to more than it was narrowed to
  return current();
}

function current() {
  const form = find("#narrow form");
  const fields = new FormData(form);
  const text = (name) => fields.get(name)?.trim() || null;
  const named = text("documents") ?? "";
  // A name may have commas of its own.
  const isOne = [...form.querySelectorAll("option")].some((option) => option.value === named);
  const documents = isOne ? [named] : named.split(",").map((name) => name.trim()).filter(Boolean);
  const given = { documents, after: text("after"), before: text("before"), kinds: fields.getAll("kinds") };
  return documents.length || given.after || given.before || given.kinds.length ? given : null;
}

function restore(form, given) {
  form.elements.documents.value = given.documents.join(", ");
  form.elements.after.value = given.after ?? "";
  form.elements.before.value = given.before ?? "";
  for (const box of form.querySelectorAll("[name=kinds]")) box.checked = given.kinds.includes(box.value);
}

function show() {
  const given = current();
  const parts = given && [...given.documents, given.after && `${say("narrow.after")} ${given.after}`,
    given.before && `${say("narrow.before")} ${given.before}`, ...given.kinds].filter(Boolean);
  find("#narrow summary span").textContent = given ? parts.join(" · ") : say("narrow.everything");
  find("#narrow details").classList.toggle("narrowed", Boolean(given));
  try {
    sessionStorage.setItem(KEY, JSON.stringify(given));
  } catch {
    // It holds until the page is left.
  }
}

document.addEventListener("input", (event) => event.target.closest("#narrow") && show());
document.addEventListener("reset", (event) => event.target.closest("#narrow") && setTimeout(show));
document.addEventListener("submit", (event) => {
  if (!event.target.closest("#narrow")) return;
  event.preventDefault();
  find("#narrow details").open = false;
  find("#question textarea").focus();
});
document.addEventListener("collection", load);
