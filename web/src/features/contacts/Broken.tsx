import { Fragment } from "react";

const LONG = 22;

/** A long address in one line's width: it breaks before the "@" if it can, inside its parts only where they are too long themselves, and at their dots. */
export function Broken({ value }: { value: string }) {
  const parts = value.split(/(?=@)/).flatMap((part) => (part.length > LONG ? part.split(/(?<=[.\-_+/])/) : [part]));
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text, in order
    <Fragment key={index}>
      {index > 0 ? <wbr /> : null}
      {part}
    </Fragment>
  ));
}
