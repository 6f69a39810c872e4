import {
  Alert, Box, Button, FormField, Input, RadioGroup, SpaceBetween, StatusIndicator,
} from "@cloudscape-design/components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas, User } from "../api/client";
import { Dialog } from "../shell/Dialog";
import { useBoard } from "../shell/notices";
import { Failure } from "../shell/parts";
import { texts } from "../texts";
import { csv, perform, type Action, type Outcome, type Terms } from "./actions";

const words = texts.actions;
const licenses: Schemas["License"][] = ["Pro", "Plus", "Basic"];

interface Props {
  action: Action;
  account: string;
  users: User[];
  /** Closes the dialog; `done` when something was done. */
  close: (done: boolean) => void;
}

/** Says what an action will do to whom, who is skipped and why; does it; and says what came of it for each. */
export default function ActionDialog({ action, account, users, close }: Props) {
  const [terms, setTerms] = useState<Terms>({});
  const [queries, { say }] = [useQueryClient(), useBoard()];
  const ready = action !== "license" || terms.license !== undefined;
  const preview = useQuery({
    queryKey: ["preview", action, account, terms.license, users.map((user) => user.id)],
    queryFn: () => perform(action, account, users, terms, true),
    enabled: ready,
    staleTime: 0,
    gcTime: 0,
  });
  const act = useMutation({
    mutationFn: () => perform(action, account, users, terms, false),
    onSuccess: async ({ outcomes }) => {
      const done = outcomes.filter((one) => !one.problem).length;
      if (done === outcomes.length) {
        say({ type: "success", text: `${words[action].label}: ${words.done(done)}` });
        close(true);
      }
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "preview" });
    },
  });
  const somebody = preview.data?.outcomes.some((one) => !one.problem) ?? false;
  return (
    <Dialog
      title={words[action].label}
      confirm={words[action].confirm}
      ready={ready && somebody}
      act={act}
      close={() => close(act.isSuccess)}
    >
      {!act.isSuccess && <Question action={action} terms={terms} change={setTerms} count={users.length} />}
      {!act.isSuccess && preview.isFetching && <StatusIndicator type="loading">{words.checking}</StatusIndicator>}
      {preview.error && <Failure error={preview.error} again={() => void preview.refetch()} />}
      {preview.data && !act.isSuccess && !preview.isFetching && <Foreseen {...preview.data} />}
      {act.error && <Failure error={act.error} />}
      {act.data && <Results action={action} outcomes={act.data.outcomes} />}
    </Dialog>
  );
}

/** What the action does, and what it must be told. */
function Question({ action, terms, change, count }: {
  action: Action;
  terms: Terms;
  change: (terms: Terms) => void;
  count: number;
}) {
  const chosen = terms.license && words.license.says(texts.license[terms.license]);
  const says = action === "license" ? chosen : words[action].says;
  return (
    <SpaceBetween size="m">
      <Box>{words.whom(count)}</Box>
      {action === "license" && (
        <FormField label={words.license.choose}>
          <RadioGroup
            value={terms.license ?? null}
            onChange={({ detail }) => change({ license: licenses.find((license) => license === detail.value) })}
            items={licenses.map((license) => ({
              value: license,
              label: texts.license[license],
              description: words.license.hints[license as keyof typeof words.license.hints],
            }))}
          />
        </FormField>
      )}
      {says && <Box>{says}</Box>}
      {action === "suspend" && (
        <FormField label={words.suspend.reason} description={words.suspend.reasonHint}>
          <Input value={terms.reason ?? ""} onChange={({ detail }) => change({ reason: detail.value })} />
        </FormField>
      )}
    </SpaceBetween>
  );
}

/** What would come of it now. */
function Foreseen({ outcomes, effects }: Awaited<ReturnType<typeof perform>>) {
  const will = outcomes.filter((one) => !one.problem);
  const skipped = outcomes.filter((one) => one.problem);
  return (
    <SpaceBetween size="s">
      {will.length === 0 ? <Alert type="warning">{words.nobody}</Alert> :
        <Listed title={words.will(will.length)} outcomes={will} />}
      {effects.signedOut > 0 && <Box>{words.signedOut(effects.signedOut)}</Box>}
      {effects.mails > 0 && <Box>{words.mails(effects.mails)}</Box>}
      {skipped.length > 0 && <Listed title={words.skipped(skipped.length)} outcomes={skipped} />}
    </SpaceBetween>
  );
}

/** What came of it for each. */
function Results({ action, outcomes }: { action: Action; outcomes: Outcome[] }) {
  const done = outcomes.filter((one) => !one.problem);
  const failed = outcomes.filter((one) => one.problem);
  return (
    <SpaceBetween size="s">
      {done.length > 0 && <Alert type="success" header={words.done(done.length)} />}
      {failed.length > 0 && <Listed title={words.notDone(failed.length)} outcomes={failed} />}
      <Button iconName="download" onClick={() => download(`${action}.csv`, csv(outcomes))}>{words.download}</Button>
    </SpaceBetween>
  );
}

/** The most names that a dialog shows. */
const shown = 20;

function Listed({ title, outcomes }: { title: string; outcomes: Outcome[] }) {
  return (
    <div>
      <Box fontWeight="bold">{title}</Box>
      <ul>
        {outcomes.slice(0, shown).map(({ user, problem }) => (
          <li key={user.id}>{problem ? `${user.address}: ${problem}` : user.address}</li>
        ))}
        {outcomes.length > shown && <li>{words.shown(outcomes.length - shown)}</li>}
      </ul>
    </div>
  );
}

/** Gives the browser a file to keep. */
function download(name: string, text: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
