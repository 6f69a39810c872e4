import { Header } from "@cloudscape-design/components";
import { Nothing } from "../shell/parts";
import { OutboxTable } from "../outbox/OutboxTable";
import { words } from "../texts/applications";
import type { Application } from "./draft";

/** What an application was told about whom, and what it was not yet. */
export function Deliveries({ application }: { application: Application }) {
  const isTold = Boolean(application.client?.backchannel_logout_uri);
  return (
    <OutboxTable
      application={application.id}
      header={(actions) => (
        <Header variant="h2" description={words.deliveriesHint} actions={actions}>{words.deliveries}</Header>
      )}
      empty={isTold ? <Nothing title={words.noDeliveries} hint={words.noDeliveriesHint} /> :
        <Nothing title={words.noBackchannel} hint={words.noBackchannelHint} />}
    />
  );
}
