import { Button, Header } from "@cloudscape-design/components";
import { answer, api, type Schemas } from "../api/client";
import { PagedTable } from "../shell/PagedTable";
import { Time } from "../shell/parts";
import { licenses } from "../texts/licenses";

const words = licenses.catalog;

/** The versions of the catalog, the newest first. */
export function Versions({ inForce, show }: { inForce: number; show: (version: number) => void }) {
  return (
    <PagedTable<Schemas["Version"]>
      variant="container"
      queryKey={["catalog", "versions"]}
      load={(after) => answer(api.GET("/api/v1/catalog/versions", { params: { query: { after, limit: 10 } } }))}
      id={({ version }) => String(version)}
      label={words.versions}
      header={<Header variant="h2" description={words.versionsHint}>{words.versions}</Header>}
      empty={null}
      columns={[
        { id: "version", header: words.versions, isRowHeader: true, cell: ({ version }) => (
          <Button variant="inline-link" onClick={() => show(version)}>
            {version === inForce ? `${words.version(version)}, ${words.inForce}` : words.version(version)}
          </Button>
        ) },
        { id: "since", header: words.since, cell: ({ since }) => (
          // The first one came with Carillon, before any time.
          Date.parse(since) > 0 ? <Time at={since} /> : words.shipped
        ) },
      ]}
    />
  );
}
