import { answer, api, type Schemas } from "../api/client";
import type { Roles } from "../api/roles";
import { words } from "../texts/outbox";

export type Message = Schemas["Outgoing"];

/** What can be done to messages. */
export const actions = ["retry", "discard"] as const;
export type Action = (typeof actions)[number];

/** What a message is, in words. */
export const kindOf = ({ kind }: Message) => words.kinds[kind] ?? kind.replace(/-/g, " ").replace(/^./, (one) =>
  one.toUpperCase());

/** Whether it can be done to one in this state. */
const possible = (action: Action, { state }: Message) => action === "retry" ? state !== "delivered" :
  state === "waiting" || state === "kept";

/** Why an action cannot be chosen: the role, or what is selected. */
export function forbidden(action: Action, roles: Roles, selected: Message[]): string | undefined {
  if (!roles.allow("FullAccess", null)) return words.needsFull;
  if (selected.length === 0) return words.noSelection;
  if (selected.some((one) => possible(action, one))) return undefined;
  return action === "retry" ? words.noneToSend : words.noneToGiveUp;
}

/** What came of it for one message. */
export interface Outcome {
  message: Message;
  /** Why nothing was done. */
  problem?: string;
}

/** Does it to each, or with `preview` only tells what would come of it. */
export function perform(action: Action, messages: Message[], preview: boolean): Promise<Outcome[]> {
  return Promise.all(messages.map(async (message): Promise<Outcome> => {
    const params = { path: { mail: String(message.id) }, query: preview ? { preview: "true" as const } : {} };
    try {
      await answer(action === "retry" ? api.POST("/api/v1/outbox/{mail}/retry", { params }) :
        api.POST("/api/v1/outbox/{mail}/discard", { params }));
      return { message };
    } catch (error) {
      return { message, problem: (error as Error).message };
    }
  }));
}
