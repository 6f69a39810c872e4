import { Box, Container, Header, KeyValuePairs, SpaceBetween, Table } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { issuerQuery } from "../applications/queries";
import { Copied } from "../shell/Once";
import { words as all } from "../texts/settings";

const words = all.host;

/** What is set where the server runs, and how it is looked at there. */
export function Host() {
  const issuer = useQuery(issuerQuery).data;
  return (
    <Container header={<Header variant="h2" description={words.hint}>{words.title}</Header>}>
      <SpaceBetween size="m">
        <Copied text="carillon config" label="carillon config" />
        {issuer && <KeyValuePairs items={[{ label: words.address, value: issuer }]} />}
        <Table
          variant="borderless"
          wrapLines
          items={words.list}
          ariaLabels={{ tableLabel: words.title, selectionGroupLabel: words.title }}
          columnDefinitions={[
            { id: "what", header: words.what, isRowHeader: true, cell: ([what]) => what },
            { id: "names", header: words.names, cell: ([, names]) => <Box variant="code">{names}</Box> },
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}
