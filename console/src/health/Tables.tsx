import { Header, StatusIndicator, Table } from "@cloudscape-design/components";
import { Go, Nothing } from "../shell/parts";
import { words } from "../texts/health";
import { words as outbox } from "../texts/outbox";
import { routesOf, type RouteOf } from "./measures";
import { family, within, type Sample } from "./prometheus";

const count = new Intl.NumberFormat();
const span = (seconds: number) => {
  const abs = Math.abs(seconds);
  const [unit, size] = abs < 120 ? ["second", 1] : abs < 7200 ? ["minute", 60] : abs < 172_800 ? ["hour", 3600] :
    ["day", 86_400];
  return new Intl.NumberFormat(undefined, { style: "unit", unit: unit as string, unitDisplay: "long",
    maximumFractionDigits: 0 }).format(abs / (size as number));
};

/** What each route answered since the server's start. */
export function Routes({ samples }: { samples: Sample[] }) {
  const told = words.routes;
  const bound = ({ buckets }: RouteOf) => {
    const seconds = within(buckets, 0.95);
    if (seconds === undefined) return words.none;
    return seconds === Infinity ? words.more(words.ms(30_000)) : words.ms(seconds * 1000);
  };
  return (
    <Table<RouteOf>
      header={<Header variant="h2">{told.title}</Header>}
      items={routesOf(samples).slice(0, 30)}
      trackBy={({ route, method }) => `${method} ${route}`}
      empty={words.empty}
      ariaLabels={{ tableLabel: told.title, selectionGroupLabel: told.title }}
      columnDefinitions={[
        { id: "route", header: told.route, isRowHeader: true, cell: (one) => one.route },
        { id: "method", header: told.method, cell: (one) => one.method },
        { id: "count", header: told.count, cell: (one) => count.format(one.count) },
        { id: "mean", header: told.mean, cell: (one) => words.ms(one.mean * 1000) },
        { id: "within", header: told.within, cell: bound },
        { id: "errors", header: told.errors, cell: (one) => count.format(one.errors) },
      ]}
    />
  );
}

/** Why was decided how often. */
export function Reasons({ samples }: { samples: Sample[] }) {
  const told = words.reasons;
  return (
    <Table<Sample>
      header={<Header variant="h2">{told.title}</Header>}
      items={family(samples, "carillon_decisions_total").sort((a, b) => b.value - a.value)}
      trackBy={({ labels }) => `${labels.allowed} ${labels.reason}`}
      empty={<Nothing title={told.none} hint={told.noneHint} />}
      ariaLabels={{ tableLabel: told.title, selectionGroupLabel: told.title }}
      columnDefinitions={[
        { id: "reason", header: told.reason, isRowHeader: true, cell: (one) => one.labels.reason },
        { id: "allowed", header: told.allowed, cell: ({ labels: { allowed } }) => (
          <StatusIndicator type={allowed === "yes" ? "success" : "stopped"}>
            {allowed === "yes" ? words.decisions.yes : words.decisions.no}
          </StatusIndicator>
        ) },
        { id: "count", header: told.count, cell: (one) => count.format(one.value) },
      ]}
    />
  );
}

/** How much is in the outbox, and how old it is. */
export function Messages({ samples }: { samples: Sample[] }) {
  const told = words.messages;
  const ages = family(samples, "carillon_outbox_oldest_seconds");
  const age = ({ labels }: Sample) =>
    ages.find((one) => one.labels.receiver === labels.receiver && one.labels.state === labels.state)?.value;
  return (
    <Table<Sample>
      header={<Header variant="h2" actions={<Go to="/outbox">{told.look}</Go>}>{told.title}</Header>}
      items={family(samples, "carillon_outbox_entries")}
      trackBy={({ labels }) => `${labels.receiver} ${labels.state}`}
      empty={told.none}
      ariaLabels={{ tableLabel: told.title, selectionGroupLabel: told.title }}
      columnDefinitions={[
        { id: "to", header: told.to, isRowHeader: true, cell: ({ labels: { receiver = "" } }) => (
          told.receivers[receiver] ?? receiver
        ) },
        { id: "state", header: told.state, cell: ({ labels: { state = "" } }) => (
          outbox.states[state as keyof typeof outbox.states] ?? state
        ) },
        { id: "count", header: told.count, cell: (one) => count.format(one.value) },
        { id: "oldest", header: told.oldest, cell: (one) => span(age(one) ?? 0) },
      ]}
    />
  );
}

/** When what is done by itself is done next. */
export function Tasks({ samples }: { samples: Sample[] }) {
  const told = words.tasks;
  return (
    <Table<Sample>
      header={<Header variant="h2">{told.title}</Header>}
      items={family(samples, "carillon_task_due_seconds").sort((a, b) => a.value - b.value)}
      trackBy={({ labels }) => labels.task ?? ""}
      empty={words.empty}
      ariaLabels={{ tableLabel: told.title, selectionGroupLabel: told.title }}
      columnDefinitions={[
        { id: "task", header: told.task, isRowHeader: true, cell: ({ labels }) => labels.task },
        { id: "due", header: told.due, cell: ({ value }) => (
          // Each is looked for every few minutes: what is overdue for long, nobody does.
          <StatusIndicator type={value > -late ? "success" : "warning"}>
            {value > 0 ? told.in(span(value)) : value > -late ? told.now : told.late(span(value))}
          </StatusIndicator>
        ) },
      ]}
    />
  );
}

/** How long a task may be overdue before somebody should look, in seconds. */
const late = 600;
