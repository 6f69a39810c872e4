import {
  Alert, Box, Button, Checkbox, FormField, Header, Input, SpaceBetween, Table,
} from "@cloudscape-design/components";
import { useState } from "react";
import { answer, api, Refused, type Schemas } from "../api/client";
import { Go } from "../shell/parts";
import { PreviewDialog } from "../shell/PreviewDialog";
import { texts } from "../texts";
import { licenses } from "../texts/licenses";
import { columns, meaning, sorted, type Features } from "./catalogQueries";

const words = licenses.catalog;
type License = Schemas["License"];

/** A catalog that is being written; nothing is changed before it was previewed and saved. */
export function EditCatalog({ from, inForce, version, close, again }: {
  /** What the edit begins with: what is in force, or a former version. */
  from: Features;
  inForce: Features;
  /** The version that was in force when the edit began. */
  version: number;
  close: () => void;
  /** Drops the edit and asks anew for what is in force. */
  again: () => void;
}) {
  const [draft, setDraft] = useState(from);
  const [saving, setSaving] = useState(false);
  const same = meaning(draft) === meaning(inForce);
  const set = (feature: string, licenses: License[]) => setDraft((draft) => ({ ...draft, [feature]: licenses }));
  const remove = (feature: string) =>
    setDraft((draft) => Object.fromEntries(Object.entries(draft).filter(([name]) => name !== feature)));
  return (
    <SpaceBetween size="l">
      <Table
        header={
          <Header variant="h2" description={words.editHint} actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={close}>{texts.cancel}</Button>
              <Button
                variant="primary"
                disabled={same}
                disabledReason={words.unchanged}
                onClick={() => setSaving(true)}
              >
                {words.save}
              </Button>
            </SpaceBetween>
          }>
            {words.editing}
          </Header>
        }
        items={sorted(draft)}
        empty={<Box textAlign="center">{words.empty}</Box>}
        ariaLabels={{ tableLabel: words.editing, selectionGroupLabel: words.editing }}
        columnDefinitions={definitions(set, remove)}
        footer={<Add known={draft} add={(feature) => set(feature, [])} />}
      />
      {saving && <Save draft={draft} version={version} again={again} close={(done) => {
        setSaving(false);
        if (done) again();
      }} />}
    </SpaceBetween>
  );
}

type Row = ReturnType<typeof sorted>[number];

/** A column of check boxes for each license, and one to remove a feature by. */
function definitions(set: (feature: string, licenses: License[]) => void, remove: (feature: string) => void) {
  return [
    { id: "feature", header: words.feature, isRowHeader: true, cell: ({ feature }: Row) => feature },
    ...columns.map((license) => ({
      id: license,
      header: texts.license[license],
      cell: ({ feature, licenses }: Row) => (
        <Checkbox
          checked={licenses.includes(license)}
          ariaLabel={words.grants(texts.license[license], feature)}
          onChange={({ detail }) => set(feature, columns.filter((one) =>
            one === license ? detail.checked : licenses.includes(one)))}
        />
      ),
    })),
    { id: "remove", header: words.removeShort, cell: ({ feature }: Row) => (
      <Button iconName="remove" variant="icon" ariaLabel={words.remove(feature)} onClick={() => remove(feature)} />
    ) },
  ];
}

/** The line in which a feature is added. */
function Add({ known, add }: { known: Features; add: (feature: string) => void }) {
  const [name, setName] = useState("");
  const feature = name.trim();
  const there = feature in known;
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      if (!feature || there) return;
      add(feature);
      setName("");
    }}>
      <FormField label={words.name} constraintText={words.nameHint} errorText={there ? words.known : undefined}
        secondaryControl={<Button disabled={!feature || there}>{words.add}</Button>}>
        <Input value={name} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
    </form>
  );
}

/** Says who gains and loses what, and saves. */
function Save({ draft, version, close, again }: {
  draft: Features;
  version: number;
  close: (done: boolean) => void;
  again: () => void;
}) {
  return (
    <PreviewDialog<Schemas["List_Effect"]>
      title={words.saving}
      confirm={words.confirm}
      name={["catalog", meaning(draft)]}
      preview={() => answer(api.POST("/api/v1/catalog/compare", { body: { features: draft } }))}
      perform={() => answer(api.PUT("/api/v1/catalog", { body: { version, features: draft } }))}
      foreseen={({ items }) => <Effects effects={items} />}
      done={words.done}
      help={(error) => error instanceof Refused && error.problem.code === "changed" && (
        <Alert type="info" action={<Button onClick={again}>{words.load}</Button>}>
          {words.changed} <Go to="/audit?action=catalog.edit">{words.who}</Go>
        </Alert>
      )}
      close={close}
    />
  );
}

function Effects({ effects }: { effects: Schemas["Effect"][] }) {
  if (effects.length === 0) return <Box>{words.nothing}</Box>;
  return (
    <SpaceBetween size="s">
      {effects.map(({ license, people, more, gains, loses }) => (
        <div key={license}>
          <Box fontWeight="bold">{words.effect(texts.license[license], people, more)}</Box>
          <ul>
            {gains.length > 0 && <li>{words.gains(gains.join(", "))}</li>}
            {loses.length > 0 && <li>{words.loses(loses.join(", "))}</li>}
          </ul>
        </div>
      ))}
    </SpaceBetween>
  );
}
