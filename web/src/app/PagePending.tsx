import { lazyRouteComponent } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { NoConnection } from "../api/client";
import { live } from "../api/live";
import { Failed, Skeleton } from "../ui/States";
import { useStore } from "../ui/store";

/** In the place of a page whose own script is still on its way: grey shapes, and without a connection what it waits for. It comes by itself then. */
function PagePending() {
  const isCut = useStore(live, (state) => state.connection !== "live");
  return (
    <div className="sheet noviews">
      <main className="page" id="main" tabIndex={-1} data-pane="page">
        {isCut ? <Failed error={new NoConnection()} comesBack /> : <Skeleton rows={4} shape="row" />}
      </main>
    </div>
  );
}

/** A page with a script of its own, and what stands there until that has come. */
export const inItsTime = (load: () => Promise<{ default: ComponentType }>) => ({
  component: lazyRouteComponent(load),
  pendingComponent: PagePending,
});
