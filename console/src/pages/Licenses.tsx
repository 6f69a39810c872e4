import { ContentLayout, Header, Tabs } from "@cloudscape-design/components";
import { useNavigate, useSearchParams } from "react-router";
import { useAccount } from "../api/account";
import { Catalog } from "../licenses/Catalog";
import { Report } from "../licenses/Report";
import { Seats } from "../licenses/Seats";
import { Trials } from "../licenses/Trials";
import { WaitingList } from "../licenses/WaitingList";
import { licenses as words } from "../texts/licenses";

const parts = { seats: Seats, waiting: WaitingList, trials: Trials, report: Report, catalog: Catalog };
const names = Object.keys(parts) as (keyof typeof parts)[];

/** All about the licenses of an account, part by part. */
export default function Licenses() {
  const { id } = useAccount();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const tab = names.find((name) => name === search.get("tab")) ?? "seats";
  return (
    <ContentLayout header={<Header variant="h1">{words.title}</Header>}>
      <Tabs
        ariaLabel={words.title}
        activeTabId={tab}
        onChange={({ detail }) => void navigate(`?tab=${detail.activeTabId}`)}
        tabs={names.map((name) => {
          const Part = parts[name];
          return { id: name, label: words.tabs[name], content: <Part account={id} key={id} /> };
        })}
      />
    </ContentLayout>
  );
}
