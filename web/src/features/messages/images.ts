/* Whose images from elsewhere are loaded without asking. Kept in this browser, per person: it says what somebody wants to see here. */
const SENDERS_MAX = 500;
const storedAs = (me: string) => `innboks.images.${me}`;

function stored(me: string): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storedAs(me)) ?? "[]");
    return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

export const areImagesAllowed = (me: string, sender: string) =>
  sender !== "" && stored(me).includes(sender.toLowerCase());

/** The newest senders are kept. */
export function allowImages(me: string, sender: string): void {
  const others = stored(me).filter((one) => one !== sender.toLowerCase());
  try {
    localStorage.setItem(storedAs(me), JSON.stringify([...others, sender.toLowerCase()].slice(-SENDERS_MAX)));
  } catch {
    // Storage is full or forbidden: it is asked again.
  }
}
