// The source pane: a whole document, scrolled to the passage that a card asks for. A dialog on
// narrow screens, a column beside the conversation on wide ones.
import { all, find, request } from "./dom.js";

const wide = matchMedia("(min-width: 1000px)");
let loading = null; // the request under way; a later choice calls it off

// A card: an element whose data says which document, passage, answer and words to mark.
export async function open(card) {
  for (const other of all("#room .card")) {
    const chosen = other === card;
    find(".open", other)?.setAttribute("aria-pressed", String(chosen));
    other.classList.toggle("chosen", chosen);
  }
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
    leaf.innerHTML = await request(`source?${query}`, { signal });
    const text = find(".text", leaf);
    const mark = find("mark.answer", leaf) ?? find("mark.passage", leaf);
    if (mark) text.scrollTop = top(mark, text) - text.clientHeight / 3;
  } catch (error) {
    if (error.name === "AbortError") return;
    leaf.innerHTML = '<p class="hint"></p>';
    find(".hint", leaf).textContent = error.message;
  }
}

const top = (mark, text) =>
  mark.getBoundingClientRect().top - text.getBoundingClientRect().top + text.scrollTop;

document.addEventListener("click", (event) => {
  if (event.target.closest("#sheet .close")) find("#sheet").close();
});
// Closing by the button, by Escape, or because the window grew: the leaf goes home.
document.addEventListener("close", (event) => {
  if (event.target.id === "sheet") find("#reader").append(find("#leaf"));
}, true);
wide.addEventListener("change", () => find("#sheet")?.close());
