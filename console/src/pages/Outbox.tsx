import { Header, Select, StatusIndicator, type StatusIndicatorProps } from "@cloudscape-design/components";
import { answer, api, type Schemas } from "../api/client";
import { PagedTable } from "../shell/PagedTable";
import { Nothing, Time } from "../shell/parts";
import { useWord } from "../shell/useWord";
import { texts } from "../texts";

const words = texts.outbox;
type State = Schemas["OutboxState"];

const signs: Record<State, StatusIndicatorProps.Type> = {
  waiting: "pending", delivered: "success", dead: "error", kept: "stopped",
};
const states = Object.keys(signs) as State[];
const all = { value: "", label: words.all };
const options = [all, ...states.map((state) => ({ value: state, label: words.states[state] }))];

/** What is sent to people and applications, the newest first. */
export default function Outbox() {
  const [word, setWord] = useWord("state");
  const state = states.find((state) => state === word);
  return (
    <PagedTable<Schemas["Outgoing"]>
      queryKey={["outbox", state]}
      load={(after) => answer(api.GET("/api/v1/outbox", { params: { query: { state, after, limit: 50 } } }))}
      id={(one) => String(one.id)}
      label={words.title}
      header={<Header variant="awsui-h1-sticky">{words.title}</Header>}
      filter={
        <Select
          ariaLabel={words.state}
          selectedOption={options.find(({ value }) => value === word) ?? all}
          options={options}
          onChange={({ detail }) => setWord(detail.selectedOption.value ?? "")}
        />
      }
      empty={<Nothing title={words.empty} hint={words.emptyHint} />}
      columns={[
        { id: "at", header: words.at, isRowHeader: true, cell: (one) => <Time at={one.at} /> },
        { id: "kind", header: words.kind, cell: (one) => one.kind },
        { id: "receiver", header: words.receiver, cell: (one) => one.receiver },
        { id: "state", header: words.state, cell: (one) => (
          <StatusIndicator type={signs[one.state]}>{words.states[one.state]}</StatusIndicator>
        ) },
        { id: "attempts", header: words.attempts, cell: (one) => one.attempts },
        { id: "error", header: words.error, cell: (one) => one.error ?? "-" },
      ]}
    />
  );
}
