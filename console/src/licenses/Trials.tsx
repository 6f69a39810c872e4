import { Box, Button, Header, Select, SpaceBetween, StatusIndicator } from "@cloudscape-design/components";
import { useState } from "react";
import { useAccount } from "../api/account";
import { answer, api, type Account, type Schemas, type User } from "../api/client";
import { useRoles } from "../api/roles";
import { PagedTable } from "../shell/PagedTable";
import { PreviewDialog } from "../shell/PreviewDialog";
import { Go, Nothing, Time } from "../shell/parts";
import { useWord } from "../shell/useWord";
import { texts } from "../texts";
import { licenses } from "../texts/licenses";
import ActionDialog from "../users/ActionDialog";
import { forbidden } from "../users/actions";

const words = licenses.trials;
type Trial = Schemas["Trial"];
const spans = [1, 7, 14, 30].map((days) => ({ value: String(days), label: words.days(days) }));
const day = 24 * 60 * 60 * 1000;

/** Who is on trial, whose ends first, and what ends or forbids trials. */
export function Trials({ account: id }: { account: string }) {
  const { account } = useAccount();
  const [word, setWord] = useWord("days");
  const [selected, setSelected] = useState<ReadonlyMap<string, User>>(new Map());
  const [open, setOpen] = useState<"end" | "turn">();
  const role = useRoles().roles.over(id);
  const span = spans.find(({ value }) => value === word) ?? spans[3];
  const denied = forbidden("license", role, account, selected);
  return (
    <SpaceBetween size="l">
      {account && <Turn account={account} open={() => setOpen("turn")} />}
      <PagedTable<Trial>
        variant="container"
        queryKey={["trials", id, span?.value]}
        load={(after) => answer(api.GET("/api/v1/accounts/{account}/trials", {
          params: { path: { account: id }, query: { days: Number(span?.value), after, limit: 20 } },
        }))}
        id={({ user }) => user.id}
        label={words.title}
        selection={{
          chosen: selected,
          change: (page, chosen) => setSelected((selected) => {
            const next = new Map(selected);
            page.forEach(({ user }) => next.delete(user.id));
            chosen.forEach(({ user }) => next.set(user.id, user));
            return next;
          }),
          all: words.select,
          one: ({ user }) => words.selectOne(user.address),
        }}
        header={
          <Header variant="h2" description={words.hint} actions={
            <Button disabled={denied !== undefined} disabledReason={denied} onClick={() => setOpen("end")}>
              {words.end}
            </Button>
          }>
            {words.title}
          </Header>
        }
        filter={
          <Select
            ariaLabel={words.within}
            inlineLabelText={words.within}
            selectedOption={span ?? null}
            options={spans}
            onChange={({ detail }) => setWord(detail.selectedOption.value ?? "")}
          />
        }
        empty={<Nothing title={words.empty} hint={words.emptyHint} />}
        columns={columns}
      />
      {open === "end" && (
        <ActionDialog action="license" account={id} users={[...selected.values()]} close={(done) => {
          setOpen(undefined);
          if (done) setSelected(new Map());
        }} />
      )}
      {open === "turn" && account && <TurnDialog account={account} close={() => setOpen(undefined)} />}
    </SpaceBetween>
  );
}

const columns = [
  { id: "user", header: licenses.person, isRowHeader: true, cell: ({ user }: Trial) => (
    <Go to={`/accounts/${user.account}/users/${user.id}`}>{user.address}</Go>
  ) },
  { id: "ends", header: words.ends, cell: ({ until }: Trial) => <Ends until={until} /> },
  { id: "then", header: words.then, cell: ({ then }: Trial) => texts.license[then] },
];

/** When a trial ends; a sign and words where that is soon. */
function Ends({ until }: { until: string }) {
  const [now] = useState(Date.now);
  const days = Math.floor((Date.parse(until) - now) / day);
  const left = words.left(days);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Time at={until} />
      {days <= 7 ? <StatusIndicator type="warning">{left}</StatusIndicator> : <Box variant="span">{left}</Box>}
    </SpaceBetween>
  );
}

/** Whether who registers gets a trial, and the button that changes it. */
function Turn({ account, open }: { account: Account; open: () => void }) {
  const denied = useRoles().roles.denied("FullAccess", account.id);
  return (
    <SpaceBetween direction="horizontal" size="s" alignItems="center">
      <StatusIndicator type={account.trials ? "success" : "stopped"}>
        {account.trials ? words.on : words.off}
      </StatusIndicator>
      <Button disabled={denied !== undefined} disabledReason={denied} onClick={open}>
        {account.trials ? words.turnOff : words.turnOn}
      </Button>
    </SpaceBetween>
  );
}

function TurnDialog({ account, close }: { account: Account; close: () => void }) {
  // What the button said stays said, also once it is done.
  const [off] = useState(account.trials);
  const ask = (query: { preview?: "true" }) => answer(api.PATCH("/api/v1/accounts/{account}", {
    params: { path: { account: account.id }, query },
    body: { trials: !off },
  }));
  return (
    <PreviewDialog<Account>
      title={off ? words.turnOff : words.turnOn}
      confirm={off ? words.turnOff : words.turnOn}
      name={["trials", account.id]}
      preview={() => ask({ preview: "true" })}
      perform={() => ask({})}
      foreseen={() => <Box>{off ? words.offSays : words.onSays}</Box>}
      done={off ? words.turnedOff : words.turnedOn}
      close={close}
    />
  );
}
