import { Box, FormField, Input, RadioGroup, SpaceBetween } from "@cloudscape-design/components";
import { texts } from "../texts";
import { says, words } from "../texts/actions";
import type { Action } from "./actions";
import { isDay, most, type Terms } from "./perform";

const licenses = ["Pro", "Plus", "Basic"] as const;

/** What an action does, and what it must be told. */
export function Question({ action, terms, change, count }: {
  action: Action;
  terms: Terms;
  change: (terms: Terms) => void;
  count: number;
}) {
  const chosen = terms.license && says.license(texts.license[terms.license], count > most);
  const said = action === "license" ? chosen : says[action];
  return (
    <SpaceBetween size="m">
      <Box>{words.whom(count)}</Box>
      {action === "license" && (
        <FormField label={words.choose}>
          <RadioGroup
            value={terms.license ?? null}
            onChange={({ detail }) => change({ license: licenses.find((license) => license === detail.value) })}
            items={licenses.map((license) => ({
              value: license, label: texts.license[license], description: words.licenseHints[license],
            }))}
          />
        </FormField>
      )}
      {said && <Box>{said}</Box>}
      {count > most && <Box>{words.pieces}</Box>}
      {action === "suspend" && (
        <>
          <FormField label={words.reason} description={words.reasonHint}>
            <Input value={terms.reason ?? ""} onChange={({ detail }) => change({ ...terms, reason: detail.value })} />
          </FormField>
          <FormField
            label={words.until}
            description={words.untilHint}
            {...(!isDay(terms.until) && { errorText: words.untilHint })}
          >
            <Input
              value={terms.until ?? ""}
              placeholder="2027-01-31"
              onChange={({ detail }) => change({ ...terms, until: detail.value.trim() })}
            />
          </FormField>
        </>
      )}
    </SpaceBetween>
  );
}
