import { Box, KeyValuePairs, SpaceBetween } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { accountQuery } from "../api/account";
import { Look } from "../shell/Dialog";
import { Go, Time } from "../shell/parts";
import { words } from "../texts/outbox";
import { About, Receiver, StateOf } from "./Message";
import { kindOf, type Message } from "./actions";

/** All that is known of a message, with links to whom it is about. */
export function MessageDialog({ message, close }: { message: Message; close: () => void }) {
  const account = useQuery({ ...accountQuery(message.account ?? ""), enabled: Boolean(message.account) }).data;
  return (
    <Look title={words.details(kindOf(message), message.id)} close={close}>
      <SpaceBetween size="m">
        <KeyValuePairs columns={2} items={[
          { label: words.receiver, value: <Receiver message={message} /> },
          { label: words.person, value: <About message={message} /> },
          { label: words.account, value: message.account ? (
            <Go to={`/accounts/${message.account}/users`}>{account?.name ?? message.account}</Go>
          ) : "-" },
          { label: words.state, value: <><StateOf message={message} /><Box>{words.stateHints[message.state]}</Box></> },
          { label: words.at, value: <Time at={message.at} /> },
          { label: words.attempts, value: message.attempts },
          { label: words.next, value: <Time at={message.next} /> },
          { label: words.delivered, value: <Time at={message.delivered} /> },
          { label: words.error, value: message.error ?? "-" },
        ]} />
      </SpaceBetween>
    </Look>
  );
}
