import { queryOptions, type QueryClient } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import { root } from "../place";
import { texts } from "../texts";
import { family, parse, single, sums, type Sample } from "./prometheus";

const REQUESTS = "carillon_http_requests_total";
const OLDEST = "carillon_outbox_oldest_seconds";
const DURATIONS = "carillon_http_request_duration_seconds";

/** How often is looked, in milliseconds, and how many looks are kept: ten minutes. */
const every = 5_000;
const most = 120;

/** What is plotted of one look. Counters grow from the start of the process. */
export interface Look {
  /** The process that answered, by when it began: there may be several, and each may be started anew. */
  process: number | undefined;
  /** Milliseconds since 1970. */
  at: number;
  requests: Record<string, number>;
  /** By upper bound in seconds, each with what is below. */
  buckets: Record<string, number>;
  /** Seconds of all answers. */
  took: number;
  answers: number;
  decisions: Record<string, number>;
  outbox: Record<string, number>;
  /** Seconds since the oldest that waits was made, by receiver. */
  ages: Record<string, number>;
  /** Connections in use, by pool. */
  connections: Record<string, number>;
}

/** What the server told so far. */
export interface Told {
  looks: Look[];
  /** All of the last look. */
  samples: Sample[];
}

/** Whether the server takes requests. */
export const readyQuery = queryOptions({
  queryKey: ["ready"],
  queryFn: async () => (await fetch(`${root}/readyz`).catch(() => {
    throw new Error(texts.unreachable);
  })).ok,
  refetchInterval: every,
  staleTime: 0,
});

/** The server's figures, asked for again and again while the page can be seen; each look is added to those before. */
export const measuresQuery = (queries: QueryClient) => queryOptions({
  queryKey: ["measures"],
  queryFn: async (): Promise<Told> => {
    const samples = parse(await answer(api.GET("/api/v1/metrics", { parseAs: "text" })));
    const before = queries.getQueryData<Told>(["measures"])?.looks ?? [];
    return { looks: [...before.slice(1 - most), look(samples)], samples };
  },
  refetchInterval: every,
  structuralSharing: false,
  staleTime: 0,
});

function look(samples: Sample[]): Look {
  const all = sums(samples, "carillon_database_connections", "pool");
  const idle = sums(samples, "carillon_database_connections_idle", "pool");
  const measured = Object.entries(all).filter(([pool]) => pool in idle);
  return {
    process: single(samples, "process_start_time_seconds"),
    at: Date.now(),
    requests: sums(samples, REQUESTS, "status"),
    buckets: sums(samples, `${DURATIONS}_bucket`, "le"),
    took: family(samples, `${DURATIONS}_sum`).reduce((sum, { value }) => sum + value, 0),
    answers: family(samples, `${DURATIONS}_count`).reduce((sum, { value }) => sum + value, 0),
    decisions: sums(samples, "carillon_decisions_total", "allowed"),
    outbox: sums(samples, "carillon_outbox_entries", "state"),
    ages: sums(family(samples, OLDEST).filter(({ labels }) => labels.state === "waiting"), OLDEST, "receiver"),
    connections: Object.fromEntries(measured.map(([pool, open]) => [pool, open - (idle[pool] ?? 0)])),
  };
}

/** A route since the start of the process. */
export interface RouteOf {
  route: string;
  method: string;
  count: number;
  errors: number;
  /** Seconds. */
  mean: number;
  buckets: Record<string, number>;
}

/** What each route answered, the most asked first. */
export function routesOf(samples: Sample[]): RouteOf[] {
  const of = (one: Sample, name: string) => family(samples, name)
    .filter(({ labels }) => labels.route === one.labels.route && labels.method === one.labels.method);
  return family(samples, `${DURATIONS}_count`).map((one) => ({
    route: one.labels.route ?? "",
    method: one.labels.method ?? "",
    count: one.value,
    errors: sums(of(one, REQUESTS), REQUESTS, "status")["5xx"] ?? 0,
    mean: (single(of(one, `${DURATIONS}_sum`), `${DURATIONS}_sum`) ?? 0) / Math.max(one.value, 1),
    buckets: sums(of(one, `${DURATIONS}_bucket`), `${DURATIONS}_bucket`, "le"),
  })).sort((a, b) => b.count - a.count);
}
