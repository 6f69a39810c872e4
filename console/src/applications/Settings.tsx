import {
  Button, Checkbox, Container, Form, FormField, Header, Input, SpaceBetween,
} from "@cloudscape-design/components";
import { useState } from "react";
import { words } from "../texts/applications";
import { ChangeDialog } from "./ChangeDialog";
import { ClientFields, EntryFields, RedirectFields } from "./Fields";
import { draftOf, differences, isComplete, type Application, type Draft } from "./draft";

/** What an application is, to be changed. What a change will do is said before it is made. */
export function Settings({ application, tag }: { application: Application; tag: string }) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(application));
  const [asking, setAsking] = useState(false);
  const change = (part: Partial<Draft>) => setDraft((draft) => ({ ...draft, ...part }));
  const isSame = differences(draftOf(application), draft, new Map()).length === 0;
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      if (!isSame && isComplete(draft)) setAsking(true);
    }}>
      <Form actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button formAction="none" variant="link" disabled={isSame} onClick={() => setDraft(draftOf(application))}>
            {words.undo}
          </Button>
          <Button
            variant="primary"
            disabled={isSame || !isComplete(draft)}
            disabledReason={isSame ? words.same : undefined}
          >
            {words.save}
          </Button>
        </SpaceBetween>
      }>
        <SpaceBetween size="l">
          <Container>
            <FormField label={words.name} description={words.nameHint}>
              <Input value={draft.name} onChange={({ detail }) => change({ name: detail.value })} />
            </FormField>
          </Container>
          <Container header={<Header variant="h2">{words.entrySection}</Header>}>
            <EntryFields draft={draft} change={change} owner={application.owner} />
          </Container>
          <Container header={<Header variant="h2">{words.signInSection}</Header>}>
            <SpaceBetween size="m">
              <Checkbox
                checked={draft.signsIn}
                description={words.signsInHint}
                onChange={({ detail }) => change({ signsIn: detail.checked })}
              >
                {words.signsIn}
              </Checkbox>
              {draft.signsIn && <RedirectFields draft={draft} change={change} />}
              {draft.signsIn && <ClientFields draft={draft} change={change} />}
            </SpaceBetween>
          </Container>
        </SpaceBetween>
      </Form>
      {asking && <ChangeDialog {...{ application, tag, draft }} close={() => setAsking(false)} />}
    </form>
  );
}
