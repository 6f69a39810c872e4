import { Box } from "@cloudscape-design/components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "../shell/Dialog";
import { Overlap } from "../shell/Overlap";
import { Failure } from "../shell/parts";
import { words as all } from "../texts/administrators";
import { Shown } from "./MakeDialog";
import { rotate, type Credential } from "./queries";

const words = all.rotate;

/** Puts a new one in the place of one; for a while both work. */
export function RotateDialog({ one, close }: { one: Credential; close: () => void }) {
  const [overlap, setOverlap] = useState("86400");
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: () => rotate(one, Number(overlap)),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["credentials"] }),
  });
  return (
    <Dialog title={words.title(one.name)} confirm={words.short} ready act={act} close={close}>
      {!act.data && <Box>{words.says}</Box>}
      {!act.data && <Overlap value={overlap} change={setOverlap} words={words} />}
      {act.error && <Failure error={act.error} />}
      {act.data && <Shown one={act.data} />}
    </Dialog>
  );
}
