import { Box } from "@cloudscape-design/components";
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Role } from "../api/client";
import { useNames, works } from "../applications/queries";
import { PreviewDialog } from "../shell/PreviewDialog";
import { words } from "../texts/administrators";
import { RoleChoice } from "./RoleChoice";
import { credentialsQuery, type Grant, type Scope } from "./queries";

/** Gives another role in the place of one. */
export function ChangeDialog({ grant, close }: { grant: Grant; close: () => void }) {
  const [role, setRole] = useState<Role>(grant.role);
  const ask = (query: { preview?: "true" }) =>
    answer(api.PATCH("/api/v1/grants/{grant}", { params: { path: { grant: grant.id }, query }, body: { role } }));
  return (
    <PreviewDialog
      title={words.change.title(grant.address)}
      confirm={words.change.short}
      name={["grants", grant.id, role]}
      ready={role !== grant.role}
      preview={() => ask({ preview: "true" })}
      perform={() => ask({})}
      foreseen={() => <Box>{words.change.says(role)}</Box>}
      done={words.change.done(grant.address)}
      close={close}
    >
      <RoleChoice label={words.roles.role} role={role} choose={setRole} />
    </PreviewDialog>
  );
}

/** Withdraws a role, and says what ends with it. */
export function TakeDialog({ grant, account, isOperator, close }: {
  grant: Grant;
  account: Scope;
  isOperator: boolean;
  close: () => void;
}) {
  const [keys, tokens] = useQueries({
    queries: (["keys", "tokens"] as const).map((sort) => credentialsQuery(sort, account, isOperator)),
    combine: (asked) => asked.map(({ data }) => data?.filter((one) => one.grant === grant.id && works(one)).length),
  });
  const names = useNames(grant.account ? [grant.account] : []);
  const over = grant.account ? names.get(grant.account) ?? grant.account : words.give.everything;
  const ask = async (query: { preview?: "true" }) => {
    await answer(api.DELETE("/api/v1/grants/{grant}", { params: { path: { grant: grant.id }, query } }));
    return true;
  };
  return (
    <PreviewDialog
      title={words.take.title(grant.address)}
      confirm={words.take.short}
      name={["grants", grant.id, "take"]}
      preview={() => ask({ preview: "true" })}
      perform={() => ask({})}
      foreseen={() => (
        <>
          <Box>{words.take.says(grant.role, over)}</Box>
          <Box>{words.take.held(keys ?? 0, tokens ?? 0)}</Box>
        </>
      )}
      done={words.take.done(grant.address)}
      close={close}
    />
  );
}
