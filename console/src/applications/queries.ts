import { queryOptions, useQueries } from "@tanstack/react-query";
import { accountQuery } from "../api/account";
import { answer, api, type Page, type Schemas } from "../api/client";
import { tagged } from "../api/tagged";
import { root } from "../place";

/** One application, with the tag that a change of it starts from. */
export const applicationQuery = (application: string) => queryOptions({
  queryKey: ["applications", "one", application],
  queryFn: () => tagged(api.GET("/api/v1/applications/{application}", { params: { path: { application } } })),
});

/** The secrets of an application, revoked ones too. They are listed by their owner, page after page. */
export const secretsQuery = (application: string, account: string | undefined) => queryOptions({
  queryKey: ["applications", "secrets", application],
  queryFn: async () => {
    const found: Schemas["ApiToken"][] = [];
    let after: string | undefined;
    do {
      const page: Page<Schemas["ApiToken"]> = await answer(api.GET("/api/v1/tokens", {
        params: { query: { account, after, limit: 200 } },
      }));
      found.push(...page.items.filter((token) => token.application === application));
      after = page.next ?? undefined;
    } while (after);
    return found.reverse();
  },
});

/** Whether a secret works now. */
export function works(secret: Pick<Schemas["Common"], "revoked" | "expires">, now = Date.now()): boolean {
  return !secret.revoked && (!secret.expires || Date.parse(secret.expires) > now);
}

/** The names of accounts; one that is out of reach has none. */
export function useNames(accounts: string[]): Map<string, string> {
  return useQueries({
    queries: accounts.map((account) => ({ ...accountQuery(account), retry: false, staleTime: 60_000 })),
    combine: (asked) => new Map(asked.flatMap(({ data }) => (data ? [[data.id, data.name] as const] : []))),
  });
}

/** What Carillon calls itself, which applications must know it by. */
export const issuerQuery = queryOptions({
  queryKey: ["issuer"],
  queryFn: async () => {
    const told = await fetch(`${root}/.well-known/openid-configuration`);
    return ((await told.json()) as { issuer: string }).issuer;
  },
  staleTime: Infinity,
});
