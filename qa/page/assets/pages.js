// A PDF's pages as they are printed: a picture, and boxes over it that mark words.
import { find, request } from "./dom.js";
import say from "./texts.js";

const ZOOMS = [1, 1.25, 1.5, 2, 3];
let zoom = 0;
let loading = null;

// Shows page `number` of the pane's document; `spans` are its marks, as the server was asked for.
export async function draw(leaf, number, spans) {
  const room = find(".pages", leaf);
  const { pages, title } = room.dataset;
  room.dataset.page = number;
  const count = Number(pages).toLocaleString("en");
  const n = number.toLocaleString("en");
  const of = find(".of", room);
  of.textContent = say("reader.page", { n, count });
  find('[data-turn="-1"]', room).disabled = number <= 1;
  find('[data-turn="1"]', room).disabled = number >= Number(pages);
  find('[data-zoom="-1"]', room).disabled = zoom === 0;
  find('[data-zoom="1"]', room).disabled = zoom === ZOOMS.length - 1;
  find(".zoomed", room).textContent = `${ZOOMS[zoom] * 100} %`;
  const desk = find(".desk", room);
  const paper = find(".paper", room);
  const note = find(".note", room);
  loading?.abort();
  loading = new AbortController();
  const { signal } = loading;
  const wide = find(".rule", desk)?.clientWidth ?? desk.clientWidth;
  const width = Math.ceil(wide * ZOOMS[zoom] * devicePixelRatio);
  const asked = new URLSearchParams({ doc: spans.doc, page: number, width });
  room.setAttribute("aria-busy", "true");
  try {
    const marks = JSON.parse(await request(`marks?${new URLSearchParams({ ...spans, page: number, width })}`, { signal }));
    const image = new Image(marks.width, marks.height);
    image.alt = say("reader.page_alt", { n, title });
    image.src = `./page/leaf?${asked}`;
    await image.decode();
    if (signal.aborted) return;
    if (marks.label) of.textContent = say("reader.page_printed", { n, count, label: marks.label });
    paper.style.width = `${ZOOMS[zoom] * 100}%`;
    paper.replaceChildren(image, ...marks.boxes.map(([kind, box]) => boxElement(kind, box)));
    note.hidden = marks.whole;
    note.textContent = marks.whole ? "" : say("reader.partly");
    const first = find(".box.answer", paper) ?? find(".box", paper);
    desk.scrollTop = first ? first.offsetTop - desk.clientHeight / 3 : 0;
    desk.scrollLeft = first ? first.offsetLeft - desk.clientWidth / 4 : 0;
  } catch (error) {
    if (error.name === "AbortError" || signal.aborted) return;
    paper.replaceChildren();
    note.hidden = false;
    note.textContent = error.message;
  } finally {
    if (!signal.aborted) room.removeAttribute("aria-busy");
  }
}

function boxElement(kind, [x0, y0, x1, y1]) {
  const box = document.createElement("span");
  box.className = `box ${kind === "words" ? "word" : kind}`;
  const share = (part) => `${part * 100}%`;
  Object.assign(box.style, { left: share(x0), top: share(y0), width: share(x1 - x0), height: share(y1 - y0) });
  return box;
}

export function turn(leaf, step, spans) {
  const room = find(".pages", leaf);
  const next = Number(room.dataset.page) + step;
  if (next >= 1 && next <= Number(room.dataset.pages)) return draw(leaf, next, spans);
}

export function resize(leaf, step, spans) {
  zoom = Math.min(ZOOMS.length - 1, Math.max(0, zoom + step));
  return draw(leaf, Number(find(".pages", leaf).dataset.page), spans);
}
