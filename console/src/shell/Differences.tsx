import { Box, Table } from "@cloudscape-design/components";

/** What becomes of one setting. */
export interface Difference {
  label: string;
  before: string;
  after: string;
}

/** What a change of settings changes, line by line. */
export function Differences({ items, words }: {
  items: Difference[];
  words: { will: string; setting: string; before: string; after: string };
}) {
  return (
    <Table
      variant="embedded"
      wrapLines
      header={<Box variant="h3">{words.will}</Box>}
      items={items}
      ariaLabels={{ tableLabel: words.will, selectionGroupLabel: words.will }}
      columnDefinitions={[
        { id: "label", header: words.setting, isRowHeader: true, cell: (one) => one.label },
        { id: "before", header: words.before, cell: (one) => one.before },
        { id: "after", header: words.after, cell: (one) => one.after },
      ]}
    />
  );
}
