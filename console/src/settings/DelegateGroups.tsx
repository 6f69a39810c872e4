import { Box, Button, FormField, Header, Input, Table } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Account } from "../api/client";
import { GroupSearch } from "../directory/GroupSearch";
import { directoryQuery } from "../directory/queries";
import { Nothing } from "../shell/parts";
import { PreviewDialog } from "../shell/PreviewDialog";
import { useSettled } from "../shell/useSettled";
import { texts } from "../texts";
import { words as all } from "../texts/settings";

const words = all.groups;

/** The groups whose members may act for others; added and removed one by one. */
export function DelegateGroups({ account, denied }: { account: Account; denied: string | undefined }) {
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<string>();
  return (
    <>
      <Table
        items={account.delegate_groups}
        trackBy={(group) => group}
        ariaLabels={{ tableLabel: words.title, selectionGroupLabel: words.title }}
        header={
          <Header variant="h2" counter={`(${texts.number(account.delegate_groups.length)})`} description={words.hint}
            actions={
              <Button disabled={denied !== undefined} disabledReason={denied} onClick={() => setAdding(true)}>
                {words.add}
              </Button>
            }
          >
            {words.title}
          </Header>
        }
        empty={
          <Nothing title={words.empty} hint={words.emptyHint}>
            <Box variant="small">{all.twin}: <code>{words.twin(account.name)}</code></Box>
          </Nothing>
        }
        columnDefinitions={[
          { id: "name", header: words.name, isRowHeader: true, cell: (group) => group },
          { id: "do", header: texts.actionsOf, cell: (group) => (
            <Button
              variant="inline-link"
              ariaLabel={words.removeOne(group)}
              disabled={denied !== undefined}
              disabledReason={denied}
              onClick={() => setRemoving(group)}
            >
              {words.remove}
            </Button>
          ) },
        ]}
      />
      {adding && <Add account={account} close={() => setAdding(false)} />}
      {removing && <Remove account={account} group={removing} close={() => setRemoving(undefined)} />}
    </>
  );
}

/** One more group: found in the account's directory, where there is one. */
function Add({ account: { id: account, delegate_groups }, close }: { account: Account; close: () => void }) {
  const [typed, setTyped] = useState("");
  const group = useSettled(typed.trim());
  const directory = useQuery(directoryQuery(account)).data;
  const ask = (query: { preview?: "true" }) => answer(api.POST("/api/v1/accounts/{account}/delegate-groups/add", {
    params: { path: { account }, query },
    body: { groups: [group] },
  }));
  return (
    <PreviewDialog<Account>
      title={words.add}
      confirm={words.addConfirm}
      name={["groups", account, "add", group]}
      ready={group !== "" && group === typed.trim()}
      preview={() => ask({ preview: "true" })}
      perform={() => ask({})}
      foreseen={() => <Box>{delegate_groups.includes(group) ? words.there(group) : words.adds(group)}</Box>}
      done={words.added(group)}
      close={close}
    >
      <FormField label={words.name} description={directory ? words.fromDirectory : words.typed}>
        {directory ? <GroupSearch account={account} value={typed} change={setTyped} label={words.name} /> :
          <Input value={typed} onChange={({ detail }) => setTyped(detail.value)} />}
      </FormField>
    </PreviewDialog>
  );
}

function Remove({ account: { id: account }, group, close }: { account: Account; group: string; close: () => void }) {
  const ask = (query: { preview?: "true" }) => answer(api.POST("/api/v1/accounts/{account}/delegate-groups/remove", {
    params: { path: { account }, query },
    body: { groups: [group] },
  }));
  return (
    <PreviewDialog<Account>
      title={words.removeOne(group)}
      confirm={words.remove}
      name={["groups", account, "remove", group]}
      preview={() => ask({ preview: "true" })}
      perform={() => ask({})}
      foreseen={() => <Box>{words.removes(group)}</Box>}
      done={words.removed(group)}
      close={close}
    />
  );
}
