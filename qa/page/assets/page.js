// The frame: which view is shown, told by the address behind "#". Views are modules that fill
// their own element; each exports show(element, path), called whenever it comes into view.
//
//   #/              a new conversation        #/c/ID, #/c/ID/3    one that was held, its third turn
//   #/at/DOC/5-80   a place in a document     #/collection  #/evaluation  #/help
//   #/at/DOC/5-80/DIGEST   … only if it still says what it said
import * as collection from "./collection.js";
import * as evaluation from "./evaluation.js";
import * as help from "./help.js";
import * as thread from "./thread.js";
import "./marks.js";
import { ready } from "./dom.js";

const views = { collection, evaluation, help };

async function route() {
  const path = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const name = path[0] in views ? path[0] : "ask";
  document.body.dataset.view = name;
  for (const link of document.querySelectorAll("#top nav a"))
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  if (name === "ask") await thread.show(document.getElementById("room"), path);
  else await views[name].show(document.getElementById(name), path.slice(1));
}

await ready("#top nav", "#thread", "#reader", "#question textarea");
addEventListener("hashchange", route);
await route();
document.documentElement.dataset.ready = "";
