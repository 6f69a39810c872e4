import { Container, Header, SpaceBetween, StatusIndicator } from "@cloudscape-design/components";
import type { Schemas } from "../api/client";
import { Go } from "../shell/parts";
import { texts } from "../texts/directory";

const words = texts.state;

/** What is done and what is left until a directory decides. */
export function Begun({ account, directory }: { account: string; directory: Schemas["Directory"] }) {
  const mapped = directory.mappings.length;
  return (
    <Container header={<Header variant="h2">{words.next}</Header>}>
      <SpaceBetween size="xs">
        <StatusIndicator type="success">{words.saved}</StatusIndicator>
        {mapped > 0 ? <StatusIndicator type="success">{words.mapped(mapped)}</StatusIndicator> : (
          <SpaceBetween direction="horizontal" size="xs">
            <StatusIndicator type="pending" wrapText>{words.unmapped}</StatusIndicator>
            <Go to={`/accounts/${account}/directory?tab=groups`}>{words.toGroups}</Go>
          </SpaceBetween>
        )}
        <StatusIndicator type="pending">{words.unconnected}</StatusIndicator>
      </SpaceBetween>
    </Container>
  );
}
