import type { Entry } from "./queries";

const columns = ["seq", "at", "action", "refusal", "actor_kind", "actor", "door", "request", "account", "subject",
  "why", "before", "after", "personal"];

/** Entries as rows, the names of the columns first. */
export function rowsOf(entries: Entry[]): string[][] {
  const told = (value: unknown) => {
    if (value === undefined || value === null) return "";
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  };
  const rows = entries.map((one) => [one.seq, one.at, one.action, one.refusal, one.actor.kind, one.actor.id, one.door,
    one.request, one.account, one.subject, one.why, one.before, one.after, one.personal]);
  return [columns, ...rows.map((row) => row.map(told))];
}

/** Entries as the admin API gives them, one in each line. */
export function toJson(entries: Entry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}
