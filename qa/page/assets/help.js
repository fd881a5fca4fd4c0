// The help: made by the server for this address, once; "#/help/NAME" goes to one of its sections.
import { elements, find, request } from "./dom.js";
import say from "./texts.js";

export async function show(element, [section] = []) {
  const view = find(".view", element);
  try {
    if (!find(".manual", view))
      view.replaceChildren(elements(await request(`help?address=${encodeURIComponent(location.origin)}`)));
    go(view, section);
  } catch (error) {
    view.textContent = error.message;
  }
}

function go(view, section) {
  const title = section && find(`#help-${CSS.escape(section)}-title`, view);
  if (!title) return scrollTo(0, 0);
  title.scrollIntoView({ block: "start" });
  title.focus({ preventScroll: true });
}

async function copy(button) {
  const code = find("code", button.closest(".code"));
  const status = find("#help [role=status]");
  const label = button.firstChild;
  status.textContent = "";
  try {
    await navigator.clipboard.writeText(code.textContent);
    label.data = status.textContent = say("help.copied");
  } catch {
    // Where the clipboard is closed to pages, the words are chosen for the reader to copy.
    getSelection().selectAllChildren(code);
    label.data = status.textContent = say("help.chosen");
  }
  button.addEventListener("blur", () => (label.data = say("help.copy")), { once: true });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("#help .copy");
  if (button) return copy(button);
  const link = event.target.closest("#help nav a");
  // The address doesn't change when the same section is chosen again.
  if (link && link.hash === location.hash) go(find("#help .view"), link.hash.split("/")[2]);
});
