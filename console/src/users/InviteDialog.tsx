import { Alert, Box, FormField, Textarea } from "@cloudscape-design/components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Account } from "../api/client";
import { Dialog } from "../shell/Dialog";
import { useBoard } from "../shell/notices";
import { Failure } from "../shell/parts";
import { words } from "../texts/invite";
import { readAddresses } from "./addresses";

/** One box for all addresses, and an answer for each. */
export default function InviteDialog({ account, close }: { account: Account; close: () => void }) {
  const [text, setText] = useState("");
  const [queries, { say }] = [useQueryClient(), useBoard()];
  const { found, wrong } = readAddresses(text);
  const invite = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/accounts/{account}/invitations", {
      params: { path: { account: account.id } },
      body: { addresses: text },
    })),
    onSuccess: async ({ results }) => {
      if (results.every((one) => one.ok)) {
        say({ type: "success", text: words.sent(results.length) });
        close();
      }
      await queries.invalidateQueries({ queryKey: ["users", account.id] });
    },
  });
  const sent = invite.data?.results.filter((one) => one.ok) ?? [];
  const failed = invite.data?.results.filter((one) => one.problem) ?? [];
  return (
    <Dialog title={words.title} confirm={words.confirm} ready={found.length > 0} act={invite} close={close}>
      <Box>{account.type === "Team" ? words.team : words.enterprise}</Box>
      {!invite.isSuccess && (
        <FormField
          label={words.label}
          description={words.hint}
          constraintText={words.found(found.length)}
          {...(wrong.length > 0 && { warningText: words.wrong(wrong.slice(0, 5).join(", ")) })}
        >
          <Textarea
            value={text}
            rows={6}
            autoFocus
            placeholder={words.example}
            onChange={({ detail }) => setText(detail.value)}
          />
        </FormField>
      )}
      {invite.error && <Failure error={invite.error} />}
      {sent.length > 0 && (
        <Alert type="success" header={words.sent(sent.length)}>{sent.map((one) => one.address).join(", ")}</Alert>
      )}
      {failed.length > 0 && (
        <Alert type="error" header={words.failed(failed.length)}>
          <ul>{failed.map((one) => <li key={one.address}>{one.address}: {one.problem?.detail}</li>)}</ul>
        </Alert>
      )}
    </Dialog>
  );
}
