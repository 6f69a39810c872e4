import { Alert, Container, ContentLayout, Header, KeyValuePairs, SpaceBetween, StatusIndicator }
  from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { root } from "../place";
import { Failure, Waiting } from "../shell/parts";
import { texts } from "../texts";
import { words } from "../texts/health";

/** How often is looked while the page is open, in milliseconds. */
const every = 5_000;

/** Whether the server takes requests. */
export default function Health() {
  const asked = useQuery({
    queryKey: ["ready"],
    queryFn: async () => (await fetch(`${root}/readyz`).catch(() => {
      throw new Error(texts.unreachable);
    })).ok,
    refetchInterval: every,
    staleTime: 0,
  });
  return (
    <ContentLayout header={<Header variant="h1" description={words.description}>{texts.health.title}</Header>}>
      <SpaceBetween size="l">
        {asked.isPending && <Waiting />}
        {asked.error && <Failure error={asked.error} again={() => void asked.refetch()} />}
        {asked.data !== undefined && <Now isReady={asked.data} />}
        {asked.data !== undefined && <Alert header={words.unmeasured}>{words.unmeasuredHint}</Alert>}
      </SpaceBetween>
    </ContentLayout>
  );
}

function Now({ isReady }: { isReady: boolean }) {
  const [type, word] = isReady ? ["success", words.ready] as const : ["error", words.notReady] as const;
  return (
    <Container header={<Header variant="h2">{words.now}</Header>}>
      <KeyValuePairs columns={4} items={[
        { label: words.state, value: <StatusIndicator type={type}>{word}</StatusIndicator> },
      ]} />
    </Container>
  );
}
