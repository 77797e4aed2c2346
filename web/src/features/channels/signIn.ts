/* Signing in at a provider to connect: in a window of its own, or, where the browser opens none, in this tab, which then comes back to where it was.
 * The window cannot be reached from here once it shows the provider's page (both sites see to that), so the server is asked how it stands. */
import { useEffect, useRef, useState } from "react";
import { get, Problem, post, remove } from "../../api/client";
import type { Channel, ChannelAccount, Id, Inbox, SignIn, SignInState } from "../../api/types";
import { holds, type Values } from "./schema";

const LOOK_MS = 1200;

/** Made with the channel that is connected to it. */
export interface InboxToMake {
  name: string;
  access: Inbox["access"];
  member_ids: Id[];
  team_ids: Id[];
}

export interface Wish {
  provider: string;
  kind?: string;
  name?: string;
  inbox_id?: Id | null;
  config?: Values;
  channel_account_id?: Id;
  accepts_terms: boolean;
  draft_id?: Id | null;
  setup_step?: string | null;
  past_days?: number;
  is_personal?: boolean;
  new_inbox?: InboxToMake;
}

/** The way to sign in that belongs to what is filled in, if there is one. */
export const signInFor = (channel: Channel, values: Values): SignIn | undefined =>
  channel.sign_ins?.find((one) => holds(one.when, values));

/** The one that another way to connect needs, when it is chosen for what is connected already. */
export function otherSignIn(channel: Channel, account: ChannelAccount, values: Values): SignIn | undefined {
  const wanted = signInFor(channel, values);
  return wanted === signInFor(channel, account.config as Values) ? undefined : wanted;
}

/** The one that has to be gone through to connect with these values. */
export const signInWanted = (channel: Channel, account: ChannelAccount | null, values: Values): SignIn | undefined =>
  account ? otherSignIn(channel, account, values) : signInFor(channel, values);

interface Awaited {
  id: Id;
  url: string;
}

/** `begin` must be called in the very moment of a press, or the browser takes the window for an advertisement. `outlivesReload`: the page that is there
 * again after a reload goes on waiting. */
export function useSignIn(
  onConnected: (channelAccountId: Id) => Promise<void>,
  onProblem: (problem: unknown) => void,
  outlivesReload = false,
) {
  const [waiting, setWaiting] = useState<Awaited | null>(() => (outlivesReload ? keptWaiting() : null));
  useEffect(() => {
    if (outlivesReload) keepWaiting(waiting);
  }, [outlivesReload, waiting]);
  const calls = useRef({ onConnected, onProblem });
  calls.current = { onConnected, onProblem };
  const id = waiting?.id;

  useEffect(() => {
    if (!id) return;
    let isOver = false;
    const look = async () => {
      try {
        const now = await get<SignInState>(`/api/sign-ins/${id}`);
        if (isOver) return;
        if (now.status === "connected" && now.channel_account_id) {
          setWaiting(null);
          await calls.current.onConnected(now.channel_account_id);
        } else if (now.status === "failed") {
          setWaiting(null);
          calls.current.onProblem(problemOf(now));
        }
      } catch {
        /* The line is away for a moment: asked again at the next turn. */
      }
    };
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [id]);

  const begin = async (wish: Wish) => {
    const opened = window.open("", "innboks-sign-in", "popup,width=560,height=720");
    try {
      const started = await post<SignInState & { url: string }>("/api/sign-ins", {
        ...wish,
        return_to: opened ? "" : window.location.pathname,
      });
      if (opened) {
        opened.location.replace(started.url);
        setWaiting({ id: started.id, url: started.url });
      } else window.location.assign(started.url);
    } catch (problem) {
      opened?.close();
      calls.current.onProblem(problem);
    }
  };

  /** What is allowed afterwards in the window that stands open connects nothing. */
  const cancel = () => {
    setWaiting(null);
    if (id) remove(`/api/sign-ins/${id}`).catch((problem: unknown) => calls.current.onProblem(problem));
  };
  return { begin, waiting, cancel };
}

const WAITING_KEPT_AS = "innboks.sign-in";

function keepWaiting(waiting: Awaited | null): void {
  try {
    if (waiting) sessionStorage.setItem(WAITING_KEPT_AS, JSON.stringify({ ...waiting, path: location.pathname }));
    else sessionStorage.removeItem(WAITING_KEPT_AS);
  } catch {
    // Storage is forbidden: a reload then forgets that somebody is signing in.
  }
}

/** What this very page waited for before it was loaded again. */
function keptWaiting(): Awaited | null {
  try {
    const { path, ...kept } = JSON.parse(sessionStorage.getItem(WAITING_KEPT_AS) ?? "{}");
    return path === location.pathname ? kept : null;
  } catch {
    return null;
  }
}

/** Back in this tab from the provider's page: how it went, said once. */
export function useWayBack(onBack: (state: SignInState) => void) {
  const call = useRef(onBack);
  call.current = onBack;
  useEffect(() => {
    const here = new URL(window.location.href);
    const id = here.searchParams.get("sign_in");
    if (!id) return;
    here.searchParams.delete("sign_in");
    window.history.replaceState(window.history.state, "", here);
    get<SignInState>(`/api/sign-ins/${id}`).then(
      (state) => call.current(state),
      () => undefined,
    );
  }, []);
}

/** What went wrong at the provider, as if the server had refused the form: beside the same fields. */
export function problemOf(state: SignInState): Problem {
  const { sentence = "", code = "", field } = state.problem ?? {};
  return new Problem(400, { detail: sentence, code, field: field ?? undefined });
}
