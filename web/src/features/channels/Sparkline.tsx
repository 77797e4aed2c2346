/* How much came in each two hours of the last day. A picture beside the number: it says nothing that is not said in words. */
const WIDTH = 64;
const HEIGHT = 20;

export function Sparkline({ hours, isQuiet }: { hours: readonly number[]; isQuiet: boolean }) {
  const sums = hours.flatMap((count, at) => (at % 2 ? [count + (hours[at - 1] ?? 0)] : []));
  const most = Math.max(...sums, 1);
  if (sums.length < 2) return null;
  const points = sums.map((sum, at) => {
    const x = Math.round((at * WIDTH) / (sums.length - 1));
    return `${x} ${Math.round(HEIGHT - 2 - (sum / most) * (HEIGHT - 4))}`;
  });
  return (
    <svg
      className={`spark ${isQuiet ? "quiet" : ""}`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      fill="none"
      aria-hidden="true"
    >
      <path d={`M${points.join(" ")}`} />
    </svg>
  );
}

/** What came since midnight here. Hours are cut at full hours, so half-hour zones count a little too much. */
export function today(from: string, hours: readonly number[], now: Date): number {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const start = new Date(from).getTime();
  return hours.reduce((sum, count, at) => (start + (at + 1) * 3_600_000 > midnight ? sum + count : sum), 0);
}
