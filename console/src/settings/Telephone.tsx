import { Button, Checkbox, Container, Form, Header, SpaceBetween } from "@cloudscape-design/components";
import { useState } from "react";
import { answer, api, Refused, type Role, type User } from "../api/client";
import { words as all, yesNo } from "../texts/settings";
import { lacks, mayManage } from "../users/actions";
import { ChangeDialog } from "./ChangeDialog";

const words = all.telephone;
type Settings = User["settings"];
const fields = Object.keys(words.boxes) as (keyof Settings)[];

/** Sets what a person may do on the telephone, or with `preview` only looks whether that can be done. */
async function set(user: User, settings: Settings, query: { preview?: "true" }) {
  const { results } = await answer(api.POST("/api/v1/accounts/{account}/users/settings", {
    params: { path: { account: user.account }, query },
    body: { users: [user.id], settings },
  }));
  const problem = results[0]?.problem;
  if (problem) throw new Refused(problem);
}

/** What a member may do on the telephone. */
export function Telephone({ user, role }: { user: User; role: Role | undefined }) {
  const [typed, setTyped] = useState<Partial<Settings>>({});
  const [asking, setAsking] = useState(false);
  const then = { ...user.settings, ...typed };
  const changed = fields.filter((field) => then[field] !== user.settings[field]);
  const denied = mayManage(role) ? undefined : lacks(role);
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
              disabled={denied !== undefined || changed.length === 0}
              disabledReason={denied ?? all.same}
            >
              {all.save}
            </Button>
          </SpaceBetween>
        }>
          <SpaceBetween size="xs">
            {fields.map((field) => (
              <Checkbox
                key={field}
                checked={then[field]}
                disabled={denied !== undefined}
                onChange={({ detail }) => setTyped((typed) => ({ ...typed, [field]: detail.checked }))}
              >
                {words.boxes[field]}
              </Checkbox>
            ))}
          </SpaceBetween>
        </Form>
      </Container>
      {asking && (
        <ChangeDialog
          differences={changed.map((field) => ({
            label: words.boxes[field], before: yesNo(user.settings[field]), after: yesNo(then[field]),
          }))}
          name={["telephone", user.id, then]}
          ask={(query) => set(user, then, query)}
          subject={user.id}
          account={user.account}
          saved={() => setTyped({})}
          anew={() => setTyped({})}
          close={() => setAsking(false)}
        />
      )}
    </form>
  );
}
