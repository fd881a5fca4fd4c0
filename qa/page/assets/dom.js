// What every view needs: the address, finding elements, asking the server, saying something aloud.
import say from "./texts.js";

export const find = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// The parts of the address behind "#/"; a query stays one.
export function address() {
  const path = location.hash.replace(/^#\/?/, "");
  return path.startsWith("?") ? [path] : path.split("/").map(decoded);
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a "%" that somebody typed
  }
}

// Gradio builds the page in the browser: wait until these are there.
export function ready(...selectors) {
  return new Promise((resolve) => {
    const there = () => selectors.every((selector) => find(selector));
    if (there()) return resolve();
    const observer = new MutationObserver(() => {
      if (there()) {
        observer.disconnect();
        resolve();
      }
    });
    observer.observe(document.documentElement, { subtree: true, childList: true });
  });
}

// Returns the answer's text, or if `whole` its headers too. Throws an Error whose message may be
// shown as it is.
export async function request(path, { body, signal, whole } = {}) {
  let response;
  try {
    const options = body && {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    };
    response = await fetch(`./page/${path}`, { ...options, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error(say("error.silent"));
  }
  const text = await response.text();
  if (!response.ok) throw Object.assign(new Error(text), { status: response.status });
  return whole ? { text, headers: response.headers } : text;
}

// Read aloud by screen readers, shown to nobody. Beside an open dialog nothing is heard.
export function announce(text) {
  const line = document.getElementById("status");
  const room = find("dialog[open]") ?? find("#top");
  if (line.parentElement !== room) room.append(line);
  line.textContent = "";
  setTimeout(() => (line.textContent = text));
}

// Puts a text on the clipboard; where that is closed to pages, shows it to be copied by hand.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    prompt(say("copy.yourself"), text);
    return false;
  }
}

// Whether a click asks for nothing but what the link says: no new tab, no saving.
export const plain = (event) => !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button);

// Elements of markup that the server rendered, escaped.
export function elements(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
