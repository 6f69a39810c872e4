import { Alert, Button, Header, SpaceBetween, Table } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useRoles } from "../api/roles";
import { Failure, Nothing, Waiting, YesNo } from "../shell/parts";
import { useWord } from "../shell/useWord";
import { texts } from "../texts";
import { licenses } from "../texts/licenses";
import { catalogQuery, columns, sorted, versionQuery, type Features } from "./catalogQueries";
import { EditCatalog } from "./EditCatalog";
import { Versions } from "./Versions";

const words = licenses.catalog;

/** Which license allows which feature: what is in force, or a former version; and how to edit it. */
export function Catalog() {
  const [word, setWord] = useWord("version");
  const [editing, setEditing] = useState<{ from: Features; version: number }>();
  const denied = useRoles().roles.denied("FullAccess", null);
  const now = useQuery(catalogQuery);
  const past = useQuery({ ...versionQuery(word), enabled: word !== "" });
  const shown = word === "" ? now : past;
  const failed = [now, shown].find(({ error }) => error);
  const failure = failed?.error && <Failure error={failed.error} again={() => void failed.refetch()} />;
  if (!now.data || !shown.data) return failure ?? <Waiting />;
  const { data } = shown;
  const old = data.version !== now.data.version;
  if (editing) {
    return (
      <EditCatalog
        from={editing.from}
        inForce={now.data.features}
        version={editing.version}
        close={() => setEditing(undefined)}
        again={() => {
          setEditing(undefined);
          setWord("");
          void now.refetch();
        }}
      />
    );
  }
  const version = now.data.version;
  return (
    <SpaceBetween size="l">
      {failure}
      {old && (
        <Alert type="info" action={<Button onClick={() => setWord("")}>{words.toInForce}</Button>}>
          {words.past(data.version)}
        </Alert>
      )}
      <Shown features={data.features} title={words.version(data.version)} inForce={!old} edit={
        <Button
          variant="primary"
          disabled={denied !== undefined}
          disabledReason={denied}
          onClick={() => setEditing({ from: data.features, version })}
        >
          {old ? words.startFrom(data.version) : words.edit}
        </Button>
      } />
      <Versions inForce={version} show={(version) => setWord(version === now.data.version ? "" : String(version))} />
    </SpaceBetween>
  );
}

type Row = ReturnType<typeof sorted>[number];

/** The features of a version. */
function Shown({ features, title, inForce, edit }: {
  features: Features;
  title: string;
  inForce: boolean;
  edit: ReactNode;
}) {
  return (
    <Table
      header={
        <Header variant="h2" description={words.hint} actions={edit}>
          {inForce ? `${title}, ${words.inForce}` : title}
        </Header>
      }
      items={sorted(features)}
      empty={<Nothing title={words.empty} hint={words.emptyHint} />}
      ariaLabels={{ tableLabel: title, selectionGroupLabel: title }}
      columnDefinitions={[
        { id: "feature", header: words.feature, isRowHeader: true, cell: ({ feature }: Row) => feature },
        ...columns.map((license) => ({
          id: license,
          header: texts.license[license],
          cell: ({ licenses }: Row) => <YesNo yes={licenses.includes(license)} />,
        })),
      ]}
    />
  );
}
