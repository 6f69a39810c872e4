import { Box, Button, ExpandableSection, Header, StatusIndicator, TextFilter } from "@cloudscape-design/components";
import { useParams } from "react-router";
import { answer, api, type Schemas } from "../api/client";
import { PagedTable } from "../shell/PagedTable";
import { Nothing, Time } from "../shell/parts";
import { useSettled } from "../shell/useSettled";
import { useWord } from "../shell/useWord";
import { texts } from "../texts";

const words = texts.audit;
type Record = Schemas["Record"];

/** What was done and what was refused, the newest first: of an account, or of the whole deployment. */
export default function Audit() {
  const { account } = useParams();
  const [action, setAction] = useWord("action");
  const [subject, setSubject] = useWord("subject");
  const settled = useSettled(action.trim()) || undefined;
  return (
    <PagedTable<Record>
      queryKey={["audit", account, settled, subject]}
      load={(after) => answer(api.GET("/api/v1/audit", {
        params: { query: { account, action: settled, subject: subject || undefined, after, limit: 50 } },
      }))}
      id={(record) => String(record.seq)}
      label={words.title}
      header={
        <Header
          variant="awsui-h1-sticky"
          description={subject ? words.ofPerson : undefined}
          actions={subject && <Button onClick={() => setSubject("")}>{words.everything}</Button>}
        >
          {words.title}
        </Header>
      }
      filter={
        <TextFilter
          filteringText={action}
          filteringAriaLabel={words.filter}
          filteringPlaceholder={words.filterHint}
          onChange={({ detail }) => setAction(detail.filteringText)}
        />
      }
      empty={<Nothing title={words.empty} hint={words.emptyHint} />}
      columns={[
        { id: "at", header: words.at, isRowHeader: true, cell: (record) => <Time at={record.at} /> },
        { id: "action", header: words.action, cell: (record) => record.action },
        { id: "outcome", header: words.outcome, cell: (record) => (
          record.refusal ? <StatusIndicator type="error">{record.refusal}</StatusIndicator> :
            <StatusIndicator type="success">{words.done}</StatusIndicator>
        ) },
        { id: "actor", header: words.actor, cell: ({ actor }) => [actor.kind, actor.id].filter(Boolean).join(" ") },
        { id: "door", header: words.door, cell: (record) => record.door },
        { id: "change", header: words.change, cell: (record) => <Change record={record} /> },
      ]}
    />
  );
}

function Change({ record }: { record: Record }) {
  if (!record.before && !record.after) return <>{record.why ?? "-"}</>;
  return (
    <ExpandableSection headerText={words.change} variant="footer">
      <Box variant="pre">{JSON.stringify({ before: record.before, after: record.after }, null, 2)}</Box>
    </ExpandableSection>
  );
}
