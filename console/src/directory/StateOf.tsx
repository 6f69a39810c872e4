import {
  Alert, Box, Button, Container, Header, KeyValuePairs, SpaceBetween, StatusIndicator,
} from "@cloudscape-design/components";
import { useState } from "react";
import type { Schemas } from "../api/client";
import { Go, Time } from "../shell/parts";
import { texts } from "../texts/directory";
import { Begun } from "./Begun";
import { isUnderWay, useNewest, type Run } from "./queries";
import { QuestionDialog } from "./Question";
import { RunProgress } from "./RunProgress";

const words = texts.state;
type Directory = Schemas["Directory"];

/** Whether a directory is followed, since when, what it does now, and what it asks. */
export function StateOf({ account, directory, may }: {
  account: string;
  directory: Directory;
  may: boolean;
}) {
  // The question that was opened: a later run asks another one, which nobody has looked at.
  const [answering, setAnswering] = useState<Run>();
  const runs = useNewest(account, directory);
  const active = runs.find(isUnderWay);
  const full = runs.find((run) => run.kind === "full" && run.state === "done");
  return (
    <SpaceBetween size="l">
      {runs.filter(({ state }) => state === "asking").map((run) => (
        <Asking key={run.number} run={run} may={may} open={() => setAnswering(run)} />
      ))}
      {directory.failure && directory.connected && (
        <Alert type="error" header={words.silent}>{directory.failure.detail}. {words.whySilent}</Alert>
      )}
      <Container header={<Header variant="h2">{words.title}</Header>}>
        <SpaceBetween size="m">
          <KeyValuePairs columns={3} items={[
            { label: words.label, value: <Now directory={directory} /> },
            { label: words.since, value: <Time at={directory.heard} /> },
            { label: words.lastFull, value: full ? (
              <Go to={`/accounts/${account}/directory/runs/${full.number}`}><Time at={full.ended} /></Go>
            ) : words.noRun },
          ]} />
          {directory.connected && directory.full_run_wanted && (
            <StatusIndicator type="in-progress">{words.wanted}</StatusIndicator>
          )}
          {active && (
            <SpaceBetween size="xs">
              <Box>{words.running(active.number)}</Box>
              <RunProgress run={active} />
              <Go to={`/accounts/${account}/directory/runs/${active.number}`}>{words.look}</Go>
            </SpaceBetween>
          )}
          {directory.connected && <Box color="text-body-secondary">{words.refresh}</Box>}
        </SpaceBetween>
      </Container>
      {!directory.connected && <Begun account={account} directory={directory} />}
      <Container header={<Header variant="h2">{words.linkTitle}</Header>}>{words.link}</Container>
      {answering && <QuestionDialog account={account} run={answering} close={() => setAnswering(undefined)} />}
    </SpaceBetween>
  );
}

function Now({ directory }: { directory: Directory }) {
  if (!directory.connected) return <StatusIndicator type="stopped" wrapText>{words.idle}</StatusIndicator>;
  if (directory.failure) return <StatusIndicator type="error">{words.silent}</StatusIndicator>;
  if (!directory.heard) return <StatusIndicator type="pending" wrapText>{words.beginning}</StatusIndicator>;
  return <StatusIndicator type="success">{words.following}</StatusIndicator>;
}

/** A run that waits for an answer. */
function Asking({ run, may, open }: { run: Run; may: boolean; open: () => void }) {
  return (
    <Alert type="warning" header={words.asks(run.number)} action={
      <Button disabled={!may} disabledReason={texts.needsFullAccess} onClick={open}>{words.answer}</Button>
    }>
      {texts.question.says}
    </Alert>
  );
}
