import { Button, Header, Link, SpaceBetween } from "@cloudscape-design/components";
import { useRef, useState } from "react";
import { useParams } from "react-router";
import { EntryDialog, Outcome } from "../audit/EntryDialog";
import { ExportDialog } from "../audit/ExportDialog";
import { Filters, type Wish } from "../audit/Filters";
import { beginOf } from "../audit/TimeFilter";
import { Who } from "../audit/Who";
import { entries, type Entry, type Filter } from "../audit/queries";
import { PagedTable } from "../shell/PagedTable";
import { Nothing, Time } from "../shell/parts";
import { useWords } from "../shell/useWord";
import { texts } from "../texts";
import { words } from "../texts/audit";

const names = ["subject", "actor", "action", "refused", "last", "since", "until"] as const;

/** What was done and what was refused, the newest first: of an account, or of the whole deployment. */
export default function Audit() {
  const { account } = useParams();
  const [address, setAddress] = useWords();
  const [known, setKnown] = useState(new Map<string, Entry>());
  const [exporting, setExporting] = useState<Filter>();
  // What "the last hour" is stays so from page to page of the list.
  const began = useRef<string>(undefined);
  const wish = Object.fromEntries(names.map((name) => [name, address.get(name) ?? ""])) as unknown as Wish;
  const isFiltered = names.some((name) => wish[name]);
  const change = (part: Partial<Wish> & { entry?: string }) => setAddress({ ...part });
  const filter = (): Filter => ({
    ...wish,
    account,
    refused: wish.refused === "true",
    since: wish.last ? began.current : momentOf(wish.since),
    until: momentOf(wish.until),
  });
  const load = async (after?: string) => {
    if (!after) began.current = beginOf(wish.last, Date.now());
    const page = await entries(filter(), after, 50);
    setKnown((known) => new Map([...known, ...page.items.map((entry) => [String(entry.seq), entry] as const)]));
    return page;
  };
  const open = known.get(address.get("entry") ?? "");
  return (
    <>
      <PagedTable<Entry>
        queryKey={["audit", account, wish]}
        load={load}
        id={(entry) => String(entry.seq)}
        label={texts.audit.title}
        header={
          <Header
            variant="awsui-h1-sticky"
            description={wish.subject ? words.ofPerson : undefined}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                {isFiltered && (
                  <Button onClick={() => change(Object.fromEntries(names.map((name) => [name, ""])))}>
                    {words.everything}
                  </Button>
                )}
                <Button iconName="download" onClick={() => setExporting(filter())}>{words.export}</Button>
              </SpaceBetween>
            }
          >
            {texts.audit.title}
          </Header>
        }
        filter={<Filters wish={wish} change={change} />}
        empty={isFiltered ? <Nothing title={words.none} hint={words.noneHint} /> :
          <Nothing title={words.empty} hint={words.emptyHint} />}
        columns={columnsOf((entry) => {
          setKnown((known) => new Map(known).set(String(entry.seq), entry));
          change({ entry: String(entry.seq) });
        })}
      />
      {open && <EntryDialog entry={open} close={() => change({ entry: "" })} />}
      {exporting && <ExportDialog filter={exporting} close={() => setExporting(undefined)} />}
    </>
  );
}

/** A moment of the page's address, which anybody may have typed. */
const momentOf = (text: string) => (text && !Number.isNaN(Date.parse(text)) ? new Date(text).toISOString() : undefined);

const columnsOf = (open: (entry: Entry) => void) => [
  { id: "action", header: words.action, isRowHeader: true, cell: (entry: Entry) => (
    <Link
      ariaLabel={words.show(words.actions[entry.action] ?? entry.action, new Date(entry.at).toLocaleString())}
      onFollow={() => open(entry)}
    >
      {words.actions[entry.action] ?? entry.action}
    </Link>
  ) },
  { id: "at", header: words.at, cell: (entry: Entry) => <Time at={entry.at} /> },
  { id: "actor", header: words.actor, cell: ({ actor }: Entry) => <Who actor={actor} /> },
  { id: "outcome", header: words.outcome, cell: (entry: Entry) => <Outcome entry={entry} /> },
  { id: "door", header: words.door, cell: (entry: Entry) => words.doors[entry.door] ?? entry.door },
  { id: "why", header: words.why, cell: (entry: Entry) => entry.why ?? "-" },
];
