/* Beside the name of a list while demo data is here: that what stands there is invented, how far it has come, and the one act that removes it. */
import { useQueryClient } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { useMay } from "../../api/may";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { Popover } from "../../ui/Popover";
import { percent, removeDemo, useDemo } from "./demo";
import "./demo.css";

export default function DemoChip() {
  const client = useQueryClient();
  const demo = useDemo();
  const mayRemove = useMay("super_admin");
  if (!demo || demo.is_of_operator) return null;
  if (demo.state === "loading" || demo.state === "removing")
    return (
      <span className="chip s demochip" role="status">
        <FlaskConical className="small" />
        {t(demo.state === "loading" ? "demo.loading" : "demo.removing", { percent: percent(demo) })}
      </span>
    );
  if (demo.state !== "loaded") return null;
  return (
    <Popover
      label={t("demo.chip")}
      className="chip s demochip"
      trigger={
        <>
          <FlaskConical className="small" />
          {t("demo.chip")}
        </>
      }
    >
      {(close) => (
        <div className="demoabout">
          <p>{t("demo.about")}</p>
          {mayRemove ? (
            <>
              <p className="hint">{t("demo.what_goes")}</p>
              <Button
                size="s"
                onClick={() => {
                  close();
                  void removeDemo(client);
                }}
              >
                {t("demo.remove")}
              </Button>
            </>
          ) : null}
        </div>
      )}
    </Popover>
  );
}
