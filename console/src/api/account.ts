import { queryOptions, useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { answer, api } from "./client";

/** One account, as every page of it asks for it. */
export const accountQuery = (account: string) => queryOptions({
  queryKey: ["account", account],
  queryFn: () => answer(api.GET("/api/v1/accounts/{account}", { params: { path: { account } } })),
});

/** Somebody in an account, or an invitation of it. */
export const userQuery = (account: string, user: string) => queryOptions({
  queryKey: ["users", account, "one", user],
  queryFn: () => answer(api.GET("/api/v1/accounts/{account}/users/{user}", { params: { path: { account, user } } })),
});

/** The id of the account in the page's address, and the account. */
export function useAccount() {
  const { account: id = "" } = useParams();
  return { id, account: useQuery(accountQuery(id)).data };
}
