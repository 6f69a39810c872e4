import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../api/client";
import { tagged } from "../api/tagged";

export type Provider = Schemas["Provider"];

/** An account with the tag that a change of it starts from. */
export const taggedAccountQuery = (account: string) => queryOptions({
  queryKey: ["account", account, "settings"],
  queryFn: () => tagged(api.GET("/api/v1/accounts/{account}", { params: { path: { account } } })),
});

/** What is set for the whole deployment. */
export const deploymentQuery = queryOptions({
  queryKey: ["deployment", "settings"],
  queryFn: () => answer(api.GET("/api/v1/deployment/settings")),
});

/** The keys that sign, the newest first. */
export const signingKeysQuery = queryOptions({
  queryKey: ["deployment", "signing-keys"],
  queryFn: async () => (await answer(api.GET("/api/v1/signing-keys"))).keys.toReversed(),
});

/** The sign-in providers of an account or of the deployment: 200 at most, and nobody has so many. */
export const providersQuery = (account: string | undefined) => queryOptions({
  queryKey: ["providers", account],
  queryFn: async () => (await answer(api.GET("/api/v1/providers", {
    params: { query: { account, limit: 200 } },
  }))).items,
});
