import type { paths } from "../../generated/schema";
import { useWords } from "../shell/useWord";

type Query = NonNullable<paths["/api/v1/accounts/{account}/users"]["get"]["parameters"]["query"]>;

/** What the list of users may be narrowed by. */
export type Filters = Pick<Query, "status" | "license" | "origin" | "license_origin">;
export type Filter = keyof Filters;

/** What may be chosen of each. */
export const choices = {
  status: ["Registered", "Unregistered", "Suspended", "Pending", "Failed", "Waiting", "Disabled"],
  license: ["Pro", "Plus", "Basic", "ProTrial"],
  origin: ["Invitation", "Domain", "Directory", "Scim", "Administrator"],
  license_origin: ["Default", "Administrator", "Group"],
} as const satisfies { [F in Filter]: NonNullable<Filters[F]>[] };

export const filters = Object.keys(choices) as Filter[];

/** The filters in the page's address, and how to set one or, with nothing, to take it away. */
export function useFilters(): [Filters, (filter: Filter, value?: string) => void] {
  const [words, set] = useWords();
  const known = filters.flatMap((filter) => {
    const value = choices[filter].find((choice) => choice === words.get(filter));
    return value ? [[filter, value] as const] : [];
  });
  return [Object.fromEntries(known) as Filters, (filter, value) => set({ [filter]: value })];
}
