import { ContentLayout, Header, Tabs } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { useRoles } from "../api/roles";
import { Calls } from "../settings/Calls";
import { General } from "../settings/General";
import { SignIn } from "../settings/SignIn";
import { taggedAccountQuery } from "../settings/queries";
import { Failure, Waiting } from "../shell/parts";
import { useWord } from "../shell/useWord";
import { words } from "../texts/settings";

const parts = { general: General, signIn: SignIn, calls: Calls };
const names = Object.keys(parts) as (keyof typeof parts)[];

/** What is set for an account. */
export default function Settings() {
  const { account = "" } = useParams();
  const [word, setWord] = useWord("tab");
  const asked = useQuery(taggedAccountQuery(account));
  const denied = useRoles().roles.denied("FullAccess", account);
  const found = asked.data;
  // What is shown stays, with what was typed, when asking again fails.
  if (!found) return asked.error ? <Failure error={asked.error} again={() => void asked.refetch()} /> : <Waiting />;
  return (
    <ContentLayout header={<Header variant="h1">{words.title}</Header>}>
      <Tabs
        key={account}
        ariaLabel={words.title}
        activeTabId={names.find((name) => name === word) ?? "general"}
        onChange={({ detail }) => setWord(detail.activeTabId)}
        tabs={names.map((id) => {
          const Part = parts[id];
          return { id, label: words.tabs[id], content: <Part found={found} denied={denied} /> };
        })}
      />
    </ContentLayout>
  );
}
