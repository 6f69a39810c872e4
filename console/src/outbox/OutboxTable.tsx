import { Button, ButtonDropdown, Link, SpaceBetween, type TableProps } from "@cloudscape-design/components";
import { useState, type ReactElement, type ReactNode } from "react";
import { answer, api } from "../api/client";
import { useRoles } from "../api/roles";
import { PagedTable } from "../shell/PagedTable";
import { Nothing, Time } from "../shell/parts";
import { useWord } from "../shell/useWord";
import { texts } from "../texts";
import { words } from "../texts/outbox";
import { MessageDialog } from "./MessageDialog";
import { OutboxDialog } from "./OutboxDialog";
import { About, Receiver, StateOf } from "./Message";
import { actions, forbidden, kindOf, type Action, type Message } from "./actions";
import { ReceiverFilter, StateFilter, stateOf } from "./filters";

type Columns = TableProps.ColumnDefinition<Message>[];

/** What is shown of each message; of an application's own, about whom it is instead of to whom it goes. */
function columns(application: string | undefined, show: (one: Message) => void): Columns {
  return [
    { id: "kind", header: words.kind, isRowHeader: true, cell: (one) => (
      <Link ariaLabel={words.show(kindOf(one), one.id)} onFollow={() => show(one)}>{kindOf(one)}</Link>
    ) },
    application ?
      { id: "about", header: words.person, cell: (one: Message) => <About message={one} /> } :
      { id: "receiver", header: words.receiver, cell: (one: Message) => <Receiver message={one} /> },
    { id: "state", header: words.state, cell: (one) => <StateOf message={one} /> },
    { id: "at", header: words.at, cell: (one) => <Time at={one.at} /> },
    { id: "attempts", header: words.attempts, cell: (one) => one.attempts },
    ...(application ? [
      { id: "delivered", header: words.delivered, cell: (one: Message) => <Time at={one.delivered} /> },
    ] : []),
    { id: "next", header: words.next, cell: (one) => <Time at={one.next} /> },
    { id: "error", header: words.error, cell: (one) => one.error ?? "-" },
  ];
}

/** What is sent to people and applications, the newest first: all of it, or what one application is told. */
export function OutboxTable({ header, empty, application }: {
  header: (actions: ReactNode, selected: number) => ReactElement;
  empty: ReactNode;
  /** Only what goes to this application, as a part of its page. */
  application?: string;
}) {
  const { roles } = useRoles();
  const [word, setWord] = useWord("state");
  const [receiver, setReceiver] = useWord("receiver");
  const [selected, setSelected] = useState<Message[]>([]);
  const [action, setAction] = useState<Action>();
  const [shown, setShown] = useState<Message>();
  const state = stateOf(word);
  const narrowed = state !== undefined || (!application && receiver !== "");
  const buttons = (
    <SpaceBetween direction="horizontal" size="xs">
      {selected.length > 0 && <Button onClick={() => setSelected([])}>{words.clear}</Button>}
      <ButtonDropdown
        items={actions.map((id) => {
          const reason = forbidden(id, roles, selected);
          return { id, text: words[id].label, disabled: reason !== undefined, disabledReason: reason };
        })}
        onItemClick={({ detail }) => setAction(detail.id as Action)}
      >
        {words.actions}
      </ButtonDropdown>
    </SpaceBetween>
  );
  return (
    <>
      <PagedTable<Message>
        queryKey={["outbox", application, application ? "" : receiver, state]}
        load={(after) => answer(application ? api.GET("/api/v1/applications/{application}/deliveries", {
          params: { path: { application }, query: { state, after, limit: 20 } },
        }) : api.GET("/api/v1/outbox", {
          params: { query: { state, ...(receiver && { receiver }), after, limit: 50 } },
        }))}
        id={(one) => String(one.id)}
        label={texts.outbox.title}
        {...(application && {
          variant: "container" as const,
          again: (items: Message[]) => items.some(({ state }) => state === "waiting") && 5_000,
        })}
        header={header(buttons, selected.length)}
        selection={{
          chosen: { has: (id) => selected.some((one) => String(one.id) === id) },
          change: (page, now) => setSelected((selected) => (
            [...selected.filter((one) => !page.some(({ id }) => id === one.id)), ...now]
          )),
          all: words.select,
          one: (one) => words.selectOne(kindOf(one), one.id),
        }}
        filter={
          <SpaceBetween direction="horizontal" size="xs">
            <StateFilter chosen={word} choose={setWord} />
            {!application && <ReceiverFilter chosen={receiver} choose={setReceiver} />}
          </SpaceBetween>
        }
        empty={narrowed ? <Nothing title={words.none} hint={words.noneHint} /> : empty}
        columns={columns(application, setShown)}
      />
      {shown && <MessageDialog message={shown} close={() => setShown(undefined)} />}
      {action && (
        <OutboxDialog
          action={action}
          messages={selected}
          close={(done) => {
            setAction(undefined);
            if (done) setSelected([]);
          }}
        />
      )}
    </>
  );
}
