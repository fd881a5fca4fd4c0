// What a click or a key does on the page. The server renders everything; this file chooses which
// document stands in the source pane, scrolls it to the passage, and says aloud what happened.
// Gradio replaces the contents of #answer at will: listen above it, keep nothing inside it.
(() => {
  "use strict";
  const wide = matchMedia("(min-width: 1000px)");
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  let hint = ""; // what the pane says before anything is chosen
  let loading = null; // the request under way; a later choice calls it off
  let shown; // the answer that was last announced; "" while one is awaited

  function select(card) {
    for (const other of all("#room .card")) {
      const chosen = other === card;
      find(".open", other).setAttribute("aria-pressed", String(chosen));
      other.classList.toggle("chosen", chosen);
    }
  }

  async function open(card) {
    select(card);
    const leaf = find("#leaf");
    const sheet = find("#sheet");
    if (!wide.matches && !sheet.open) {
      sheet.append(leaf);
      sheet.showModal();
    }
    loading?.abort();
    loading = new AbortController();
    const { signal } = loading;
    try {
      const { doc, passage = "", quote = "", answer = "", words = "" } = card.dataset;
      const query = new URLSearchParams({ doc, passage, quote, answer, words });
      const response = await fetch(`./source?${query}`, { signal });
      const html = await response.text();
      if (signal.aborted) return;
      leaf.innerHTML = html;
      const text = find(".text", leaf);
      const mark = find("mark.answer", leaf) ?? find("mark.passage", leaf);
      if (mark) text.scrollTop = top(mark, text) - text.clientHeight / 3;
    } catch (error) {
      if (error.name === "AbortError") return;
      leaf.innerHTML = '<p class="hint">The program does not answer. Is it still running?</p>';
    }
  }

  const top = (mark, text) =>
    mark.getBoundingClientRect().top - text.getBoundingClientRect().top + text.scrollTop;

  // The pane ends where the window does, wherever the page is scrolled to.
  function fit() {
    const reader = find("#reader");
    if (reader) reader.style.height = `${innerHeight - find("#source").getBoundingClientRect().top - 24}px`;
  }

  function close() {
    loading?.abort();
    find("#leaf").innerHTML = hint;
  }

  // A wide window shows the first citation at once; a narrow one waits to be asked.
  function announce() {
    const answer = find("#answer section");
    const pending = find("#answer .pending");
    const status = find("#status");
    if (!status) return;
    hint ||= find("#leaf").innerHTML;
    fit();
    const now = pending ? "" : answer?.textContent;
    if (now === shown) return;
    shown = now;
    status.textContent = pending ? "Looking through the documents…" : answer.dataset.status;
    if (pending) return;
    if (answer.matches(".answered") && wide.matches) open(find(".card", answer));
    else close();
  }

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target.closest("#sheet .close")) return find("#sheet").close();
    const ref = target.closest("#answer .ref");
    if (target.closest("#room .why")) return; // to be read, not to open anything
    const card = ref ? find(`#citation-${ref.dataset.n}`) : target.closest("#room .card");
    if (!card) return;
    // Someone who selects words of a card wants to copy them.
    if (!target.closest("button, a") && String(getSelection())) return;
    if (ref) {
      event.preventDefault();
      card.scrollIntoView({ block: "nearest" });
    }
    open(card);
  });

  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches?.("#room .open")) return;
    const buttons = all("#room .open").filter((button) => button.checkVisibility());
    const next = buttons[buttons.indexOf(event.target) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  // Closing by the button, by Escape, or because the window grew: the leaf goes home.
  document.addEventListener("close", (event) => {
    if (event.target.id !== "sheet") return;
    find("#reader").append(find("#leaf"));
  }, true);
  wide.addEventListener("change", () => find("#sheet")?.close());
  addEventListener("scroll", fit, { passive: true });
  addEventListener("resize", fit);

  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      announce();
    });
  }).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["class"],
  });
})();
