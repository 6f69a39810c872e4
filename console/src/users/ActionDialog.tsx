import { Box, ProgressBar, SpaceBetween, StatusIndicator } from "@cloudscape-design/components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";
import { Dialog } from "../shell/Dialog";
import { useBoard } from "../shell/notices";
import { Failure } from "../shell/parts";
import { useSettled } from "../shell/useSettled";
import { texts } from "../texts";
import { confirm, words } from "../texts/actions";
import { labels } from "../texts/users";
import type { Action } from "./actions";
import { Foreseen, Results } from "./outcomes";
import { isDay, most, perform, type Terms } from "./perform";
import { Question } from "./Question";
import type { Chosen } from "./selection";

interface Props {
  action: Action;
  account: string;
  users: Chosen[];
  /** Closes the dialog; `done` when something was done. */
  close: (done: boolean) => void;
}

/** Says what an action will do to whom, who is skipped and why; does it; and says what came of it for each. */
export default function ActionDialog({ action, account, users, close }: Props) {
  const [terms, setTerms] = useState<Terms>({});
  const [under, setUnder] = useState(0);
  const [stopping, setStopping] = useState(false);
  const stopped = useRef(false);
  const [queries, { say }, own] = [useQueryClient(), useBoard(), useId()];
  const ready = (action !== "license" || terms.license !== undefined) && isDay(terms.until);
  const act = useMutation({
    mutationFn: () => {
      setUnder(0);
      return perform(action, account, users, terms, {
        preview: false, under: setUnder, stopped: () => stopped.current,
      });
    },
    onSuccess: async ({ outcomes }) => {
      const done = outcomes.filter((one) => !one.problem).length;
      if (done === outcomes.length && action !== "resetPin") {
        say({ type: "success", text: `${labels[action]}: ${words.done(done)}` });
        close(true);
      }
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "preview" });
    },
  });
  const open = !act.isPending && !act.isSuccess;
  const settled = useSettled(JSON.stringify(terms));
  const preview = useQuery({
    // Whom it is for does not change while the dialog is open, and may be a million.
    queryKey: ["preview", own, settled],
    queryFn: ({ signal }) => perform(action, account, users, JSON.parse(settled) as Terms, {
      preview: true, under: setUnder, stopped: () => signal.aborted,
    }),
    enabled: ready && open,
    // It is as much work as the change itself.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    staleTime: 0,
    gcTime: 0,
  });
  const leave = () => {
    if (!act.isPending) return close(act.isSuccess);
    stopped.current = true;
    setStopping(true);
  };
  const change = (terms: Terms) => {
    act.reset();
    setTerms(terms);
  };
  const foreseen = open && ready && settled === JSON.stringify(terms) && !preview.isFetching ? preview.data : undefined;
  const somebody = foreseen?.outcomes.some((one) => !one.problem) ?? false;
  const many = users.length > most;
  return (
    <Dialog
      title={labels[action]}
      confirm={confirm[action]}
      ready={somebody}
      act={act}
      close={leave}
    >
      {!act.isSuccess && <Question action={action} terms={terms} change={change} count={users.length} />}
      {open && preview.isFetching && (
        <StatusIndicator type="loading">
          {many && under > 0 ? words.checked(under, users.length) : texts.checking}
        </StatusIndicator>
      )}
      {open && preview.error && <Failure error={preview.error} again={() => void preview.refetch()} />}
      {foreseen && <Foreseen {...foreseen} />}
      {act.isPending && many && <Progress under={under} all={users.length} stopping={stopping} />}
      {act.error && <Failure error={act.error} />}
      {act.data && <Results action={action} outcomes={act.data.outcomes} />}
    </Dialog>
  );
}

function Progress({ under, all, stopping }: { under: number; all: number; stopping: boolean }) {
  return (
    <SpaceBetween size="xs">
      <ProgressBar label={words.progress} value={(100 * under) / all} additionalInfo={words.under(under, all)} />
      {stopping && <Box>{words.stopping}</Box>}
    </SpaceBetween>
  );
}
