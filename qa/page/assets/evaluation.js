// The evaluation: choose questions, follow the one run that is under way, read what came of runs.
import { find, request } from "./dom.js";
import say from "./texts.js";

const EVERY = 400; // milliseconds between two looks at a run
let room = null; // the view's own element

export async function show(element, path) {
  room = find("main", element);
  const [run, other] = path;
  const query = new URLSearchParams({ ...(run && { run }), ...(other && { with: other }) });
  try {
    const html = await request(`evaluation?${query}`);
    room.innerHTML = `${html}<p class="unseen" role="status"></p>`;
  } catch (error) {
    room.innerHTML = `<p><a href="#/evaluation"></a></p><section class="notice"><p></p></section>`;
    find("a", room).textContent = say("evaluation.back");
    find(".notice p", room).textContent = error.message;
  }
  if (run) find("h2", room)?.focus({ preventScroll: true });
  if (run) scrollTo(0, 0);
  if (find("#running", room)?.hidden === false) follow();
}

const visible = () => document.body.dataset.view === "evaluation" && find("#running", room);
const status = (text) => (find("[role=status]", room).textContent = text);
const again = () => show(room.parentElement, []);

function time(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return say("evaluation.seconds");
  return minutes === 1 ? say("evaluation.minute") : say("evaluation.minutes", { count: minutes });
}

let following = false;

async function follow() {
  if (following) return;
  following = true;
  try {
    for (let said = ""; visible(); ) {
      const job = JSON.parse(await request("evaluation/job"));
      if (!visible()) return;
      if (job.state !== "running") {
        if (job.state === "done") location.hash = `#/evaluation/${encodeURIComponent(job.message)}`;
        else await again().then(() => find("#ended", room)?.scrollIntoView({ block: "nearest" }));
        if (job.state !== "done") status(find("#ended", room)?.textContent ?? "");
        return;
      }
      progress(job);
      const tenth = Math.floor((10 * job.done) / (job.total || 1));
      if (job.total && said !== tenth) status(find("#running .far", room).textContent);
      said = tenth;
      await new Promise((resolve) => setTimeout(resolve, EVERY));
    }
  } catch (error) {
    if (visible()) find("#running .far", room).textContent = error.message;
  } finally {
    following = false;
  }
}

function progress({ name, done, total, seconds_left }) {
  const title = say("evaluation.running", { what: name });
  find("#running h3", room).textContent = title;
  const bar = find("#running progress", room);
  bar.setAttribute("aria-label", title);
  if (!total) return bar.removeAttribute("value");
  bar.max = total;
  bar.value = done;
  const far = { done: done.toLocaleString("en-GB"), total: total.toLocaleString("en-GB") };
  find("#running .far", room).textContent =
    seconds_left === null ? say("evaluation.done", far) : say("evaluation.left", { ...far, left: time(seconds_left) });
}

async function start(form) {
  const fields = new FormData(form);
  const chosen = fields.get("file");
  const body = {
    file: chosen || find("#evaluation-path", form).value,
    split: fields.get("split"),
    rankings: fields.getAll("ranking"),
  };
  const problem = find("form > .problem", room);
  problem.textContent = "";
  try {
    const job = JSON.parse(await request("evaluation/start", { body }));
    form.hidden = true;
    find("#ended", room)?.remove();
    find("#running", room).hidden = false;
    progress(job);
    find("#cancel", room).focus();
    follow();
  } catch (error) {
    problem.textContent = error.message;
  }
}

async function add(file) {
  const problem = find("form > .problem", room);
  problem.textContent = "";
  try {
    const body = { name: file.name, text: file.size > 1 << 20 ? "" : await file.text() };
    if (file.size > 1 << 20 || new Blob([JSON.stringify(body)]).size > 1 << 20)
      throw new Error(say("evaluation.large", { what: file.name }));
    const added = JSON.parse(await request("evaluation/file", { body }));
    await again();
    const radio = [...room.querySelectorAll("[name=file]")].find((r) => r.value === added.file);
    if (radio && !radio.disabled) radio.checked = true;
    radio?.focus();
    status(say("evaluation.added", { what: added.name }));
  } catch (error) {
    problem.textContent = error.message;
  }
}

// Deleting is asked for once more, in the row itself.
function sure(row) {
  const question = document.createElement("p");
  question.className = "sure";
  question.append(say("evaluation.delete.sure"));
  for (const [name, text] of [["yes", "evaluation.delete"], ["no", "evaluation.keep"]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = name;
    button.textContent = say(text);
    question.append(button);
  }
  row.append(question);
  find(".no", question).focus();
}

async function remove(run) {
  try {
    await request("evaluation/delete", { body: { run } });
    await again();
    find("h2", room).focus();
    status(say("evaluation.deleted", { what: run }));
  } catch (error) {
    find("form > .problem", room).textContent = error.message;
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("#evaluate, #compare")) return;
  event.preventDefault();
  if (event.target.id === "evaluate") start(event.target);
  else location.hash = find("select", event.target).value;
});
document.addEventListener("input", (event) => {
  if (event.target.id === "evaluation-path") find('#evaluate [name=file][value=""]').checked = true;
});
document.addEventListener("change", (event) => {
  const file = event.target.matches("#evaluate [type=file]") && event.target.files[0];
  if (file) add(file);
});
document.addEventListener("click", async (event) => {
  const near = (selector) => event.target.closest(`#evaluation ${selector}`);
  if (near("#cancel")) {
    near("#cancel").disabled = true;
    await request("evaluation/cancel", { body: {} });
  }
  const row = near(".runs li");
  if (row && near(".delete") && !find(".sure", row)) sure(row);
  if (row && near(".yes")) remove(row.dataset.run);
  if (row && near(".no")) {
    find(".sure", row).remove();
    find(".delete", row).focus();
  }
  const question = near(".ask");
  if (question && !(event.metaKey || event.ctrlKey || event.shiftKey)) {
    event.preventDefault();
    addEventListener("hashchange", () => document.dispatchEvent(new CustomEvent("ask", { detail: question.textContent })), { once: true });
    location.hash = "#/";
  }
});
for (const kind of ["dragover", "drop"])
  document.addEventListener(kind, (event) => {
    if (document.body.dataset.view !== "evaluation" || !find("#evaluate", room)) return;
    event.preventDefault();
    if (kind === "drop" && event.dataTransfer.files[0]) add(event.dataTransfer.files[0]);
  });
