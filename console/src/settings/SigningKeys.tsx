import { Box, Button, Checkbox, Header, StatusIndicator, Table } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "../api/client";
import { PreviewDialog } from "../shell/PreviewDialog";
import { Failure, Nothing, Time } from "../shell/parts";
import { texts } from "../texts";
import { words as all } from "../texts/settings";
import { signingKeysQuery } from "./queries";

const words = all.keys;
type Key = Schemas["SigningKey"];

/** The keys that sign what applications are told, and how to replace them now. */
export function SigningKeys({ denied }: { denied: string | undefined }) {
  const [replacing, setReplacing] = useState(false);
  const asked = useQuery(signingKeysQuery);
  const reason = denied ?? (asked.data?.length === 0 ? words.empty : undefined);
  return (
    <>
      <Table<Key>
        items={asked.data ?? []}
        trackBy={({ kid }) => kid}
        loading={asked.isPending}
        loadingText={texts.loading}
        ariaLabels={{ tableLabel: words.title, selectionGroupLabel: words.title }}
        header={
          <Header variant="h2" description={words.hint} actions={
            <Button disabled={reason !== undefined} disabledReason={reason} onClick={() => setReplacing(true)}>
              {words.rotate}
            </Button>
          }>
            {words.title}
          </Header>
        }
        empty={asked.error ? <Failure error={asked.error} again={() => void asked.refetch()} /> :
          <Nothing title={words.empty} hint={words.emptyHint} />}
        columnDefinitions={[
          { id: "kid", header: words.kid, isRowHeader: true, cell: (key) => <code>{key.kid}</code> },
          { id: "alg", header: words.alg, cell: (key) => key.alg },
          { id: "state", header: words.state, cell: (key) => (
            <StatusIndicator type={key.state === "signing" ? "success" : key.state === "next" ? "pending" : "stopped"}>
              {words.states[key.state] ?? key.state}
            </StatusIndicator>
          ) },
          { id: "from", header: words.from, cell: (key) => <Time at={key.signs_from} /> },
          { id: "until", header: words.until, cell: (key) => <Time at={key.signs_until} /> },
          { id: "published", header: words.published, cell: (key) => <Time at={key.published_until} /> },
        ]}
      />
      {replacing && <Replace close={() => setReplacing(false)} />}
    </>
  );
}

function Replace({ close }: { close: () => void }) {
  const [compromised, setCompromised] = useState(false);
  const ask = (query: { preview?: "true" }) =>
    answer(api.POST("/api/v1/signing-keys/rotate", { params: { query }, body: { compromised } }));
  return (
    <PreviewDialog<Schemas["SigningKeys"]>
      title={words.rotate}
      confirm={words.rotate}
      name={["signing-keys", compromised]}
      preview={() => ask({ preview: "true" })}
      perform={() => ask({})}
      foreseen={() => <Box>{compromised ? words.compromisedHint : words.rotateSays}</Box>}
      done={words.rotated}
      close={close}
    >
      <Checkbox checked={compromised} onChange={({ detail }) => setCompromised(detail.checked)}>
        {words.compromised}
      </Checkbox>
    </PreviewDialog>
  );
}
