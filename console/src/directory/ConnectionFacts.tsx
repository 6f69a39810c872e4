import { Button, Container, Header, KeyValuePairs } from "@cloudscape-design/components";
import { useNavigate } from "react-router";
import { texts as common } from "../texts";
import { texts } from "../texts/directory";
import type { Connection } from "./queries";
import { asUsual, attributes, usual } from "./usual";

const words = texts.connection;

/** How a directory is reached and read. */
export function ConnectionFacts({ account, connection, may }: {
  account: string;
  connection: Connection;
  may: boolean;
}) {
  const navigate = useNavigate();
  const defaults = usual[connection.kind];
  const own = connection.attributes ?? asUsual;
  return (
    <Container header={
      <Header variant="h2" actions={
        <Button
          disabled={!may}
          disabledReason={texts.needsFullAccess}
          onClick={() => void navigate(`/accounts/${account}/directory/connection`)}
        >
          {words.edit}
        </Button>
      }>
        {words.title}
      </Header>
    }>
      <KeyValuePairs columns={3} items={[
        { label: words.kind, value: texts.kind[connection.kind] },
        { label: words.urls, value: connection.urls.join(", ") },
        { label: words.startTls, value: connection.start_tls ? common.yes : common.no },
        { label: words.ca, value: connection.ca ? words.caGiven : words.caHost },
        { label: words.bind, value: connection.bind },
        { label: words.base, value: connection.base },
        { label: words.filterPeople, value: connection.people ?? words.usual(defaults.people) },
        { label: words.filterGroups, value: connection.groups ?? words.usual(defaults.groups) },
        ...attributes.map((attribute) => ({
          label: words[attribute],
          value: own[attribute] ?? words.usual(defaults[attribute]),
        })),
      ]} />
    </Container>
  );
}
