import { Alert, Box, Button, KeyValuePairs, SpaceBetween } from "@cloudscape-design/components";
import { csv, download } from "../shell/csv";
import { Copied } from "../shell/Once";
import { words } from "../texts/actions";
import type { Action } from "./actions";
import type { Came, Outcome } from "./perform";

/** What would come of it now. */
export function Foreseen({ outcomes, effects }: Came) {
  const will = outcomes.filter((one) => !one.problem);
  const skipped = outcomes.filter((one) => one.problem);
  return (
    <SpaceBetween size="s">
      {will.length === 0 ? <Alert type="warning">{words.nobody}</Alert> :
        <Listed title={words.will(will.length)} outcomes={will} />}
      {effects.signedOut > 0 && <Box>{words.signedOut(effects.signedOut)}</Box>}
      {effects.mails > 0 && <Box>{words.mails(effects.mails)}</Box>}
      {skipped.length > 0 && <Listed title={words.skipped(skipped.length)} outcomes={skipped} />}
    </SpaceBetween>
  );
}

/** What came of it for each. */
export function Results({ action, outcomes }: { action: Action; outcomes: Outcome[] }) {
  const done = outcomes.filter((one) => !one.problem);
  const failed = outcomes.filter((one) => one.problem);
  const rows = outcomes.map(({ user, problem }) => [user.address, problem ?? words.resultDone]);
  const file = () => download(`${action}.csv`, csv([[words.user, words.result], ...rows]));
  return (
    <SpaceBetween size="s">
      {done.length > 0 && <Alert type="success" header={words.done(done.length)} />}
      {action === "resetPin" && <Pins outcomes={done} />}
      {failed.length > 0 && <Listed title={words.notDone(failed.length)} outcomes={failed} />}
      <Button iconName="download" onClick={file}>{words.download}</Button>
    </SpaceBetween>
  );
}

function Pins({ outcomes }: { outcomes: Outcome[] }) {
  return (
    <SpaceBetween size="xs">
      <KeyValuePairs items={outcomes.map(({ done }) => ({
        label: words.newPin, value: <Copied text={done?.pin ?? ""} label={words.newPin} />,
      }))} />
      <Box color="text-body-secondary">{words.newPinHint}</Box>
    </SpaceBetween>
  );
}

/** The most names that a dialog shows. */
const shown = 20;

function Listed({ title, outcomes }: { title: string; outcomes: Outcome[] }) {
  return (
    <div>
      <Box fontWeight="bold">{title}</Box>
      <ul>
        {outcomes.slice(0, shown).map(({ user, problem }) => (
          <li key={user.id}>{problem ? `${user.address}: ${problem}` : user.address}</li>
        ))}
        {outcomes.length > shown && <li>{words.shown(outcomes.length - shown)}</li>}
      </ul>
    </div>
  );
}
