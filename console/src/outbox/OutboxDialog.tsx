import { Alert, Box, SpaceBetween, StatusIndicator } from "@cloudscape-design/components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Dialog } from "../shell/Dialog";
import { useBoard } from "../shell/notices";
import { Failure } from "../shell/parts";
import { texts } from "../texts";
import { words } from "../texts/outbox";
import { kindOf, perform, type Action, type Message, type Outcome } from "./actions";

/** Says what an action will do to which messages, does it, and says what came of it. */
export function OutboxDialog({ action, messages, close }: {
  action: Action;
  messages: Message[];
  /** Closes the dialog; `done` when something was done. */
  close: (done: boolean) => void;
}) {
  const [queries, { say }] = [useQueryClient(), useBoard()];
  const preview = useQuery({
    queryKey: ["preview", "outbox", action, messages.map(({ id }) => id)],
    queryFn: () => perform(action, messages, true),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const will = preview.data?.filter((one) => !one.problem).map(({ message }) => message) ?? [];
  const act = useMutation({
    mutationFn: () => perform(action, will, false),
    onSuccess: async (outcomes) => {
      if (outcomes.every((one) => !one.problem)) {
        say({ type: "success", text: words.done(words[action].label, outcomes.length) });
        close(true);
      }
      await queries.invalidateQueries({ queryKey: ["outbox"] });
    },
  });
  const skipped = preview.data?.filter((one) => one.problem) ?? [];
  const failed = act.data?.filter((one) => one.problem) ?? [];
  return (
    <Dialog
      title={words[action].label}
      confirm={words[action].label}
      ready={will.length > 0}
      act={act}
      close={() => close(act.isSuccess)}
    >
      {!act.data && <Box>{words[action].says}</Box>}
      {!act.data && preview.isPending && <StatusIndicator type="loading">{texts.checking}</StatusIndicator>}
      {preview.data && !act.data && (
        <SpaceBetween size="s">
          {will.length === 0 ? <Alert type="warning">{words.nothing}</Alert> :
            <Listed title={words.will(will.length)} outcomes={will.map((message) => ({ message }))} />}
          {skipped.length > 0 && <Listed title={words.skipped(skipped.length)} outcomes={skipped} />}
        </SpaceBetween>
      )}
      {act.error && <Failure error={act.error} />}
      {failed.length > 0 && <Listed title={words.notDone(failed.length)} outcomes={failed} />}
    </Dialog>
  );
}

function Listed({ title, outcomes }: { title: string; outcomes: Outcome[] }) {
  return (
    <div>
      <Box fontWeight="bold">{title}</Box>
      <ul>
        {outcomes.map(({ message, problem }) => (
          <li key={message.id}>{words.details(kindOf(message), message.id)}{problem && `: ${problem}`}</li>
        ))}
      </ul>
    </div>
  );
}
