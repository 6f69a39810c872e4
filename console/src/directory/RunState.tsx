import { StatusIndicator, type StatusIndicatorProps } from "@cloudscape-design/components";
import type { Schemas } from "../api/client";
import { texts } from "../texts/directory";

const signs: Record<Schemas["RunState"], StatusIndicatorProps.Type> = {
  running: "in-progress",
  asking: "warning",
  agreed: "pending",
  done: "success",
  failed: "error",
  cancelled: "stopped",
  refused: "stopped",
  outdated: "stopped",
};

/** Where a run stands, by sign and word. */
export function RunState({ state }: { state: Schemas["RunState"] }) {
  return <StatusIndicator type={signs[state]}>{texts.runs.states[state]}</StatusIndicator>;
}
