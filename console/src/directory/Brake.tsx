import { Box, Button, Container, FormField, Header, Input } from "@cloudscape-design/components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas } from "../api/client";
import { tagged, type Tagged } from "../api/tagged";
import { Dialog } from "../shell/Dialog";
import { useBoard } from "../shell/notices";
import { texts } from "../texts/directory";
import { Problem } from "./Problem";

const words = texts.brake;
type Found = Tagged<Schemas["Directory"]>;

/** What a run may do without being asked about (rule 85). */
export function Brake({ account, found, may }: { account: string; found: Found; may: boolean }) {
  const [editing, setEditing] = useState(false);
  const { share, least } = found.body.brake;
  return (
    <Container header={
      <Header variant="h2" description={words.hint} actions={
        <Button disabled={!may} disabledReason={texts.needsFullAccess} onClick={() => setEditing(true)}>
          {words.edit}
        </Button>
      }>
        {words.title}
      </Header>
    }>
      <Box>{words.says(share, least)}</Box>
      {editing && <Edit account={account} found={found} close={() => setEditing(false)} />}
    </Container>
  );
}

function Edit({ account, found, close }: { account: string; found: Found; close: () => void }) {
  const { brake, connection } = found.body;
  const [share, setShare] = useState(String(brake.share));
  const [least, setLeast] = useState(String(brake.least));
  const [queries, { say }] = [useQueryClient(), useBoard()];
  const right = /^\d+$/.test(share) && Number(share) <= 100 && /^\d{1,9}$/.test(least);
  const again = () => queries.invalidateQueries({ queryKey: ["directory", account] });
  const act = useMutation({
    mutationFn: () => tagged(api.PUT("/api/v1/accounts/{account}/directory", {
      params: { path: { account }, header: { "If-Match": found.tag } },
      body: { connection, brake: { share: Number(share), least: Number(least) } },
    })),
    onSuccess: async () => {
      say({ type: "success", text: words.saved });
      close();
      await again();
    },
  });
  return (
    <Dialog title={words.edit} confirm={words.save} ready={right} act={act} close={close}>
      <FormField label={words.share} errorText={right ? undefined : words.wrong}>
        <Input value={share} inputMode="numeric" onChange={({ detail }) => setShare(detail.value)} />
      </FormField>
      <FormField label={words.least}>
        <Input value={least} inputMode="numeric" onChange={({ detail }) => setLeast(detail.value)} />
      </FormField>
      {act.error && (
        <Problem error={act.error} account={account} load={() => {
          close();
          void again();
        }} />
      )}
    </Dialog>
  );
}
