import { Button, ButtonDropdown, Link, Select, SpaceBetween } from "@cloudscape-design/components";
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
import { Receiver, StateOf } from "./Message";
import { actions, forbidden, kindOf, type Action, type Message } from "./actions";

const states = Object.keys(words.states) as Message["state"][];
const all = { value: "", label: words.all };
const options = [all, ...states.map((state) => ({ value: state, label: words.states[state] }))];

/** What is sent to people and applications, the newest first: all of it, or what one application is told. */
export function OutboxTable({ header, empty, receiver, variant }: {
  header: (actions: ReactNode, selected: number) => ReactElement;
  empty: ReactNode;
  /** Only what goes to this application. */
  receiver?: string;
  variant?: "container";
}) {
  const { roles } = useRoles();
  const [word, setWord] = useWord("state");
  const [selected, setSelected] = useState<Message[]>([]);
  const [action, setAction] = useState<Action>();
  const [shown, setShown] = useState<Message>();
  const state = states.find((state) => state === word);
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
        queryKey={["outbox", receiver, state]}
        load={(after) => answer(api.GET("/api/v1/outbox", {
          params: { query: { state, receiver, after, limit: 50 } },
        }))}
        id={(one) => String(one.id)}
        label={texts.outbox.title}
        variant={variant}
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
          <Select
            ariaLabel={words.state}
            selectedOption={options.find(({ value }) => value === word) ?? all}
            options={options}
            onChange={({ detail }) => setWord(detail.selectedOption.value ?? "")}
          />
        }
        empty={state ? <Nothing title={words.none} hint={words.noneHint} /> : empty}
        columns={[
          { id: "kind", header: words.kind, isRowHeader: true, cell: (one) => (
            <Link ariaLabel={words.show(kindOf(one), one.id)} onFollow={() => setShown(one)}>{kindOf(one)}</Link>
          ) },
          { id: "at", header: words.at, cell: (one) => <Time at={one.at} /> },
          ...(receiver ? [] : [
            { id: "receiver", header: words.receiver, cell: (one: Message) => <Receiver message={one} /> },
          ]),
          { id: "state", header: words.state, cell: (one) => <StateOf message={one} /> },
          { id: "attempts", header: words.attempts, cell: (one) => one.attempts },
          { id: "next", header: words.next, cell: (one) => <Time at={one.next} /> },
          { id: "error", header: words.error, cell: (one) => one.error ?? "-" },
        ]}
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
