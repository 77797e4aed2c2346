/* The frame of a set-up and the way through its steps. Read next: AccountStep.tsx, DetailsStep.tsx, ../../tickets/TicketStep.tsx. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { get, patch, post } from "../../../api/client";
import { channelDraftsQuery, inboxesQuery, keys, sessionQuery } from "../../../api/queries";
import type { Channel, ChannelAccount, ChannelDraft, Id } from "../../../api/types";
import { t, withWords } from "../../../ui/i18n";
import { Skeleton, sentence } from "../../../ui/States";
import { toast } from "../../../ui/toasts";
import { useUnsavedAt } from "../../unsaved/unsaved";
import { fieldAt } from "../fieldAt";
import { configOf, fieldsOf, isShown, type Value, type Values } from "../schema";
import { signInWanted, useSignIn } from "../signIn";
import { trialsOf } from "../Trials";
import { AccountStep } from "./AccountStep";
import { BeforeFinish } from "./BeforeFinish";
import { DetailsStep } from "./DetailsStep";
import { Foot } from "./Foot";
import { withFreeName } from "./freeName";
import { Head, STEPS, type Step } from "./Head";
import { placeOf } from "./newInbox";
import type { StepState } from "./stepState";
import { useTyped } from "./useTyped";
import "./setup.css";

const AssignmentStep = lazy(withWords(() => import("../../routing/AssignmentStep")));
const TicketStep = lazy(withWords(() => import("../../tickets/TicketStep")));
interface Props {
  channel: Channel;
  begun: ChannelDraft | null;
  connected: ChannelAccount | null;
  /** The brand's name; "": that of the account. */
  brand: string;
  /** The inbox it was opened for. */
  inbox: Id | null;
  /** It is finished, and another one of its kind shall follow, into the same inbox. */
  onAnother: (kind: string, inbox: Id) => void;
}

export function Wizard({ channel, begun, connected, brand: given, inbox, onAnother }: Props) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const inboxes = useQuery(inboxesQuery).data?.filter((one) => !one.is_archived) ?? [];
  const session = useQuery(sessionQuery).data;
  const own = session?.account;
  const me = session?.user.id ?? "";
  const brand = given || (own?.name ?? "");
  const fields = useMemo(() => fieldsOf(channel.config_schema), [channel]);
  const [account, setAccount] = useState(connected);
  const steps = STEPS.filter((step) => {
    if (step === "tickets") return own?.inbox_ticketing;
    if (step === "assignment") return !own?.switched_off.includes("automatic_assignment");
    return step !== "details" || fields.some((field) => field.step === "details");
  });
  // Of a step that is no more (the operator took it away) the last one is left.
  const [step, setStep] = useState<Step>(
    () =>
      steps.find((one) => one === connected?.setup_step) ??
      (connected?.setup_step ? (steps.at(-1) ?? "account") : "account"),
  );
  const [accepts, setAccepts] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [state, setState] = useState<StepState>("coming");
  // Where only one of the two fits: what stands beside the form is looked at instead of it.
  const [isLooking, setLooking] = useState(false);
  const isBehind = useUnsavedAt(`channels/${account?.id}`).length > 0;
  const wantsAnother = useRef(false);
  const { typed, type, kept, draft } = useTyped({
    channel,
    fields,
    begun,
    account,
    brand,
    inbox: inbox ?? inboxes[0]?.id ?? null,
    me,
  });
  const values = typed.config;
  const nth = steps.indexOf(step);
  const after = steps[nth + 1];
  const hasSettings = step === "account" || step === "details";
  const signIn = hasSettings ? signInWanted(channel, account, values) : undefined;
  const at = fieldAt(problem, fields);
  const onType = (part: Partial<typeof typed>) => {
    setProblem(null);
    type(part);
  };
  const change = (field: string, value: Value) => onType({ config: { ...values, [field]: value } });
  const show = (made: ChannelAccount) => {
    setAccount(made);
    // It is no draft any more: the list of channels, opened right after, must not offer it twice until it has asked.
    client.setQueryData(channelDraftsQuery.queryKey, (held) => held?.filter((one) => one.id !== draft.id.current));
    void client.invalidateQueries({ queryKey: keys.channelAccounts });
    void client.invalidateQueries({ queryKey: keys.channelDrafts });
    if (typed.new_inbox_name) void client.invalidateQueries({ queryKey: keys.inboxes });
  };
  const enter = (made: ChannelAccount) => {
    show(made);
    history.replaceState(history.state, "", `/settings/channels/${made.id}/setup`);
    // Where there is something to see of it at once, it is shown; one can go on meanwhile.
    if (!made.test_address && !channel.can_check) setStep(after ?? step);
    else setLooking(true);
    window.scrollTo(0, 0);
  };
  const { begin, waiting, cancel } = useSignIn(
    async (id) => enter(await get<ChannelAccount>(`/api/channel-accounts/${id}`)),
    setProblem,
    true,
  );
  const leave = () => void navigate({ to: "/settings/$section", params: { section: "channels" } });
  const leaveKept = () => void draft.flush().then(leave);

  const connect = async () => {
    const draft_id = await draft.flush();
    const { name, past_days, is_personal } = typed;
    const wish = { kind: channel.kind, name: name.trim(), config: configOf(fields, values), draft_id };
    const where = placeOf(typed, typed.inbox_id, is_personal ? me : null);
    const more = { ...wish, ...where, setup_step: after ?? null, past_days, is_personal };
    if (signIn) return begin({ ...more, provider: signIn.provider, accepts_terms: accepts });
    const join = (config: Values) => post<ChannelAccount>("/api/channel-accounts", { ...more, config });
    enter(await withFreeName(fields, values, join));
  };
  const keepStep = async (setup_step: Step | null) => {
    if (!account) return;
    const changed = hasSettings ? { name: typed.name.trim(), config: configOf(fields, values, true) } : {};
    show(await patch<ChannelAccount>(`/api/channel-accounts/${account.id}`, { ...changed, setup_step }));
    if (hasSettings) kept.saved();
  };
  const go = async (keep?: () => Promise<void>) => {
    const hasAnother = wantsAnother.current;
    setProblem(null);
    setBusy(true);
    try {
      if (!account) return await connect();
      const wish = { config: configOf(fields, values, true), accepts_terms: accepts };
      if (signIn) return await begin({ ...wish, provider: signIn.provider, channel_account_id: account.id });
      await keep?.();
      await keepStep(after ?? null);
      if (after) turn(after);
      else {
        toast(t("connect.done_title", { name: account.name }));
        if (hasAnother) onAnother(channel.kind, account.inbox_id);
        else leave();
      }
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  // No button that submits: Enter in a field takes the first of those.
  const goTwice = () => {
    wantsAnother.current = true;
    document.querySelector<HTMLFormElement>("form#setup")?.requestSubmit();
    wantsAnother.current = false;
  };
  const turn = (to: Step) => {
    if (to !== step) setState("coming"); // with the step itself: until its form says so, a button would send nothing
    setStep(to);
    setLooking(false);
  };
  const left =
    account && !after ? <BeforeFinish channel={channel} account={account} steps={steps} onStep={turn} /> : null;
  // A step of its own file may be on its way still, or not be had.
  const stands = hasSettings ? "ready" : state;
  const shown = fields.filter((field) => field.step === (step === "account" ? "" : step));
  const isBeside =
    at !== undefined &&
    (["name", "inbox_id", "new_inbox_name", "accepts_terms"].includes(at) || shown.some((one) => one.name === at));
  // The next step begins with its heading, for the hands and for a screen reader; after a wait the button is there again.
  const shownStep = useRef(step);
  useEffect(() => {
    if (stands !== "ready" || step === shownStep.current) return;
    shownStep.current = step;
    const heading = document.querySelector<HTMLElement>(".wizardbody h2");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus();
  }, [step, stands]);
  const wasAway = useRef(false);
  useEffect(() => {
    const isAway = waiting !== null || isBusy;
    if (wasAway.current && !isAway && document.activeElement?.matches("body, #main"))
      document.querySelector<HTMLElement>(".wizard > footer .primary")?.focus();
    wasAway.current = isAway;
  }, [waiting, isBusy]);
  // What is wrong may stand below the edge of the screen.
  useEffect(() => {
    if (isBeside) document.querySelector<HTMLElement>('.wizard [aria-invalid="true"]')?.focus();
  }, [isBeside]);
  const common = {
    channel,
    fields: shown.filter((field) => isShown(field, values)),
    values,
    change,
    problem: isBeside && at ? { field: at, text: sentence(problem) } : null,
  };
  return (
    <div className={`wizard ${isLooking ? "looking" : ""}`}>
      <Head
        channel={channel}
        steps={steps}
        current={step}
        isConnected={account !== null}
        saving={account ? (isBehind ? "failed" : "saved") : draft.saving}
        onStep={turn}
        onClose={leaveKept}
      />
      {step === "assignment" && account ? (
        <Suspense fallback={<Skeleton rows={4} shape="line" />}>
          <AssignmentStep
            account={account}
            beside={left}
            onChange={() => setProblem(null)}
            onState={setState}
            onSubmit={(keep) => void go(keep)}
          />
        </Suspense>
      ) : step === "tickets" && account ? (
        <Suspense fallback={<Skeleton rows={4} shape="line" />}>
          <TicketStep
            channel={channel}
            account={account}
            problem={problem}
            beside={left}
            onState={setState}
            onSubmit={(keep) => void go(keep)}
          />
        </Suspense>
      ) : (
        <form
          className="wizardbody"
          id="setup"
          onSubmit={(event) => {
            event.preventDefault();
            void go();
          }}
        >
          {step === "details" && account ? (
            <DetailsStep
              {...common}
              account={account}
              isOvertaken={kept.isOvertaken}
              brand={brand}
              all={configOf(fields, values, true)}
              beside={left}
            />
          ) : (
            <AccountStep
              {...common}
              typed={typed}
              inboxes={inboxes}
              onType={onType}
              account={account}
              lost={kept.lost}
              isOvertaken={kept.isOvertaken}
              keptSecrets={begun?.kept_secrets ?? []}
              draftId={begun?.id ?? null}
              signIn={signIn}
              accepts={accepts}
              onAccept={setAccepts}
              waiting={waiting}
              isConnecting={isBusy && account === null}
              onCancel={cancel}
            />
          )}
        </form>
      )}
      <Foot
        account={account}
        step={step}
        before={steps[nth - 1]}
        after={after}
        signIn={signIn}
        hasForm={waiting === null && stands !== "failed"}
        isBusy={isBusy || stands === "coming"}
        hasCheck={account !== null || trialsOf(channel, values).length > 0}
        isLooking={isLooking}
        problem={problem && !isBeside ? sentence(problem) : ""}
        onLook={() => {
          setLooking(!isLooking);
          document.querySelector(".wizardbody")?.scrollTo(0, 0);
        }}
        onStep={turn}
        onLater={leaveKept}
        onTwice={goTwice}
      />
    </div>
  );
}
