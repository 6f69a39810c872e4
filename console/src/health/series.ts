import { words } from "../texts/health";
import type { Look } from "./measures";
import { within } from "./prometheus";

/** A line of a plot. */
export interface Line {
  title: string;
  data: { x: Date; y: number }[];
}

/** Each look with the one before it at the same process: only there, counters have grown from one to the other. */
function pairs(looks: Look[]): [Look, Look][] {
  return looks.flatMap((now, at): [Look, Look][] => {
    const before = looks.slice(0, at).filter(({ process }) => process === now.process).at(-1);
    return before && now.at > before.at ? [[before, now]] : [];
  });
}

/** How fast counters grow, in one a second. */
function rates(looks: Look[], counters: (look: Look) => Record<string, number>, title: (name: string) => string) {
  const names = [...new Set(looks.flatMap((look) => Object.keys(counters(look))))].sort();
  return names.map((name): Line => ({
    title: title(name),
    data: pairs(looks).map(([before, now]) => ({
      x: new Date(now.at),
      y: 1000 * ((counters(now)[name] ?? 0) - (counters(before)[name] ?? 0)) / (now.at - before.at),
    })),
  }));
}

/** How gauges stand. */
function levels(looks: Look[], gauges: (look: Look) => Record<string, number>, titles: [string, string][]): Line[] {
  return titles.map(([name, title]) => ({
    title,
    data: looks.map((look) => ({ x: new Date(look.at), y: gauges(look)[name] ?? 0 })),
  }));
}

/** Requests a second, by the class of the status they were answered with. */
export const requests = (looks: Look[]) => rates(looks, (look) => look.requests, words.requests.classes);

/** Decisions a second, by their outcome. */
export const decisions = (looks: Look[]) =>
  rates(looks, (look) => ({ yes: 0, no: 0, ...look.decisions }), (name) => words.decisions[name as "yes" | "no"]);

/** What waits in the outbox, and what was given up. */
export const outbox = (looks: Look[]) =>
  levels(looks, (look) => look.outbox, [["waiting", words.outbox.waiting], ["dead", words.outbox.dead]]);

/** How long the oldest message has waited, in minutes; nought where none waits. */
export const ages = (looks: Look[]) => levels(looks, (look) => (
  Object.fromEntries(Object.entries(look.ages).map(([receiver, seconds]) => [receiver, seconds / 60]))
), Object.entries(words.messages.receivers));

/** Connections in use. */
export const connections = (looks: Look[]) => {
  const pools = [...new Set(looks.flatMap((look) => Object.keys(look.connections)))].sort();
  return levels(looks, (look) => look.connections, pools.map((pool) => [pool, words.connections.pool(pool)]));
};

/** The time to the answer in milliseconds: on average, and of 19 in 20. */
export function latency(looks: Look[]): Line[] {
  const busy = pairs(looks).filter(([before, now]) => now.answers > before.answers);
  const mean = busy.map(([before, now]) => ({
    x: new Date(now.at),
    y: 1000 * (now.took - before.took) / (now.answers - before.answers),
  }));
  const most = busy.flatMap(([before, now]) => {
    const grown = Object.entries(now.buckets).map(([bound, count]) => [bound, count - (before.buckets[bound] ?? 0)]);
    const seconds = within(Object.fromEntries(grown) as Record<string, number>, 0.95);
    return seconds === undefined || seconds === Infinity ? [] : [{ x: new Date(now.at), y: 1000 * seconds }];
  });
  return [{ title: words.latency.mean, data: mean }, { title: words.latency.most, data: most }];
}
