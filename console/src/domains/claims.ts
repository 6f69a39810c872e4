import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../api/client";

export type Claim = Schemas["DomainClaim"];

/** All domains that an account claims; the admin API gives them on one page. */
export const claimsQuery = (account: string) => queryOptions({
  queryKey: ["domains", account, "all"],
  queryFn: () => answer(api.GET("/api/v1/accounts/{account}/domains", { params: { path: { account } } })),
});

/** How long a record must be missing before an operator may give the domain away (rule 4), in milliseconds. */
const lapse = 7 * 24 * 60 * 60 * 1000;

/** From when on an operator may give a domain away whose record is missing since then. */
export const lapses = (missing: string) => new Date(Date.parse(missing) + lapse).toISOString();
