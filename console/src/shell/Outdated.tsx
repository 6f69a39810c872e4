import { Alert, Button } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { answer, api, Refused } from "../api/client";
import { outdated as words } from "../texts/outdated";
import { Failure, Time } from "./parts";

/** Why a change was refused; of one that began from what is no more: who was faster, and a way to look at it anew. */
export function Outdated({ error, subject, account, again }: {
  error: Error;
  /** The id of what was to be changed. */
  subject: string;
  /** The account whose trail tells of it; nothing for the deployment's. */
  account?: string | null;
  /** Loads it anew. */
  again: () => void;
}) {
  const isOutdated = error instanceof Refused && error.problem.code === "outdated";
  const last = useQuery({
    queryKey: ["last-change", subject],
    queryFn: () => answer(api.GET("/api/v1/audit", {
      params: { query: { subject, account: account ?? undefined, limit: 1 } },
    })),
    enabled: isOutdated,
    staleTime: 0,
    gcTime: 0,
  }).data?.items[0];
  if (!isOutdated) return <Failure error={error} />;
  return (
    <Alert type="warning" header={words.title} action={<Button onClick={again}>{words.again}</Button>}>
      {error.message} {last && <>{words.last(last.action, last.actor.kind)} <Time at={last.at} />.</>}
    </Alert>
  );
}
