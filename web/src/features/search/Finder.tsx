/* Brings search and command palette to every screen: answers their keys, and those of the panes and of the key sheet, where no list of actions does
 * (settings, search itself), and fetches the palette when it is first opened. */
import { useNavigate } from "@tanstack/react-router";
import { lazy, useEffect, useRef } from "react";
import { askSearch, finder, openPalette } from "../../actions/finder";
import { isTextField, keyName } from "../../actions/keyboard";
import { panes, stepPane } from "../../actions/panes";
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
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      if (event.target instanceof Element && event.target.closest("dialog, [role=menu], [role=dialog]")) return;
      const key = keyName(event);
      if (key === "Mod+k") openPalette();
      else if (key === "F6") stepPane(1);
      else if (key === "Shift+F6") stepPane(-1);
      else if (isTextField(event.target)) return;
      else if (key === "/") askSearch();
      else if (key === "?") panes.set({ isSheetOpen: true });
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);

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
