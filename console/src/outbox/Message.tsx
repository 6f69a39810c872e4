import { StatusIndicator, type StatusIndicatorProps } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
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

/** Who gets it: somebody by mail, or an application. */
export function Receiver({ message: { receiver } }: { message: Message }) {
  const isMail = receiver === "mail";
  const mayRead = useRoles().roles.allow("FullAccess", null);
  const { data } = useQuery({ ...applicationQuery(receiver), enabled: !isMail && mayRead, staleTime: 60_000 });
  if (isMail) return <>{words.mail}</>;
  if (!data) return <>{words.application}</>;
  return <Go to={`/applications/${receiver}?tab=notices`}>{data.body.name}</Go>;
}
