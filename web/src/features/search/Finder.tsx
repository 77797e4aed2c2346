/* Brings search and command palette to every screen, and fetches the palette when it is first opened. What is typed while either is on its way is meant
 * for it, and for nothing on the screen that still stands there. */
import { useNavigate, useRouter, useRouterState } from "@tanstack/react-router";
import { lazy, useEffect, useRef } from "react";
import { finder, typedForSearch } from "../../actions/finder";
import { EarlyKeys, EarlyText, KeepKeys } from "../../ui/EarlyKeys";
import { withWords } from "../../ui/i18n";
import { useStore } from "../../ui/store";

const Palette = lazy(withWords(() => import("../palette/Palette")));

export function Finder() {
  const isPaletteOpen = useStore(finder, (state) => state.isPaletteOpen);
  const asked = useStore(finder, (state) => state.searchAsked);
  const isSearchHere = useStore(finder, (state) => state.isSearchHere);
  const isSearchComing = useRouterState({
    select: ({ location, resolvedLocation }) =>
      location.pathname === "/search" && resolvedLocation?.pathname !== "/search",
  });
  const before = useRef(asked);
  const router = useRouter();
  const navigate = useNavigate();

  useEffect(() => {
    if (asked === before.current) return;
    before.current = asked;
    const box = document.getElementById("search-line");
    if (box instanceof HTMLInputElement) box.select();
    else void navigate({ to: "/search" });
  }, [asked, navigate]);

  // Of a search that was given up nothing is left for the next one.
  useEffect(() => {
    if (!isSearchComing) typedForSearch.current = "";
  }, [isSearchComing]);

  if (isSearchComing && !isSearchHere)
    return (
      <EarlyText value={typedForSearch}>
        <KeepKeys onEscape={() => router.history.back()} />
      </EarlyText>
    );
  const close = () => finder.set({ isPaletteOpen: false });
  return isPaletteOpen ? (
    <EarlyKeys onEscape={close}>
      <Palette onClose={close} />
    </EarlyKeys>
  ) : null;
}
