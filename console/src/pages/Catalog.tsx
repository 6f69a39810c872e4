import { ContentLayout, Header } from "@cloudscape-design/components";
import { Catalog } from "../licenses/Catalog";
import { licenses } from "../texts/licenses";

/** The catalog as a page of the deployment. */
export default function CatalogPage() {
  return (
    <ContentLayout header={<Header variant="h1">{licenses.catalog.title}</Header>}>
      <Catalog />
    </ContentLayout>
  );
}
