// The frame: which view is shown, told by the address behind "#". Views are modules that fill
// their own element; each exports show(element, path), called whenever it comes into view.
//
//   #/              the conversation          #/c/ID, #/c/ID/3    one that was held, its third turn
//   #/new           a new one                 #/?q=QUESTION       a new one that begins with it
//   #/collection  #/evaluation  #/help
//   #/at/DOC        a document                #/at/DOC/5-80       a place in it
//   #/at/DOC/5-80/DIGEST   … only if it still says what it said
import * as collection from "./collection.js";
import * as evaluation from "./evaluation.js";
import * as help from "./help.js";
import * as thread from "./thread.js";
import "./marks.js";
import { address, all, find, ready } from "./dom.js";
import say from "./texts.js";

const views = { collection, evaluation, help };

async function route() {
  // A place on the page itself is no view.
  if (document.body.dataset.view && location.hash && !location.hash.startsWith("#/")) return;
  all("dialog[open]").forEach((dialog) => dialog.close()); // they belong to what was shown
  const path = address();
  const name = Object.hasOwn(views, path[0]) ? path[0] : "ask";
  document.body.dataset.view = name;
  for (const link of all("#top nav a"))
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  if (name === "ask") return thread.show();
  document.title = `${say(`nav.${name}`)} – ${say("name")}`;
  return views[name].show(document.getElementById(name), path.slice(1));
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("#top .skip")) return;
  event.preventDefault();
  const { view } = document.body.dataset;
  const goal = view === "ask" ? find("#question textarea") : find(`#${view} .view`);
  if (view !== "ask") goal.tabIndex = -1;
  goal.focus();
});
// A file that is dropped where none is wanted would replace the page.
for (const name of ["dragover", "drop"])
  addEventListener(name, (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
  });

await ready("#top nav", "#thread", "#reader", "#question textarea");
addEventListener("hashchange", route);
await route();
// The browser's own way to begin in a field comes too early for one that is built later.
if (document.body.dataset.view === "ask" && document.activeElement === document.body)
  find("#question textarea").focus({ preventScroll: true });
document.documentElement.dataset.ready = "";
