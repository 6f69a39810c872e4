/** The words of the outbox. */
import type { Schemas } from "../api/client";

const things = (count: number) => (count === 1 ? "1 message" : `${count} messages`);

export const words = {
  at: "Made",
  kind: "What",
  receiver: "To",
  state: "State",
  attempts: "Tries",
  error: "Why it was not delivered",
  next: "Next try",
  delivered: "Delivered",
  person: "About",
  account: "Account",
  mail: "A person, by mail",
  application: "An application",
  unknownPerson: (id: string) => `A registration or former user, ${id}`,
  empty: "Nothing to send",
  emptyHint: "Mails and notices to applications wait here until they are delivered; what was is kept for 30 days. On " +
    "the host: carillon outbox list.",
  none: "Nothing like this",
  noneHint: "Choose all states and all receivers to see the others.",
  all: "All states",
  everybody: "All receivers",
  states: { waiting: "Waiting", delivered: "Delivered", dead: "Given up", kept: "Kept" } satisfies
    Record<Schemas["OutboxState"], string>,
  stateHints: {
    waiting: "It is sent as soon as possible, and again at growing intervals when that fails.",
    delivered: "The mail server or the application took it.",
    dead: "It is not tried any more: it was refused for good, tried often enough, or given up by an administrator.",
    kept: "No mail server is configured: it can be read in the local mailbox, and sent once there is one.",
  } satisfies Record<Schemas["OutboxState"], string>,
  kinds: {
    "invitation": "Invitation",
    "registration": "Registration",
    "logout": "Notice of a sign-out",
  } as Record<string, string>,
  selected: (count: number) => `${things(count)} selected`,
  clear: "Clear selection",
  select: "Select all messages of this page",
  selectOne: (kind: string, id: number) => `Select ${kind}, number ${id}`,
  details: (kind: string, id: number) => `${kind}, number ${id}`,
  show: (kind: string, id: number) => `Show ${kind}, number ${id}`,
  actions: "Actions",
  needsFull: "This needs FullAccess over the deployment.",
  noSelection: "Select messages first.",
  noneToSend: "What is selected was delivered.",
  noneToGiveUp: "Nothing selected waits or is kept.",
  retry: {
    label: "Send again",
    says: "It is tried at once, and as often as a new one. An invitation that had failed is pending again.",
  },
  discard: {
    label: "Give up",
    says: "It is not tried any more. An invitation fails with its mail; its link works all the same, should it have " +
      "arrived. Give up nothing that somebody waits for.",
  },
  will: (count: number) => `What will happen to ${things(count)}`,
  nothing: "It would happen to none.",
  skipped: (count: number) => `${things(count)} will be skipped`,
  done: (label: string, count: number) => `${label}: done for ${things(count)}`,
  notDone: (count: number) => `Not done for ${things(count)}`,
};
