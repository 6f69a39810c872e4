import { ContentLayout, Header, Tabs } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useRoles } from "../api/roles";
import { Buckets } from "../settings/Buckets";
import { Host } from "../settings/Host";
import { Providers } from "../settings/Providers";
import { SigningKeys } from "../settings/SigningKeys";
import { deploymentQuery } from "../settings/queries";
import { Failure, Nothing, Waiting } from "../shell/parts";
import { useWord } from "../shell/useWord";
import { words } from "../texts/settings";

const names = ["signIn", "keys", "calls", "host"] as const;

/** What is set for the whole deployment. */
export default function DeploymentSettings() {
  const [word, setWord] = useWord("tab");
  const { roles } = useRoles();
  const unseen = roles.denied("ReadOnly", null);
  if (unseen) return <Nothing title={words.title} hint={unseen} heading />;
  const denied = roles.denied("FullAccess", null);
  const parts = {
    signIn: <Providers denied={denied} />,
    keys: <SigningKeys denied={denied} />,
    calls: <Calls denied={denied} />,
    host: <Host />,
  };
  return (
    <ContentLayout header={<Header variant="h1">{words.title}</Header>}>
      <Tabs
        ariaLabel={words.title}
        activeTabId={names.find((name) => name === word) ?? "signIn"}
        onChange={({ detail }) => setWord(detail.activeTabId)}
        tabs={names.map((id) => ({ id, label: words.tabs[id], content: parts[id] }))}
      />
    </ContentLayout>
  );
}

function Calls({ denied }: { denied: string | undefined }) {
  const asked = useQuery(deploymentQuery);
  if (asked.data) return <Buckets settings={asked.data} denied={denied} />;
  return asked.error ? <Failure error={asked.error} again={() => void asked.refetch()} /> : <Waiting />;
}
