import {
  Box, Button, Container, Header, LiveRegion, SpaceBetween, StatusIndicator, type StatusIndicatorProps,
} from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../api/client";
import { Failure } from "../shell/parts";
import { domains } from "../texts/domains";
import type { Claim } from "./claims";

const words = domains.check;
/** How often DNS is asked again by itself, in seconds. */
const every = 10;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

const signs: Record<Schemas["Proof"], StatusIndicatorProps.Type> = {
  "found": "success",
  "wrong-record": "error",
  "no-record": "pending",
  "no-such-name": "warning",
  "dns-unavailable": "warning",
};

/** What DNS shows of a claim's record: asked again by itself as long as the claim waits for it. */
export function Check({ account, claim }: { account: string; claim: Claim }) {
  const waits = !claim.verified || Boolean(claim.missing);
  const asked = useQuery({
    queryKey: ["domains", account, "check", claim.name],
    queryFn: () => answer(api.GET("/api/v1/accounts/{account}/domains/{domain}/check", {
      params: { path: { account, domain: claim.name } },
    })),
    staleTime: 0,
    refetchInterval: waits && every * 1000,
  });
  const { data } = asked;
  return (
    <Container header={
      <Header variant="h2" actions={
        <Button loading={asked.isFetching} loadingText={words.asking} onClick={() => void asked.refetch()}>
          {words.now}
        </Button>
      }>
        {words.title}
      </Header>
    }>
      <SpaceBetween size="s">
        <LiveRegion>
          {asked.isPending && <StatusIndicator type="loading">{words.asking}</StatusIndicator>}
          {data && <Seen seen={data.seen} meaning={data.meaning} pending={!claim.verified} />}
        </LiveRegion>
        {asked.error && <Failure error={asked.error} again={() => void asked.refetch()} />}
        {data && (
          <Box variant="small">
            {words.at(clock.format(asked.dataUpdatedAt))} {waits && words.again(every)}
          </Box>
        )}
      </SpaceBetween>
    </Container>
  );
}

function Seen({ seen, meaning, pending }: { seen: Schemas["Proof"]; meaning: string; pending: boolean }) {
  const sentence = `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`;
  const todo = seen === "found" && !pending ? words.stands : words.todo[seen];
  return (
    <SpaceBetween size="xs">
      <StatusIndicator type={signs[seen]}>{words.seen[seen]}</StatusIndicator>
      {seen !== "found" && <Box>{sentence}</Box>}
      {todo && <Box>{todo}</Box>}
    </SpaceBetween>
  );
}
