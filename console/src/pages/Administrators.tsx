import { ContentLayout, Header, Tabs } from "@cloudscape-design/components";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { Credentials } from "../administrators/Credentials";
import { Grants } from "../administrators/Grants";
import { useAccount } from "../api/account";
import { useRoles } from "../api/roles";
import { Nothing } from "../shell/parts";
import { words } from "../texts/administrators";

const tabs = ["roles", "keys", "tokens"] as const;

/** Who may administer an account, or the deployment, and with what. */
export default function Administrators() {
  const { account: scope } = useParams();
  const { account } = useAccount();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const { roles } = useRoles();
  const denied = roles.denied("FullAccess", scope ?? null);
  if (denied) return <Nothing title={words.title} hint={denied} heading />;
  const what = { account: scope, name: account?.name ?? scope ?? "", isOperator: roles.allow("FullAccess", null) };
  const tab = tabs.find((name) => name === search.get("tab")) ?? "roles";
  return (
    <ContentLayout header={<Header variant="h1">{words.title}</Header>}>
      <Tabs
        ariaLabel={words.title}
        activeTabId={tab}
        onChange={({ detail }) => void navigate(`?tab=${detail.activeTabId}`)}
        tabs={tabs.map((id) => ({
          id,
          label: words.tabs[id],
          content: id === "roles" ? <Grants {...what} /> : <Credentials sort={id} key={`${id} ${scope}`} {...what} />,
        }))}
      />
    </ContentLayout>
  );
}
