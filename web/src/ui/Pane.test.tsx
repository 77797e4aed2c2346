// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, type ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { loadCatalogue } from "./i18n";
import { Pane } from "./Pane";

let root: Root;
let place: HTMLElement;
const client = new QueryClient();

beforeEach(async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  vi.spyOn(console, "error").mockImplementation(() => undefined); // React tells of what was caught
  await loadCatalogue("en");
  place = document.body.appendChild(document.createElement("div"));
  root = createRoot(place);
});

afterEach(() => {
  act(() => root.unmount());
  place.remove();
  vi.restoreAllMocks();
});

const draw = (content: ReactNode) =>
  act(() => root.render(<QueryClientProvider client={client}>{content}</QueryClientProvider>));

function Odd({ answer }: { answer: { names?: string[] } }) {
  return <p>{(answer.names as string[]).join()}</p>;
}

const odd = {};
const good = { names: ["Ada"] };

describe("a pane that cannot be drawn", () => {
  it("stops alone, in its own frame, and says what to do and what happened", () => {
    draw(
      <>
        <Pane frame={(content) => <aside>{content}</aside>}>
          <Odd answer={odd} />
        </Pane>
        <textarea defaultValue="still here" />
      </>,
    );
    expect(place.querySelector("aside [role=alert] h2")?.textContent).toBe("This part has stopped");
    expect(place.querySelector("aside pre")?.textContent).toMatch(/TypeError.*\n\/\n.*Odd/);
    expect(place.querySelector("textarea")?.value).toBe("still here");
  });

  it("is drawn again when it is asked to", async () => {
    const answer: { names?: string[] } = {};
    draw(
      <Pane>
        <Odd answer={answer} />
      </Pane>,
    );
    const button = () => [...place.querySelectorAll("button")].find((one) => one.textContent === "Try again");
    await act(async () => button()?.click());
    expect(place.querySelector("h2")).not.toBeNull();
    answer.names = ["Ada"];
    await act(async () => button()?.click());
    expect(place.textContent).toBe("Ada");
  });

  it("is drawn anew when another thing is shown in it, and not before", () => {
    const show = (of: string, answer: { names?: string[] }) =>
      draw(
        <Pane of={of}>
          <Odd answer={answer} />
        </Pane>,
      );
    show("1", odd);
    show("1", good);
    expect(place.querySelector("h2")).not.toBeNull();
    show("2", good);
    expect(place.textContent).toBe("Ada");
  });
});
