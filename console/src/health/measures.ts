import { queryOptions, type QueryClient } from "@tanstack/react-query";
import { Refused, type Problem } from "../api/client";
import { root, signIn } from "../place";
import { texts } from "../texts";
import { family, parse, single, sums, type Sample } from "./prometheus";

const REQUESTS = "carillon_http_requests_total";
export const DURATIONS = "carillon_http_request_duration_seconds";

/** How often is looked, in milliseconds, and how many looks are kept: ten minutes. */
export const every = 5_000;
const most = 120;

/** What is plotted of one look. Counters grow from the start of the server. */
export interface Look {
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
  /** Connections in use, by pool. */
  connections: Record<string, number>;
}

/** What the server told so far. */
export interface Told {
  ready: boolean;
  looks: Look[];
  /** All of the last look; nothing where the server tells the console no figures. */
  samples: Sample[] | undefined;
}

/** The server's figures, asked for again and again while the page is open; each look is added to those before. */
export const measuresQuery = (queries: QueryClient) => queryOptions({
  queryKey: ["measures"],
  queryFn: async (): Promise<Told> => {
    const [ready, text] = await Promise.all([isReady(), figures()]);
    const before = queries.getQueryData<Told>(["measures"])?.looks ?? [];
    if (text === undefined) return { ready, looks: [], samples: undefined };
    const samples = parse(text);
    return { ready, looks: [...before.slice(1 - most), look(samples)], samples };
  },
  refetchInterval: every,
  structuralSharing: false,
  staleTime: 0,
});

async function isReady(): Promise<boolean> {
  return (await fetch(`${root}/readyz`)).ok;
}

async function figures(): Promise<string | undefined> {
  const told = await fetch(`${root}/api/v1/metrics`).catch(() => {
    throw new Error(texts.unreachable);
  });
  if (told.ok) return told.text();
  if (told.status === 404) return undefined;
  if (told.status === 401) location.assign(signIn());
  throw new Refused(await told.json() as Problem);
}

function look(samples: Sample[]): Look {
  const all = sums(samples, "carillon_database_connections", "pool");
  const idle = sums(samples, "carillon_database_connections_idle", "pool");
  const measured = Object.entries(all).filter(([pool]) => pool in idle);
  return {
    at: Date.now(),
    requests: sums(samples, REQUESTS, "status"),
    buckets: sums(samples, `${DURATIONS}_bucket`, "le"),
    took: family(samples, `${DURATIONS}_sum`).reduce((sum, { value }) => sum + value, 0),
    answers: family(samples, `${DURATIONS}_count`).reduce((sum, { value }) => sum + value, 0),
    decisions: sums(samples, "carillon_decisions_total", "allowed"),
    outbox: sums(samples, "carillon_outbox_entries", "state"),
    connections: Object.fromEntries(measured.map(([pool, open]) => [pool, open - (idle[pool] ?? 0)])),
  };
}

/** A route since the start of the server. */
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
