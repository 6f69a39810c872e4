import { Button, Header } from "@cloudscape-design/components";
import { useNavigate, useParams } from "react-router";
import { useNames } from "../applications/queries";
import type { Application } from "../applications/draft";
import { answer, api } from "../api/client";
import { useRoles } from "../api/roles";
import { PagedTable } from "../shell/PagedTable";
import { Go, Nothing, YesNo } from "../shell/parts";
import { texts } from "../texts";
import { words } from "../texts/applications";

/** The applications of an account, or all of the deployment. */
export default function Applications() {
  const { account: owner } = useParams();
  const navigate = useNavigate();
  const mayCreate = useRoles().roles.allow("FullAccess", owner ?? null);
  const list = owner ? `/accounts/${owner}/applications` : "/applications";
  return (
    <PagedTable<Application>
      queryKey={["applications", owner]}
      load={(after) => answer(api.GET("/api/v1/applications", { params: { query: { owner, after, limit: 50 } } }))}
      id={(application) => application.id}
      label={texts.applications.title}
      header={
        <Header variant="awsui-h1-sticky" actions={
          <Button
            variant="primary"
            disabled={!mayCreate}
            disabledReason={words.needsFull}
            onClick={() => void navigate(`${list}/new`)}
          >
            {words.create}
          </Button>
        }>
          {texts.applications.title}
        </Header>
      }
      empty={<Nothing title={words.empty} hint={words.emptyHint} />}
      columns={[
        { id: "name", header: words.name, isRowHeader: true,
          cell: (one) => <Go to={`${list}/${one.id}`}>{one.name}</Go> },
        ...(owner ? [] : [{ id: "owner", header: words.owner, cell: (one: Application) => <Owner id={one.owner} /> }]),
        { id: "audience", header: words.audience, cell: (one) => words.audiencesShort[one.audience] },
        { id: "required", header: words.required, cell: (one) => (
          [one.required_license && texts.license[one.required_license], one.required_feature]
            .filter(Boolean).join(", ") || "-"
        ) },
        { id: "client", header: words.client, cell: (one) => <YesNo yes={Boolean(one.client)} /> },
      ]}
    />
  );
}

function Owner({ id }: { id: string | null | undefined }) {
  const names = useNames(id ? [id] : []);
  if (!id) return <>{words.deployment}</>;
  return <Go to={`/accounts/${id}/applications`}>{names.get(id) ?? id}</Go>;
}
