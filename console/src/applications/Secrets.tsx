import { Box, Button, Header, SpaceBetween, Table } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CredentialState } from "../administrators/CredentialState";
import type { Schemas } from "../api/client";
import { Failure, Nothing, Time } from "../shell/parts";
import { texts } from "../texts";
import { words } from "../texts/applications";
import { MakeDialog, RevokeDialog, RotateDialog } from "./SecretDialogs";
import type { Application } from "./draft";
import { secretsQuery, works } from "./queries";

type Secret = Schemas["ApiToken"];
type Asked = { what: "make" } | { what: "rotate" | "revoke"; secret: Secret };

/** An application's secrets: made, replaced with an overlap, revoked. */
export function Secrets({ application }: { application: Application }) {
  const asked = useQuery(secretsQuery(application.id, application.owner ?? undefined));
  const [dialog, setDialog] = useState<Asked>();
  const secrets = asked.data ?? [];
  const close = () => setDialog(undefined);
  return (
    <>
      <Table<Secret>
        items={secrets}
        trackBy={(secret) => secret.id}
        loading={asked.isPending}
        loadingText={texts.loading}
        ariaLabels={{ tableLabel: words.secrets, selectionGroupLabel: words.secrets }}
        header={
          <Header
            variant="h2"
            description={application.client?.public ? words.secretsPublic : words.secretsHint}
            actions={<Button onClick={() => setDialog({ what: "make" })}>{words.another}</Button>}
          >
            {words.secrets}
          </Header>
        }
        empty={asked.error ? <Failure error={asked.error} again={() => void asked.refetch()} /> :
          <Nothing title={words.noSecrets} hint={words.noSecretsHint} />}
        columnDefinitions={[
          { id: "name", header: words.name, isRowHeader: true, cell: (secret) => secret.name },
          { id: "state", header: words.state, cell: (secret) => <CredentialState of={secret} /> },
          { id: "created", header: words.createdAt, cell: (secret) => <Time at={secret.created} /> },
          { id: "used", header: words.lastUsed, cell: (secret) => <Time at={secret.last_used} /> },
          { id: "expires", header: words.expires, cell: (secret) => (
            secret.expires ? <Time at={secret.expires} /> : words.never
          ) },
          { id: "do", header: texts.actionsOf, cell: (secret) => (works(secret) ? (
            <SpaceBetween direction="horizontal" size="xs">
              {(["rotate", "revoke"] as const).map((what) => (
                <Button
                  key={what}
                  variant="inline-link"
                  ariaLabel={words.ofSecret(words[what], secret.name)}
                  onClick={() => setDialog({ what, secret })}
                >
                  {words[what]}
                </Button>
              ))}
            </SpaceBetween>
          ) : <Box>-</Box>) },
        ]}
      />
      {dialog?.what === "make" && <MakeDialog application={application} close={close} />}
      {dialog?.what === "rotate" && <RotateDialog secret={dialog.secret} close={close} />}
      {dialog?.what === "revoke" && (
        <RevokeDialog
          secret={dialog.secret}
          isLast={secrets.filter((secret) => works(secret)).length === 1}
          close={close}
        />
      )}
    </>
  );
}
