import { Box, Button, Header, Table } from "@cloudscape-design/components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Role, type Schemas } from "../api/client";
import { Dialog } from "../shell/Dialog";
import { useBoard } from "../shell/notices";
import { Failure, Time } from "../shell/parts";
import { texts } from "../texts";
import { words } from "../texts/details";
import { lacks, mayManage } from "./actions";
import { browserOf } from "./browser";

type Session = Schemas["Session"];

const sessionsQuery = (account: string, user: string) => ({
  queryKey: ["users", account, "sessions", user],
  queryFn: () => answer(api.GET("/api/v1/accounts/{account}/users/{user}/sessions", {
    params: { path: { account, user } },
  })),
});

/** Where a member is signed in, and the end of one such session (rule 91). */
export function Sessions({ account, user, role }: { account: string; user: string; role: Role | undefined }) {
  const [ending, setEnding] = useState<Session>();
  const asked = useQuery(sessionsQuery(account, user));
  if (asked.error && !asked.data) return <Failure error={asked.error} again={() => void asked.refetch()} />;
  return (
    <>
      <Table<Session>
        header={<Header variant="h2" description={words.sessionsHint}>{words.sessions}</Header>}
        items={asked.data?.sessions ?? []}
        loading={asked.isPending}
        loadingText={texts.loading}
        empty={<Box textAlign="center">{words.noSessions}</Box>}
        trackBy="id"
        ariaLabels={{ tableLabel: words.sessions, selectionGroupLabel: words.sessions }}
        columnDefinitions={[
          { id: "browser", header: words.browser, isRowHeader: true, cell: browserOf },
          { id: "end", header: words.end, minWidth: 90, cell: (session) => (
            <Button
              variant="inline-link"
              ariaLabel={words.endOne(browserOf(session))}
              disabled={!mayManage(role)}
              disabledReason={lacks(role)}
              onClick={() => setEnding(session)}
            >
              {words.end}
            </Button>
          ) },
          { id: "from", header: words.from, cell: (session) => session.remote ?? "-" },
          { id: "methods", header: words.methods, cell: (session) => provedBy(session) },
          { id: "began", header: words.began, cell: (session) => <Time at={session.created} /> },
          { id: "used", header: words.used, cell: (session) => <Time at={session.last_used} /> },
          { id: "ends", header: words.ends, cell: (session) => <Time at={session.expires} /> },
        ]}
      />
      {ending && <End account={account} user={user} session={ending} close={() => setEnding(undefined)} />}
    </>
  );
}

/** How they proved who they are, in words. */
function provedBy({ methods }: Session): string {
  const known = words.method as Record<string, string>;
  return [...new Set(methods.map((method) => known[method] ?? method))].join(", ") || "-";
}

function End({ account, user, session, close }: {
  account: string;
  user: string;
  session: Session;
  close: () => void;
}) {
  const [queries, { say }] = [useQueryClient(), useBoard()];
  const act = useMutation({
    mutationFn: () => answer(api.DELETE("/api/v1/accounts/{account}/users/{user}/sessions/{session}", {
      params: { path: { account, user, session: session.id } },
    })),
    onSuccess: async () => {
      say({ type: "success", text: words.ended });
      close();
      await queries.invalidateQueries({ queryKey: sessionsQuery(account, user).queryKey });
    },
  });
  return (
    <Dialog title={words.endTitle} confirm={words.end} ready act={act} close={close}>
      <Box>{words.endSays(browserOf(session))}</Box>
      {act.error && <Failure error={act.error} />}
    </Dialog>
  );
}
