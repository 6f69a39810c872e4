import { Alert, Box, KeyValuePairs } from "@cloudscape-design/components";
import { PreviewDialog } from "../shell/PreviewDialog";
import { Time } from "../shell/parts";
import { words as all } from "../texts/administrators";
import { revoke, type Credential, type Grant } from "./queries";

const words = all.revoke;
const week = 7 * 86_400_000;

/** Ends an access key or API token at once, and says what stops by that. */
export function RevokeDialog({ one, owner, me, close }: {
  one: Credential;
  owner: Grant | undefined;
  me: string | undefined;
  close: () => void;
}) {
  return (
    <PreviewDialog
      title={words.title(one.name)}
      confirm={words.short}
      name={["credentials", one.id, "revoke"]}
      preview={() => revoke(one, { preview: "true" })}
      perform={() => revoke(one, {})}
      foreseen={() => <Box>{words.says}</Box>}
      done={words.done(one.name)}
      close={close}
    >
      <KeyValuePairs columns={2} items={[
        { label: words.used, value: one.last_used ? <Time at={one.last_used} /> : words.unused },
        ...(owner ? [{ label: all.owner, value: owner.address }] : []),
        ...(one.grant ? [{ label: all.carries, value: one.most ?? owner?.role ?? "-" }] : []),
      ]} />
      {isRecent(one.last_used) && <Alert type="warning">{words.recently}</Alert>}
      {one.grant && owner?.user !== me && <Alert type="info">{words.notYours}</Alert>}
    </PreviewDialog>
  );
}

function isRecent(at: string | null | undefined, now = Date.now()): boolean {
  return Boolean(at) && now - Date.parse(at ?? "") < week;
}
