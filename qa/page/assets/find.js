// "Find in document": over the whole text, whatever is on the screen; matches are highlighted
// without touching the page's elements. Case, accents and the shapes of quotation marks and
// dashes make no difference, nor does the end of a line.
import { find, request } from "./dom.js";
import { bringIntoView, pieces, position } from "./words.js";
import say from "./texts.js";

const MOST = 20000; // matches that are highlighted
const known = new Map(); // characters folded before
const alike = { "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "‐": "-", "‑": "-", "–": "-", "—": "-" };

let folded = null; // the text that was searched last: { text, words, at, from, starts }
let matches = []; // [start, end] in units of the whole text
let current = -1;

function plain(char) {
  if (!known.has(char)) {
    const bare = char.normalize("NFKD").replace(/[\u0300-\u036f\u00ad\u200b-\u200d]/g, "");
    known.set(char, alike[char] ?? bare.normalize("NFC").toLowerCase());
  }
  return known.get(char);
}

// Returns the words as they are compared; from offset at[i] on they stand at from[i] in the text.
export function fold(text) {
  const parts = [];
  const at = [0];
  const from = [0];
  let length = 0;
  let last = 0;
  for (const { 0: run, index } of text.matchAll(/[^\x00-\x7f]+/g)) {
    parts.push(text.slice(last, index).toLowerCase());
    length += index - last;
    last = index;
    for (const char of run) {
      const bare = plain(char);
      parts.push(bare);
      if (bare.length !== char.length) {
        for (let inner = 1; inner < bare.length; inner++) {
          at.push(length + inner);
          from.push(last);
        }
        at.push(length + bare.length);
        from.push(last + char.length);
      }
      length += bare.length;
      last += char.length;
    }
  }
  parts.push(text.slice(last).toLowerCase());
  return { words: parts.join(""), at, from };
}

function lastNotAbove(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function search(text, query) {
  if (folded?.text !== text) {
    const whole = pieces(text);
    let end = 0;
    const starts = whole.map((piece) => (end += Number(piece.dataset.units)) - Number(piece.dataset.units));
    folded = { text, whole, starts, ...fold(text.textContent) };
  }
  matches = [];
  current = -1;
  const wanted = fold(query).words.trim();
  if (wanted) {
    const pattern = wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
    for (const found of folded.words.matchAll(new RegExp(pattern, "g"))) {
      if (matches.length > MOST) break;
      const start = original(found.index);
      matches.push([start, Math.max(start + 1, original(found.index + found[0].length))]);
    }
  }
  highlight("found", matches.map(range));
  highlight("found-here", []);
}

function original(offset) {
  const index = lastNotAbove(folded.at, offset);
  return offset - folded.at[index] + folded.from[index];
}

function spot(units) {
  const index = lastNotAbove(folded.starts, units);
  return [folded.whole[index], ...position(folded.whole[index], units - folded.starts[index])];
}

function range([start, end]) {
  const [, startContainer, startOffset] = spot(start);
  const [, endContainer, last] = spot(end - 1);
  return new StaticRange({ startContainer, startOffset, endContainer, endOffset: last + 1 });
}

function highlight(name, ranges) {
  if (ranges.length) CSS.highlights.set(name, new Highlight(...ranges));
  else CSS.highlights.delete(name);
}

// Goes to the first match that isn't above what is seen, or by `step` from the one that is shown.
function go(text, step) {
  if (!matches.length) return;
  if (step) current = (current + step + matches.length) % matches.length;
  else current = Math.max(0, matches.findIndex((match) => isBelowTop(text, match)));
  const shown = range(matches[current]);
  highlight("found-here", [shown]);
  const live = document.createRange();
  live.setStart(shown.startContainer, shown.startOffset);
  live.setEnd(shown.endContainer, shown.endOffset);
  bringIntoView(text, spot(matches[current][0])[0], live);
}

function isBelowTop(text, [start]) {
  const [piece, node, offset] = spot(start);
  const top = text.getBoundingClientRect().top;
  if (piece.getBoundingClientRect().bottom < top) return false;
  const live = document.createRange();
  live.setStart(node, offset);
  live.setEnd(node, offset + 1);
  return (live.getClientRects()[0]?.top ?? top) >= top;
}

export function forget() {
  folded = null;
  matches = [];
  current = -1;
  highlight("found", []);
  highlight("found-here", []);
}

function count(leaf) {
  const many = matches.length > MOST;
  const values = { n: (current + 1).toLocaleString("en"), count: (many ? MOST : matches.length).toLocaleString("en") };
  const said = matches.length ? say(many ? "reader.found_many" : "reader.found", values) : say("reader.found_none");
  find(".find .count", leaf).textContent = find(".find input", leaf).value.trim() ? said : "";
}

// `filled` resolves when the whole text is there.
export async function look(leaf, filled, step = 0) {
  const text = find(".text", leaf);
  const box = find(".find input", leaf);
  if (folded?.text !== text) find(".find .count", leaf).textContent = say("reader.reading_on");
  await filled;
  if (!leaf.contains(text)) return;
  if (folded?.query !== box.value) {
    search(text, box.value);
    folded.query = box.value;
    step = 0;
  }
  go(text, step);
  count(leaf);
}

export function show(leaf, shown) {
  const form = find(".find", leaf);
  form.hidden = !shown;
  find(".finding", leaf).setAttribute("aria-expanded", String(shown));
  if (shown) find("input", form).select();
  else forget();
}
