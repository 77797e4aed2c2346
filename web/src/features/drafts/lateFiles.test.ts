import { describe, expect, it } from "vitest";
import type { Attachment } from "../../api/types";
import { emptyDraft } from "./drafts";
import { deliverLate, takeLateFiles } from "./lateFiles";

const file = { id: "9", name: "offer.pdf" } as Attachment;

describe("a file that arrives after its composer has gone", () => {
  it("goes to the composer that is there now, else into the kept draft, beside the text that stands there", () => {
    let kept = { ...emptyDraft(), text: "Written since." };
    const deliver = () =>
      deliverLate(
        "1.7.reply",
        file,
        () => kept,
        (draft) => (kept = draft),
      );
    const taken: Attachment[] = [];
    const first = takeLateFiles("1.7.reply", () => undefined);
    const leave = takeLateFiles("1.7.reply", (one) => taken.push(one));
    first();
    deliver();
    expect([taken, kept.attachments]).toEqual([[file], []]);
    leave();
    deliver();
    expect(kept).toMatchObject({ text: "Written since.", attachments: [file] });
  });
});
