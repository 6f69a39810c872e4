import { Box, StatusIndicator } from "@cloudscape-design/components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import { Dialog } from "../shell/Dialog";
import { Differences } from "../shell/Differences";
import { Outdated } from "../shell/Outdated";
import { useBoard } from "../shell/notices";
import { texts } from "../texts";
import { words } from "../texts/applications";
import { bodyOf, differences, draftOf, type Application, type Draft } from "./draft";
import { useNames } from "./queries";

/** Sends a change, or with `preview` only asks what would come of it. */
const send = (application: Application, tag: string, draft: Draft, preview: boolean) =>
  answer(api.PATCH("/api/v1/applications/{application}", {
    params: {
      path: { application: application.id },
      query: preview ? { preview: "true" } : {},
      header: { "If-Match": tag },
    },
    body: bodyOf(draft),
  }));

/** Says what a change of an application changes, and makes it. */
export function ChangeDialog({ application, tag, draft, close }: {
  application: Application;
  tag: string;
  draft: Draft;
  close: () => void;
}) {
  const [queries, { say }] = [useQueryClient(), useBoard()];
  const before = draftOf(application);
  const names = useNames([...new Set([...before.accounts, ...draft.accounts])]);
  const changed = differences(before, draft, names);
  const preview = useQuery({
    queryKey: ["preview", "application", application.id, tag, draft],
    queryFn: () => send(application, tag, draft, true),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const anew = () => {
    close();
    void queries.invalidateQueries({ queryKey: ["applications"] });
  };
  const act = useMutation({
    mutationFn: () => send(application, tag, draft, false),
    onSuccess: async ({ name }) => {
      await queries.invalidateQueries({ queryKey: ["applications"] });
      say({ type: "success", text: words.saved(name) });
      close();
    },
  });
  const error = act.error ?? preview.error;
  return (
    <Dialog title={words.confirmTitle} confirm={words.confirm} ready={preview.isSuccess} act={act} close={close}>
      <Differences items={changed} words={words} />
      {preview.isPending && <StatusIndicator type="loading">{texts.loading}</StatusIndicator>}
      <Box>{before.signsIn && !draft.signsIn ? words.signsInHint : words.atOnce}</Box>
      {error && <Outdated error={error} subject={application.id} account={application.owner} again={anew} />}
    </Dialog>
  );
}
