import { Header } from "@cloudscape-design/components";
import { answer, api } from "../api/client";
import { PagedTable } from "../shell/PagedTable";
import { Go, Nothing, Time } from "../shell/parts";
import { texts } from "../texts/directory";
import { isUnderWay, type Run } from "./queries";
import { concerned } from "./RunProgress";
import { RunState } from "./RunState";

const words = texts.runs;

/** What followed from each reading of the directory, the newest first. */
export function Runs({ account }: { account: string }) {
  return (
    <PagedTable<Run>
      queryKey={["directory", account, "runs", "list"]}
      load={(after) => answer(api.GET("/api/v1/accounts/{account}/directory/runs", {
        params: { path: { account }, query: { after, limit: 20 } },
      }))}
      variant="container"
      again={(runs) => (runs.some(isUnderWay) ? 1_000 : 5_000)}
      id={(run) => String(run.number)}
      label={words.title}
      header={<Header variant="h2">{words.title}</Header>}
      empty={<Nothing title={words.empty} hint={words.emptyHint} />}
      columns={[
        { id: "number", header: words.number, isRowHeader: true,
          cell: ({ number }) => <Go to={`/accounts/${account}/directory/runs/${number}`}>{number}</Go> },
        { id: "state", header: words.state, cell: (run) => <RunState state={run.state} /> },
        { id: "kind", header: words.kind, cell: (run) => words.kinds[run.kind] },
        { id: "began", header: words.began, cell: (run) => <Time at={run.started} /> },
        { id: "did", header: words.did, cell: (run) => texts.run.of(run.applied, concerned(run)) },
        { id: "refused", header: words.refused, cell: (run) => texts.count(run.refused) },
      ]}
    />
  );
}
