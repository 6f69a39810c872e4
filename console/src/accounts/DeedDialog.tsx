import { Alert, Box, FormField, Input, RadioGroup } from "@cloudscape-design/components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, Refused, type Account } from "../api/client";
import { tagged, type Tagged } from "../api/tagged";
import { Dialog } from "../shell/Dialog";
import { useBoard } from "../shell/notices";
import { Outdated } from "../shell/Outdated";
import { Failure, Go, Waiting } from "../shell/parts";
import { PreviewDialog } from "../shell/PreviewDialog";
import { texts } from "../texts";
import { words } from "../texts/accounts";
import type { Deed } from "./RowMenu";

interface Props {
  account: Account;
  close: () => void;
}

/** The dialog in which something is done to an account. */
export default function DeedDialog({ deed, ...rest }: Props & { deed: Deed }) {
  switch (deed) {
    case "edit": return <Edit {...rest} />;
    case "remove": return <Remove {...rest} />;
    case "restore": return <Restore {...rest} />;
  }
}

/** Loads the account as it is now, with the tag that a change starts from. */
function Edit({ account, close }: Props) {
  const asked = useQuery({
    queryKey: ["account", account.id, "tagged"],
    queryFn: () => tagged(api.GET("/api/v1/accounts/{account}", { params: { path: { account: account.id } } })),
    staleTime: 0,
    gcTime: 0,
  });
  const idle = { isPending: false, isSuccess: false, mutate: () => {} };
  if (asked.data && !asked.isFetching) {
    return <EditFrom key={asked.data.tag} from={asked.data} close={close} again={() => void asked.refetch()} />;
  }
  return (
    <Dialog title={words.edit} confirm={words.save} ready={false} act={idle} close={close}>
      {asked.error ? <Failure error={asked.error} again={() => void asked.refetch()} /> : <Waiting />}
    </Dialog>
  );
}

const licenses = ["Pro", "Plus", "Basic"] as const;

function EditFrom({ from, close, again }: { from: Tagged<Account>; close: () => void; again: () => void }) {
  const { id: account, name: before, default_license } = from.body;
  const [name, setName] = useState(before);
  const [license, setLicense] = useState<Account["default_license"]>(default_license);
  const [queries, { say }] = [useQueryClient(), useBoard()];
  const act = useMutation({
    mutationFn: () => answer(api.PATCH("/api/v1/accounts/{account}", {
      params: { path: { account }, header: { "If-Match": from.tag } },
      body: { name, default_license: license },
    })),
    onSuccess: async (changed) => {
      say({ type: "success", text: words.saved(changed.name) });
      close();
      await queries.invalidateQueries();
    },
  });
  const changes = name !== before || license !== default_license;
  return (
    <Dialog title={words.edit} confirm={words.save} ready={changes && Boolean(name.trim())} act={act} close={close}>
      <FormField label={words.name}>
        <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label={words.defaultLicense} description={words.editHint}>
        <RadioGroup
          value={license}
          onChange={({ detail }) => setLicense(licenses.find((one) => one === detail.value) ?? license)}
          items={licenses.map((value) => ({ value, label: texts.license[value] }))}
        />
      </FormField>
      {act.error && <Outdated error={act.error} subject={account} account={account} again={again} />}
    </Dialog>
  );
}

const previewing = { preview: "true" as const };

function Remove({ account, close }: Props) {
  const { id, name } = account;
  const ask = (query: { preview?: "true" }) =>
    answer(api.DELETE("/api/v1/accounts/{account}", { params: { path: { account: id }, query } }));
  const inTheWay = (error: Error) => error instanceof Refused && error.problem.code === "account-not-empty" && (
    <InTheWay account={account} refused={error} />
  );
  return (
    <PreviewDialog
      title={words.remove}
      confirm={words.removeConfirm}
      name={["account.delete", id]}
      preview={() => ask(previewing)}
      perform={() => ask({})}
      foreseen={() => <Box>{words.removeSays(name)}</Box>}
      done={words.removed(name)}
      instead={inTheWay}
      close={close}
    />
  );
}

/** What an account still has that is not deleted with it, with the way there. */
function InTheWay({ account: { id, name }, refused }: { account: Account; refused: Refused }) {
  const { users, domains } = refused.problem.left ?? { users: 0, domains: 0 };
  return (
    <Alert type="warning" header={words.inTheWay(name)}>
      {refused.message}
      <ul>
        {users > 0 && <li><Go to={`/accounts/${id}/users`}>{words.itsUsers}</Go></li>}
        {domains > 0 && <li><Go to={`/accounts/${id}/domains`}>{words.itsDomains}</Go></li>}
      </ul>
    </Alert>
  );
}

function Restore({ account: { id: account, name }, close }: Props) {
  const ask = (query: { preview?: "true" }) =>
    answer(api.POST("/api/v1/accounts/{account}/restore", { params: { path: { account }, query } }));
  return (
    <PreviewDialog
      title={words.restore}
      confirm={words.restoreConfirm}
      name={["account.restore", account]}
      preview={() => ask(previewing)}
      perform={() => ask({})}
      foreseen={() => <Box>{words.restoreSays(name)}</Box>}
      done={words.restored(name)}
      close={close}
    />
  );
}
