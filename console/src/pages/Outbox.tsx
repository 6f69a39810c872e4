import { Header } from "@cloudscape-design/components";
import { OutboxTable } from "../outbox/OutboxTable";
import { Nothing } from "../shell/parts";
import { texts } from "../texts";
import { words } from "../texts/outbox";

/** The mails and notices that wait, were delivered or were given up. */
export default function Outbox() {
  return (
    <OutboxTable
      header={(actions, selected) => (
        <Header
          variant="awsui-h1-sticky"
          actions={actions}
          description={selected > 0 ? words.selected(selected) : undefined}
        >
          {texts.outbox.title}
        </Header>
      )}
      empty={<Nothing title={words.empty} hint={words.emptyHint} />}
    />
  );
}
