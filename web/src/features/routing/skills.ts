/* What people can and what conversations need: how it is read, and how it is said. Read next: Skills.tsx, Needs.tsx. */
import { queryOptions } from "@tanstack/react-query";
import { get } from "../../api/client";
import { keys } from "../../api/queries";
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

/** A language in the reader's own words. */
export const skillName = (skill: NeededSkill) => (skill.language ? languageName(skill.language) : skill.name);

/** For sentences that say what somebody can: languages are spoken, the rest is known. */
export const skillWords = (skills: readonly NeededSkill[]) => ({
  kind: skills.every((one) => one.language) ? "language" : "other",
  skills: nameList(skills.map(skillName)),
});
