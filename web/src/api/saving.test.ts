import { QueryClient } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import { settled as answered, inLine, isSaving, readAllUnchanged, saveInto } from "./saving";

const KEY = ["filters"];
interface Filters {
  spam: boolean;
  bulk: boolean;
}
const settled = () => new Promise((done) => setTimeout(done));

/** A server that answers when it is told to, each with all that it holds then. */
function slowServer(held: Filters) {
  const asked: { answer: () => void; refuse: () => void }[] = [];
  const send = (change: Partial<Filters>) => () =>
    new Promise<Filters>((done, refused) => {
      const answer = () => {
        held = { ...held, ...change };
        done(held);
      };
      asked.push({ answer, refuse: () => refused(new Error("no")) });
    });
  return { asked, send, held: () => held };
}

function page() {
  const server = slowServer({ spam: false, bulk: false });
  const client = new QueryClient();
  client.setQueryData<Filters>(KEY, server.held());
  const shown = () => client.getQueryData<Filters>(KEY);
  const change = (part: Partial<Filters>) =>
    saveInto<Filters, Filters>(
      client,
      KEY,
      (held) => ({ ...held, ...part }),
      server.send(part),
      (_, saved) => saved,
    );
  return { server, client, shown, change };
}

test("changes leave in order, and neither an older answer nor an older reading takes a newer one back", async () => {
  const { server, client, shown, change } = page();
  let answerReading = (_: Filters): void => undefined;
  const reading = client.fetchQuery({
    queryKey: KEY,
    queryFn: () => new Promise<Filters>((done) => (answerReading = done)),
    retry: false,
  });
  reading.catch(() => undefined); // it is cancelled
  const first = change({ spam: true });
  const second = change({ bulk: true });
  expect(shown()).toEqual({ spam: true, bulk: true });
  await settled();
  expect(server.asked).toHaveLength(1);
  answerReading({ spam: false, bulk: false });
  server.asked[0]?.answer();
  await first;
  await settled();
  expect(shown()).toEqual({ spam: true, bulk: true });
  expect(isSaving(KEY)).toBe(true);
  server.asked[1]?.answer();
  await second;
  expect(shown()).toEqual(server.held());
  expect(isSaving(KEY)).toBe(false);
});

test("what is refused stands as before, and does not hold up what comes after", async () => {
  const { server, shown, change } = page();
  const refused = change({ spam: true });
  const kept = change({ bulk: true });
  await settled();
  server.asked[0]?.refuse();
  await expect(refused).rejects.toThrow("no");
  await settled();
  server.asked[1]?.answer();
  await kept;
  expect(shown()).toEqual({ spam: false, bulk: true });
  const alone = change({ bulk: false });
  await settled();
  server.asked[2]?.refuse();
  await expect(alone).rejects.toThrow("no");
  expect(shown()).toEqual({ spam: false, bulk: true });
});

test("what waits for the changes under way is told when all of them have been answered, also a refused one", async () => {
  const { server, change } = page();
  await answered(KEY); // nothing is under way
  change({ spam: true }).catch(() => undefined);
  void change({ bulk: true });
  let isTold = false;
  const told = answered(KEY).then(() => {
    isTold = true;
  });
  await settled();
  server.asked[0]?.refuse();
  await settled();
  expect(isTold).toBe(false);
  server.asked[1]?.answer();
  await told;
});

test("a reading that is given up for a change is no failure: what shows it stays on the screen", async () => {
  const { server, client, change } = page();
  const reading = client.fetchQuery({
    queryKey: KEY,
    queryFn: () => new Promise<Filters>(() => undefined),
    retry: false,
  });
  reading.catch(() => undefined);
  const states: string[] = [];
  const stop = client.getQueryCache().subscribe(({ query }) => states.push(query.state.status));
  const saved = change({ spam: true });
  await settled();
  server.asked[0]?.answer();
  await saved;
  await settled();
  stop();
  expect(new Set(states)).toEqual(new Set(["success"]));
});

test("a list that was asked for before a change of one in it began is asked for anew when that has been answered", async () => {
  const answers: ((words: string) => void)[] = [];
  vi.stubGlobal(
    "fetch",
    () => new Promise((done) => answers.push((words) => done(new Response(JSON.stringify({ words }))))),
  );
  const client = new QueryClient();
  client.setQueryData(["lists"], { words: "shown" });
  const read = readAllUnchanged<{ words: string }>("conversation", "/api/conversations", {
    client,
    queryKey: ["lists"],
  });
  await settled();
  let answerChange = (): void => undefined;
  const change = inLine(["conversation", "7"], () => new Promise<void>((done) => (answerChange = done)));
  answers[0]?.("from before");
  await settled();
  expect(answers).toHaveLength(1); // not before the change has been answered: it could be older again
  answerChange();
  await change;
  await settled();
  answers[1]?.("as it is");
  expect(await read).toEqual({ words: "as it is" });
  expect(answers).toHaveLength(2);
  vi.unstubAllGlobals();
});
