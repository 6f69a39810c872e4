import {
  Box, CopyToClipboard, KeyValuePairs, SpaceBetween, StatusIndicator, Table,
} from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useHref } from "react-router";
import { accountQuery } from "../api/account";
import { Look } from "../shell/Dialog";
import { Go, Time } from "../shell/parts";
import { words } from "../texts/audit";
import { copying } from "../texts/once";
import { Fact } from "./Fact";
import { Person, Who } from "./Who";
import { beside, changes, remote, type Changed } from "./facts";
import type { Entry } from "./queries";

/** All that is recorded of one thing that happened. */
export function EntryDialog({ entry, close }: { entry: Entry; close: () => void }) {
  const href = useHref(linkTo(entry));
  const changed = changes(entry);
  const further = beside(entry.personal);
  return (
    <Look
      title={words.actions[entry.action] ?? entry.action}
      close={close}
      actions={
        <CopyToClipboard
          copyButtonText={words.link}
          copyButtonAriaLabel={words.link}
          textToCopy={location.origin + href}
          copySuccessText={copying.copied}
          copyErrorText={copying.failed}
        />
      }
    >
      <SpaceBetween size="l">
        <Facts entry={entry} />
        {changed.length === 0 && <Box>{words.noChange}</Box>}
        {changed.length > 0 && <Differences title={words.change} changed={changed} both />}
        {further.length > 0 && <Differences title={words.beside} changed={further} />}
      </SpaceBetween>
    </Look>
  );
}

/** The address of an entry: the list of its moment, in which it is open. */
function linkTo({ account, at, seq }: Entry): string {
  const moment = new Date(at);
  const until = new Date(moment.getTime() + 1).toISOString();
  const since = moment.toISOString();
  return `${account ? `/accounts/${account}` : ""}/audit?${new URLSearchParams({ since, until, entry: String(seq) })}`;
}

function Facts({ entry }: { entry: Entry }) {
  const id = entry.account ?? "";
  const account = useQuery({ ...accountQuery(id), enabled: id !== "", retry: false }).data;
  const from = remote(entry.actor.personal, entry.personal);
  return (
    <KeyValuePairs columns={3} items={[
      { label: words.at, value: <Time at={entry.at} /> },
      { label: words.outcome, value: <Outcome entry={entry} /> },
      { label: words.actor, value: <Who actor={entry.actor} /> },
      { label: words.subject, value: entry.subject ? <Person id={entry.subject} kind={entry.subject} /> : "-" },
      { label: words.account, value: entry.account ? (
        <Go to={`/accounts/${entry.account}/users`}>{account?.name ?? entry.account}</Go>
      ) : words.deployment },
      { label: words.door, value: words.doors[entry.door] ?? entry.door },
      { label: words.verb, value: entry.action },
      { label: words.request, value: entry.request },
      { label: words.number, value: entry.seq },
      ...(entry.why ? [{ label: words.why, value: entry.why }] : []),
      ...(from ? [{ label: words.remote, value: from }] : []),
    ]} />
  );
}

/** Whether it was done, by sign and word. */
export function Outcome({ entry: { refusal } }: { entry: Entry }) {
  if (refusal) return <StatusIndicator type="error">{words.refused(refusal)}</StatusIndicator>;
  return <StatusIndicator type="success">{words.done}</StatusIndicator>;
}

function Differences({ title, changed, both }: { title: string; changed: Changed[]; both?: boolean }) {
  return (
    <Table<Changed>
      variant="embedded"
      wrapLines
      header={<Box variant="h3">{title}</Box>}
      items={changed}
      ariaLabels={{ tableLabel: title, selectionGroupLabel: title }}
      columnDefinitions={[
        { id: "fact", header: words.fact, isRowHeader: true, cell: (one) => one.label },
        ...(both ? [{ id: "before", header: words.before, cell: (one: Changed) => <Fact value={one.before} /> }] : []),
        { id: "after", header: words.after, cell: (one) => <Fact value={one.after} /> },
      ]}
    />
  );
}
