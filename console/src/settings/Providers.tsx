import { Box, Button, Header, Table } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { issuerQuery } from "../applications/queries";
import { Copied } from "../shell/Once";
import { Failure, Nothing, Time } from "../shell/parts";
import { texts } from "../texts";
import { words as all } from "../texts/settings";
import { AddProvider, RemoveProvider } from "./ProviderDialogs";
import { providersQuery, type Provider } from "./queries";

const words = all.providers;

/** The sign-in providers of an account, or of the deployment. */
export function Providers({ account, name, domains, denied }: {
  account?: string;
  name?: string;
  /** The account's verified domains; the deployment's providers have none. */
  domains?: string[];
  denied: string | undefined;
}) {
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Provider>();
  const asked = useQuery({ ...providersQuery(account), enabled: !denied });
  const issuer = useQuery(issuerQuery).data;
  const reason = denied ?? (domains?.length === 0 ? words.noDomain : undefined);
  const of = name ? ` --account "${name}" --domain ${domains?.[0] ?? "corp.example"}` : "";
  return (
    <>
      <Table<Provider>
        items={asked.data ?? []}
        trackBy={({ id }) => id}
        loading={asked.isLoading}
        loadingText={texts.loading}
        ariaLabels={{ tableLabel: words.title, selectionGroupLabel: words.title }}
        header={
          <Header variant="h2" description={account ? words.hint : words.hintDeployment} actions={
            <Button disabled={reason !== undefined} disabledReason={reason} onClick={() => setAdding(true)}>
              {words.add}
            </Button>
          }>
            {words.title}
          </Header>
        }
        empty={asked.error ? <Failure error={asked.error} again={() => void asked.refetch()} /> : (
          <Nothing title={words.empty} hint={denied ?? words.emptyHint}>
            {!denied && <Box variant="small">{all.twin}: <code>{words.twin(of)}</code></Box>}
          </Nothing>
        )}
        columnDefinitions={[
          { id: "name", header: words.name, isRowHeader: true, cell: (one) => one.name },
          { id: "issuer", header: words.issuer, cell: (one) => one.issuer },
          { id: "client", header: words.clientId, cell: (one) => one.client_id },
          ...(account ? [
            { id: "domains", header: words.domains, cell: (one: Provider) => one.domains.join(", ") },
          ] : []),
          { id: "do", header: texts.actionsOf, minWidth: 110, cell: (one) => (
            <Button
              variant="inline-link"
              ariaLabel={words.removeTitle(one.name)}
              disabled={denied !== undefined}
              disabledReason={denied}
              onClick={() => setRemoving(one)}
            >
              {words.remove}
            </Button>
          ) },
          { id: "redirect", header: words.redirect, minWidth: 400, cell: (one) => issuer ? (
            <Copied text={redirectOf(issuer, one.id)} label={words.redirect} />
          ) : "-" },
          { id: "since", header: words.since, cell: (one) => <Time at={one.created} /> },
        ]}
      />
      {adding && <AddProvider account={account} domains={domains} close={() => setAdding(false)} />}
      {removing && <RemoveProvider provider={removing} close={() => setRemoving(undefined)} />}
    </>
  );
}

/** Where a provider sends people back to. */
export const redirectOf = (issuer: string, provider: string) => `${issuer}/signin/upstream/${provider}`;
