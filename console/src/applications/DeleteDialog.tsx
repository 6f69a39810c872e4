import { Box, FormField, Input } from "@cloudscape-design/components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../api/client";
import { Dialog } from "../shell/Dialog";
import { useBoard } from "../shell/notices";
import { Failure } from "../shell/parts";
import { words } from "../texts/applications";
import type { Application } from "./draft";
import { secretsQuery, works } from "./queries";

const remove = (application: string, preview: boolean) =>
  answer(api.DELETE("/api/v1/applications/{application}", {
    params: { path: { application }, query: preview ? { preview: "true" } : {} },
  }));

/** Says what goes with an application, and deletes it once its name was typed. */
export function DeleteDialog({ application, close }: {
  application: Application;
  close: (done: boolean) => void;
}) {
  const [typed, setTyped] = useState("");
  const [queries, { say }] = [useQueryClient(), useBoard()];
  const { id, name } = application;
  const preview = useQuery({
    queryKey: ["preview", "application", id, "delete"],
    queryFn: async () => ((await remove(id, true)), true),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const secrets = useQuery(secretsQuery(id, application.owner ?? undefined));
  const act = useMutation({
    mutationFn: () => remove(id, false),
    onSuccess: async () => {
      say({ type: "success", text: words.deleted(name) });
      close(true);
      await queries.invalidateQueries({ queryKey: ["applications"], refetchType: "none" });
    },
  });
  const error = act.error ?? preview.error;
  return (
    <Dialog
      title={words.deleteTitle(name)}
      confirm={words.delete}
      ready={preview.isSuccess && typed.trim() === name}
      act={act}
      close={() => close(false)}
    >
      <Box>{words.deleteSays}</Box>
      <ul>
        {secrets.data && <li>{words.deleteSecrets(secrets.data.filter((secret) => works(secret)).length)}</li>}
        {application.client && <li>{words.deleteSignIns}</li>}
        <li>{words.deleteAudit}</li>
      </ul>
      {secrets.error && <Failure error={secrets.error} again={() => void secrets.refetch()} />}
      <FormField label={words.deleteConfirm(name)}>
        <Input value={typed} autoFocus onChange={({ detail }) => setTyped(detail.value)} />
      </FormField>
      {error && <Failure error={error} />}
    </Dialog>
  );
}
