/* Brings search and command palette to every screen, and fetches the palette when it is first opened. */
import { useNavigate } from "@tanstack/react-router";
import { lazy, useEffect, useRef } from "react";
import { finder } from "../../actions/finder";
import { EarlyKeys } from "../../ui/EarlyKeys";
import { withWords } from "../../ui/i18n";
import { useStore } from "../../ui/store";

const Palette = lazy(withWords(() => import("../palette/Palette")));

export function Finder() {
  const isPaletteOpen = useStore(finder, (state) => state.isPaletteOpen);
  const asked = useStore(finder, (state) => state.searchAsked);
  const before = useRef(asked);
  const navigate = useNavigate();

  useEffect(() => {
    if (asked === before.current) return;
    before.current = asked;
    const box = document.getElementById("search-line");
    if (box instanceof HTMLInputElement) box.select();
    else void navigate({ to: "/search" });
  }, [asked, navigate]);

  const close = () => finder.set({ isPaletteOpen: false });
  return isPaletteOpen ? (
    <EarlyKeys onEscape={close}>
      <Palette onClose={close} />
    </EarlyKeys>
  ) : null;
}
