import {
  Box, FormField, Header, Pagination, Select, StatusIndicator, Table, type StatusIndicatorProps,
} from "@cloudscape-design/components";
import { useState } from "react";
import type { Schemas } from "../api/client";
import { texts as common } from "../texts";
import { texts } from "../texts/directory";

const words = texts.preview;
type Previewed = Schemas["PreviewedPerson"];

const signs: Record<Schemas["PreviewedAs"], StatusIndicatorProps.Type> = {
  remove: "error",
  "lock-out": "error",
  conflict: "warning",
  license: "info",
  unlock: "success",
  join: "success",
  other: "info",
};
const perPage = 20;
const everybody = { value: "", label: words.all };

/** What would happen to whom; what comes of a preview, which names 200 people at most. */
export function PeopleTable({ people }: { people: Previewed[] }) {
  const [what, setWhat] = useState("");
  const [page, setPage] = useState(1);
  const there = new Set(people.map((one) => one.what));
  const options = [everybody, ...[...there].map((what) => ({ value: what as string, label: texts.as[what] }))];
  const shown = people.filter((one) => !what || one.what === what);
  return (
    <Table
      variant="borderless"
      wrapLines
      header={<Header variant="h3">{people.length < 200 ? words.list : words.first(people.length)}</Header>}
      items={shown.slice((page - 1) * perPage, page * perPage)}
      trackBy={(one) => `${one.entry} ${one.what}`}
      ariaLabels={{ tableLabel: words.list, selectionGroupLabel: words.list }}
      filter={options.length > 2 && (
        <FormField label={words.show}>
          <Select
            selectedOption={options.find(({ value }) => value === what) ?? everybody}
            options={options}
            onChange={({ detail }) => {
              setWhat(detail.selectedOption.value ?? "");
              setPage(1);
            }}
          />
        </FormField>
      )}
      pagination={shown.length > perPage && (
        <Pagination
          currentPageIndex={page}
          pagesCount={Math.ceil(shown.length / perPage)}
          onChange={({ detail }) => setPage(detail.currentPageIndex)}
        />
      )}
      columnDefinitions={[
        { id: "address", header: words.address, isRowHeader: true,
          cell: (one) => one.address ?? <Box color="text-body-secondary">{words.noAddress}</Box> },
        { id: "what", header: words.what, minWidth: 190,
          cell: (one) => <StatusIndicator type={signs[one.what]}>{texts.as[one.what]}</StatusIndicator> },
        { id: "license", header: words.license1, cell: (one) => one.license ? common.license[one.license] : "-" },
        ...(there.has("conflict") ? [{ id: "why", header: words.why, minWidth: 280,
          cell: (one: Previewed) => one.code ? texts.code[one.code] ?? one.code : "-" }] : []),
      ]}
    />
  );
}
