import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api, Refused, type Schemas } from "../api/client";
import { tagged } from "../api/tagged";

export type Connection = Schemas["DirectoryConnection"];
export type Mapping = Schemas["GroupMapping"];
export type Run = Schemas["Run"];
/** What is asked, where it is not as it is set up. */
export type Proposed = Partial<Schemas["Proposed"]>;

/** That as it is sent. */
export const asSent = (proposed: Proposed): Schemas["Proposed"] =>
  ({ connection: null, password: null, mappings: null, ...proposed });

/** How often a page looks again: soon while something is under way, else for news of a directory that is followed. */
const soon = 1_000;
const later = 5_000;

/** An account's directory with its tag; `null` where none is set up. */
export const directoryQuery = (account: string) => queryOptions({
  queryKey: ["directory", account],
  queryFn: () => tagged(api.GET("/api/v1/accounts/{account}/directory", { params: { path: { account } } }))
    .catch((error: unknown) => {
      if (error instanceof Refused && error.problem.code === "no-directory") return null;
      throw error;
    }),
});

/** A run that goes on, or that another one is about to do. */
export const isUnderWay = (run: Run) => run.state === "running" || run.state === "agreed";

/** An account's directory, looked at again as long as the page is shown. */
export function useDirectory(account: string) {
  const queries = useQueryClient();
  const directory = useQuery({
    ...directoryQuery(account),
    refetchInterval: ({ state }) => state.data?.body.connected ? busy(state.data.body) : false,
  });
  const again = () => queries.invalidateQueries({ queryKey: ["directory", account] });
  return { directory, again };
}

/** The newest runs of a directory, looked at again as long as they are shown. */
export function useNewest(account: string, directory: Schemas["Directory"]): Run[] {
  return useQuery({
    queryKey: ["directory", account, "runs", "newest"],
    queryFn: async () => (await answer(api.GET("/api/v1/accounts/{account}/directory/runs", {
      params: { path: { account }, query: { limit: 50 } },
    }))).items,
    refetchInterval: ({ state }) => {
      if (!directory.connected) return false;
      return state.data?.some(isUnderWay) ? soon : busy(directory);
    },
  }).data ?? [];
}

/** It is about to be read, or nobody has heard of it yet. */
function busy(directory: Schemas["Directory"]): number {
  return directory.full_run_wanted || !directory.heard ? soon : later;
}

/** One run, looked at again while it is under way. */
export function useRun(account: string, run: string) {
  return useQuery({
    queryKey: ["directory", account, "runs", run],
    queryFn: () => answer(api.GET("/api/v1/accounts/{account}/directory/runs/{run}", {
      params: { path: { account, run } },
    })),
    refetchInterval: ({ state }) => {
      if (!state.data) return false;
      if (state.data.state === "asking") return later;
      return isUnderWay(state.data) ? soon : false;
    },
  });
}

/** What a directory would lead to; nothing is changed. */
export const previewQuery = (account: string, proposed: Proposed) => queryOptions({
  // A password is no part of a name that is kept.
  queryKey: ["directory preview", account, { ...proposed, password: null }],
  queryFn: () => answer(api.POST("/api/v1/accounts/{account}/directory/preview", {
    params: { path: { account } },
    body: asSent(proposed),
  })),
  staleTime: 0,
  gcTime: 0,
  // What somebody looks at, and agrees to, stays what it is until they ask for it anew.
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
});
