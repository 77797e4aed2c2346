/* The browsers that show notifications for this person: this one to be switched on or off, and all of them to be tested and removed. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { BellRing } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { rowTime } from "../../ui/format";
import { t, tOr } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { browserOf } from "../settings/Sessions";
import {
  disablePush,
  dropDevice,
  enablePush,
  listDevices,
  ownSubscription,
  type PushState,
  pushState,
  testDevice,
} from "./push";

const KEY = ["push-devices"] as const;

export function Devices() {
  const client = useQueryClient();
  const devices = useQuery({ queryKey: KEY, queryFn: listDevices, staleTime: 0 });
  const [state, setState] = useState<PushState | null>(null);
  const [own, setOwn] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const now = useNow();
  const look = async () => {
    setState(await pushState());
    setOwn((await ownSubscription())?.endpoint ?? null);
    await client.invalidateQueries({ queryKey: KEY });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page is opened
  useEffect(() => void look(), []);

  const run = async (task: () => Promise<unknown>) => {
    setBusy(true);
    await task().catch((problem) =>
      toastError(problem instanceof DOMException ? t("notifications.push_unreachable") : sentence(problem)),
    );
    await look();
    setBusy(false);
  };
  const test = (id: string) =>
    run(async () => {
      const { outcome } = await testDevice(id);
      const text = tOr(`notifications.test_${outcome}`, outcome);
      if (outcome === "taken") toast(text);
      else toastError(text);
    });
  const isKnown = devices.data?.some((one) => one.endpoint === own) ?? false;
  const isOn = state === "on" && isKnown;
  return (
    <>
      <h2>{t("notifications.devices")}</h2>
      {state === "unsupported" || state === "insecure" || state === "denied" ? (
        <p className="soft">{tOr(`notifications.push_${state}`, state)}</p>
      ) : (
        <p>
          <Button
            icon={<BellRing />}
            isBusy={isBusy}
            onClick={() => void run(isOn ? disablePush : () => enablePush(browserOf(navigator.userAgent)))}
          >
            {isOn ? t("notifications.push_off") : t("notifications.push_on")}
          </Button>
        </p>
      )}
      {devices.data?.length ? (
        <ul className="card rowlist">
          {devices.data.map((one) => (
            <li key={one.id}>
              <div className="grow">
                <p className="mid">{one.label || t("sessions.unknown")}</p>
                <p className="small-text muted">
                  {one.trouble
                    ? t("notifications.device_trouble")
                    : one.reached_at
                      ? t("notifications.device_reached", { when: rowTime(one.reached_at, now) })
                      : t("notifications.device_new", { when: rowTime(one.created_at, now) })}
                </p>
              </div>
              {one.endpoint === own ? <span className="chip ok s">{t("sessions.this")}</span> : null}
              <Button size="s" disabled={isBusy} onClick={() => void test(one.id)}>
                {t("notifications.test")}
              </Button>
              <Button
                size="s"
                look="ghost"
                disabled={isBusy}
                aria-label={t("notifications.remove_device", { name: one.label })}
                onClick={() => void run(one.endpoint === own ? disablePush : () => dropDevice(one.id))}
              >
                {t("common.remove")}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
