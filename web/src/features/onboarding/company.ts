/** Where everybody may have a mailbox, the domain says nothing about a company. */
const FOR_EVERYBODY =
  /^(gmail|googlemail|outlook|hotmail|live|msn|yahoo|icloud|me|mac|aol|gmx|web|proton|protonmail|pm|fastmail|online|broadpark|zoho|mail)$/;

/** What the company may be called, from a person's mail address: a first guess for who is asked next. "" where it says nothing. */
export function companyOf(email: string): string {
  const labels = (email.split("@")[1] ?? "").toLowerCase().split(".").filter(Boolean);
  const isTwoPartEnding = labels.length > 2 && /^(co|com|org|net|ac|gov)$/.test(labels.at(-2) ?? "");
  const name = labels.length < 2 ? "" : (labels.at(isTwoPartEnding ? -3 : -2) ?? "");
  if (FOR_EVERYBODY.test(name)) return "";
  return name
    .split("-")
    .filter(Boolean)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(" ");
}
