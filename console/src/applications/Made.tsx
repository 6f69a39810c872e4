import { Button, Container, ContentLayout, Header, SpaceBetween } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { Once } from "../shell/Once";
import { Failure, Waiting } from "../shell/parts";
import { words } from "../texts/applications";
import { Configurations } from "./Configurations";
import type { MadeOne } from "./create";
import { discovery } from "./configurations";
import { issuerQuery } from "./queries";

/** What a client is told of an application that was made: its id, its secret this once, and lines to copy. */
export function Made({ application, secret, failure, list }: MadeOne & {
  /** Where the applications are listed. */
  list: string;
}) {
  const navigate = useNavigate();
  const issuer = useQuery(issuerQuery);
  const facts = words.facts;
  return (
    <ContentLayout header={
      <Header variant="h1" actions={
        <Button onClick={() => void navigate(`${list}/${application.id}`)}>{words.goOn}</Button>
      }>
        {words.created(application.name)}
      </Header>
    }>
      {issuer.isPending && <Waiting />}
      {issuer.error && <Failure error={issuer.error} again={() => void issuer.refetch()} />}
      {issuer.data && (
        <SpaceBetween size="l">
          {failure && <Failure error={failure} />}
          <Once known={secret === undefined} facts={application.client ? [
            { label: facts.issuer, value: issuer.data },
            { label: facts.discovery, value: discovery(issuer.data) },
            { label: facts.clientId, value: application.id },
            ...(secret ? [{ label: facts.clientSecret, value: secret }] : []),
          ] : [
            { label: words.id, value: application.id },
            ...(secret ? [{ label: facts.token, value: secret }] : []),
          ]} />
          <Container header={<Header variant="h2">{words.tabs.configurations}</Header>}>
            <Configurations application={application} issuer={issuer.data} secret={secret} />
          </Container>
        </SpaceBetween>
      )}
    </ContentLayout>
  );
}
