import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../api/client";

export type Entry = Schemas["Record"];

/** What entries are asked for, as it stands in the page's address; empty where nothing is demanded. */
export interface Filter {
  account: string | undefined;
  subject: string;
  actor: string;
  action: string;
  refused: boolean;
  since: string | undefined;
  until: string | undefined;
}

/** A page of the entries that a filter lets through, the newest first. */
export const entries = (filter: Filter, after: string | undefined, limit: number) =>
  answer(api.GET("/api/v1/audit", {
    params: {
      query: {
        account: filter.account,
        subject: filter.subject || undefined,
        actor: filter.actor || undefined,
        action: filter.action || undefined,
        refused: filter.refused || undefined,
        since: filter.since,
        until: filter.until,
        after,
        limit,
      },
    },
  }));

/** Whose id or address this is; nothing when nobody within reach has it. */
export const personQuery = (person: string) => queryOptions({
  queryKey: ["person", person],
  queryFn: async () => {
    const asked = api.POST("/api/v1/explain", { body: { user: person } });
    const { status } = (await asked).response;
    return status === 403 || status === 404 ? null : answer(asked);
  },
  staleTime: 5 * 60_000,
});

/** What an application is called, for who may know. */
export const applicationNameQuery = (application: string) => queryOptions({
  queryKey: ["applications", "name", application],
  queryFn: async () => {
    const asked = api.GET("/api/v1/applications/{application}", { params: { path: { application } } });
    const { status } = (await asked).response;
    return status === 403 || status === 404 ? null : (await answer(asked)).name;
  },
  staleTime: 5 * 60_000,
});
