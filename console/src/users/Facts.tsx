import { Container, Header, KeyValuePairs, StatusIndicator, Table } from "@cloudscape-design/components";
import type { Schemas } from "../api/client";
import { Time } from "../shell/parts";
import { texts } from "../texts";
import { words } from "../texts/details";
import { licenseOrigin, origin, words as list } from "../texts/users";
import { Status } from "./Status";

type Facts = Schemas["Details"];

/** What is known of a person (rule 27). */
export function FactsOf({ user }: { user: Facts }) {
  const { waiting, suspension } = user;
  return (
    <Container header={<Header variant="h2">{words.facts}</Header>}>
      <KeyValuePairs columns={3} items={[
        { label: list.name, value: user.name ?? "-" },
        { label: list.status, value: <Status user={user} /> },
        { label: list.license, value: texts.license[user.license] },
        { label: words.licenseOrigin, value: user.license_origin ? licenseOrigin[user.license_origin] : "-" },
        { label: words.origin, value: user.origin ? origin[user.origin] : "-" },
        { label: words.further, value: user.further_addresses.join(", ") || "-" },
        { label: list.registered, value: <Time at={user.registered} /> },
        { label: list.invited, value: <Time at={user.invited} /> },
        { label: words.joined, value: <Time at={user.joined} /> },
        { label: words.pin, value: user.pin ?? "-" },
        ...(user.enabled_in_source !== null && user.enabled_in_source !== undefined ? [{
          label: words.source,
          value: (
            <StatusIndicator type={user.enabled_in_source ? "success" : "warning"}>
              {user.enabled_in_source ? words.enabled : words.disabled}
            </StatusIndicator>
          ),
        }] : []),
        ...(user.undelivered ? [{ label: words.undelivered, value: user.undelivered }] : []),
        ...(user.trial_until ? [{ label: words.trial, value: <Time at={user.trial_until} /> }] : []),
        ...(waiting ? [{
          label: words.waiting,
          value: <>{texts.license[waiting.license]}, <Time at={waiting.since} /></>,
        }] : []),
        ...(suspension ? [{
          label: words.suspension,
          value: <><Time at={suspension.at} />{suspension.reason && `: ${suspension.reason}`}</>,
        }] : []),
      ]} />
    </Container>
  );
}

/** Their licenses in this account over time, the newest first. */
export function History({ held }: { held: Schemas["Held"][] }) {
  return (
    <Table
      header={<Header variant="h2">{words.history}</Header>}
      items={[...held].reverse()}
      empty={words.noHistory}
      ariaLabels={{ tableLabel: words.history, selectionGroupLabel: words.history }}
      columnDefinitions={[
        { id: "at", header: words.at, isRowHeader: true, cell: (one) => <Time at={one.at} /> },
        { id: "license", header: list.license,
          cell: (one) => one.license ? texts.license[one.license] : "-" },
        { id: "origin", header: words.licenseOrigin,
          cell: (one) => one.origin ? licenseOrigin[one.origin] : "-" },
        { id: "suspended", header: words.suspended, cell: (one) => (one.suspended ? texts.yes : texts.no) },
      ]}
    />
  );
}
