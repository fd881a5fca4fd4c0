// What every view needs: finding elements, asking the server, saying something aloud.
import say from "./texts.js";

export const find = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

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
  if (!response.ok) throw new Error(text);
  return whole ? { text, headers: response.headers } : text;
}

// Read aloud by screen readers, shown to nobody.
export function announce(text) {
  find("#status").textContent = text;
}

// Elements of markup that the server rendered, escaped.
export function elements(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
