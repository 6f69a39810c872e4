import { FormField, Grid, Select, type GridProps } from "@cloudscape-design/components";
import { words } from "../texts/audit";
import { PersonFilter } from "./PersonFilter";
import { TimeFilter } from "./TimeFilter";

/** What the page's address says of the filter. */
export interface Wish {
  subject: string;
  actor: string;
  action: string;
  refused: string;
  last: string;
  since: string;
  until: string;
}

const anyAction = { value: "", label: words.anyAction };
const anyOutcome = { value: "", label: words.anyOutcome };
const outcomes = [anyOutcome, { value: "true", label: words.onlyRefused }];
const known = Object.entries(words.actions)
  .map(([value, label]) => ({ value, label, labelTag: value }))
  .sort((a, b) => a.label.localeCompare(b.label));

/** To whom, by whom, what, with what outcome, when. */
export function Filters({ wish, change }: { wish: Wish; change: (part: Partial<Wish>) => void }) {
  const own = wish.action && !(wish.action in words.actions) ? [{ value: wish.action, label: wish.action }] : [];
  const actions = [anyAction, ...own, ...known];
  const column: GridProps.ElementDefinition = { colspan: { default: 12, xs: 6, m: 4 } };
  return (
    <Grid gridDefinition={[column, column, column, column, column]}>
      <PersonFilter label={words.person} id={wish.subject} choose={(subject) => change({ subject })} />
      <PersonFilter label={words.byWhom} id={wish.actor} choose={(actor) => change({ actor })} />
      <FormField label={words.action}>
        <Select
          options={actions}
          selectedOption={actions.find(({ value }) => value === wish.action) ?? anyAction}
          filteringType="auto"
          filteringAriaLabel={words.findAction}
          filteringPlaceholder={words.findAction}
          onChange={({ detail }) => change({ action: detail.selectedOption.value ?? "" })}
        />
      </FormField>
      <FormField label={words.outcome}>
        <Select
          options={outcomes}
          selectedOption={outcomes.find(({ value }) => value === wish.refused) ?? anyOutcome}
          onChange={({ detail }) => change({ refused: detail.selectedOption.value ?? "" })}
        />
      </FormField>
      <TimeFilter last={wish.last} since={wish.since} until={wish.until} choose={change} />
    </Grid>
  );
}
