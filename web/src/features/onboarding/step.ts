/** Which step of the first run, from the address. Without an account there is only the first, and no `step`; with one, its administrator may go through
 * them again. */
export function readStep({ step }: Record<string, unknown>): { step?: 1 | 2 | 3 } {
  const known = ([1, 2, 3] as const).find((one) => String(one) === String(step));
  return known ? { step: known } : {};
}
