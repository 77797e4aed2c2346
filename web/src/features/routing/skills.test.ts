// @vitest-environment jsdom
import { afterEach, expect, it, vi } from "vitest";
import { makeQueryClient } from "../../api/queries";
import { type Skill, saveBearers, skillsQuery, withBearer, withoutBearer } from "./skills";

const client = makeQueryClient();
const SKILL: Skill = { id: "1", category_id: null, language: "nb", name: "Norwegian", people: [], need_count: 0 };
const bearer = (user_id: string, is_main = true) => ({ user_id, is_main });

/** The server: keeps the whole list, as it is told. */
let kept: Skill;
const server: typeof fetch = async (_, given) => {
  if (given?.method === "PATCH") {
    kept = { ...kept, ...JSON.parse(String(given.body)) };
    return Response.json(kept);
  }
  return Response.json({ items: [kept] });
};

afterEach(() => {
  client.clear();
  vi.unstubAllGlobals();
});

it("loses nobody of two who are given a skill one right after the other", async () => {
  kept = { ...SKILL, people: [bearer("7")] };
  vi.stubGlobal("fetch", server);
  client.setQueryData(skillsQuery.queryKey, [kept]);
  const first = saveBearers(client, "1", withBearer(bearer("8")));
  const second = saveBearers(client, "1", withBearer(bearer("9", false)));
  expect(client.getQueryData(skillsQuery.queryKey)?.[0]?.people).toHaveLength(3);
  await Promise.all([first, second]);
  expect(kept.people).toEqual([bearer("7"), bearer("8"), bearer("9", false)]);
  await saveBearers(client, "1", withoutBearer(bearer("8")));
  expect(kept.people.map((one) => one.user_id)).toEqual(["7", "9"]);
});
