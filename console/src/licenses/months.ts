import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../api/client";
import { texts } from "../texts";
import { licenses } from "../texts/licenses";

/** What was held in a month, over all members of an account. */
export type Totals = Schemas["Totals"];

/** So many months (UTC) from now back, each such as `2026-11`. */
export const monthsBack = (now: Date, count: number): string[] => Array.from({ length: count }, (_, back) =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7));

const name = new Intl.DateTimeFormat(undefined, { month: "short", year: "numeric", timeZone: "UTC" });

/** A month as one reads it. */
export const monthName = (month: string) => name.format(new Date(`${month}-01T00:00:00Z`));

/** Whether a report is about the whole of its month, as it was counted. */
function hasEnded({ month, until }: Totals): boolean {
  const [year, number] = month.split("-").map(Number);
  return Date.parse(until) >= Date.UTC(year ?? 0, number ?? 0, 1);
}

/** A month's report. Of one that has ended nothing changes any more. */
export const monthQuery = (account: string, month: string) => queryOptions({
  queryKey: ["report", account, month],
  queryFn: () => answer(api.GET("/api/v1/accounts/{account}/report", {
    params: { path: { account }, query: { month } },
  })),
  staleTime: ({ state }) => (state.data && hasEnded(state.data) ? Infinity : 60_000),
});

/** The columns in which a day can be counted, as they are shown and called: what is billed first. */
export const columns = [
  { id: "pro", name: texts.license.Pro },
  { id: "plus", name: texts.license.Plus },
  { id: "basic", name: texts.license.Basic },
  { id: "pro_trial", name: texts.license.ProTrial },
  { id: "suspended", name: licenses.report.suspended },
] as const;

/** All days of a month together: those of membership (rule 67). */
export const sum = (days: Schemas["Days"]) => columns.reduce((sum, { id }) => sum + days[id], 0);
