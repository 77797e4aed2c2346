/* What the screens of rules read, and how a rule is compared and changed. Read next: Automation.tsx. */
import { queryOptions } from "@tanstack/react-query";
import { get, post } from "../../api/client";
import { keys } from "../../api/queries";
import type { components } from "../../api/schema";
import type { AssignmentRule, Id, Inbox, Page, RuleDraft, Simulation, Target, Team, User } from "../../api/types";
import { type Unsaved, useUnsaved } from "../unsaved/unsaved";

export const ruleQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.rule(id),
    queryFn: () => get<AssignmentRule>(`/api/channel-accounts/${id}/assignment`),
  });

/** Of every channel account. */
export const rulesQuery = queryOptions({
  queryKey: keys.rules,
  queryFn: () => get<Page<components["schemas"]["RuleOfOut"]>>("/api/assignment-rules").then((page) => page.items),
});

/** What a rule would do now, and would have done with the last hundred conversations. Whether it is on does not matter for that. */
export const simulationQuery = (id: Id, rule: RuleDraft) => {
  const asked = { ...rule, is_on: false };
  return queryOptions({
    queryKey: keys.simulation(id, JSON.stringify(asked)),
    queryFn: () => post<Simulation>(`/api/channel-accounts/${id}/assignment/simulation`, asked),
    staleTime: 10_000,
    gcTime: 60_000,
    refetchInterval: 60_000,
    placeholderData: (before) => before,
  });
};

export const draftOf = (rule: AssignmentRule): RuleDraft => ({
  is_on: rule.is_on,
  asks_owner: rule.asks_owner,
  targets: rule.targets.map(({ type, id }) => ({ type, id })),
  returning_days: rule.returning_days,
  only_available: rule.only_available,
  distribution: rule.distribution,
  skills: rule.skills,
});

/** A rule that is being changed: on the page of its channel and in a set-up it is the same one. */
export function useUnsavedRule(id: Id, saved: AssignmentRule): Unsaved<RuleDraft> {
  const before = draftOf(saved);
  const like = { ...before, targets: [{ type: "", id: "" }], returning_days: null };
  return useUnsaved(`channels/${id}/automation/rule`, before, like);
}

/** Does it name anybody? One that does not cannot be switched on. */
export const namesSomebody = (rule: RuleDraft) => rule.asks_owner || rule.targets.length > 0;

export const keyOf = (target: Target) => `${target.type}:${target.id}`;

export function targetOf(key: string): Target {
  const [type, id = ""] = key.split(":");
  return { type: type === "team" ? "team" : "user", id };
}

/** May a rule of this inbox choose this person? The server decides; this only leaves out whom it would refuse. */
export function isRoutable(user: User, inbox: Inbox | undefined, teams: readonly Team[]): boolean {
  if (user.status !== "active" || !user.can_receive || !inbox) return false;
  if (inbox.access === "everyone" || inbox.member_ids.includes(user.id)) return true;
  return teams.some(
    (team) =>
      inbox.team_ids.includes(team.id) &&
      (team.main_member_ids.includes(user.id) || team.extra_member_ids.includes(user.id)),
  );
}

/** The list with one of its entries a place earlier. */
export function earlier<T>(list: readonly T[], at: number): T[] {
  const moved = [...list];
  const [one] = moved.splice(at, 1);
  if (one !== undefined) moved.splice(Math.max(0, at - 1), 0, one);
  return moved;
}
