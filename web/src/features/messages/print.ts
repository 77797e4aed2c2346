/* Prints one message alone, dark on white whatever the theme, under its subject: everything else is left out by the style sheet while the browser's print
 * window is open. */
import type { Message } from "../../api/types";
import { fullTime } from "../../ui/format";

export async function printMessage(message: Message, subject: string, lines: string[]): Promise<void> {
  const article = document.querySelector(`#m${CSS.escape(message.id)} > article`);
  if (!article) return;
  const { body, documentElement: root } = document;
  const head = document.createElement("div");
  head.className = "printhead";
  const title = document.createElement("h1");
  title.textContent = message.subject || subject;
  head.append(title);
  for (const line of [fullTime(message.sent_at ?? message.created_at), ...lines]) {
    const written = document.createElement("p");
    written.textContent = line;
    head.append(written);
  }
  article.prepend(head);
  article.classList.add("printed");
  body.classList.add("printing");
  root.dataset.theme = "light";
  const done = () => {
    head.remove();
    article.classList.remove("printed");
    body.classList.remove("printing");
    // app/start.ts puts back what was chosen.
    dispatchEvent(new Event("innboks:theme"));
  };
  addEventListener("afterprint", done, { once: true });
  // The frame of a mail takes the light colours with the next frames.
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  window.print();
}
