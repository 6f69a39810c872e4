import { StatusIndicator, type StatusIndicatorProps } from "@cloudscape-design/components";
import type { User } from "../api/client";
import { status } from "../texts/users";
import { isOpen } from "./actions";

type Word = keyof typeof status;

const signs: Record<Word, StatusIndicatorProps.Type> = {
  Registered: "success",
  Unregistered: "pending",
  Suspended: "stopped",
  Pending: "pending",
  Failed: "error",
  Waiting: "in-progress",
  Disabled: "warning",
};

/** Where a user stands, by sign and word: what they are, and what holds besides. */
export function Status({ user }: { user: User }) {
  const word = isOpen(user) ? (user.invitation === "Failed" ? "Failed" : "Pending") : user.status;
  const shown: Word[] = [
    word,
    ...(user.waiting ? ["Waiting" as const] : []),
    ...(user.enabled_in_source === false ? ["Disabled" as const] : []),
  ];
  return shown.map((word) => (
    <div key={word}><StatusIndicator type={signs[word]}>{status[word]}</StatusIndicator></div>
  ));
}
