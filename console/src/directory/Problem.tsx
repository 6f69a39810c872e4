import { Box, SpaceBetween } from "@cloudscape-design/components";
import { Refused } from "../api/client";
import { Outdated } from "../shell/Outdated";
import { texts } from "../texts/directory";

/** What went wrong with a change of the directory, and what to do about it. */
export function Problem({ error, account, load }: { error: Error; account: string; load: () => void }) {
  const more = error instanceof Refused && texts.failing[error.problem.code];
  return (
    <SpaceBetween size="xs">
      <Outdated error={error} subject={account} account={account} again={load} />
      {more && <Box>{more}</Box>}
    </SpaceBetween>
  );
}
