/* The number of my unread conversations in the title of the page, "(3) Inbox", and as a dot on the icon of the tab. Pages set the title as they like;
 * the number is put in front of whatever they set. */

let count = 0;
let watch: MutationObserver | undefined;
let drawn = -1;

const bare = (title: string) => title.replace(/^\(\d+\+?\) /, "");
export const counted = (title: string, unread: number) =>
  unread > 0 ? `(${unread > 98 ? "99+" : unread}) ${bare(title)}` : bare(title);

export function showCount(unread: number): void {
  count = unread;
  put();
  if (!watch) {
    watch = new MutationObserver(put);
    watch.observe(document.head, { childList: true, subtree: true, characterData: true });
  }
}

function put(): void {
  const title = counted(document.title, count);
  if (title !== document.title) document.title = title;
  const isDotted = count > 0 ? 1 : 0;
  if (isDotted === drawn) return;
  drawn = isDotted;
  void drawIcon(isDotted === 1);
}

const SIZE = 64;
const PLAIN = "/icon.svg";

async function drawIcon(isDotted: boolean): Promise<void> {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (!link) return;
  if (!isDotted) {
    link.href = PLAIN;
    link.type = "image/svg+xml";
    return;
  }
  const picture = new Image(SIZE, SIZE);
  picture.src = PLAIN;
  await picture.decode().catch(() => undefined);
  const canvas = document.createElement("canvas");
  canvas.width = SIZE;
  canvas.height = SIZE;
  const brush = canvas.getContext("2d");
  if (!brush || drawn !== 1) return;
  brush.drawImage(picture, 0, 0, SIZE, SIZE);
  brush.beginPath();
  brush.arc(SIZE - 16, 16, 16, 0, 2 * Math.PI);
  brush.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--danger") || "red";
  brush.fill();
  link.type = "image/png";
  link.href = canvas.toDataURL("image/png");
}
