import { StatusIndicator } from "@cloudscape-design/components";
import type { Schemas } from "../api/client";
import { works } from "../applications/queries";
import { words } from "../texts/administrators";

/** Whether an access key or API token works, by sign and word. */
export function CredentialState({ of }: { of: Pick<Schemas["Common"], "revoked" | "expires"> }) {
  if (of.revoked) return <StatusIndicator type="stopped">{words.states.revoked}</StatusIndicator>;
  if (!works(of)) return <StatusIndicator type="stopped">{words.states.expired}</StatusIndicator>;
  if (endsSoon(of)) return <StatusIndicator type="pending">{words.states.ending}</StatusIndicator>;
  return <StatusIndicator type="success">{words.states.works}</StatusIndicator>;
}

/** Within 30 days, which is as long as an overlap lasts at most. */
function endsSoon({ expires }: { expires?: string | null | undefined }, now = Date.now()): boolean {
  return Boolean(expires) && Date.parse(expires ?? "") - now <= 30 * 86_400_000;
}
