import { Box, Button, Container, Form, FormField, Header, Input, SpaceBetween } from "@cloudscape-design/components";
import { useState } from "react";
import { answer, api, type Schemas } from "../api/client";
import { words as all } from "../texts/settings";
import { ChangeDialog } from "./ChangeDialog";

const words = all.buckets;
type Settings = Schemas["DeploymentSettings"];
const fields = [["business_calling_bucket", words.business], ["voice_connector_bucket", words.voice]] as const;

/** Where records of calls would go. */
export function Buckets({ settings, denied }: { settings: Settings; denied: string | undefined }) {
  const [typed, setTyped] = useState<Partial<Record<keyof Settings, string>>>({});
  const [asking, setAsking] = useState(false);
  const now = (field: keyof Settings) => settings[field] ?? "";
  const then = (field: keyof Settings) => typed[field] ?? now(field);
  const changed = fields.filter(([field]) => then(field).trim() !== now(field));
  const body = Object.fromEntries(changed.map(([field]) => [field, then(field).trim() || null]));
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      if (changed.length > 0 && !denied) setAsking(true);
    }}>
      <Container header={<Header variant="h2" description={all.calls.what}>{words.title}</Header>}>
        <Form actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" disabled={changed.length === 0} onClick={() => setTyped({})}>
              {all.undo}
            </Button>
            <Button
              variant="primary"
              disabled={denied !== undefined || changed.length === 0}
              disabledReason={denied ?? all.same}
            >
              {all.save}
            </Button>
          </SpaceBetween>
        }>
          <SpaceBetween size="m">
            {fields.map(([field, label]) => (
              <FormField key={field} label={label} description={words.hint}>
                <Input
                  value={then(field)}
                  disabled={denied !== undefined}
                  onChange={({ detail }) => setTyped((typed) => ({ ...typed, [field]: detail.value }))}
                />
              </FormField>
            ))}
            <Box variant="small">{all.twin}: <code>{words.twin}</code></Box>
          </SpaceBetween>
        </Form>
      </Container>
      {asking && (
        <ChangeDialog
          differences={changed.map(([field, label]) => ({
            label, before: now(field) || all.none, after: then(field).trim() || all.none,
          }))}
          name={["deployment", body]}
          ask={(query) => answer(api.PATCH("/api/v1/deployment/settings", { params: { query }, body }))}
          subject="deployment"
          account={null}
          saved={() => setTyped({})}
          anew={() => setTyped({})}
          close={() => setAsking(false)}
        />
      )}
    </form>
  );
}
