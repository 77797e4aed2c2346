/** Beside words that say the same: green for available, amber for away. */
export function StandingDot({ status }: { status: "available" | "away" }) {
  return <i className={`presence ${status}`} />;
}
