import { Box, Container, CopyToClipboard, Header, KeyValuePairs, SpaceBetween } from "@cloudscape-design/components";
import { texts } from "../texts";
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
              <Copy text={claim.name} label={words.copyName} />
              <Box variant="small" display="block">{words.nameHint}</Box>
            </>,
          },
        ]} />
        <KeyValuePairs items={[{
          label: words.value,
          value: <Copy text={claim.record} label={words.copyValue} />,
        }]} />
      </SpaceBetween>
    </Container>
  );
}

function Copy({ text, label }: { text: string; label: string }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      copyButtonAriaLabel={label}
      copySuccessText={texts.copied}
      copyErrorText={texts.copyFailed}
    />
  );
}
