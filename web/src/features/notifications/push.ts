/* Notifications of the browser on this device: its subscription at the push service of its maker, told to our server. The service worker (public/sw.js)
 * shows what comes. */
import { get, post, remove } from "../../api/client";
import type { Page, PushDevice } from "../../api/types";

/** Why this browser can or cannot take pushes. "insecure": the page is not served by https. */
export type PushState = "unsupported" | "insecure" | "denied" | "off" | "on";

export const listDevices = () => get<Page<PushDevice>>("/api/push-devices").then((answer) => answer.items);
export const dropDevice = (id: string) => remove(`/api/push-devices/${id}`);
export const testDevice = (id: string) =>
  post<{ outcome: "taken" | "again" | "gone" | "refused" }>(`/api/push-devices/${id}/test`);

export async function ownSubscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  return (await registration?.pushManager?.getSubscription()) ?? null;
}

export async function pushState(): Promise<PushState> {
  if (!window.isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window))
    return "unsupported";
  if (Notification.permission === "denied") return "denied";
  return (await ownSubscription()) ? "on" : "off";
}

/** Asks for permission and subscribes. Throws when the browser's push service cannot be reached. */
export async function enablePush(label: string): Promise<PushState> {
  if ((await Notification.requestPermission()) !== "granted") return pushState();
  const registration = await navigator.serviceWorker.ready;
  const { public_key } = await get<{ public_key: string }>("/api/push-key");
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytesOf(public_key),
  });
  const { endpoint, keys } = subscription.toJSON();
  await post("/api/push-devices", { endpoint, p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "", label });
  return "on";
}

/** The server forgets this browser, and the browser its subscription. */
export async function disablePush(): Promise<void> {
  const subscription = await ownSubscription();
  if (!subscription) return;
  const known = await listDevices().catch(() => []);
  const own = known.find((one) => one.endpoint === subscription.endpoint);
  if (own) await dropDevice(own.id).catch(() => undefined);
  await subscription.unsubscribe();
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}
