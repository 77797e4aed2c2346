/* Where the agent app starts: the words first, then the page. */
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { whenSignedOut } from "../api/client";
import { keys, makeQueryClient } from "../api/queries";
import { askForFirstList } from "../features/conversations/firstList";
import { auth, followTabs } from "../features/session/auth";
import { loadCatalogue, preferredLocale } from "../ui/i18n";
import { makeRouter } from "./router";
import { startWorker } from "./worker";
import "../ui/tokens.css";
import "../ui/fonts.css";
import "../ui/base.css";

const client = makeQueryClient();
const router = makeRouter(client);

// Before anybody was signed in, the router sends people to the sign-in; afterwards a dialog keeps the page as it is.
whenSignedOut(() => {
  if (client.getQueryData(keys.session)) auth.set({ isExpired: true });
});

followTabs(client);
askForFirstList(client, location); // and who this is: the router asks for the same
await loadCatalogue(preferredLocale());
// Pushes, and opening without a network. Not while developing: it would keep what should be fresh.
if (import.meta.env.PROD) startWorker((path) => void router.navigate({ to: path }));

const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
