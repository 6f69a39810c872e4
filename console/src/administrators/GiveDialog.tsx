import { Alert, Autosuggest, Box, FormField, Input, SpaceBetween } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Role } from "../api/client";
import { withEffects, type Effects } from "../api/effects";
import { PreviewDialog } from "../shell/PreviewDialog";
import { useSettled } from "../shell/useSettled";
import { isOpen } from "../users/actions";
import { words as all } from "../texts/administrators";
import { RoleChoice } from "./RoleChoice";
import type { Scope } from "./queries";

const words = all.give;

/** Gives somebody a role; who cannot hold it is told before. */
export function GiveDialog({ account, name, close }: { account: Scope; name: string; close: () => void }) {
  const [typed, setTyped] = useState("");
  const [role, setRole] = useState<Role>("ReadOnly");
  const user = useSettled(typed.trim());
  const body = { user, role, account: account ?? null };
  const ask = (query: { preview?: "true" }) => withEffects(api.POST("/api/v1/grants", { params: { query }, body }));
  const over = account ? name : words.everything;
  return (
    <PreviewDialog<{ effects: Effects }>
      title={words.title}
      confirm={words.title}
      name={["grants", "give", body]}
      ready={/.@.+\../.test(user) && user === typed.trim()}
      preview={() => ask({ preview: "true" })}
      perform={() => ask({})}
      foreseen={({ effects }) => (
        <SpaceBetween size="s">
          <Box>{words.says(user, role, over)}</Box>
          {effects.signedOut > 0 && <Alert type="warning">{words.signsOut}</Alert>}
        </SpaceBetween>
      )}
      done={words.done(user)}
      close={close}
    >
      <FormField label={words.address} description={account ? words.addressHint : words.addressHintDeployment}>
        {account ? <Member account={account} value={typed} change={setTyped} /> :
          <Input value={typed} type="email" autoFocus onChange={({ detail }) => setTyped(detail.value)} />}
      </FormField>
      <RoleChoice label={words.role} role={role} choose={setRole} />
    </PreviewDialog>
  );
}

/** Somebody in an account, by how their address or name begins. */
function Member({ account, value, change }: { account: string; value: string; change: (address: string) => void }) {
  const search = useSettled(value.trim());
  const asked = useQuery({
    queryKey: ["users", account, "choice", search],
    queryFn: () => answer(api.GET("/api/v1/accounts/{account}/users", {
      params: { path: { account }, query: { search: search || undefined, limit: 20 } },
    })),
  });
  // Who was only invited is nobody yet who could hold a role.
  const people = asked.data?.items.filter((one) => !isOpen(one)) ?? [];
  return (
    <Autosuggest
      value={value}
      ariaLabel={words.address}
      placeholder={words.find}
      options={people.map(({ address, name }) => ({ value: address, description: name ?? undefined }))}
      filteringType="manual"
      statusType={asked.error ? "error" : asked.isFetching || search !== value.trim() ? "loading" : "finished"}
      errorText={asked.error?.message}
      empty={words.none}
      enteredTextLabel={words.use}
      onChange={({ detail }) => change(detail.value)}
    />
  );
}
