import { Box, FormField, RadioGroup, StatusIndicator } from "@cloudscape-design/components";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Dialog } from "../shell/Dialog";
import { csv, download } from "../shell/csv";
import { useBoard } from "../shell/notices";
import { Failure } from "../shell/parts";
import { words } from "../texts/audit";
import { rowsOf, toJson } from "./export";
import { entries, type Entry, type Filter } from "./queries";

type Format = keyof typeof words.formats;

/** Writes all that a filter lets through into a file. */
export function ExportDialog({ filter, close }: { filter: Filter; close: () => void }) {
  const [format, setFormat] = useState<Format>("csv");
  const [count, setCount] = useState(0);
  const isOpen = useRef(true);
  const { say } = useBoard();
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);
  const act = useMutation({
    mutationFn: async () => {
      const found: Entry[] = [];
      let after: string | undefined;
      do {
        const page = await entries(filter, after, 200);
        found.push(...page.items);
        setCount(found.length);
        after = page.next ?? undefined;
      } while (after && isOpen.current);
      return found;
    },
    onSuccess: (found) => {
      if (!isOpen.current) return;
      if (format === "csv") download("audit.csv", csv(rowsOf(found)));
      else download("audit.jsonl", toJson(found), "application/x-ndjson");
      say({ type: "success", text: words.exported(found.length) });
      close();
    },
  });
  return (
    <Dialog title={words.export} confirm={words.export} ready act={act} close={close}>
      <Box>{words.exportSays}</Box>
      <FormField label={words.format}>
        <RadioGroup
          value={format}
          items={(["csv", "json"] as const).map((value) => ({ value, label: words.formats[value] }))}
          onChange={({ detail }) => setFormat(detail.value as Format)}
        />
      </FormField>
      {act.isPending && <StatusIndicator type="in-progress">{words.read(count)}</StatusIndicator>}
      {act.error && <Failure error={act.error} />}
    </Dialog>
  );
}
