/* A part of the screen that stops alone: what goes wrong while it is drawn takes neither the other panes with it nor what somebody is writing (UI.md, section 6). */
import { useQueryClient } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { Component, type ErrorInfo, type ReactNode, useState } from "react";
import { Button } from "./Button";
import { Details } from "./Details";
import { t } from "./i18n";

interface Props {
  /** What is shown in it: when that is another one, it is drawn anew. */
  of?: string;
  /** It has the page's first heading. */
  isFirst?: boolean;
  /** What stands around it on the page, so that the panes beside it keep their places. */
  frame?: (content: ReactNode) => ReactNode;
  children: ReactNode;
}

interface State {
  of?: string;
  crash: { error: unknown; where: string } | null;
}

export class Pane extends Component<Props, State> {
  override state: State = { of: this.props.of, crash: null };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { crash: { error, where: "" } };
  }

  static getDerivedStateFromProps({ of }: Props, state: State): Partial<State> | null {
    return of === state.of ? null : { of, crash: null };
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo): void {
    this.setState({ crash: { error, where: componentStack ?? "" } });
  }

  override render(): ReactNode {
    const { crash } = this.state;
    if (!crash) return this.props.children;
    const content = <Crashed {...crash} isFirst={this.props.isFirst} onAgain={() => this.setState({ crash: null })} />;
    return this.props.frame ? this.props.frame(content) : content;
  }
}

const LONGEST_WAIT_MS = 5000;
const LINES = 12;

interface CrashedProps {
  error: unknown;
  /** Between which parts, as React writes it. */
  where?: string;
  isFirst?: boolean;
  onAgain: () => void;
}

/** In the place of what could not be drawn. Again: with fresh answers of the server, because an odd one may have been the reason. */
export function Crashed({ error, where = "", isFirst, onAgain }: CrashedProps) {
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const Heading = isFirst ? "h1" : "h2";
  const again = async () => {
    setBusy(true);
    client.removeQueries({ type: "inactive" });
    const fresh = client.refetchQueries({ type: "active" }).catch(() => undefined);
    await Promise.race([fresh, new Promise((wait) => setTimeout(wait, LONGEST_WAIT_MS))]);
    onAgain();
  };
  return (
    <div className="empty" role="alert">
      <CircleAlert />
      <Heading>{t("crash.title")}</Heading>
      <p>{t("crash.text")}</p>
      <span className="choices">
        <Button size="s" isBusy={isBusy} onClick={() => void again()}>
          {t("crash.again")}
        </Button>
        <Button size="s" onClick={() => location.reload()}>
          {t("crash.reload")}
        </Button>
      </span>
      <Details text={`${error}\n${location.pathname}\n${where.trim().split("\n").slice(0, LINES).join("\n")}`} />
    </div>
  );
}
