import { ProgressBar } from "@cloudscape-design/components";
import { texts } from "../texts/directory";
import type { Run } from "./queries";

const words = texts.run;

/** How many people a run has something to do about. */
export function concerned({ counts }: Run): number {
  return counts.join + counts.unlock + counts.license + counts.lock_out + counts.remove + counts.other;
}

/** How far a run is. */
export function RunProgress({ run }: { run: Run }) {
  const [all, did] = [concerned(run), run.applied + run.refused];
  return (
    <ProgressBar
      label={words.progress}
      value={all === 0 ? 0 : Math.min(100, (did / all) * 100)}
      additionalInfo={words.of(did, all)}
    />
  );
}
