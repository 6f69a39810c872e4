import { CopyToClipboard, Header, StatusIndicator } from "@cloudscape-design/components";
import { useAccount } from "../api/account";
import { answer, api, type Schemas } from "../api/client";
import { PagedTable } from "../shell/PagedTable";
import { Nothing, Time } from "../shell/parts";
import { texts } from "../texts";

const words = texts.domains;
type Claim = Schemas["DomainClaim"];

/** The domains that an account claims, with the records that prove them. */
export default function Domains() {
  const { id } = useAccount();
  return (
    <PagedTable<Claim>
      queryKey={["domains", id]}
      load={() => answer(api.GET("/api/v1/accounts/{account}/domains", { params: { path: { account: id } } }))}
      id={(claim) => claim.name}
      label={words.title}
      header={<Header variant="awsui-h1-sticky">{words.title}</Header>}
      empty={<Nothing title={words.empty} hint={words.emptyHint} />}
      columns={[
        { id: "name", header: words.name, isRowHeader: true, cell: (claim) => claim.name },
        { id: "state", header: words.state, cell: (claim) => <State claim={claim} /> },
        { id: "verified", header: words.verified, cell: (claim) => <Time at={claim.verified} /> },
        { id: "record", header: words.record, cell: (claim) => (
          <CopyToClipboard
            variant="inline"
            textToCopy={claim.record}
            copyButtonAriaLabel={words.copy}
            copySuccessText={words.copied}
            copyErrorText={words.copyFailed}
          />
        ) },
      ]}
    />
  );
}

function State({ claim }: { claim: Claim }) {
  if (claim.missing) return <StatusIndicator type="warning">{words.missing}</StatusIndicator>;
  if (claim.verified) return <StatusIndicator type="success">{words.verified}</StatusIndicator>;
  return <StatusIndicator type="pending">{words.pending}</StatusIndicator>;
}
