import { Alert, Box, FormField, Input } from "@cloudscape-design/components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "../api/client";
import { Dialog } from "../shell/Dialog";
import { Once } from "../shell/Once";
import { useBoard } from "../shell/notices";
import { Overlap } from "../shell/Overlap";
import { Failure } from "../shell/parts";
import { words } from "../texts/applications";
import { makeSecret } from "./create";
import type { Application } from "./draft";

type Secret = Schemas["ApiToken"];
const key = ["applications", "secrets"];

/** Makes another secret, which is shown once. */
export function MakeDialog({ application, close }: { application: Application; close: () => void }) {
  const [name, setName] = useState("");
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: () => makeSecret(application.id, name.trim()),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
  return (
    <Dialog title={words.another} confirm={words.another} ready={name.trim() !== ""} act={act} close={close}>
      {!act.data && <Box>{words.anotherSays}</Box>}
      {!act.data && (
        <FormField label={words.name}>
          <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
        </FormField>
      )}
      {act.error && <Failure error={act.error} />}
      {act.data && <Shown secret={act.data} />}
    </Dialog>
  );
}

/** Puts a new secret in the place of one; for a while both work. */
export function RotateDialog({ secret, close }: { secret: Secret; close: () => void }) {
  const [overlap, setOverlap] = useState("86400");
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/tokens/{token}/rotate", {
      params: { path: { token: secret.id } },
      body: { overlap_seconds: Number(overlap) },
    })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
  return (
    <Dialog title={words.rotateTitle(secret.name)} confirm={words.rotate} ready act={act} close={close}>
      {!act.data && <Box>{words.rotateSays}</Box>}
      {!act.data && <Overlap value={overlap} change={setOverlap} words={words} />}
      {act.error && <Failure error={act.error} />}
      {act.data && <Shown secret={act.data} />}
    </Dialog>
  );
}

function Shown({ secret }: { secret: Secret }) {
  return <Once facts={[{ label: words.facts.clientSecret, value: secret.token ?? "" }]} />;
}

/** Ends a secret at once. */
export function RevokeDialog({ secret, isLast, close }: { secret: Secret; isLast: boolean; close: () => void }) {
  const [queries, { say }] = [useQueryClient(), useBoard()];
  const act = useMutation({
    mutationFn: () => answer(api.DELETE("/api/v1/tokens/{token}", { params: { path: { token: secret.id } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: key });
      say({ type: "success", text: words.revoked(secret.name) });
      close();
    },
  });
  return (
    <Dialog title={words.revokeTitle(secret.name)} confirm={words.revoke} ready act={act} close={close}>
      <Box>{words.revokeSays}</Box>
      {isLast && <Alert type="warning">{words.revokeLast}</Alert>}
      {act.error && <Failure error={act.error} />}
    </Dialog>
  );
}
