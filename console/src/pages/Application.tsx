import { Button, ContentLayout, Header, Tabs } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { Configurations } from "../applications/Configurations";
import { Deliveries } from "../applications/Deliveries";
import { DeleteDialog } from "../applications/DeleteDialog";
import { Secrets } from "../applications/Secrets";
import { Settings } from "../applications/Settings";
import { applicationQuery, issuerQuery } from "../applications/queries";
import { Failure, Go, Waiting } from "../shell/parts";
import { useWord } from "../shell/useWord";
import { words } from "../texts/applications";

/** An application: its settings, its secrets, what it was told, and how to connect it. */
export default function Application() {
  const { account, application: id = "" } = useParams();
  const navigate = useNavigate();
  const [tab, setTab] = useWord("tab");
  const [deleting, setDeleting] = useState(false);
  const asked = useQuery(applicationQuery(id));
  const list = account ? `/accounts/${account}/applications` : "/applications";
  if (asked.isPending) return <Waiting />;
  // What is shown stays, with what was typed, when asking again fails.
  if (!asked.data) return <Failure error={asked.error} again={() => void asked.refetch()} />;
  const { body: application, tag } = asked.data;
  return (
    <ContentLayout header={
      <Header
        variant="h1"
        description={<>{words.id} {application.id}</>}
        actions={<Button onClick={() => setDeleting(true)}>{words.delete}</Button>}
      >
        {application.name}
      </Header>
    }>
      <Tabs
        activeTabId={tab in words.tabs ? tab : "settings"}
        onChange={({ detail }) => setTab(detail.activeTabId)}
        tabs={[
          // Another state is another form.
          { id: "settings", label: words.tabs.settings, content: <Settings key={tag} {...{ application, tag }} /> },
          { id: "secrets", label: words.tabs.secrets, content: <Secrets application={application} /> },
          { id: "deliveries", label: words.tabs.deliveries, content: <Deliveries application={application} /> },
          { id: "configurations", label: words.tabs.configurations, content: <Lines application={application} /> },
        ]}
      />
      <Go to={`${account ? `/accounts/${account}` : ""}/audit?subject=${id}`}>{words.happened}</Go>
      {deleting && (
        <DeleteDialog
          application={application}
          close={(done) => {
            setDeleting(false);
            if (done) void navigate(list);
          }}
        />
      )}
    </ContentLayout>
  );
}

function Lines({ application }: { application: Parameters<typeof Configurations>[0]["application"] }) {
  const issuer = useQuery(issuerQuery);
  if (issuer.isPending) return <Waiting />;
  if (issuer.error) return <Failure error={issuer.error} again={() => void issuer.refetch()} />;
  return <Configurations application={application} issuer={issuer.data} />;
}
