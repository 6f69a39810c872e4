import { Container, Header, KeyValuePairs, StatusIndicator } from "@cloudscape-design/components";
import { Time } from "../shell/parts";
import { words } from "../texts/health";
import { family, single, type Sample } from "./prometheus";

const count = new Intl.NumberFormat();
const bytes = new Intl.NumberFormat(undefined, { style: "unit", unit: "megabyte", maximumFractionDigits: 0 });

/** How the server stands now. */
export function Facts({ isReady, samples }: {
  isReady: boolean;
  /** Its figures, as soon as they are known. */
  samples: Sample[] | undefined;
}) {
  return (
    <Container header={<Header variant="h2">{words.now}</Header>}>
      <KeyValuePairs columns={4} minColumnWidth={150} items={[
        { label: words.state, value: (
          <StatusIndicator type={isReady ? "success" : "error"}>
            {isReady ? words.ready : words.notReady}
          </StatusIndicator>
        ) },
        ...(samples ? measured(samples) : []),
      ]} />
    </Container>
  );
}

function measured(samples: Sample[]) {
  const label = (name: string, key: string) => family(samples, name)[0]?.labels[key];
  const engine = label("carillon_database_info", "engine") ?? "";
  const isUp = single(samples, "carillon_database_up") === 1;
  const started = single(samples, "process_start_time_seconds");
  const memory = single(samples, "process_resident_memory_bytes");
  const ahead = single(samples, "carillon_clock_ahead_seconds");
  const figure = (name: string) => {
    const value = single(samples, name);
    return value === undefined ? words.none : count.format(value);
  };
  const slots = family(samples, "carillon_password_hash_slots");
  const busy = slots.find(({ labels }) => labels.state === "busy")?.value ?? 0;
  return [
    { label: words.engine, value: (
      <StatusIndicator type={isUp ? "success" : "error"}>
        {words.engines[engine] ?? engine} {isUp ? words.up : words.down}
      </StatusIndicator>
    ) },
    { label: words.version, value: label("carillon_build_info", "version") ?? words.none },
    { label: words.started, value: started ? <Time at={new Date(started * 1000).toISOString()} /> : words.none },
    { label: words.changes, value: figure("carillon_changes_total") },
    { label: words.failures, value: figure("carillon_commit_failures_total") },
    { label: words.hashes, value: words.of(busy, slots.reduce((sum, { value }) => sum + value, 0)) },
    { label: words.memory, value: memory ? bytes.format(memory / 1e6) : words.none },
    { label: words.files, value: figure("process_open_fds") },
    ...(ahead === undefined ? [] : [{ label: words.clock, value: words.seconds(ahead) }]),
  ];
}
