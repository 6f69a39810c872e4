import { Header } from "@cloudscape-design/components";
import { useRoles } from "../api/roles";
import { Nothing } from "../shell/parts";
import { OutboxTable } from "../outbox/OutboxTable";
import { words } from "../texts/applications";
import type { Application } from "./draft";

/** What an application was told, and what it was not yet. */
export function Deliveries({ application }: { application: Application }) {
  const { roles } = useRoles();
  if (roles.over(null) === undefined) {
    return <Nothing title={words.noticesOperator} hint={words.noticesOperatorHint} />;
  }
  const isTold = Boolean(application.client?.backchannel_logout_uri);
  return (
    <OutboxTable
      receiver={application.id}
      variant="container"
      header={(actions) => (
        <Header variant="h2" description={words.noticesHint} actions={actions}>{words.notices}</Header>
      )}
      empty={isTold ? <Nothing title={words.noNotices} hint={words.noNoticesHint} /> :
        <Nothing title={words.noBackchannel} hint={words.noBackchannelHint} />}
    />
  );
}
