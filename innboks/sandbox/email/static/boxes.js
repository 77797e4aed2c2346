/* The team's own mailboxes at the big providers: what is in them, and buttons for the providers' bad days. Asks anew every two seconds. */
const FOLDERS = ["inbox", "archive", "sent", "drafts", "junk", "trash"];
const at = (id) => document.getElementById(id);
let shown = "";

async function play(provider, deed, more = {}) {
  const answer = await fetch("api/boxes", { method: "POST", body: JSON.stringify({ provider, do: deed, ...more }) });
  at("news").textContent = answer.ok ? "Done." : (await answer.json()).detail;
  await look();
}

function mailRow(provider, address, mail) {
  const row = document.createElement("tr");
  const place = document.createElement("select");
  place.setAttribute("aria-label", `Folder of the mail ${mail.message_id}`);
  for (const name of new Set([...FOLDERS, mail.folder])) place.add(new Option(name, name, false, name === mail.folder));
  place.addEventListener("change", () => play(provider, "move", { address, id: mail.id, folder: place.value }));
  const cells = [new Date(mail.at).toLocaleString(), place, mail.message_id, String(mail.size)];
  for (const content of cells) row.insertCell().append(content);
  return row;
}

function mailboxOf(provider, box) {
  const article = at("mailbox").content.cloneNode(true);
  article.querySelector("h3").textContent = box.address;
  for (const button of article.querySelectorAll("button"))
    button.addEventListener("click", () => play(provider, button.dataset.do, { address: box.address }));
  article.querySelector("tbody").append(...box.mails.map((mail) => mailRow(provider, box.address, mail)));
  return article;
}

function providerOf(one) {
  const section = at("provider").content.cloneNode(true);
  section.querySelector("h2").textContent = one.name;
  section.querySelector(".hint").textContent = one.boxes.length
    ? `Last called: ${one.calls.at(-1) ?? "never"}`
    : "No mailbox yet. Connect one in Innboks, and allow access on the page that opens.";
  for (const button of section.querySelectorAll(".deeds button"))
    button.addEventListener("click", () => play(one.provider, button.dataset.do, { times: button.dataset.do === "lose" ? 1 : 3 }));
  section.querySelector(".mailboxes").append(...one.boxes.map((box) => mailboxOf(one.provider, box)));
  return section;
}

/** Drawn anew only when a mailbox changed: else a list that somebody opens would close at once. */
async function look() {
  try {
    const { providers } = await (await fetch("api/boxes")).json();
    const now = JSON.stringify(providers.map(({ calls, ...rest }) => rest));
    if (now === shown) return;
    shown = now;
    at("boxes").replaceChildren(...providers.map(providerOf));
  } catch {
    at("news").textContent = "The sandbox does not answer.";
  }
}

await look();
setInterval(look, 2000);
