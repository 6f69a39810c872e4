import { Alert, CopyToClipboard, KeyValuePairs, SpaceBetween } from "@cloudscape-design/components";
import { copying, once } from "../texts/once";

/** What is shown this one time, such as a secret, each value with a button that copies it. */
export function Once({ facts, known }: {
  facts: { label: string; value: string }[];
  /** No secret is among it: it can be looked up again. */
  known?: boolean;
}) {
  return (
    <Alert type="success" header={known ? once.known : once.title}>
      <SpaceBetween size="s">
        {!known && once.hint}
        <KeyValuePairs
          items={facts.map(({ label, value }) => ({ label, value: <Copied text={value} label={label} /> }))}
        />
      </SpaceBetween>
    </Alert>
  );
}

/** A text with a button beside it that copies it. */
export function Copied({ text, label }: { text: string; label: string }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      copyButtonAriaLabel={copying.copy(label)}
      copySuccessText={copying.copied}
      copyErrorText={copying.failed}
    />
  );
}
