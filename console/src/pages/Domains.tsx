import { Box, Button, Header } from "@cloudscape-design/components";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAccount } from "../api/account";
import { useRoles } from "../api/roles";
import { claimsQuery, type Claim } from "../domains/claims";
import { ClaimDialog } from "../domains/ClaimDialog";
import { State } from "../domains/State";
import { PagedTable } from "../shell/PagedTable";
import { Go, Nothing, Time } from "../shell/parts";
import { domains as words } from "../texts/domains";

/** The domains that an account claims. */
export default function Domains() {
  const { id, account } = useAccount();
  const queries = useQueryClient();
  const [claiming, setClaiming] = useState(false);
  const denied = useRoles().roles.denied("FullAccess", id);
  const claim = (
    <Button
      variant="primary"
      disabled={denied !== undefined}
      disabledReason={denied}
      onClick={() => setClaiming(true)}
    >
      {words.claim.title}
    </Button>
  );
  return (
    <>
      <PagedTable<Claim>
        queryKey={["domains", id, "list"]}
        // A domain's own page finds them there.
        load={() => queries.fetchQuery({ ...claimsQuery(id), staleTime: 0 })}
        id={(claim) => claim.name}
        label={words.title}
        header={<Header variant="awsui-h1-sticky" description={words.what} actions={claim}>{words.title}</Header>}
        empty={
          <Nothing title={words.empty} hint={words.emptyHint}>
            <Box variant="small">{words.twin(account?.name ?? id)}</Box>
          </Nothing>
        }
        columns={[
          { id: "name", header: words.name, isRowHeader: true, cell: (claim) => (
            <Go to={`/accounts/${id}/domains/${claim.name}`}>{claim.name}</Go>
          ) },
          { id: "state", header: words.state, cell: (claim) => <State claim={claim} /> },
          { id: "claimed", header: words.claimed, cell: (claim) => <Time at={claim.claimed} /> },
          { id: "verified", header: words.verified, cell: (claim) => <Time at={claim.verified} /> },
          { id: "looked", header: words.looked, cell: (claim) => <Time at={claim.checked} /> },
        ]}
      />
      {claiming && <ClaimDialog account={id} close={() => setClaiming(false)} />}
    </>
  );
}
