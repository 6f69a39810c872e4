/** A sample of Prometheus' text format, version 0.0.4. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** The samples of a text; what is no sample is passed over. */
export function parse(text: string): Sample[] {
  return text.split("\n").flatMap((line) => {
    const found = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!found?.[1]) return [];
    const labels = [...(found[2] ?? "").matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)]
      .map(([, name = "", value = ""]) => [name, value.replace(/\\(.)/g, (_, one) => (one === "n" ? "\n" : one))]);
    const value = found[3] === "+Inf" ? Infinity : Number(found[3]);
    return [{ name: found[1], labels: Object.fromEntries(labels) as Record<string, string>, value }];
  });
}

/** The samples of one family. */
export const family = (samples: Sample[], name: string) => samples.filter((sample) => sample.name === name);

/** The value of a family that has one sample. */
export const single = (samples: Sample[], name: string) => family(samples, name)[0]?.value;

/** The sums of a family by the value of a label. */
export function sums(samples: Sample[], name: string, label: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { labels, value } of family(samples, name)) {
    const key = labels[label] ?? "";
    found[key] = (found[key] ?? 0) + value;
  }
  return found;
}

/** The duration within which this share of what a histogram counted lies: one of its bounds, by their counts. */
export function within(buckets: Record<string, number>, share: number): number | undefined {
  const bounds = Object.entries(buckets)
    .map(([bound, count]) => ({ bound: bound === "+Inf" ? Infinity : Number(bound), count }))
    .sort((a, b) => a.bound - b.bound);
  const all = bounds.at(-1)?.count ?? 0;
  return all > 0 ? bounds.find(({ count }) => count >= share * all)?.bound : undefined;
}
