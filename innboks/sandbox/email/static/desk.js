/* The customer's desk. Asks `desk.py` for everything, draws it, and asks again whenever the live stream says that something changed. */

const $ = (id) => document.getElementById(id);
const state = { person: sessionStorage.getItem("person") ?? "", open: null, threads: [], about: null, seen: new Map(), isFirst: true };

async function ask(path, body) {
  const answer = await fetch(`api/${path}`, body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.detail);
  return json;
}

/** element("p", {class: "muted"}, "text", child, …): text is always text, so nothing that a mail says can become markup. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value !== false && value !== undefined) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function options(select, pairs, chosen) {
  select.replaceChildren(...pairs.map(([value, label]) => element("option", { value, selected: value === chosen }, label)));
  if (chosen !== undefined) select.value = chosen;
}

const when = (iso) => {
  const date = new Date(iso);
  const isToday = date.toDateString() === new Date().toDateString();
  return date.toLocaleString("en-GB", isToday ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
};
const size = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1048576).toFixed(1)} MB`);

async function refresh() {
  state.about = await ask("people");
  const { people, addresses, behaviours, innboks } = state.about;
  if (people.length === 0) {
    await ask("people", { address: "maja@lindqvist.example", name: "Maja Lindqvist" });
    return refresh();
  }
  if (!people.some((one) => one.address === state.person)) state.person = people[0].address;
  sessionStorage.setItem("person", state.person);
  options($("person"), people.map((one) => [one.address, `${one.name} <${one.address}>`]), state.person);
  options($("behaviour"), behaviours.map((one) => [one.name, one.label]), people.find((one) => one.address === state.person).behaviour);
  $("addresses").replaceChildren(...addresses.map((one) => element("option", { value: one.address }, one.name)));
  $("innboks").href = innboks.url;
  const { threads } = await ask(`threads?person=${encodeURIComponent(state.person)}`);
  tellNews(threads);
  state.threads = threads;
  drawThreads();
  if (state.isFirst) open(threads[0]?.id ?? null);
  else if (state.open !== null) drawThread();
  state.isFirst = false;
}

function tellNews(threads) {
  for (const thread of threads) {
    const last = thread.mails.at(-1);
    const known = state.seen.get(thread.id);
    if (thread.id === state.open) state.seen.set(thread.id, last.id);
    else if (known === undefined) state.seen.set(thread.id, state.isFirst || last.is_own ? last.id : 0);
    const before = state.threads.find((one) => one.id === thread.id)?.mails.at(-1).id ?? 0;
    if (!state.isFirst && !last.is_own && last.id > before) $("news").textContent = `New mail from ${last.from.name || last.from.address}: ${last.subject}`;
  }
}

function drawThreads() {
  $("no-threads").hidden = state.threads.length > 0;
  $("threads").replaceChildren(
    ...state.threads.map((thread) => {
      const last = thread.mails.at(-1);
      const isNew = !last.is_own && (state.seen.get(thread.id) ?? 0) < last.id;
      const who = last.is_own ? "You" : last.from.name || last.from.address;
      return element("li", {},
        element("button", { type: "button", class: isNew ? "new" : "", "aria-current": String(thread.id === state.open), click: () => open(thread.id) },
          element("span", { class: "subject" }, thread.subject || "(no subject)", isNew ? element("span", { class: "sr" }, " new") : null),
          element("span", { class: "meta" }, `${when(last.date)}  ${who}: ${parts(last.text)[0].replace(/\s+/g, " ").slice(0, 80)}`)));
    }));
}

function open(id) {
  state.open = id;
  $("work").replaceChildren();
  if (id === null) return drawNew();
  const thread = state.threads.find((one) => one.id === id);
  state.seen.set(id, thread.mails.at(-1).id);
  drawThreads();
  drawThread();
}

/** New mails are added below the others; what is being typed stays. */
function drawThread() {
  const thread = state.threads.find((one) => one.id === state.open);
  if (!thread) return open(null);
  const work = $("work");
  let list = work.querySelector(".mails");
  if (!list) {
    list = element("div", { class: "mails" });
    const newest = () => state.threads.find((one) => one.id === thread.id).mails.at(-1);
    work.replaceChildren(element("h2", {}, thread.subject || "(no subject)"), list, letter(() => ({ answers: newest().id, to: newest().answer_to, subject: newest().subject })));
    work.querySelector(".text-label").textContent = "Your answer";
  }
  const before = list.childElementCount;
  for (const mail of thread.mails.slice(before)) list.append(drawMail(mail));
  if (list.childElementCount > before) list.lastElementChild.scrollIntoView({ block: "nearest" });
}

function drawMail(mail) {
  const [fresh, quoted] = parts(mail.text);
  const frame = () => element("iframe", { sandbox: "", src: `api/mails/${mail.id}/html`, title: `HTML of the mail from ${mail.from.name || mail.from.address}` });
  const details = mail.has_html ? element("details", {}, element("summary", {}, "As HTML")) : null;
  details?.addEventListener("toggle", () => details.open && !details.querySelector("iframe") && details.append(frame()));
  return element("article", { class: mail.is_own ? "mail own" : "mail" },
    element("div", { class: "head" },
      element("strong", {}, mail.is_own ? "You" : mail.from.name || mail.from.address),
      element("span", { class: "muted" }, mail.is_own ? `to ${mail.to.join(", ")}` : mail.from.address),
      element("time", { datetime: mail.date }, when(mail.date))),
    element("div", { class: "text" }, fresh || "(no text)"),
    quoted ? element("details", {}, element("summary", {}, "Quoted text"), element("div", { class: "text muted" }, quoted)) : null,
    details,
    element("div", { class: "foot" },
      ...mail.files.map((file, nth) => element("a", { href: `api/mails/${mail.id}/files/${nth}` }, `${file.name} (${size(file.size)})`)),
      mail.client ? element("span", { class: "muted" }, mail.client) : null,
      element("a", { href: `api/mails/${mail.id}/source`, target: "_blank", rel: "noopener" }, "Source")));
}

/** [what is new, what is quoted]: good enough to read by; nothing is lost, the source shows all. */
function parts(text) {
  const lines = text.trimEnd().split(/\r?\n/);
  const at = lines.findIndex((line, nth) => nth > 0 && /^(>|(From|Fra): .*@|(On|man|tir|ons|tor|fre|lør|søn)\b.*(wrote|skrev)\b.*:$)/.test(line));
  return at < 0 ? [lines.join("\n"), ""] : [lines.slice(0, at).join("\n").trimEnd(), lines.slice(at).join("\n")];
}

function drawNew() {
  drawThreads();
  const form = letter(() => ({}));
  form.elements.to.value = state.about.addresses[0]?.address ?? "";
  $("work").replaceChildren(element("div", { class: "new-mail" }, element("h2", {}, "Write a mail"), form), hint());
}

function hint() {
  const { own_smtp: smtp, addresses } = state.about;
  const command = `innboks connect email --name Support address=support@tindra.example smtp_host=${smtp.host} smtp_port=${smtp.port} smtp_tls=none`;
  return element("div", { class: "hint" },
    addresses.length
      ? element("p", {}, "What Innboks answers arrives here when the address sends through this mail server: ", element("code", {}, `${smtp.host}:${smtp.port}`), ", no encryption.")
      : element("p", {}, "No address is connected yet. Connect one in Innboks, or on the command line: ", element("code", {}, command)),
    element("p", {}, "Addresses can ask for trouble: ", element("code", {}, "bounce+ola@example.com"), " does not exist; with ", element("code", {}, "later+"),
      " a failure report comes back; and there are ", element("code", {}, "full+ spam+ greylist+ slow+ hang+ away+"), ", as under “Your mailbox”."));
}

function letter(fixed) {
  const form = $("letter").content.cloneNode(true).querySelector("form");
  options(form.elements.client, state.about.clients.map((one) => [one.name, one.label]), sessionStorage.getItem("client") ?? "gmail");
  form.elements.language.value = sessionStorage.getItem("language") ?? "en";
  if (fixed().answers !== undefined) form.querySelector(".only-new").remove();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector(".send");
    const error = form.querySelector(".error");
    error.textContent = "";
    button.disabled = true;
    try {
      const { to, subject, text, client, language, files } = form.elements;
      sessionStorage.setItem("client", client.value);
      sessionStorage.setItem("language", language.value);
      const typed = { to: to?.value, subject: subject?.value, ...fixed() };
      const sent = await ask("mails", { person: state.person, text: text.value, client: client.value, language: language.value, files: await Promise.all([...files.files].map(read)), ...typed });
      text.value = "";
      files.value = "";
      $("news").textContent = "Sent.";
      await refresh();
      if (state.open !== sent.thread) open(sent.thread);
    } catch (problem) {
      error.textContent = problem.message;
    } finally {
      button.disabled = false;
    }
  });
  return form;
}

function read(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(new Error(`“${file.name}” cannot be read.`));
    reader.onload = () => resolve({ name: file.name, type: file.type, content: reader.result.slice(reader.result.indexOf(",") + 1) });
    reader.readAsDataURL(file);
  });
}

function become(address) {
  state.person = address;
  Object.assign(state, { open: null, threads: [], isFirst: true, seen: new Map() });
  return refresh();
}

$("person").addEventListener("change", (event) => become(event.target.value));
$("behaviour").addEventListener("change", (event) => ask("people", { address: state.person, behaviour: event.target.value }));
$("new").addEventListener("click", () => {
  open(null);
  document.querySelector("form.letter input").focus();
});
$("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  $("add-error").textContent = "";
  try {
    const made = await ask("people", { address: $("add-address").value, name: $("add-name").value });
    $("somebody").open = false;
    event.target.reset();
    await become(made.address);
    $("person").focus();
  } catch (problem) {
    $("add-error").textContent = problem.message;
  }
});

await refresh();
const events = new EventSource("api/events");
let isAsking = false;
let isOld = false;
events.addEventListener("message", async () => {
  isOld = true;
  if (isAsking) return;
  isAsking = true;
  while (isOld) {
    isOld = false;
    await refresh().catch(() => undefined);
  }
  isAsking = false;
});
