import { StatusIndicator } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import { Look } from "../shell/Dialog";
import { Failure } from "../shell/parts";
import { texts } from "../texts/directory";
import { asSent, type Proposed } from "./queries";
import { Tested } from "./Tested";

const words = texts.tested;

/** Tries a connection step by step: the one that is set up, or a proposed one. */
export function TestDialog({ account, proposed, close }: { account: string; proposed: Proposed; close: () => void }) {
  const asked = useQuery({
    queryKey: ["directory test", account, { ...proposed, password: null }],
    queryFn: () => answer(api.POST("/api/v1/accounts/{account}/directory/test", {
      params: { path: { account } },
      body: asSent(proposed),
    })),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  return (
    <Look title={words.title} close={close}>
      {asked.isFetching && <StatusIndicator type="loading">{words.asking}</StatusIndicator>}
      {asked.error && !asked.isFetching && <Failure error={asked.error} again={() => void asked.refetch()} />}
      {asked.data && !asked.isFetching && <Tested steps={asked.data.steps} />}
    </Look>
  );
}
