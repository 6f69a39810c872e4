import { Box, Button, Form, FormField, Input, Modal, SpaceBetween } from "@cloudscape-design/components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { answer, api } from "../api/client";
import { useBoard } from "../shell/notices";
import { Failure } from "../shell/parts";
import { texts } from "../texts";
import { words } from "../texts/accounts";

/** The dialog that makes an account. */
export default function Create({ close }: { close: () => void }) {
  const [name, setName] = useState("");
  const [queries, navigate, { say }] = [useQueryClient(), useNavigate(), useBoard()];
  const create = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/accounts", { body: { name } })),
    onSuccess: async (account) => {
      await queries.invalidateQueries({ queryKey: ["accounts"] });
      say({ type: "success", text: words.created1(account.name) });
      void navigate(`/accounts/${account.id}/users`);
    },
  });
  return (
    <Modal visible header={words.create} closeAriaLabel={texts.close} onDismiss={close}>
      <form onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) create.mutate();
      }}>
        <Form actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={close}>{texts.cancel}</Button>
            <Button variant="primary" disabled={!name.trim()} loading={create.isPending}>{words.create}</Button>
          </SpaceBetween>
        }>
          <SpaceBetween size="m">
            <Box>{words.createHint}</Box>
            <FormField label={words.name}>
              <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
            </FormField>
            {create.error && <Failure error={create.error} />}
          </SpaceBetween>
        </Form>
      </form>
    </Modal>
  );
}
