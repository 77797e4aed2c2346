// @vitest-environment jsdom
import { QueryClientProvider } from "@tanstack/react-query";
import { act } from "react";
import { createRoot } from "react-dom/client";
import { expect, it } from "vitest";
import { Problem } from "../../api/client";
import { channelChecksQuery, makeQueryClient } from "../../api/queries";
import type { ChannelAccount } from "../../api/types";
import { loadCatalogue, t } from "../../ui/i18n";
import { Records } from "./Records";

const account = { id: "1" } as ChannelAccount;
const { queryKey } = channelChecksQuery(account.id);

const no = () => Promise.reject(new Problem(500, { type: "about:blank", title: "Error", status: 500 }));

it("stays on the screen, with the focus in it, when a later reading fails", async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  await loadCatalogue("en");
  const client = makeQueryClient();
  client.setQueryData(queryKey, []);
  const place = document.body.appendChild(document.createElement("div"));
  const root = createRoot(place);
  act(() =>
    root.render(
      <QueryClientProvider client={client}>
        <Records account={account} />
      </QueryClientProvider>,
    ),
  );
  const again = place.querySelector("button");
  expect(again?.textContent).toBe(t("records.again"));
  again?.focus();
  await act(async () => {
    await expect(client.fetchQuery({ queryKey, queryFn: no, staleTime: 0 })).rejects.toThrow("Error");
    await new Promise((drawn) => setTimeout(drawn));
  });
  expect(client.getQueryState(queryKey)?.status).toBe("error");
  expect(document.activeElement).toBe(again);
  expect(place.querySelector("[role=alert]")).toBeNull();
  act(() => root.unmount());
});
