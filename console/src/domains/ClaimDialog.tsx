import { Box, Button, Form, FormField, Input, Modal, SpaceBetween } from "@cloudscape-design/components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { answer, api } from "../api/client";
import { useBoard } from "../shell/notices";
import { Failure } from "../shell/parts";
import { texts } from "../texts";
import { domains } from "../texts/domains";

const words = domains.claim;

/** Claims a domain, and goes on to the record that proves it. */
export function ClaimDialog({ account, close }: { account: string; close: () => void }) {
  const [name, setName] = useState("");
  const [queries, navigate, { say }] = [useQueryClient(), useNavigate(), useBoard()];
  const claim = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/accounts/{account}/domains", {
      params: { path: { account } },
      body: { name: name.trim() },
    })),
    onSuccess: async (claim) => {
      await queries.invalidateQueries({ queryKey: ["domains", account] });
      say({ type: "success", text: words.done(claim.name) });
      void navigate(`/accounts/${account}/domains/${claim.name}`);
    },
  });
  return (
    <Modal visible header={words.title} closeAriaLabel={texts.close} onDismiss={close}>
      <form onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) claim.mutate();
      }}>
        <Form actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={close}>{texts.cancel}</Button>
            <Button variant="primary" disabled={!name.trim()} loading={claim.isPending}>{words.title}</Button>
          </SpaceBetween>
        }>
          <SpaceBetween size="m">
            <Box>{words.hint}</Box>
            <FormField label={words.label}>
              <Input
                value={name}
                autoFocus
                placeholder={words.example}
                onChange={({ detail }) => setName(detail.value)}
              />
            </FormField>
            {claim.error && <Failure error={claim.error} />}
          </SpaceBetween>
        </Form>
      </form>
    </Modal>
  );
}
