import { Button, Container, Form, Header, SpaceBetween } from "@cloudscape-design/components";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { Account } from "../api/client";
import type { Tagged } from "../api/tagged";
import type { Difference } from "../shell/Differences";
import { words } from "../texts/settings";
import { ChangeDialog } from "./ChangeDialog";
import { useDraft, type Drafted } from "./useDraft";

interface Props<T> {
  found: Tagged<Account>;
  title: string;
  description?: string;
  /** Why it cannot be changed; nothing if it can. */
  denied: string | undefined;
  /** The settings that the form is about. */
  of: (account: Account) => T;
  /** Each that is another now, in words. */
  differences: (before: T, after: T) => Difference[];
  /** What keeps it from being saved. */
  wrong?: (draft: T) => string | undefined;
  hint?: (draft: T) => string | undefined;
  ask: (draft: T, tag: string, query: { preview?: "true" }) => Promise<Tagged<Account>>;
  children: (form: Drafted<T>) => ReactNode;
}

/** Some settings of an account, which are saved together; what will change is shown before. */
export function AccountForm<T extends object>(props: Props<T>) {
  const { found, title, description, denied, of, differences, wrong, hint, ask, children } = props;
  const form = useDraft(found, of);
  const [asking, setAsking] = useState(false);
  const queries = useQueryClient();
  const { draft, begun, same } = form;
  const { id } = begun.body;
  const problem = wrong?.(draft);
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      if (!same && !problem && !denied) setAsking(true);
    }}>
      <Container header={<Header variant="h2" description={description}>{title}</Header>}>
        <Form actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" disabled={same} onClick={() => form.settle(begun)}>
              {words.undo}
            </Button>
            <Button
              variant="primary"
              disabled={denied !== undefined || same || problem !== undefined}
              disabledReason={denied ?? problem ?? words.same}
            >
              {words.save}
            </Button>
          </SpaceBetween>
        }>
          {children(form)}
        </Form>
      </Container>
      {asking && (
        <ChangeDialog
          differences={differences(of(begun.body), draft)}
          name={[id, begun.tag, draft]}
          hint={hint?.(draft)}
          ask={(query) => ask(draft, begun.tag, query)}
          subject={id}
          account={id}
          saved={form.settle}
          anew={() => {
            form.settle(begun);
            void queries.invalidateQueries({ queryKey: ["account", id] });
          }}
          close={() => setAsking(false)}
        />
      )}
    </form>
  );
}
