import { StatusIndicator, type StatusIndicatorProps } from "@cloudscape-design/components";
import type { User } from "../api/client";
import { texts } from "../texts";
import { isOpen } from "./actions";

const signs: Record<keyof typeof texts.status, StatusIndicatorProps.Type> = {
  Registered: "success",
  Unregistered: "pending",
  Suspended: "stopped",
  Pending: "pending",
  Failed: "error",
};

/** Where a user stands, by sign and word. */
export function Status({ user }: { user: User }) {
  const word = isOpen(user) ? (user.invitation === "Failed" ? "Failed" : "Pending") : user.status;
  return <StatusIndicator type={signs[word]}>{texts.status[word]}</StatusIndicator>;
}
