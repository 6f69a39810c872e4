import { Box, Button, Container, ContentLayout, Form, Header, SpaceBetween } from "@cloudscape-design/components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useAccount } from "../api/account";
import { api, Refused, type Schemas } from "../api/client";
import { tagged, type Tagged } from "../api/tagged";
import { useRoles } from "../api/roles";
import { ConnectionFields } from "../directory/ConnectionFields";
import { connectionOf, draftOf, isWhole, type Draft } from "../directory/draft";
import { PreviewDialog } from "../directory/PreviewDialog";
import { Problem } from "../directory/Problem";
import { directoryQuery } from "../directory/queries";
import { TestDialog } from "../directory/TestDialog";
import { useBoard } from "../shell/notices";
import { Failure, Nothing, Waiting } from "../shell/parts";
import { texts as common } from "../texts";
import { texts } from "../texts/directory";

const words = texts.connection;
type Found = Tagged<Schemas["Directory"]>;

/** How a directory is reached and read: set up, or changed. */
export default function DirectoryConnection() {
  const { id } = useAccount();
  const { roles, isPending } = useRoles();
  const queries = useQueryClient();
  const asked = useQuery(directoryQuery(id));
  const [times, setTimes] = useState(0);
  if (asked.isLoadingError) return <Failure error={asked.error} again={() => void asked.refetch()} />;
  if (isPending || asked.isPending) return <Waiting />;
  if (!roles.allow("FullAccess", id)) return <Nothing title={words.heading} hint={texts.needsFullAccess} heading />;
  const reload = async () => {
    await queries.invalidateQueries({ queryKey: ["directory", id] });
    setTimes(times + 1);
  };
  return <Filling key={times} account={id} now={asked.data} reload={() => void reload()} />;
}

/** The form. What it began from stays the same until it is loaded anew. */
function Filling({ account, now, reload }: { account: string; now: Found | null; reload: () => void }) {
  const [found] = useState(now);
  const [draft, setDraft] = useState<Draft>(() => draftOf(found?.body.connection));
  const [doing, setDoing] = useState<"test" | "preview">();
  const [queries, { say }, navigate] = [useQueryClient(), useBoard(), useNavigate()];
  const connected = found?.body.connected ?? false;
  const proposed = { connection: connectionOf(draft), password: draft.password || null };
  const saved = () => {
    say({ type: "success", text: words.saved });
    void queries.invalidateQueries({ queryKey: ["directory", account] });
    void navigate(`/accounts/${account}/directory${found ? "?tab=connection" : ""}`);
  };
  const save = useMutation({
    mutationFn: async () => {
      // Where there was none, no tag can say so.
      const other = !found && await queries.fetchQuery({ ...directoryQuery(account), staleTime: 0 });
      if (other) throw new Refused({ code: "outdated", detail: words.meanwhile });
      return tagged(api.PUT("/api/v1/accounts/{account}/directory", {
        params: { path: { account }, header: found ? { "If-Match": found.tag } : {} },
        body: proposed,
      }));
    },
    onSuccess: saved,
  });
  const whole = isWhole(draft, found !== null);
  return (
    <ContentLayout header={
      <Header variant="h1" description={connected ? undefined : words.decidesNothing}>{words.heading}</Header>
    }>
      <form onSubmit={(event) => {
        event.preventDefault();
        if (!whole) return;
        if (connected) setDoing("preview");
        else save.mutate();
      }}>
        <Form actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={() => void navigate(`/accounts/${account}/directory`)}>
              {common.cancel}
            </Button>
            <Button formAction="none" disabled={!whole} onClick={() => setDoing("test")}>{texts.do.test}</Button>
            <Button variant="primary" disabled={!whole} loading={save.isPending}>
              {connected ? words.saveWithPreview : words.save}
            </Button>
          </SpaceBetween>
        }>
          <SpaceBetween size="m">
            <Container>
              <ConnectionFields draft={draft} kept={found !== null} change={setDraft} />
            </Container>
            {save.error && <Box><Problem error={save.error} account={account} load={reload} /></Box>}
          </SpaceBetween>
        </Form>
      </form>
      {doing === "test" && <TestDialog account={account} proposed={proposed} close={() => setDoing(undefined)} />}
      {doing === "preview" && (
        <PreviewDialog
          account={account}
          proposed={proposed}
          outdated={reload}
          close={() => setDoing(undefined)}
          then={{
            title: texts.preview.titleSave,
            confirm: texts.preview.save,
            agree: false,
            act: () => save.mutateAsync(),
            done: () => setDoing(undefined),
          }}
        />
      )}
    </ContentLayout>
  );
}
