/* A second place for what waits to be sent: a database of the browser, written through to the disk at once. Local storage reaches the disk seconds later, so a
 * computer that loses its power just then would lose the text. Where there is no such database, local storage alone has to do. */
import type { Id } from "../../api/types";
import type { Pending } from "./pending";

const NAME = "innboks";
const STORE = "outbox";

function open(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function write(task: (store: IDBObjectStore) => void): Promise<void> {
  const database = await open();
  const deed = database.transaction(STORE, "readwrite", { durability: "strict" });
  task(deed.objectStore(STORE));
  await new Promise<void>((done, failed) => {
    deed.oncomplete = () => done();
    deed.onerror = () => failed(deed.error);
    deed.onabort = () => failed(deed.error);
  });
  database.close();
}

const keyOf = (me: Id, tab: string) => `${me}.${tab}`;

/** What waits in this tab now. Rejects when it cannot be kept. */
export const keepEntries = (me: Id, tab: string, entries: readonly Pending[]) =>
  write((store) => {
    if (entries.length) store.put(entries, keyOf(me, tab));
    else store.delete(keyOf(me, tab));
  });

/** What tabs that are gone have left, taken out. */
export async function takeEntries(me: Id): Promise<Pending[]> {
  const found: Pending[] = [];
  await write((store) => {
    const walk = store.openCursor(IDBKeyRange.bound(`${me}.`, `${me}.\uffff`));
    walk.onsuccess = () => {
      const cursor = walk.result;
      if (!cursor) return;
      found.push(...(cursor.value as Pending[]));
      cursor.delete();
      cursor.continue();
    };
  });
  return found;
}
