import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { channelsQuery, reachQuery } from "../../api/queries";
import type { Contact, Id } from "../../api/types";
import { Button, IconButton } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { clockIn } from "../../ui/format";
import { t, tOr } from "../../ui/i18n";
import { Broken } from "./Broken";
import { addIdentity, changeContact, dropIdentity, type People } from "./changes";
import { OwnerPick } from "./OwnerPick";
import { PropertyFacts } from "./PropertyFacts";
import { writeFirst } from "./ReachOn";
import { placeOf } from "./zones";

interface Props {
  contact: Contact;
  scope: People;
  /** Also the properties that have no value yet. */
  isWhole?: boolean;
}

/** What is known of a person, a line each; addresses are added and taken away here. */
export function Facts({ contact, scope, isWhole }: Props) {
  const [isAdding, setAdding] = useState(false);
  return (
    <>
      <dl className="facts">
        {contact.identities.map((one) => (
          <div key={one.type + one.value}>
            <dt>{tOr(`identity.${one.type}`, one.type)}</dt>
            <dd>
              <Address contact={contact} type={one.type} value={one.value} me={scope.me.id} />
              {contact.can_act && contact.identities.length > 1 && one.type !== "opaque" ? (
                <IconButton
                  className="s quiet"
                  label={t("contact.remove_identity", { value: one.value })}
                  onClick={() => void dropIdentity(contact, one.type, one.value, scope)}
                >
                  <X className="small" />
                </IconButton>
              ) : null}
            </dd>
          </div>
        ))}
        <LocalTime contact={contact} />
        <PropertyFacts contact={contact} scope={scope} isWhole={isWhole} />
        <div>
          <dt>{t("contact.owner")}</dt>
          <dd>
            {contact.can_act ? (
              <OwnerPick
                label={(name) => (name ? t("contact.owner_is", { name }) : t("contact.owner_nobody"))}
                users={scope.users}
                ownerId={contact.owner_id}
                onChoose={(id) => void changeContact(contact, { owner_id: id }, scope, t("contact.owner_changed"))}
              />
            ) : (
              (scope.users.find((one) => one.id === contact.owner_id)?.name ?? t("assign.nobody"))
            )}
          </dd>
        </div>
      </dl>
      {!contact.can_act ? (
        <p className="muted small-text">{t("contact.read_only")}</p>
      ) : isAdding ? (
        <NewAddress contact={contact} scope={scope} onDone={() => setAdding(false)} />
      ) : (
        <button type="button" className="addfact" onClick={() => setAdding(true)}>
          <Plus className="small" />
          {t("contact.add_identity")}
        </button>
      )}
    </>
  );
}

/** What can be written to from here begins a conversation; a number is called by whatever calls on this computer. */
function Address({ contact, type, value, me }: { contact: Contact; type: string; value: string; me: Id }) {
  const channels = useQuery(channelsQuery).data ?? [];
  const way = useQuery(reachQuery(contact.id)).data?.find(
    (one) =>
      one.is_open &&
      one.addresses.includes(value) &&
      channels.some(({ kind, abilities }) => kind === one.kind && abilities.may_start),
  );
  if (type === "email" && way)
    return (
      <button type="button" className="link" onClick={() => writeFirst(me, way, value)}>
        <span className="sr">{t("contact.write_to")} </span>
        <Broken value={value} />
      </button>
    );
  if (type === "phone") return <a href={`tel:${value}`}>{value}</a>;
  return (
    <span>
      <Broken value={value} />
    </span>
  );
}

function LocalTime({ contact }: { contact: Contact }) {
  const now = useNow();
  const place = placeOf(contact);
  if (!place) return null;
  return (
    <div>
      <dt>{t("contact.local_time")}</dt>
      <dd className="num" title={place.zone}>
        {t("contact.time_in", { time: clockIn(now, place.zone), city: place.city })}
      </dd>
    </div>
  );
}

function NewAddress({ contact, scope, onDone }: Props & { onDone: () => void }) {
  const [value, setValue] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (!value.trim()) return onDone();
    setBusy(true);
    const type = value.includes("@") ? "email" : "phone";
    const problem = await addIdentity(contact, type, value, scope);
    setBusy(false);
    setWrong(problem);
    if (!problem) onDone();
  };
  return (
    <form
      className="newfact"
      onSubmit={(event) => void add(event)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        event.preventDefault();
        onDone();
      }}
    >
      <div className="row">
        <span className={`input ${wrong ? "err" : ""}`}>
          <input
            autoFocus
            aria-label={t("contact.new_identity")}
            aria-invalid={wrong !== null}
            aria-describedby="newfact-wrong"
            placeholder={t("contact.new_identity")}
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
        </span>
        <Button type="submit" size="s" isBusy={isBusy}>
          {t("contact.add")}
        </Button>
      </div>
      <p id="newfact-wrong" className="hint error" role="alert">
        {wrong}
      </p>
    </form>
  );
}
