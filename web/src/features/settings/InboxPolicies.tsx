/* What an inbox wants done with mails whose headers say one thing and whose senders mean another (AHEAD 8): each is a choice that holds from the next mail on. */
import type { Inbox } from "../../api/types";
import { Select, Switch } from "../../ui/Field";
import { t } from "../../ui/i18n";
import type { ChangeInbox } from "./Inboxes";

interface Props {
  inbox: Inbox;
  mayChange: boolean;
  onChange: ChangeInbox;
}

const DAYS: readonly number[] = [1, 3, 7, 14, 30, 90];

export function InboxPolicies({ inbox, mayChange, onChange }: Props) {
  const days = inbox.same_subject_days;
  const choices = days === null || DAYS.includes(days) ? DAYS : [...DAYS, days].toSorted((a, b) => a - b);
  return (
    <>
      <h2>{t("policy.title")}</h2>
      <Select
        label={t("policy.changed_subject")}
        hint={t("policy.changed_subject_hint")}
        value={inbox.changed_subject}
        disabled={!mayChange}
        onChange={(event) =>
          void onChange({ changed_subject: event.target.value }, { changed_subject: inbox.changed_subject })
        }
      >
        <option value="suggest">{t("policy.changed_subject_suggest")}</option>
        <option value="new">{t("policy.changed_subject_new")}</option>
        <option value="stay">{t("policy.changed_subject_stay")}</option>
      </Select>
      <Select
        label={t("policy.several_answers")}
        hint={t("policy.several_answers_hint")}
        value={inbox.several_answers}
        disabled={!mayChange}
        onChange={(event) =>
          void onChange({ several_answers: event.target.value }, { several_answers: inbox.several_answers })
        }
      >
        <option value="apart">{t("policy.several_answers_apart")}</option>
        <option value="together">{t("policy.several_answers_together")}</option>
      </Select>
      <Select
        label={t("policy.same_subject")}
        hint={t("policy.same_subject_hint")}
        value={days ?? ""}
        disabled={!mayChange}
        onChange={(event) =>
          void onChange({ same_subject_days: Number(event.target.value) || null }, { same_subject_days: days })
        }
      >
        <option value="">{t("policy.same_subject_off")}</option>
        {choices.map((count) => (
          <option key={count} value={count}>
            {t("policy.same_subject_days", { count })}
          </option>
        ))}
      </Select>
    </>
  );
}

/** Who answers what somebody has. */
export function AssigneeOnly({ inbox, mayChange, onChange }: Props) {
  const isOn = inbox.is_assignee_only;
  return (
    <Switch
      label={t("policy.assignee_only")}
      hint={t("policy.assignee_only_hint")}
      checked={isOn}
      disabled={!mayChange}
      onChange={(event) => void onChange({ is_assignee_only: event.target.checked }, { is_assignee_only: isOn })}
    />
  );
}
