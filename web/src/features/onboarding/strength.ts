/* How hard a password is to guess, roughly: 0 (nothing) to 4. A few words beat a short clever one, so length counts most. */

export function strength(password: string): 0 | 1 | 2 | 3 | 4 {
  if (password.length === 0) return 0;
  const isRepetitive = new Set(password).size < Math.min(6, password.length / 2);
  if (password.length < 8 || isRepetitive || /^(password|passord|qwerty|123456|letmein)/i.test(password)) return 1;
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(password)).length;
  const points = password.length + kinds * 2;
  if (points < 14) return 1;
  if (points < 16) return 2;
  return points < 20 ? 3 : 4;
}
