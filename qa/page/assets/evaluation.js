// The evaluation: choose questions, follow the one run that is under way, read what came of runs.
import { all, announce, elements, find, request } from "./dom.js";
import say from "./texts.js";

const EVERY = 400; // milliseconds between two looks at a run
const ACTIVE = ["waiting", "running", "stopping"];
let room = null; // the view's own element
let showing = 0; // counts what was asked to be shown; an earlier one's answer comes too late

export async function show(element, path) {
  room = find(".view", element);
  const [run, other] = path;
  const query = new URLSearchParams({ ...(run && { run }), ...(other && { with: other }) });
  const number = ++showing;
  let content;
  try {
    content = elements(await request(`evaluation?${query}`));
  } catch (error) {
    content = explained(error.message);
  }
  if (number !== showing) return;
  const had = room.contains(document.activeElement);
  room.replaceChildren(content);
  if (run || had) find("h2, .notice", room).focus({ preventScroll: true });
  if (run) scrollTo(0, 0);
  if (find("#running", room)?.hidden === false) follow();
}

function explained(message) {
  const content = elements('<p class="back"><a href="#/evaluation"></a></p><section class="notice" tabindex="-1"><p></p></section>');
  find("a", content).textContent = say("evaluation.back");
  find(".notice p", content).textContent = message;
  return content;
}

const atHome = () => /^#\/evaluation\/?$/.test(location.hash);
const visible = () => atHome() && find("#running", room);
const again = async () => atHome() && show(room.parentElement, []);

function time(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return say("job.seconds");
  return minutes === 1 ? say("job.minute") : say("job.minutes", { count: minutes });
}

let following = false;

async function follow() {
  if (following) return;
  following = true;
  let over = null;
  for (let said = null; visible(); await new Promise((resolve) => setTimeout(resolve, EVERY)))
    try {
      const job = JSON.parse(await request("evaluation/job"));
      if (!visible()) break;
      if (!ACTIVE.includes(job.state)) {
        over = job;
        break;
      }
      progress(job);
      const tenth = Math.floor((10 * job.done) / (job.total || 1));
      if (job.total && said !== tenth) announce(find("#running .far", room).textContent);
      said = tenth;
    } catch (error) {
      if (visible()) find("#running .far", room).textContent = error.message; // and asked again
    }
  following = false;
  if (over) await end(over);
}

async function end(job) {
  if (job.state === "done") {
    location.hash = `#/evaluation/${encodeURIComponent(job.run)}`;
    return;
  }
  await again();
  const ended = find("#ended", room);
  if (!ended) return;
  ended.focus();
  ended.scrollIntoView({ block: "nearest" });
  announce(ended.textContent);
}

function progress({ job, state, name, done, total, seconds_left }) {
  find("#running", room).dataset.job = job;
  // Not disabled: that would take the focus from whoever has pressed it.
  find("#cancel", room).setAttribute("aria-disabled", String(state === "stopping"));
  const title = say("evaluation.running", { what: name });
  find("#running h3", room).textContent = title;
  const bar = find("#running progress", room);
  bar.setAttribute("aria-label", title);
  if (total) Object.assign(bar, { max: total, value: done });
  else bar.removeAttribute("value");
  const parts = [say("job.done", { done: done.toLocaleString("en-GB"), total: total.toLocaleString("en-GB") })];
  if (seconds_left !== null) parts.push(time(seconds_left));
  find("#running .far", room).textContent =
    state === "stopping" ? say("job.stopping") : total ? parts.join(", ") : say("evaluation.beginning");
}

async function cancel() {
  if (find("#cancel", room).getAttribute("aria-disabled") === "true") return;
  try {
    const job = JSON.parse(await request("evaluation/cancel", { body: { job: Number(find("#running", room).dataset.job) } }));
    if (visible() && ACTIVE.includes(job.state)) progress(job);
  } catch (error) {
    if (visible()) find("#running .far", room).textContent = error.message;
  }
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
    const radio = all("[name=file]", room).find((r) => r.value === added.file);
    if (radio && !radio.disabled) radio.checked = true;
    radio?.focus();
    announce(say("evaluation.added", { what: added.name }));
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
    announce(say("evaluation.deleted", { what: run }));
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
document.addEventListener("click", (event) => {
  const near = (selector) => event.target.closest(`#evaluation ${selector}`);
  if (near("#cancel")) cancel();
  const row = near(".runs li");
  if (row && near(".delete") && !find(".sure", row)) sure(row);
  if (row && near(".yes")) remove(row.dataset.run);
  if (row && near(".no")) {
    find(".sure", row).remove();
    find(".delete", row).focus();
  }
});
for (const kind of ["dragover", "drop"])
  document.addEventListener(kind, (event) => {
    if (document.body.dataset.view !== "evaluation" || !find("#evaluate", room)) return;
    event.preventDefault();
    if (kind === "drop" && event.dataTransfer.files[0]) add(event.dataTransfer.files[0]);
  });
