import { Box, Container, Header, KeyValuePairs, SpaceBetween } from "@cloudscape-design/components";
import { Copied } from "../shell/Once";
import { domains } from "../texts/domains";
import type { Claim } from "./claims";

const words = domains.record;

/** The record that proves a claim, part by part, each to be copied as it is. */
export function TxtRecord({ claim }: { claim: Claim }) {
  return (
    <Container header={<Header variant="h2" description={words.hint}>{words.title}</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs columns={2} items={[
          { label: words.type, value: "TXT" },
          {
            label: words.name,
            value: <>
              <Copied text={claim.name} label={words.name.toLowerCase()} />
              <Box variant="small" display="block">{words.nameHint}</Box>
            </>,
          },
        ]} />
        <KeyValuePairs items={[{
          label: words.value,
          value: <Copied text={claim.record} label={words.value.toLowerCase()} />,
        }]} />
      </SpaceBetween>
    </Container>
  );
}
