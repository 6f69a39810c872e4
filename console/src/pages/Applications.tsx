import { Header } from "@cloudscape-design/components";
import { useParams } from "react-router";
import { answer, api, type Schemas } from "../api/client";
import { PagedTable } from "../shell/PagedTable";
import { Go, Nothing, YesNo } from "../shell/parts";
import { texts } from "../texts";

const words = texts.applications;
type Application = Schemas["Application"];

/** The applications of an account, or all of the deployment. */
export default function Applications() {
  const { account: owner } = useParams();
  return (
    <PagedTable<Application>
      queryKey={["applications", owner]}
      load={(after) => answer(api.GET("/api/v1/applications", { params: { query: { owner, after, limit: 50 } } }))}
      id={(application) => application.id}
      label={words.title}
      header={<Header variant="awsui-h1-sticky">{words.title}</Header>}
      empty={<Nothing title={words.empty} hint={words.emptyHint} />}
      columns={[
        { id: "name", header: words.name, isRowHeader: true, cell: (one) => one.name },
        { id: "owner", header: words.owner, cell: (one) => (
          one.owner ? <Go to={`/accounts/${one.owner}/applications`}>{one.owner}</Go> : words.deployment
        ) },
        { id: "audience", header: words.audience, cell: (one) => texts.audience[one.audience] },
        { id: "required", header: words.required, cell: (one) => (
          [one.required_license && texts.license[one.required_license], one.required_feature]
            .filter(Boolean).join(", ") || "-"
        ) },
        { id: "client", header: words.client, cell: (one) => <YesNo yes={Boolean(one.client)} /> },
      ]}
    />
  );
}
