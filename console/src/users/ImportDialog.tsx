import { Alert, Box, Button, FileUpload, FormField, ProgressBar, SpaceBetween } from "@cloudscape-design/components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";
import type { Account } from "../api/client";
import { csv, download } from "../shell/csv";
import { Dialog } from "../shell/Dialog";
import { Failure } from "../shell/parts";
import { words } from "../texts/import";
import { importPeople, most, splitRows, type Imported, type PeopleFile } from "./importing";

/** Takes a file, says what it comes to, imports it, and says what came of each row. */
export default function ImportDialog({ account, close }: { account: Account; close: () => void }) {
  const [chosen, setChosen] = useState<File[]>([]);
  const [file, setFile] = useState<PeopleFile>();
  const [under, setUnder] = useState(0);
  const [stopping, setStopping] = useState(false);
  const stopped = useRef(false);
  const [queries, own] = [useQueryClient(), useId()];
  const choose = async ([one]: File[]) => {
    setChosen(one ? [one] : []);
    setFile(one && splitRows(await one.text()));
  };
  const act = useMutation({
    mutationFn: async () => {
      setUnder(0);
      return file ? importPeople(account.id, file, false, setUnder, () => stopped.current) : [];
    },
    onSuccess: () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "preview" }),
  });
  const preview = useQuery({
    queryKey: ["preview", own, chosen[0]?.name, chosen[0]?.lastModified, file?.rows.length],
    queryFn: ({ signal }) => file ? importPeople(account.id, file, true, setUnder, () => signal.aborted) : [],
    enabled: file !== undefined && act.isIdle,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    staleTime: 0,
    gcTime: 0,
  });
  const all = file?.rows.length ?? 0;
  const changes = preview.data?.some((row) => row.outcome && row.outcome !== "unchanged") ?? false;
  const wrong = chosen.length > 0 && file === undefined;
  return (
    <Dialog title={words.title} confirm={words.confirm} ready={changes && !preview.isFetching} act={act} close={() => {
      stopped.current = true;
      setStopping(act.isPending);
      if (!act.isPending) close();
    }}>
      {act.isIdle && (
        <FormField label={words.file} description={words.hint} {...(wrong && { errorText: words.notCsv })}>
          <FileUpload
            value={chosen}
            accept=".csv,text/csv"
            constraintText={file ? words.rows(all) : words.example}
            onChange={({ detail }) => void choose(detail.value)}
            i18nStrings={{
              uploadButtonText: () => words.choose,
              dropzoneText: () => words.choose,
              removeFileAriaLabel: () => words.removeFile,
              limitShowFewer: words.choose,
              limitShowMore: words.choose,
              errorIconAriaLabel: words.file,
            }}
          />
        </FormField>
      )}
      {file && preview.isFetching && (
        <ProgressBar label={words.looking(under, all)} value={(100 * under) / all} />
      )}
      {preview.error && <Failure error={preview.error} again={() => void preview.refetch()} />}
      {file && preview.data && act.isIdle && !preview.isFetching && <Sums title={words.would} rows={preview.data} />}
      {act.isIdle && all > most && <Box>{words.pieces}</Box>}
      {act.isPending && (
        <ProgressBar label={words.progress} value={(100 * under) / all} additionalInfo={words.under(under, all)} />
      )}
      {act.isPending && stopping && <Box>{words.stopping}</Box>}
      {act.error && <Failure error={act.error} />}
      {act.data && <Results rows={act.data} />}
    </Dialog>
  );
}

/** The most rows that are named. */
const shown = 20;
const kinds = ["added", "invited", "licensed", "unchanged"] as const;

function Sums({ title, rows }: { title: string; rows: Imported[] }) {
  const refused = rows.filter((row) => row.problem);
  const counted = kinds.map((kind) => [kind, rows.filter((row) => row.outcome === kind).length] as const);
  return (
    <SpaceBetween size="s">
      <div>
        <Box fontWeight="bold">{title}</Box>
        <ul>
          {counted.filter(([, count]) => count > 0).map(([kind, count]) => <li key={kind}>{words[kind](count)}</li>)}
        </ul>
      </div>
      {refused.length > 0 && (
        <Alert type="warning" header={words.refused(refused.length)}>
          <ul>
            {refused.slice(0, shown).map(({ line, address, problem }) => (
              <li key={line}>{words.line(line, address)}: {problem}</li>
            ))}
            {refused.length > shown && <li>{words.shown(refused.length - shown)}</li>}
          </ul>
        </Alert>
      )}
    </SpaceBetween>
  );
}

function Results({ rows }: { rows: Imported[] }) {
  const { line, address, result } = words.columns;
  const cells = rows.map((row) => [row.line, row.address, row.problem ?? row.outcome ?? ""]);
  const file = () => download("import.csv", csv([[line, address, result], ...cells]));
  return (
    <SpaceBetween size="s">
      <Sums title={words.did} rows={rows} />
      <Button iconName="download" onClick={file}>{words.download}</Button>
    </SpaceBetween>
  );
}
