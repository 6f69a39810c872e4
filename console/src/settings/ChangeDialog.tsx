import { Box, StatusIndicator } from "@cloudscape-design/components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Dialog } from "../shell/Dialog";
import { Differences, type Difference } from "../shell/Differences";
import { Outdated } from "../shell/Outdated";
import { useBoard } from "../shell/notices";
import { texts } from "../texts";
import { words } from "../texts/settings";

/** Says what a change of settings changes, and makes it. */
export function ChangeDialog<T>({ differences, name, hint, ask, subject, account, saved, anew, close }: {
  differences: Difference[];
  /** Names the change, for its preview. */
  name: unknown[];
  hint?: string | undefined;
  /** Makes the change, or with `preview` only looks whether it can be made. */
  ask: (query: { preview?: "true" }) => Promise<T>;
  /** The id of what is changed. */
  subject: string;
  account: string | null;
  saved: (now: T) => void;
  /** Forgets what was typed and loads what is there. */
  anew: () => void;
  close: () => void;
}) {
  const [queries, { say }] = [useQueryClient(), useBoard()];
  const preview = useQuery({
    queryKey: ["preview", "settings", ...name],
    queryFn: async () => ((await ask({ preview: "true" })), true),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const act = useMutation({
    mutationFn: () => ask({}),
    onSuccess: async (now) => {
      saved(now);
      say({ type: "success", text: words.saved });
      close();
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "preview" });
    },
  });
  const error = act.error ?? preview.error;
  return (
    <Dialog title={words.confirmTitle} confirm={words.confirm} ready={preview.isSuccess} act={act} close={close}>
      <Differences items={differences} words={words} />
      {hint && <Box>{hint}</Box>}
      {preview.isPending && <StatusIndicator type="loading">{texts.checking}</StatusIndicator>}
      {error && <Outdated error={error} subject={subject} account={account} again={() => {
        anew();
        close();
      }} />}
    </Dialog>
  );
}
