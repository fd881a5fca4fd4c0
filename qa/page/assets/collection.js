// The collection: its table, files on their way in, the work that goes on.
import { all, announce, elements, find, request } from "./dom.js";
import { entries, send } from "./sending.js";
import say from "./texts.js";

const SOON = 500; // milliseconds between two looks at work that goes on
const LATER = 3000; // … where there is none
const SELDOM = 10_000; // between two looks at the table while documents come in
const TOLD = 10; // files that couldn't be sent and are named
let room = null;
let timer = 0;
let loading = 0; // counts requests for the table; an earlier one's answer comes too late
let job = { key: null, change: null, busy: false };
let tableAt = 0;
let sending = null; // calls off what is being sent
const toSend = []; // what was chosen or dropped meanwhile
const asked = { words: "", order: "title", page: 0, show: "documents" };
const chosen = new Set();

export async function show(element) {
  const view = find(".view", element);
  try {
    const html = room ? null : await request("collection/room");
    if (!room) { // nor did another call come first
      view.replaceChildren(elements(html));
      room = view;
      listen();
    }
  } catch (error) {
    view.textContent = error.message; // asked for again when the view is shown again
    return;
  }
  await look();
}

const inView = () => document.body.dataset.view === "collection" && !document.hidden;

// What goes on, and whether the collection is another than it was

async function look() {
  clearTimeout(timer);
  if (!inView()) return;
  const before = job;
  try {
    job = JSON.parse(await request(`collection/job?${new URLSearchParams({ key: before.key ?? "-" })}`));
    if (job.html !== null) fillJobs(job.html, before);
    showProgress();
    const isOther = job.change !== before.change;
    const ended = before.busy && !job.busy;
    if (ended || (isOther && (!job.busy || Date.now() - tableAt > SELDOM))) {
      await refresh();
      if (before.change !== null) document.dispatchEvent(new CustomEvent("collection"));
    } else job.change = before.change; // to be looked at later
    trouble("", "look");
  } catch (error) {
    job = { ...job, change: before.change, busy: before.busy }; // the table is tried again
    trouble(error.message, "look");
  }
  clearTimeout(timer);
  timer = setTimeout(look, job.busy ? SOON : LATER);
}

function fillJobs(html, before) {
  const jobs = find("#jobs", room);
  const active = document.activeElement?.closest?.("#jobs section")?.dataset.job;
  const open = new Set(all("details[open]", jobs).map((d) => d.closest("section").dataset.job));
  jobs.replaceChildren(elements(html));
  for (const section of all("section", jobs))
    if (open.has(section.dataset.job)) all("details", section).forEach((d) => (d.open = true));
  if (active) (find(`[data-job="${active}"] button`, jobs) ?? find("#filter", room)).focus();
  if (before.key === null) return; // it was so before anyone looked
  const first = find("section", jobs);
  if (first) announce([find("h3", first), find(".counts, .trouble", first)].filter(Boolean).map((e) => e.textContent).join(". "));
}

function showProgress() {
  const section = find('#jobs [data-state="running"], #jobs [data-state="stopping"]', room);
  if (!section) return;
  const bar = find("progress", section);
  if (job.total) Object.assign(bar, { max: job.total, value: job.done });
  else bar.removeAttribute("value");
  if (section.dataset.state === "running") find(".pace", section).textContent = job.pace || say("job.starting");
  find(".at bdi", section).textContent = job.name;
  for (const row of all("#table tr[data-doc]", room)) {
    const state = find(".state", row);
    state.dataset.was ??= state.dataset.state;
    state.dataset.saying ??= state.textContent;
    const isRead = row.dataset.doc === job.name;
    state.dataset.state = isRead ? "reading" : state.dataset.was;
    state.textContent = isRead ? say("state.reading") : state.dataset.saying;
  }
}

// The table

async function refresh() {
  tableAt = Date.now();
  const [folders] = await Promise.all([request("collection/folders"), fillTable()]);
  const roots = find("#roots", room);
  const had = roots.contains(document.activeElement) && document.activeElement.getAttribute("aria-label");
  roots.replaceChildren(elements(folders));
  if (had) (all("button", roots).find((b) => b.getAttribute("aria-label") === had) ?? find("#filter", room)).focus();
}

async function fillTable() {
  const number = ++loading;
  const html = await request(`collection/table?${new URLSearchParams(asked)}`);
  if (number !== loading) return;
  const table = find("#table", room);
  const had = table.contains(document.activeElement) ? mark(document.activeElement) : null;
  table.replaceChildren(elements(html));
  for (const box of all("tbody input", table)) box.checked = chosen.has(box.value);
  showChosen();
  find("#order select", room).value = asked.order.replace("-", "");
  find("#order", room).hidden = asked.show === "unread";
  if (had) (all("button, input, a", table).find((e) => mark(e) === had && !e.disabled) ?? find("#filter", room)).focus();
}

// What tells a thing of the table from the others, before and after it is filled anew.
const mark = (e) => [e.tagName, e.id, e.value, e.getAttribute("href"), e.dataset.do, e.dataset.order, e.dataset.show, e.dataset.path, e.dataset.page && e.textContent].join("|");

function showChosen() {
  const bar = find(".chosen", room);
  if (!bar) return;
  const boxes = all("#table tbody input", room);
  bar.hidden = chosen.size === 0;
  find(".count", bar).textContent = say("table.chosen", { count: chosen.size });
  const some = boxes.filter((box) => box.checked).length;
  Object.assign(find("#all", room), { checked: some > 0 && some === boxes.length, indeterminate: some > 0 && some < boxes.length });
}

async function ask(changes) {
  Object.assign(asked, { page: 0 }, changes);
  await attempt(fillTable);
  announce(find("#table .empty, #table .pager span, #table .total", room)?.textContent ?? "");
}

// What is done

async function attempt(work) {
  try {
    trouble("");
    await work();
    return true;
  } catch (error) {
    trouble(error.message);
    return false;
  }
}

let from = ""; // who has said what is shown as trouble
function trouble(text, who = "doing") {
  if (!text && from !== who && who === "look") return;
  find("#trouble", room).textContent = text;
  from = text ? who : "";
}

const act = (name, body = {}) => attempt(async () => {
  await request(`collection/${name}`, { body });
  await look();
});

async function askRemoval(body) {
  const dialog = find("#removal", room);
  await attempt(async () => {
    dialog.replaceChildren(elements(await request("collection/removal", { body })));
    dialog.returnValue = "";
    dialog.showModal();
    dialog.addEventListener("close", async () => {
      if (dialog.returnValue !== "remove") return;
      if (await act("remove", body)) chosen.clear(), showChosen();
    }, { once: true });
  });
}

const root = (button) => ({ root: button.closest("[data-root]").dataset.root });
const number = (button) => ({ job: Number(button.closest("[data-job]").dataset.job) });
const docs = () => ({ docs: [...chosen] });
const doings = {
  cancel: (button) => act("cancel", number(button)),
  resume: (button) => act("resume", number(button)),
  dismiss: (button) => act("dismiss", number(button)),
  again: async () => (await act("again", docs())) && (chosen.clear(), all("#table input", room).forEach((b) => (b.checked = false)), showChosen()),
  delete: async (button) => (await act("delete", { path: button.dataset.path })) && attempt(fillTable),
  remove: () => askRemoval(docs()),
  "again-root": (button) => act("again", root(button)),
  "remove-root": (button) => askRemoval(root(button)),
  "again-all": () => act("again"),
  keep: () => find("#removal", room).close(""),
  really: () => find("#removal", room).close("remove"),
  "stop-sending": () => sending?.abort(),
};

async function take(found) {
  toSend.push(found);
  if (sending) return announce(say("send.queued"));
  sending = new AbortController();
  trouble("");
  const box = find("#sending", room);
  const wrong = [];
  box.hidden = false;
  while (toSend.length && !sending.signal.aborted)
    try {
      const ended = await send(await toSend.shift(), box, sending.signal);
      wrong.push(...ended.wrong);
      if (ended.sent) await request("collection/sent", { body: {} });
    } catch (error) {
      wrong.push(error.message);
    }
  toSend.length = 0;
  sending = null;
  box.hidden = true;
  const more = wrong.length - TOLD;
  trouble([...wrong.slice(0, TOLD), ...(more > 0 ? [say("report.more", { count: more })] : [])].join("\n"));
  await look();
}

function listen() {
  room.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { do: doing, order, show, page, choose } = button.dataset;
    if (doing) doings[doing](button);
    else if (choose) find(`#${choose}`, room).click();
    else if (order) ask({ order: asked.order === order ? `-${order}` : order });
    else if (show) ask({ show });
    else if (page) ask({ page: Number(page) }).then(() => find("#holdings", room).scrollIntoView({ block: "start" }));
  });
  room.addEventListener("change", (event) => {
    const box = event.target;
    if (box.type === "file") {
      take(Promise.resolve([...box.files].map((file) => ({ file, name: file.webkitRelativePath || file.name }))));
      box.value = "";
    } else if (box.matches("#order select")) ask({ order: box.value });
    else if (box.type === "checkbox") {
      const boxes = box.id === "all" ? all("#table tbody input", room) : [box];
      for (const other of boxes) {
        other.checked = box.checked;
        box.checked ? chosen.add(other.value) : chosen.delete(other.value);
      }
      showChosen();
      announce(say("table.chosen", { count: chosen.size }));
    }
  });
  let pause = 0;
  find("#filter", room).addEventListener("input", (event) => {
    clearTimeout(pause);
    pause = setTimeout(() => ask({ words: event.target.value }), 150);
  });
  find("#path", room).addEventListener("submit", async (event) => {
    event.preventDefault();
    const box = find("#path-box", room);
    if (await act("add", { path: box.value })) box.value = "";
    else box.focus();
  });
  document.addEventListener("visibilitychange", look);
  // Leaving breaks off what is being sent: that is asked, and what was sent by then is read.
  addEventListener("beforeunload", (event) => sending && event.preventDefault());
  addEventListener("pagehide", () => sending && navigator.sendBeacon("./page/collection/sent", new Blob(["{}"], { type: "application/json" })));
  // A file that is dropped beside the mark must not be opened in the page's place.
  const dragged = (event) => inView() && event.dataTransfer?.types.includes("Files");
  let depth = 0;
  const over = (by) => {
    depth = by ? Math.max(0, depth + by) : 0;
    find("#drop", room).classList.toggle("over", depth > 0);
  };
  document.addEventListener("dragenter", (event) => dragged(event) && over(1));
  document.addEventListener("dragleave", (event) => dragged(event) && over(-1));
  document.addEventListener("dragover", (event) => dragged(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!dragged(event)) return;
    event.preventDefault();
    over(0);
    take(entries(event.dataTransfer)); // its items must be taken before the event is over
  });
}
