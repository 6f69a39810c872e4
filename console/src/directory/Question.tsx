import { Alert, Box, Button, Modal, SpaceBetween, StatusIndicator } from "@cloudscape-design/components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../api/client";
import { Person } from "../shell/Person";
import { useBoard } from "../shell/notices";
import { Failure } from "../shell/parts";
import { texts as common } from "../texts";
import { texts } from "../texts/directory";
import { PeopleTable } from "./PeopleTable";
import { Problem } from "./Problem";
import { previewQuery, type Run } from "./queries";

const words = texts.question;
const none = { into: 0, out: 0, administrators: [] };

/** What the brake asks, with the list of whom it is about, and the two answers to it. */
export function QuestionDialog({ account, run, close }: { account: string; run: Run; close: () => void }) {
  const [queries, { say }] = [useQueryClient(), useBoard()];
  const again = () => queries.invalidateQueries({ queryKey: ["directory", account] });
  const path = { account, run: String(run.number) };
  const reply = useMutation({
    mutationFn: (yes: boolean) => answer(yes ?
      api.POST("/api/v1/accounts/{account}/directory/runs/{run}/confirm", {
        params: { path },
        body: { agreed: run.question ?? none },
      }) :
      api.POST("/api/v1/accounts/{account}/directory/runs/{run}/cancel", { params: { path } })),
    onSuccess: async (_, yes) => {
      say({ type: "success", text: yes ? words.agreed : words.refused });
      close();
      await again();
    },
  });
  return (
    <Modal
      visible
      size="large"
      header={words.title(run.number)}
      closeAriaLabel={common.close}
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>{common.cancel}</Button>
            <Button disabled={reply.isPending} onClick={() => reply.mutate(false)}>{words.no}</Button>
            <Button variant="primary" disabled={reply.isPending} onClick={() => reply.mutate(true)}>{words.yes}</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {reply.error && (
          <Problem error={reply.error} account={account} load={() => {
            close();
            void again();
          }} />
        )}
        <Box>{words.says}</Box>
        <Asked account={account} question={run.question ?? none} />
        <Box>{words.either}</Box>
        <Whom account={account} />
      </SpaceBetween>
    </Modal>
  );
}

/** The numbers, and the administrators whose access would change. */
function Asked({ account, question }: { account: string; question: Schemas["DirectoryAgreed"] }) {
  const { into, out, administrators } = question;
  return (
    <Alert type="warning">
      {out > 0 && <Box>{words.out(out)}</Box>}
      {into > 0 && <Box>{words.into(into)}</Box>}
      {administrators.length > 0 && (
        <>
          {texts.preview.administrators}:
          <ul>{administrators.map((user) => <li key={user}><Person account={account} user={user} /></li>)}</ul>
        </>
      )}
    </Alert>
  );
}

/** Whom a run that is agreed to would be about: it reads all anew. */
function Whom({ account }: { account: string }) {
  const seen = useQuery(previewQuery(account, {}));
  if (seen.isFetching) return <StatusIndicator type="loading">{texts.preview.reading}</StatusIndicator>;
  if (seen.error) return <Failure error={seen.error} again={() => void seen.refetch()} />;
  return <PeopleTable people={seen.data?.people ?? []} />;
}
