import { Alert, Box, SpaceBetween, StatusIndicator } from "@cloudscape-design/components";
import type { Schemas } from "../api/client";
import { Person } from "../shell/Person";
import { texts } from "../texts/directory";
import { PeopleTable } from "./PeopleTable";

const words = texts.preview;
type Preview = Schemas["DirectoryPreview"];
type Counts = Schemas["DirectoryCounts"];

/** What a directory would lead to, in sentences, and then by person. */
export function Foreseen({ account, preview }: { account: string; preview: Preview }) {
  const { asks, left_out, left_out_reasons, missing_groups, ambiguous_groups } = preview;
  return (
    <SpaceBetween size="m">
      <Sentences counts={preview.counts} />
      {missing_groups.length > 0 && <Named type="warning" title={words.missing} names={missing_groups} />}
      {ambiguous_groups.length > 0 && <Named type="warning" title={words.ambiguous} names={ambiguous_groups} />}
      {left_out > 0 && <Named type="warning" title={words.leftOut(left_out)} names={left_out_reasons} />}
      {asks.administrators.length > 0 && (
        <Alert type="warning" header={words.administrators}>
          <ul>{asks.administrators.map((user) => <li key={user}><Person account={account} user={user} /></li>)}</ul>
        </Alert>
      )}
      {preview.people.length > 0 && <PeopleTable people={preview.people} />}
    </SpaceBetween>
  );
}

/** How many people it is about, a sentence for each thing that happens to anybody. */
function Sentences({ counts }: { counts: Counts }) {
  const { join, unlock, license, other, lock_out, remove, ignored, conflicts, unlinked, unchanged, pro, plus } = counts;
  const first = unlock + license + other + lock_out + remove + unchanged === 0;
  const same = first && join === pro + plus;
  const good: [boolean, string][] = [
    [unlock > 0, words.unlock(unlock)],
    [license > 0, words.license(license)],
    [other > 0, words.other(other)],
    [unchanged > 0, words.unchanged(unchanged)],
    [!same && pro + plus > 0, words.licenses(pro, plus)],
  ];
  const bad: [boolean, string][] = [
    [remove > 0, words.remove(remove)],
    [lock_out > 0, words.lockOut(lock_out)],
    [unlinked > 0, words.unlinked(unlinked)],
    [conflicts > 0, words.conflicts(conflicts)],
    [ignored > 0, words.ignored(ignored)],
  ];
  const nothing = join + unlock + license + other + lock_out + remove === 0;
  return (
    <SpaceBetween size="xs">
      {nothing && <StatusIndicator type="info">{words.nothing}</StatusIndicator>}
      {join > 0 && <Said type="success" text={same ? words.joinWith(join, pro, plus) : words.join(join)} />}
      {bad.filter(([is]) => is).map(([, text]) => <Said key={text} type="warning" text={text} />)}
      {good.filter(([is]) => is).map(([, text]) => <Said key={text} type="success" text={text} />)}
    </SpaceBetween>
  );
}

function Said({ type, text }: { type: "warning" | "success"; text: string }) {
  return <StatusIndicator type={type} wrapText>{text}</StatusIndicator>;
}

function Named({ type, title, names }: { type: "warning"; title: string; names: string[] }) {
  return (
    <Alert type={type} header={title}>
      {names.map((name) => <Box key={name}>{name}</Box>)}
    </Alert>
  );
}
