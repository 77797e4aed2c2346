import { clockFace, type Deadline } from "./clockWords";
import "./clockchip.css";

interface Props {
  deadline: Deadline;
  /** By the server's clock, in milliseconds. */
  now: number;
}

/** One chip for every deadline: round for an answer target, square for a closing window, filled by the time that is left. */
export function ClockChip({ deadline, now }: Props) {
  const face = clockFace(deadline, now);
  if (!face) return null;
  return (
    <span className={`clockchip ${face.tone} ${face.shape}`} title={face.sentence}>
      <i style={{ "--left": `${face.left}%` } as React.CSSProperties} />
      {face.words}
      <span className="sr">. {face.sentence}</span>
    </span>
  );
}
