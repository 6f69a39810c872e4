import { Box, Checkbox, FormField, SpaceBetween } from "@cloudscape-design/components";
import { api, type Account } from "../api/client";
import { tagged, type Tagged } from "../api/tagged";
import { words as all, yesNo } from "../texts/settings";
import { AccountForm } from "./AccountForm";
import { DelegateGroups } from "./DelegateGroups";

const words = all.calls;

/** What an account keeps for the programs that connect calls. */
export function Calls({ found, denied }: { found: Tagged<Account>; denied: string | undefined }) {
  const account = found.body.id;
  return (
    <SpaceBetween size="l">
      <AccountForm
        found={found}
        title={words.title}
        description={words.what}
        denied={denied}
        of={({ settings }) => settings}
        differences={(before, after) => [
          { label: words.remoteBox, before: before.disable_remote_control, after: after.disable_remote_control },
          { label: words.dialOutBox, before: before.enable_dial_out, after: after.enable_dial_out },
        ].filter(({ before, after }) => before !== after)
          .map(({ label, before, after }) => ({ label, before: yesNo(before), after: yesNo(after) }))}
        ask={(body, tag, query) => tagged(api.PATCH("/api/v1/accounts/{account}/settings", {
          params: { path: { account }, query, header: { "If-Match": tag } },
          body,
        }))}
      >
        {({ draft, change }) => (
          <SpaceBetween size="m">
            <FormField label={words.remote}>
              <Checkbox
                checked={draft.disable_remote_control}
                disabled={Boolean(denied)}
                onChange={({ detail }) => change({ disable_remote_control: detail.checked })}
              >
                {words.remoteBox}
              </Checkbox>
            </FormField>
            <FormField label={words.dialOut}>
              <Checkbox
                checked={draft.enable_dial_out}
                disabled={Boolean(denied)}
                onChange={({ detail }) => change({ enable_dial_out: detail.checked })}
              >
                {words.dialOutBox}
              </Checkbox>
            </FormField>
            <Box color="text-body-secondary">{words.person}</Box>
          </SpaceBetween>
        )}
      </AccountForm>
      <DelegateGroups account={found.body} denied={denied} />
    </SpaceBetween>
  );
}
