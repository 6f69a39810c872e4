import { StatusIndicator } from "@cloudscape-design/components";
import { domains as words } from "../texts/domains";
import type { Claim } from "./claims";

/** Where a claim stands, by sign and word. */
export function State({ claim }: { claim: Claim }) {
  if (claim.missing) return <StatusIndicator type="warning">{words.states.missing}</StatusIndicator>;
  if (!claim.verified) return <StatusIndicator type="pending">{words.states.pending}</StatusIndicator>;
  return (
    <StatusIndicator type="success">{claim.vouched ? words.states.vouched : words.states.verified}</StatusIndicator>
  );
}
