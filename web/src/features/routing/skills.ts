/* What people can and what conversations need: how it is read, kept and said. Read next: Skills.tsx, Needs.tsx. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { get, patch } from "../../api/client";
import { keys } from "../../api/queries";
import { saveInto } from "../../api/saving";
import type { components } from "../../api/schema";
import type { Page } from "../../api/types";
import { languageName, nameList } from "../../ui/format";

type Wire = components["schemas"];

export type Skill = Wire["SkillOut"];
export type SkillCategory = Wire["SkillCategoryOut"];
export type SkillNeed = Wire["NeedOut"];
export type NewSkillNeed = Wire["NewNeed"];
export type NeededSkill = Wire["NeededOut"];

const items = <T>(path: string) => get<Page<T>>(path).then((page) => page.items);

export const skillsQuery = queryOptions({ queryKey: keys.skills, queryFn: () => items<Skill>("/api/skills") });
export const categoriesQuery = queryOptions({
  queryKey: [...keys.skills, "categories"],
  queryFn: () => items<SkillCategory>("/api/skill-categories"),
});
export const needsQuery = queryOptions({
  queryKey: [...keys.skills, "needs"],
  queryFn: () => items<SkillNeed>("/api/skill-needs"),
});
export const languagesQuery = queryOptions({
  queryKey: ["skill-languages"],
  queryFn: () => items<{ code: string; name: string }>("/api/skill-languages"),
  staleTime: Number.POSITIVE_INFINITY,
});

type Bearers = Skill["people"];

/** Who has a skill, kept as the whole list: each change builds on what stands on the screen, so that of two quick ones none is lost. */
export function saveBearers(
  client: QueryClient,
  id: Skill["id"],
  change: (bearers: Bearers) => Bearers,
): Promise<Skill> {
  let people: Bearers = [];
  const withBearers = (held: Skill[], next: (one: Skill) => Skill) =>
    held.map((one) => (one.id === id ? next(one) : one));
  return saveInto<Skill[], Skill>(
    client,
    keys.skills,
    (held) =>
      withBearers(held, (one) => {
        people = change(one.people);
        return { ...one, people };
      }),
    () => patch<Skill>(`/api/skills/${id}`, { people }),
    (held, answer) => withBearers(held, () => answer),
  );
}

export const withBearer =
  (bearer: Bearers[number]) =>
  (bearers: Bearers): Bearers => [...bearers.filter((one) => one.user_id !== bearer.user_id), bearer];
export const withoutBearer =
  ({ user_id }: Bearers[number]) =>
  (bearers: Bearers): Bearers =>
    bearers.filter((one) => one.user_id !== user_id);

/** A language in the reader's own words. */
export const skillName = (skill: NeededSkill) => (skill.language ? languageName(skill.language) : skill.name);

/** For sentences that say what somebody can: languages are spoken, the rest is known. */
export const skillWords = (skills: readonly NeededSkill[]) => ({
  kind: skills.every((one) => one.language) ? "language" : "other",
  skills: nameList(skills.map(skillName)),
});
