// A document's words in the source pane: pieces that make up the text exactly. The server counts
// characters (code points), a browser UTF-16 units; here they meet.
import { all, request } from "./dom.js";
import say from "./texts.js";

export const pieces = (text) => all(":scope > .piece", text);

// Fills the pieces that the server left empty, so that an answer in a long document shows at once.
export async function fill(text, signal) {
  if (!all(":scope > .empty", text).length) return;
  const whole = await request(`text?${new URLSearchParams({ doc: text.dataset.doc })}`, { signal });
  const parts = pieces(text);
  const total = parts.reduce((sum, piece) => sum + Number(piece.dataset.units), 0);
  if (whole.length !== total) throw new Error(say("reader.changed"));
  let at = 0;
  for (const piece of parts) {
    const end = at + Number(piece.dataset.units);
    if (piece.classList.contains("empty")) piece.textContent = whole.slice(at, end);
    piece.classList.remove("empty");
    at = end;
  }
}

// Scrolls to a character; its piece must be filled.
export function reveal(text, start) {
  const piece = pieces(text).findLast((found) => Number(found.dataset.start) <= start);
  let left = start - Number(piece.dataset.start);
  let units = 0;
  for (const char of piece.textContent) {
    if (left-- <= 0) break;
    units += char.length;
  }
  const [node, offset] = position(piece, units);
  const range = document.createRange();
  range.setStart(node, Math.min(offset, node.length ?? 0));
  range.setEnd(node, Math.min(offset + 1, node.length ?? 0));
  bringIntoView(text, piece, range, 8);
}

// Where in a piece's nodes a unit is.
export function position(piece, units) {
  const walker = document.createTreeWalker(piece, NodeFilter.SHOW_TEXT);
  let node = walker.nextNode();
  while (node && units >= node.length) {
    units -= node.length;
    const next = walker.nextNode();
    if (!next) return [node, node.length];
    node = next;
  }
  return [node ?? piece, node ? units : 0];
}

// Scrolls the text so that an element or range of a piece stands `share` of the pane from its top.
export function bringIntoView(text, piece, target, share = 3) {
  piece.classList.add("here"); // laid out, whether it is seen or not
  const adjust = () => {
    const line = target.getClientRects()[0];
    if (!line) return;
    text.scrollTop += line.top - text.getBoundingClientRect().top - text.clientHeight / share;
  };
  adjust();
  requestAnimationFrame(adjust); // pieces above get their true heights once they are near
}
