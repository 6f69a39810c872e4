import {
  Alert, Box, Button, Checkbox, Container, FormField, Grid, Header, Select, SpaceBetween,
} from "@cloudscape-design/components";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas } from "../api/client";
import { tagged, type Tagged } from "../api/tagged";
import { useBoard } from "../shell/notices";
import { texts as common } from "../texts";
import { texts } from "../texts/directory";
import { blank, GroupSearch } from "./GroupSearch";
import { PreviewDialog } from "./PreviewDialog";
import type { Mapping } from "./queries";

const words = texts.groups;
const licenses = (["Pro", "Plus"] as const).map((license) => ({ value: license, label: common.license[license] }));

/** Which groups give which license; another list of them is looked at before it is saved. */
export function Groups({ account, found, may }: {
  account: string;
  found: Tagged<Schemas["Directory"]>;
  may: boolean;
}) {
  const [begun, setBegun] = useState(found);
  const [rows, setRows] = useState<Mapping[]>(found.body.mappings);
  const [looking, setLooking] = useState(false);
  const [queries, { say }] = [useQueryClient(), useBoard()];
  const asBegun = JSON.stringify(rows) === JSON.stringify(begun.body.mappings);
  // What is there now is shown, unless something was changed here meanwhile.
  if (asBegun && found.tag !== begun.tag) {
    setBegun(found);
    setRows(found.body.mappings);
  }
  const wrong = problem(rows);
  const again = () => queries.invalidateQueries({ queryKey: ["directory", account] });
  return (
    <Container
      header={
        <Header variant="h2" description={words.hint} actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={asBegun} onClick={() => setRows(begun.body.mappings)}>{words.undo}</Button>
            <Button
              variant="primary"
              disabled={!may || asBegun || wrong !== undefined}
              disabledReason={may ? wrong : texts.needsFullAccess}
              onClick={() => setLooking(true)}
            >
              {words.save}
            </Button>
          </SpaceBetween>
        }>
          {words.title}
        </Header>
      }
    >
      <SpaceBetween size="m">
        {rows.length === 0 && <Box color="text-body-secondary">{words.empty}</Box>}
        {rows.map((row, at) => (
          <Row
            key={at}
            account={account}
            row={row}
            may={may}
            change={(changed) => setRows(rows.map((other, index) => (index === at ? changed : other)))}
            remove={() => setRows(rows.filter((_, index) => index !== at))}
          />
        ))}
        <Button
          iconName="add-plus"
          disabled={!may}
          disabledReason={texts.needsFullAccess}
          onClick={() => setRows([...rows, blank])}
        >
          {words.add}
        </Button>
        {!asBegun && wrong && <Alert type="info">{wrong}</Alert>}
      </SpaceBetween>
      {looking && (
        <PreviewDialog
          account={account}
          proposed={{ mappings: rows }}
          close={() => setLooking(false)}
          outdated={() => {
            setRows(begun.body.mappings);
            void again();
          }}
          then={{
            title: texts.preview.titleSave,
            confirm: texts.preview.save,
            agree: false,
            act: async () => {
              const saved = await save(account, rows, begun.tag);
              setBegun(saved);
              setRows(saved.body.mappings);
            },
            done: () => {
              setLooking(false);
              say({ type: "success", text: words.saved });
              void again();
            },
          }}
        />
      )}
    </Container>
  );
}

/** What keeps these rows from being saved. */
function problem(rows: Mapping[]): string | undefined {
  if (rows.some(({ group }) => !group.trim())) return words.blank;
  const groups = rows.map(({ group, license }) => `${license} ${group}`);
  return new Set(groups).size < groups.length ? words.twice : undefined;
}

function save(account: string, mappings: Mapping[], tag: string) {
  return tagged(api.PUT("/api/v1/accounts/{account}/directory/mappings", {
    params: { path: { account }, header: { "If-Match": tag } },
    body: { mappings },
  }));
}

/** One group and its license. */
function Row({ account, row, may, change, remove }: {
  account: string;
  row: Mapping;
  may: boolean;
  change: (row: Mapping) => void;
  remove: () => void;
}) {
  return (
    <Grid gridDefinition={[{ colspan: { default: 12, s: 5 } }, { colspan: { default: 12, s: 2 } },
      { colspan: { default: 12, s: 3 } }, { colspan: { default: 12, s: 2 } }]}>
      <FormField label={words.group} constraintText={row.id ? words.known : undefined}>
        <GroupSearch
          account={account}
          value={row.group}
          label={words.group}
          disabled={!may}
          change={(group) => change({ ...row, group, id: undefined })}
        />
      </FormField>
      <FormField label={words.license}>
        <Select
          selectedOption={licenses.find(({ value }) => value === row.license) ?? null}
          options={licenses}
          disabled={!may}
          onChange={({ detail }) => change({ ...row, license: detail.selectedOption.value as Mapping["license"] })}
        />
      </FormField>
      <FormField label={words.members}>
        <Checkbox
          checked={row.nested ?? true}
          disabled={!may}
          onChange={({ detail }) => change({ ...row, nested: detail.checked })}
        >
          {words.nested}
        </Checkbox>
      </FormField>
      <Button ariaLabel={words.removeOne(row.group)} disabled={!may} onClick={remove}>{words.remove}</Button>
    </Grid>
  );
}
