// Files from a person's disk to the server, one after the other.
import { announce, find } from "./dom.js";
import say from "./texts.js";

const MAX_FILE = 2 ** 30;

// Returns the files that were dropped, those in folders with the path that leads to them.
export async function entries(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const found = items.map((item) => [item.webkitGetAsEntry?.(), item.getAsFile()]); // now: it is empty later
  const files = await Promise.all(found.map(([entry, file]) => (entry ? walk(entry) : file ? [{ file, name: file.name }] : [])));
  return files.flat();
}

async function walk(entry, above = "") {
  const name = `${above}${entry.name}`;
  if (entry.isFile) return [{ name, file: await new Promise((done) => entry.file(done, () => done(null))) }];
  const reader = entry.createReader();
  const files = [];
  for (;;) {
    const some = await new Promise((done) => reader.readEntries(done, () => done(null))); // a hundred at a time
    if (!some) return [...files, { name, file: null }]; // said to be unreadable, as a file would be
    if (!some.length) return files;
    for (const inner of some) files.push(...(await walk(inner, `${name}/`)));
  }
}

// Returns how many were sent, and what went wrong with others, a sentence each.
export async function send(files, box, signal) {
  const wanted = files.filter(({ name }) => !name.split("/").some((part) => part.startsWith(".")));
  const wrong = wanted.length ? [] : [say("send.nothing")];
  let sent = 0;
  for (const [index, { file, name }] of wanted.entries()) {
    const title = wanted.length > 1 ? say("send.title", { n: index + 1, total: wanted.length }) : say("send.one");
    if (!index) announce(title);
    find("h3", box).textContent = title;
    find(".at bdi", box).textContent = name;
    const bar = find("progress", box);
    Object.assign(bar, { max: 1, value: 0 });
    let reason = "";
    if (!file) reason = say("send.unreadable");
    else if (file.size > MAX_FILE) reason = say("send.large");
    else reason = await put(file, name, signal, (share) => (bar.value = share));
    if (signal.aborted) {
      wrong.push(say("send.stopped"));
      break;
    }
    if (reason) wrong.push(say("send.failed", { name, reason }));
    else sent += 1;
  }
  return { sent, wrong };
}

// Fetch doesn't tell how much has been sent; this does. Returns "" or what went wrong.
function put(file, name, signal, progress) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `./page/upload?${new URLSearchParams({ name })}`);
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => done(request.status < 300 ? "" : request.responseText);
    request.onerror = () => done(say("error.silent"));
    request.onabort = () => done("");
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}
