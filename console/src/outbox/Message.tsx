import { StatusIndicator, type StatusIndicatorProps } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { userQuery } from "../api/account";
import { applicationQuery } from "../applications/queries";
import { useRoles } from "../api/roles";
import { Go } from "../shell/parts";
import { words } from "../texts/outbox";
import type { Message } from "./actions";

const signs: Record<Message["state"], StatusIndicatorProps.Type> = {
  waiting: "pending", delivered: "success", dead: "error", kept: "stopped",
};

/** Where a message stands, by sign and word. */
export function StateOf({ message: { state } }: { message: Message }) {
  return <StatusIndicator type={signs[state]}>{words.states[state]}</StatusIndicator>;
}

/** The user or invitation that it is about, where there still is one. */
export function About({ message: { account, person } }: { message: Message }) {
  const asked = useQuery({ ...userQuery(account ?? "", person), enabled: Boolean(account), retry: false,
    staleTime: 60_000 });
  if (!asked.data || !account) return <>{words.unknownPerson(person)}</>;
  return <Go to={`/accounts/${account}/users/${asked.data.id}`}>{asked.data.address}</Go>;
}

/** Who gets it: somebody by mail, or an application. */
export function Receiver({ message: { receiver } }: { message: Message }) {
  const isMail = receiver === "mail";
  const mayRead = useRoles().roles.allow("FullAccess", null);
  const { data } = useQuery({ ...applicationQuery(receiver), enabled: !isMail && mayRead, staleTime: 60_000 });
  if (isMail) return <>{words.mail}</>;
  if (!data) return <>{words.application}</>;
  return <Go to={`/applications/${receiver}?tab=deliveries`}>{data.body.name}</Go>;
}
