import { Box, CopyToClipboard, FormField, Select, SpaceBetween } from "@cloudscape-design/components";
import { useWord } from "../shell/useWord";
import { words } from "../texts/applications";
import { configurations, type Named } from "./configurations";
import type { Application } from "./draft";
import "./lines.css";

/** Lines to copy for the clients and proxies that people use most. Which one is in the page's address. */
export function Configurations({ application, issuer, secret }: {
  application: Application;
  issuer: string;
  /** It is known only when it was just made. */
  secret?: string | undefined;
}) {
  const [word, setWord] = useWord("for");
  const all = configurations(application, issuer, secret ?? "THE-SECRET");
  const options = [...all.keys()].map((value) => ({ value, label: words.configurations[value] }));
  const chosen = options.find(({ value }) => value === word) ?? options[0];
  if (!chosen) return null;
  const lines = all.get(chosen.value as Named) ?? "";
  return (
    <SpaceBetween size="m">
      {!application.client && <Box>{words.noConfigurations}</Box>}
      {secret === undefined && !application.client?.public && <Box>{words.configurationsHint}</Box>}
      <FormField label={words.configuration}>
        <Select
          options={options}
          selectedOption={chosen}
          onChange={({ detail }) => setWord(detail.selectedOption.value ?? "")}
        />
      </FormField>
      <CopyToClipboard
        copyButtonText={words.copy}
        copyButtonAriaLabel={words.copy}
        textToCopy={lines}
        copySuccessText={words.copied}
        copyErrorText={words.copyFailed}
      />
      <section aria-label={words.lines(chosen.label)}>
        <pre className="lines">{lines}</pre>
      </section>
    </SpaceBetween>
  );
}
