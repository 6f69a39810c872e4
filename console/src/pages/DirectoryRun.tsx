import {
  Alert, Box, Button, ContentLayout, Container, Header, KeyValuePairs, SpaceBetween, StatusIndicator,
  type StatusIndicatorProps,
} from "@cloudscape-design/components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { useAccount } from "../api/account";
import { answer, api, type Schemas } from "../api/client";
import { useRoles } from "../api/roles";
import { isUnderWay, useRun, type Run } from "../directory/queries";
import { QuestionDialog } from "../directory/Question";
import { RunProgress } from "../directory/RunProgress";
import { RunState } from "../directory/RunState";
import { Dialog } from "../shell/Dialog";
import { useBoard } from "../shell/notices";
import { PagedTable } from "../shell/PagedTable";
import { Failure, Go, Nothing, Time, Waiting } from "../shell/parts";
import { texts } from "../texts/directory";

const words = texts.run;

/** One run of an account's directory: what it is about, how far it is, and what came of single people. */
export default function DirectoryRun() {
  const { run: number = "" } = useParams();
  const { id } = useAccount();
  const may = useRoles().roles.allow("FullAccess", id);
  const asked = useRun(id, number);
  const [stopping, setStopping] = useState(false);
  const [answering, setAnswering] = useState<Run>();
  if (asked.isPending) return <Waiting />;
  if (asked.isLoadingError) return <Failure error={asked.error} again={() => void asked.refetch()} />;
  const run = asked.data;
  const denied = may ? undefined : texts.needsFullAccess;
  return (
    <ContentLayout header={
      <Header variant="h1" actions={run.state === "asking" ? (
        <Button variant="primary" disabled={!may} disabledReason={denied} onClick={() => setAnswering(run)}>
          {texts.state.answer}
        </Button>
      ) : (
        <Button
          disabled={!may || run.state !== "running"}
          disabledReason={denied ?? words.over}
          onClick={() => setStopping(true)}
        >
          {words.stop}
        </Button>
      )}>
        {words.title(number)}
      </Header>
    }>
      <SpaceBetween size="l">
        {asked.error && <Failure error={asked.error} again={() => void asked.refetch()} />}
        {run.state === "asking" && (
          <Alert type="warning" header={texts.state.asks(run.number)}>{texts.question.says}</Alert>
        )}
        {run.error && <Alert type="error">{run.error}</Alert>}
        {run.drift > 0 && <Alert type="warning">{words.drift(run.drift)}</Alert>}
        <Facts run={run} />
        <Log account={id} run={run} />
      </SpaceBetween>
      {answering && <QuestionDialog account={id} run={answering} close={() => setAnswering(undefined)} />}
      {stopping && <Stop account={id} run={run} close={() => setStopping(false)} />}
    </ContentLayout>
  );
}

function Facts({ run }: { run: Run }) {
  const { counts } = run;
  const all: [string, number][] = [
    [words.join, counts.join], [words.unlock, counts.unlock], [words.license, counts.license],
    [words.lockOut, counts.lock_out], [words.remove, counts.remove], [words.other, counts.other],
    [words.conflicts, counts.conflicts], [words.ignored, counts.ignored], [words.unchanged, counts.unchanged],
    [texts.runs.refused, run.refused],
  ];
  return (
    <Container header={<Header variant="h2">{words.facts}</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs columns={4} items={[
          { label: texts.runs.state, value: <RunState state={run.state} /> },
          { label: texts.runs.kind, value: texts.runs.kinds[run.kind] },
          { label: texts.runs.began, value: <Time at={run.started} /> },
          { label: texts.runs.ended, value: <Time at={run.ended} /> },
          ...all.map(([label, count]) => ({ label, value: texts.count(count) })),
        ]} />
        {isUnderWay(run) && <RunProgress run={run} />}
      </SpaceBetween>
    </Container>
  );
}

const signs: Record<Schemas["RunOutcome"], StatusIndicatorProps.Type> = {
  joined: "success",
  returned: "success",
  license: "info",
  unlocked: "success",
  "locked-out": "stopped",
  removed: "stopped",
  changed: "info",
  refused: "error",
  conflict: "warning",
};

function Log({ account, run }: { account: string; run: Run }) {
  return (
    <PagedTable<Schemas["List_LogLine"]["items"][number]>
      queryKey={["directory", account, "runs", String(run.number), "log", run.state]}
      load={(after) => answer(api.GET("/api/v1/accounts/{account}/directory/runs/{run}/log", {
        params: { path: { account, run: String(run.number) }, query: { after, limit: 20 } },
      }))}
      variant="container"
      again={() => (isUnderWay(run) ? 2_000 : false)}
      id={(line) => String(line.serial)}
      label={words.log}
      header={<Header variant="h2">{words.log}</Header>}
      empty={<Nothing title={words.logEmpty} hint={words.logEmptyHint} />}
      columns={[
        { id: "person", header: words.person, isRowHeader: true,
          cell: ({ user, address }) => address ? <Go to={`/accounts/${account}/users/${user}`}>{address}</Go> :
            user ? words.former(user) : "-" },
        { id: "outcome", header: words.outcome, cell: ({ outcome }) => (
          <StatusIndicator type={signs[outcome]}>{words.outcomes[outcome]}</StatusIndicator>
        ) },
        { id: "why", header: words.why, cell: ({ code }) => (code ? texts.code[code] ?? code : "-") },
        { id: "entry", header: words.entry, cell: ({ entry }) => entry },
      ]}
    />
  );
}

function Stop({ account, run, close }: { account: string; run: Run; close: () => void }) {
  const [queries, { say }] = [useQueryClient(), useBoard()];
  const act = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/accounts/{account}/directory/runs/{run}/cancel", {
      params: { path: { account, run: String(run.number) } },
    })),
    onSuccess: async () => {
      say({ type: "success", text: words.stopped });
      close();
      await queries.invalidateQueries({ queryKey: ["directory", account] });
    },
  });
  return (
    <Dialog title={words.stop} confirm={words.stop} ready act={act} close={close}>
      <Box>{words.stopSays}</Box>
      {act.error && <Failure error={act.error} />}
    </Dialog>
  );
}
