/* The account's brand: its name, logo and colours, which new channels begin with. Beside it how a mail and a chat look with it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ImageUp, Trash2 } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { Problem, patch, remove, upload } from "../../api/client";
import { useMay } from "../../api/may";
import { brandQuery, sessionQuery } from "../../api/queries";
import type { Brand } from "../../api/types";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { initials } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Failed, Skeleton, sentence } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { SaveLine } from "../unsaved/SaveLine";
import { useUnsaved } from "../unsaved/unsaved";

/** A colour as it is written, where none is chosen. */
const SAMPLES = { colour: "#0a6b75", background: "#ffffff" };

export function BrandPage() {
  const brand = useQuery(brandQuery);
  return (
    <>
      <h1>{t("settings.brand")}</h1>
      <p className="soft">{t("brand.lead")}</p>
      {brand.isError ? <Failed error={brand.error} onRetry={() => void brand.refetch()} /> : null}
      {brand.isPending ? <Skeleton rows={3} shape="line" /> : null}
      {brand.data ? <BrandForm saved={brand.data} /> : null}
    </>
  );
}

function BrandForm({ saved }: { saved: Brand }) {
  const client = useQueryClient();
  const may = useMay("account_access");
  const account = useQuery(sessionQuery).data?.account.name ?? "";
  const before = { name: saved.name, colour: saved.colour, background: saved.background };
  const unsaved = useUnsaved("brand", before);
  const draft = unsaved.value;
  const setDraft = unsaved.change;
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const at = problem instanceof Problem ? problem.field : undefined;
  // The picture and the rest are saved apart, and each shows only its own part.
  const show = (part: Partial<Brand>) =>
    client.setQueryData<Brand>(brandQuery.queryKey, (held) => held && { ...held, ...part });
  const save = async (wanted: typeof before, undone: typeof before) => {
    setBusy(true);
    setProblem(null);
    try {
      const { name, colour, background } = await patch<Brand>("/api/brand", wanted);
      show({ name, colour, background });
      unsaved.saved(wanted);
      toast(t("toast.saved"), () => void save(undone, wanted));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  /** As it is now, so that it can come back. */
  const shownLogo = async () => {
    const url = client.getQueryData(brandQuery.queryKey)?.logo_url;
    return url ? new File([await (await fetch(url)).blob()], "logo") : undefined;
  };
  const put = async (file: File | undefined) => {
    if (!file) return;
    try {
      const before = await shownLogo();
      const { logo_url } = await upload<Brand>("/api/brand/logo", file, () => undefined, new AbortController().signal);
      show({ logo_url });
      toast(t("toast.saved"), () => void (before ? put(before) : drop()));
    } catch (error) {
      toastError(error);
    }
  };
  const drop = async () => {
    try {
      const before = await shownLogo();
      await remove("/api/brand/logo");
      show({ logo_url: null });
      toast(t("brand.logo_removed"), () => void put(before));
    } catch (error) {
      toastError(error);
    }
  };
  const colour = (field: "colour" | "background") => (
    <Field
      label={t(field === "colour" ? "brand.colour" : "brand.background")}
      hint={t(field === "colour" ? "brand.colour_hint" : "brand.background_hint")}
      error={at === field ? sentence(problem) : null}
      placeholder={SAMPLES[field]}
      disabled={!may}
      value={draft[field]}
      onChange={(event) => setDraft({ ...draft, [field]: event.target.value })}
      after={
        <input
          type="color"
          aria-label={t("brand.pick", { name: t(field === "colour" ? "brand.colour" : "brand.background") })}
          disabled={!may}
          value={isHex(draft[field]) ? draft[field] : SAMPLES[field]}
          onChange={(event) => setDraft({ ...draft, [field]: event.target.value })}
        />
      }
    />
  );
  const name = draft.name.trim() || account;
  return (
    <div className="beside">
      <form
        className="fields"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void save(draft, before);
        }}
      >
        <Field
          label={t("brand.name")}
          hint={t("brand.name_hint", { account })}
          error={at === "name" ? sentence(problem) : null}
          disabled={!may}
          maxLength={100}
          value={draft.name}
          onChange={(event) => setDraft({ ...draft, name: event.target.value })}
        />
        <div className="field">
          <span className="label">{t("brand.logo")}</span>
          <div className="row">
            {saved.logo_url ? <img className="logo" src={saved.logo_url} alt={t("brand.logo_alt", { name })} /> : null}
            <Button icon={<ImageUp />} disabled={!may} onClick={() => picker.current?.click()}>
              {t(saved.logo_url ? "brand.logo_change" : "brand.logo_add")}
            </Button>
            {saved.logo_url ? (
              <Button look="ghost" icon={<Trash2 />} disabled={!may} onClick={() => void drop()}>
                {t("brand.logo_remove")}
              </Button>
            ) : null}
            <input
              ref={picker}
              type="file"
              hidden
              accept="image/png,image/jpeg,image/gif,image/webp"
              aria-label={t("brand.logo")}
              onChange={(event) => {
                void put(event.target.files?.[0]);
                event.target.value = "";
              }}
            />
          </div>
          <p className="hint">{t("brand.logo_hint")}</p>
        </div>
        {colour("colour")}
        {colour("background")}
        {problem && !at ? (
          <p className="hint error" role="alert">
            {sentence(problem)}
          </p>
        ) : null}
        {may ? <SaveLine unsaved={unsaved} isBusy={isBusy} isLasting /> : null}
      </form>
      <aside aria-label={t("brand.preview")}>
        <div
          className="card brandsample"
          style={isHex(draft.background) ? { background: draft.background } : undefined}
        >
          <span className="row">
            {saved.logo_url ? (
              <img className="logo" src={saved.logo_url} alt="" />
            ) : (
              <span className="avatar s44 tint0">{initials(name)}</span>
            )}
            <b>{name}</b>
          </span>
          <span className="btn" style={isHex(draft.colour) ? pressed(draft.colour) : undefined}>
            {t("brand.sample")}
          </span>
        </div>
      </aside>
    </div>
  );
}

const isHex = (text: string) => /^#[0-9a-f]{6}$/i.test(text);

/** Black or white on it, whichever stands out more (WCAG 1.4.3). */
function pressed(colour: string) {
  const light = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * ([0.2126, 0.7152, 0.0722][at] ?? 0), 0);
  return { background: colour, borderColor: colour, color: light > 0.179 ? "#000000" : "#ffffff" };
}
