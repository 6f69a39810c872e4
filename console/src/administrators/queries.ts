import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Page, type Schemas } from "../api/client";

export type Grant = Schemas["List_GrantOf"]["items"][number];
export type Sort = "keys" | "tokens";

/** An access key or an API token, as far as they are alike. */
export type Credential = Schemas["Common"] & {
  sort: Sort;
  /** By what the API names it. */
  id: string;
  /** The role it was made for; nothing for an application's. */
  grant: string | null;
  application: string | null;
  /** What is told only when it is made. */
  secret: string | null;
};

const ofKey = ({ access_key_id, secret_access_key, ...key }: Schemas["AccessKey"]): Credential =>
  ({ ...key, sort: "keys", id: access_key_id, application: null, secret: secret_access_key ?? null });
const ofToken = ({ token, grant, application, ...rest }: Schemas["ApiToken"]): Credential =>
  ({ ...rest, sort: "tokens", grant: grant ?? null, application: application ?? null, secret: token ?? null });

/** Whose role and whose keys a page is about: an account's, or all of the deployment. */
export type Scope = string | undefined;

/** All pages of a list, but no more than `most` items. */
async function all<T>(load: (after?: string) => Promise<Page<T>>, most = Infinity): Promise<T[]> {
  const found: T[] = [];
  let after: string | undefined;
  do {
    const page = await load(after);
    found.push(...page.items);
    after = page.next ?? undefined;
  } while (after && found.length < most);
  return found;
}

/** A page of the roles that are held here, or of those that one person holds. */
export const grants = (account: Scope, user: string, limit: number, after?: string) =>
  answer(api.GET("/api/v1/grants", { params: { query: { account, user: user || undefined, after, limit } } }));

/** Who holds which role, by its id, to name owners of keys: as many as can be asked for in a moment. */
export const ownersQuery = (account: Scope) => queryOptions({
  queryKey: ["grants", "owners", account],
  queryFn: async () => {
    const found = await all((after) => grants(account, "", 200, after), 1_000);
    return new Map(found.map((grant) => [grant.id, grant]));
  },
  structuralSharing: false,
  staleTime: 60_000,
});

/** Who is signed in, and the roles that are theirs. */
export const mineQuery = queryOptions({
  queryKey: ["grants", "mine"],
  queryFn: () => answer(api.GET("/api/v1/me/roles")),
});

/** The role for which whoever is signed in can make keys and tokens: over the account, or else over everything. */
export function ownGrant(mine: Schemas["Roles"] | undefined, account: Scope): Schemas["Grant"] | undefined {
  const full = mine?.grants.filter(({ role }) => role === "FullAccess") ?? [];
  return full.find((grant) => account && grant.account === account) ?? full.find((grant) => !grant.account);
}

/** All access keys or API tokens of an account, or of the deployment and every account. */
async function list(sort: Sort, account: Scope): Promise<Credential[]> {
  const query = (after?: string) => ({ params: { query: { account, after, limit: 200 } } });
  return sort === "keys" ?
    (await all((after) => answer(api.GET("/api/v1/keys", query(after))))).map(ofKey) :
    (await all((after) => answer(api.GET("/api/v1/tokens", query(after))))).map(ofToken);
}

/**
 * The access keys or API tokens of an account, or all there are, the newest first. To an operator an account's are also
 * those that were made for roles over the deployment and reach that account only.
 */
export const credentialsQuery = (sort: Sort, account: Scope, isOperator: boolean) => queryOptions({
  queryKey: ["credentials", sort, account, isOperator],
  queryFn: async () => {
    const everywhere = account && isOperator ? await list(sort, undefined) : [];
    const found = [...await list(sort, account), ...everywhere.filter(({ within }) => within === account)];
    return found.sort((one, other) => other.created.localeCompare(one.created));
  },
});

/** Makes one for a role. */
export async function make(sort: Sort, body: Schemas["NewCredential"]): Promise<Credential> {
  return sort === "keys" ? ofKey(await answer(api.POST("/api/v1/keys", { body }))) :
    ofToken(await answer(api.POST("/api/v1/tokens", { body })));
}

/** Makes another in the place of one, which works so many seconds longer. */
export async function rotate({ sort, id }: Credential, overlap_seconds: number): Promise<Credential> {
  const body = { overlap_seconds };
  return sort === "keys" ?
    ofKey(await answer(api.POST("/api/v1/keys/{key}/rotate", { params: { path: { key: id } }, body }))) :
    ofToken(await answer(api.POST("/api/v1/tokens/{token}/rotate", { params: { path: { token: id } }, body })));
}

/** Ends one at once, or with `preview` only asks whether that is allowed. */
export async function revoke({ sort, id }: Credential, query: { preview?: "true" }): Promise<true> {
  await (sort === "keys" ?
    answer(api.DELETE("/api/v1/keys/{key}", { params: { path: { key: id }, query } })) :
    answer(api.DELETE("/api/v1/tokens/{token}", { params: { path: { token: id }, query } })));
  return true;
}
